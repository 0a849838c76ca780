# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""The command that follows a figure to its cells, and a workbook to the figures it reaches."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.commands.asking import (
    AsJson,
    AsOfOption,
    Refused,
    period_key,
    print_json,
    print_paths,
    seen,
    unit_of,
)
from orchestration.home import Home
from orchestration.terminal import terminal


def trace(
    figure: Annotated[
        str | None,
        typer.Argument(
            metavar="FIGURE", help="指标键、名称或别名,如 monitored_households_total 或 监测对象总户数"
        ),
    ] = None,
    *,
    period: Annotated[str | None, typer.Option(metavar="P", help="报告期,如 2021-08、2021-Q3")] = None,
    unit: Annotated[str | None, typer.Option(metavar="CODE", help="单位代码或名称;默认全省")] = None,
    reaches: Annotated[
        str | None,
        typer.Option(metavar="WORKBOOK", help="反查:这份报表(提交编号、文件名、SHA-256 或路径)影响哪些数字"),
    ] = None,
    cells: Annotated[
        str | None, typer.Option(metavar="CELLS", help="与 --reaches 合用:只看这些单元格,如 监测对象台账!D5")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="列出全部单位、报送和单元格")] = False,
    page: Annotated[bool, typer.Option("--page", help="写成网页,给出路径")] = False,
    as_of: AsOfOption = None,
    as_json: AsJson = False,
) -> None:
    """追溯一个数字:数字 → 算法 → 计入的行 → 审核 → 报送和版本 → 文件、工作表、单元格,每一步都有数目。

    例:[bold]zhenxing trace monitored_households_total --period 2021-08 --unit 蓝田县[/bold]

    反查一份报表或其单元格影响哪些已发布的数字:[bold]zhenxing trace --reaches 610122_蓝田县_2021-08.xlsx --cells 监测对象台账!G5[/bold]
    """
    from orchestration.report.trace import NotTraceable

    if (reaches is None) == (figure is None):
        raise Refused("请给出一个指标(FIGURE),或用 --reaches 给出一份报表")
    if figure is not None and period is None:
        raise Refused("请用 --period 给出报告期,如 2021-08")
    home = seen(as_of)
    try:
        if reaches is not None:
            _backwards(home, reaches, cells, full=full, as_json=as_json)
            return
        code = unit_of(home, unit).code if unit else None
        _downwards(home, (str(figure), period_key(str(period)), code), full=full, page=page, as_json=as_json)
    except NotTraceable as error:
        raise Refused(str(error)) from error


def _downwards(
    home: Home, asked: tuple[str, str, str | None], *, full: bool, page: bool, as_json: bool
) -> None:
    from orchestration.report import trace as tracing

    found = tracing.trace(home, *asked)
    if page:
        from orchestration.report.trace.pages import write_trace_pages

        written = write_trace_pages(home, found.reporting_period, found.unit_code, [found.figure_key])
        print_paths([home.bulletins / found.reporting_period / path for path in written.values()])
    elif as_json:
        print_json(found.as_dict())
    else:
        from orchestration.report.trace.screen import print_trace

        print_trace(terminal(), found, full=full)


def _backwards(home: Home, workbook: str, cells: str | None, *, full: bool, as_json: bool) -> None:
    from orchestration.report.trace.reach import reached

    found = reached(home, workbook, cells)
    if as_json:
        print_json(found.as_dict())
    else:
        from orchestration.report.trace.reach_screen import print_reached

        print_reached(terminal(), found, full=full)
