# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""The command that shows early warnings."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from orchestration.commands.asking import AsJson, AsOfOption, Refused, period_key, print_json, seen, unit_of
from orchestration.terminal import terminal


def warnings(
    period: Annotated[str, typer.Option(metavar="P", help="报告期:2021-08 月、2021-W35 周")],
    unit: Annotated[str | None, typer.Option(metavar="CODE", help="县(区)代码或名称;列出其名单")] = None,
    as_of: AsOfOption = None,
    as_json: AsJson = False,
) -> None:
    """防返贫预警:各类预警和各县的条数,或一个县的名单(姓名只留首字)。

    例:[bold]zhenxing warnings --period 2021-08 --unit 蓝田县[/bold]
    """
    from orchestration.report import warnings as report
    from orchestration.report.warnings.found import as_json as plain
    from orchestration.report.warnings.screen import print_county, print_province

    home = seen(as_of)
    chosen = unit_of(home, unit) if unit else None
    key = period_key(period)
    try:
        warned = report.read_warnings(home.warehouse, key, chosen.code if chosen else None)
    except report.NoWarnings as error:
        raise Refused(str(error)) from error
    if as_json:
        listed = {"warnings": plain(warned)} if chosen else {}
        print_json({"period": key, "units": [asdict(count) for count in report.counts(warned)], **listed})
    elif chosen:
        print_county(terminal(), key, chosen.name, warned)
    else:
        print_province(terminal(), key, warned)
