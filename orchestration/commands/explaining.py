# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""The command that says why a figure, or a whole publication, differs from the one before."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.commands.asking import AsJson, Refused, period_key, print_json, seen, unit_of
from orchestration.home import Home
from orchestration.terminal import terminal

_SHOWN, _LISTED = 200, 5000


def why(
    figure: Annotated[
        str | None,
        typer.Argument(metavar="FIGURE", help="指标键、名称或别名;不写则说明整次发布"),
    ] = None,
    *,
    period: Annotated[str | None, typer.Option(metavar="P", help="报告期,如 2021-08、2021-Q3")] = None,
    unit: Annotated[str | None, typer.Option(metavar="CODE", help="单位代码或名称;默认全省")] = None,
    publication: Annotated[
        int | None, typer.Option(metavar="N", help="第几次发布;默认最近一次,见 zhenxing publications")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """数字为什么和上一次发布不同:变了哪些、因哪些报送、规则和程序又改了什么。

    例:[bold]zhenxing why[/bold],[bold]zhenxing why 监测对象总户数 --period 2021-08 --unit 蓝田县[/bold]
    """
    home = seen(None)
    if figure is None:
        if period or unit:
            raise Refused("--period 和 --unit 与指标(FIGURE)同用")
        _publication(home, publication, as_json)
    elif period is None:
        raise Refused("请用 --period 给出报告期,如 2021-08")
    else:
        _figure(home, (figure, period_key(period), unit), publication, as_json)


def _publication(home: Home, number: int | None, as_json: bool) -> None:
    from orchestration.report.changes.found import read_changes
    from orchestration.report.changes.saying import changes_as_json
    from orchestration.report.changes.screen import print_changes

    found = read_changes(home, number, limit=_LISTED if as_json else _SHOWN)
    if found is None:
        raise Refused(f"没有第{number}次发布" if number else "还没有发布过")
    if as_json:
        print_json(changes_as_json(home, found))
    else:
        print_changes(terminal(), home, found)


def _figure(home: Home, asked: tuple[str, str, str | None], number: int | None, as_json: bool) -> None:
    from orchestration.report.changes.figure import explain
    from orchestration.report.changes.saying import explained_as_json
    from orchestration.report.changes.screen import print_explained
    from orchestration.report.trace import NotTraceable
    from orchestration.units import ReportingUnits

    name, period, unit = asked
    code = unit_of(home, unit).code if unit else ReportingUnits(home.units_csv).province.code
    try:
        found = explain(home, name, period, code, number)
    except NotTraceable as error:
        raise Refused(str(error)) from error
    if found is None:
        raise Refused(f"{name} 在 {period} 没有公布过")
    if as_json:
        print_json(explained_as_json(home, found))
    else:
        print_explained(terminal(), home, found)
