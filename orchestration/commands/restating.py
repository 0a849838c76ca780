# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""The command that lists which published figures were restated, and where the notices lie."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.commands.asking import AsJson, period_key, print_json, seen
from orchestration.terminal import terminal


def restatements(
    period: Annotated[
        str | None, typer.Option(metavar="P", help="报告期,如 2021-08、2021-Q3;列出其更正的数据")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """更正公告:哪些已公布的数据更正过、因哪些单位、公告在哪里。

    例:[bold]zhenxing restatements --period 2021-08[/bold]
    """
    from orchestration.report.restated.listing import as_json as plain
    from orchestration.report.restated.listing import list_restatements
    from orchestration.report.restated.screen import print_figures, print_notices

    home = seen(None)
    key = period_key(period) if period else None
    listed = list_restatements(home, key)
    if as_json:
        print_json({"period": key, "notices": plain(listed)})
    elif not listed:
        terminal().print(f"{key} 已公布的数据没有更正过" if key else "已公布的数据没有更正过")
    elif key:
        print_figures(terminal(), listed)
    else:
        print_notices(terminal(), listed)
