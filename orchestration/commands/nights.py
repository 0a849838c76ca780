# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""Commands of the bureau: the night, who has reported, and the bulletin."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from orchestration.commands.asking import (
    AsJson,
    AsOfOption,
    PeriodOption,
    Refused,
    past_of,
    period_key,
    print_json,
    print_paths,
    seen,
    unit_of,
)
from orchestration.home import Home
from orchestration.terminal import terminal

if TYPE_CHECKING:
    from orchestration.nightly import Run
    from orchestration.screen import Screen


WaitOption = Annotated[
    bool,
    typer.Option("--wait", help="有其他任务正在写入时等它结束,而不是拒绝(定时任务、界面启动的任务同样算)"),
]


def nightly(as_of: AsOfOption = None, wait: WaitOption = False, as_json: AsJson = False) -> None:
    """跑一晚:收件、入湖、审核、建模、发布、写通报。

    与每日凌晨两点的定时任务是同一个 Dagster 任务,只是在本进程内运行;[bold]make dev[/bold] 的界面里能看到。
    没有新报表时,几秒钟就结束。发布受阻或出错时,退出码为 1。结束时发告警和催报(见 zhenxing alerts --help)。

    加 [bold]--as-of[/bold] 时不收件、不改动现行发布,只按当时收到和审定的数据另建一个数据仓库。
    """
    if as_of:
        _past_night(as_of, as_json)
        return
    from orchestration.nightly import run_night

    _run(lambda home, screen: run_night(home, screen, wait=wait), as_json)


def backfill(
    periods: Annotated[
        str,
        typer.Argument(metavar="P", help="报告期或起止:2021-01..2021-12、2021、2021-Q3、2021-W30..2021-W35"),
    ],
    wait: WaitOption = False,
    as_json: AsJson = False,
) -> None:
    """按存档补跑若干期:入湖、审核、建模、发布、重写这些期的通报和预警名单,一次运行完成。

    不收新件;写月份、季度、年度时包括在其中结束的周。在 Dagster 界面里选中这些分区点 Materialize 也可以(见 docs/dagster.md)。
    其余待处理的报告期留给下一晚。

    例:[bold]zhenxing backfill 2021-01..2021-12[/bold]
    """
    from orchestration.nightly import run_backfill

    _run(lambda home, screen: run_backfill(home, periods, screen, wait=wait), as_json)


def _run(work: Callable[[Home, Screen], Run], as_json: bool) -> None:
    """A night or a part of one, with its progress and its summary; what is wrong afterwards is told."""
    from orchestration.alerts.nights import raised
    from orchestration.alerts.tell import after_night
    from orchestration.nightly import AnotherNight
    from orchestration.pending import NoSuchPeriods
    from orchestration.screen import Screen, print_summary
    from orchestration.summary import as_json as to_json
    from orchestration.summary import summarise

    home = Home.current()
    console = terminal(stderr=as_json)
    console.print(Text(str(home.root), "dim"), soft_wrap=True)
    try:
        with Screen(console) as screen:
            screen.preparing("准备")
            run = work(home, screen)
    except (AnotherNight, NoSuchPeriods) as error:
        raise Refused(str(error)) from error
    except Exception as error:  # outside of the stages: it ends the command, and is told all the same
        after_night(home, raised({}, error))
        raise
    told = after_night(home, raised(run.night.errors, run.error))
    summary = summarise(home, run, told.lines())
    if as_json:
        print_json(to_json(summary))
    else:
        print_summary(console, summary)
    if not run.succeeded:
        raise typer.Exit(1)


def _past_night(as_of: str, as_json: bool) -> None:
    from time import perf_counter

    from orchestration.screen import print_past
    from orchestration.summary import as_json as to_json
    from orchestration.summary import summarise_past

    started = perf_counter()
    past = past_of(Home.current(), as_of)
    summary = summarise_past(past, perf_counter() - started)
    if as_json:
        print_json(to_json(summary))
    else:
        print_past(terminal(), summary)


def status(
    period: Annotated[
        str | None,
        typer.Option(metavar="P", help="报告期,如 2021-08 月、2021-W35 周;默认最近有单位报送的月份"),
    ] = None,
    unit: Annotated[str | None, typer.Option(metavar="CODE", help="单位代码或名称;列出其各数据集")] = None,
    as_of: AsOfOption = None,
    as_json: AsJson = False,
) -> None:
    """报送情况:谁未到期、逾期未报、已报未通过、已接收,各市完整率和按时率。

    例:[bold]zhenxing status --period 2021-08 --unit 蓝田县[/bold]
    """
    from orchestration.report import status as report
    from orchestration.report.status_screen import print_status, print_unit

    home = seen(as_of)
    code = unit_of(home, unit).code if unit else None
    try:
        found = report.read_status(home.warehouse, period_key(period) if period else None)
        standings = report.of_unit(found, code) if code else []
    except report.NoStatus as error:
        raise Refused(str(error)) from error
    console = terminal()
    if as_json:
        print_json(report.as_json(found, code))
    elif code:
        print_unit(console, found, standings)
    else:
        print_status(console, found)


def bulletin(
    *,
    period: PeriodOption,
    unit: Annotated[
        str | None, typer.Option(metavar="CODE", help="单位代码或名称,省、市、县均可;默认全省")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="全省、各市、各县各写一份")] = False,
    as_of: AsOfOption = None,
    as_json: AsJson = False,
) -> None:
    """写通报(Markdown、DOCX 和一个自带图表的网页),数字取自已发布的数据仓库。

    报告期为周、月、季、半年、年:周统计、月通报、季调度、半年小结、年度总结。

    例:[bold]zhenxing bulletin --period 2021-08 --unit 610122[/bold],[bold]zhenxing bulletin --period 2021-Q3 --all[/bold]
    """
    from orchestration.report.bulletin import NoFigures, figures, write_bulletin
    from orchestration.units import ReportingUnits

    if every and unit:
        raise Refused("--all 写每个单位的通报,不能与 --unit 同用")
    home = seen(as_of)
    key = period_key(period)
    try:
        if every:
            _every_edition(home, key, as_json)
            return
        code = unit_of(home, unit).code if unit else ReportingUnits(home.units_csv).province.code
        paths = write_bulletin(home, key, code)
        found = figures(home.warehouse, key, code) if as_json else []
    except NoFigures as error:
        raise Refused(str(error)) from error
    if as_json:
        print_json(
            {"period": key, "files": [str(path) for path in paths], "figures": [_figure(f) for f in found]}
        )
    else:
        print_paths(paths)


def _every_edition(home: Home, period: str, as_json: bool) -> None:
    from rich.progress import Progress

    from orchestration.report.bulletin import write_editions

    files = []
    with Progress(console=terminal(stderr=True), transient=True) as progress:
        task = progress.add_task("写通报", total=None)
        for edition, total, paths in write_editions(home, period):
            files += [str(path) for path in paths]
            progress.update(task, advance=1, total=total, description=f"写通报 {edition.name}")
    if as_json:
        print_json({"period": period, "files": files})
    else:
        typer.echo(f"{len(files)} 个文件:{home.bulletins / period}")


def _figure(figure) -> dict:
    return {
        "figure_key": figure.key,
        "label_zh": figure.label,
        "value": None if figure.value is None else str(figure.value),
        "unit": figure.unit,
        "display_zh": figure.display,
        "as_of": None if figure.as_of is None else figure.as_of.isoformat(),
    }
