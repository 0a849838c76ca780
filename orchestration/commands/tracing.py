# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""The command that follows a figure to its cells, and a workbook to the figures it reaches."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.commands.asking import AsJson, AsOfOption, Refused, period_key, print_json, seen, unit_of
from orchestration.terminal import terminal


def trace(
    figure: Annotated[
        str,
        typer.Argument(
            metavar="FIGURE", help="指标键、名称或别名,如 monitored_households_total 或 监测对象总户数"
        ),
    ],
    *,
    period: Annotated[str, typer.Option(metavar="P", help="报告期,如 2021-08、2021-Q3")],
    unit: Annotated[str | None, typer.Option(metavar="CODE", help="单位代码或名称;默认全省")] = None,
    full: Annotated[bool, typer.Option("--full", help="列出全部单位、报送和单元格")] = False,
    as_of: AsOfOption = None,
    as_json: AsJson = False,
) -> None:
    """追溯一个数字:数字 → 算法 → 计入的行 → 审核 → 报送和版本 → 文件、工作表、单元格,每一步都有数目。

    例:[bold]zhenxing trace monitored_households_total --period 2021-08 --unit 蓝田县[/bold]
    """
    from orchestration.report import trace as tracing
    from orchestration.report.trace.screen import print_trace

    home = seen(as_of)
    code = unit_of(home, unit).code if unit else None
    try:
        found = tracing.trace(home, figure, period_key(period), code)
    except tracing.NotTraceable as error:
        raise Refused(str(error)) from error
    if as_json:
        print_json(found.as_dict())
    else:
        print_trace(terminal(), found, full=full)
