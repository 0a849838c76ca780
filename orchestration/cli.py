# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""The ``zhenxing`` command. Belongs here: options, and turning expected errors into words and an exit code.

Commands import what they need when they run, so that ``--help`` answers at once. Commands of other packages
join by the entry point group ``zhenxing.commands``: the pipeline never imports the sample generator.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from orchestration.home import Home

COMMANDS = "zhenxing.commands"

app = typer.Typer(
    name="zhenxing",
    help="省级乡村振兴统计:收报表、审核、汇总、出通报。\n\n"
    "The statistics warehouse of a provincial bureau: workbooks in, audited figures out.\n\n"
    "数据放在环境变量 ZHENXING_HOME 所指的目录(默认:项目目录)。各命令都可加 --json。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
rules_app = typer.Typer(help="业务规则:列出,预演。", no_args_is_help=True)
app.add_typer(rules_app, name="rules")

AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出,供程序读取")]
PeriodOption = Annotated[
    str,
    typer.Option(
        "--period", metavar="P", help="报告期:2021-08 月、2021-W35 周、2021-Q3 季、2021-H1 半年、2021 年"
    ),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="T",
        help="按当时已发布的数据:2021-09-10(当日末)、2021-09-10T18:30,未注时区为北京时间",
    ),
]


class Refused(Exception):
    """A request that cannot be met, in Chinese words for whoever asked."""


@app.command()
def nightly(as_of: AsOfOption = None, as_json: AsJson = False) -> None:
    """跑一晚:收件、入湖、审核、建模、发布、写通报。

    与每日凌晨两点的定时任务是同一个 Dagster 任务,只是在本进程内运行;[bold]make dev[/bold] 的界面里能看到。
    没有新报表时,几秒钟就结束。发布受阻或出错时,退出码为 1。

    加 [bold]--as-of[/bold] 时不收件、不改动现行发布,只按当时收到和审定的数据另建一个数据仓库。
    """
    if as_of:
        _past_night(as_of, as_json)
        return
    from orchestration.nightly import AnotherNight, run_night
    from orchestration.screen import Screen, print_summary
    from orchestration.summary import as_json as to_json
    from orchestration.summary import summarise

    home = Home.current()
    console = Console(highlight=False, stderr=as_json)
    console.print(f"[dim]{home.root}[/dim]", soft_wrap=True)
    try:
        with Screen(console) as screen:
            screen.preparing("准备")
            run = run_night(home, screen)
    except AnotherNight as error:
        raise Refused(str(error)) from error
    summary = summarise(home, run)
    if as_json:
        _print_json(to_json(summary))
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
    past = _past(Home.current(), as_of)
    summary = summarise_past(past, perf_counter() - started)
    if as_json:
        _print_json(to_json(summary))
    else:
        print_past(Console(highlight=False), summary)


@app.command()
def status(
    period: Annotated[
        str | None, typer.Option(metavar="P", help="报告期,如 2021-08;默认最近有单位报送的月份")
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

    home = _seen(as_of)
    code = _unit(home, unit).code if unit else None
    try:
        found = report.read_status(home.warehouse, _period(period) if period else None)
        standings = report.of_unit(found, code) if code else []
    except report.NoStatus as error:
        raise Refused(str(error)) from error
    console = Console(highlight=False)
    if as_json:
        _print_json(report.as_json(found, code))
    elif code:
        print_unit(console, found, standings)
    else:
        print_status(console, found)


@app.command()
def bulletin(
    period: PeriodOption,
    unit: Annotated[str | None, typer.Option(metavar="CODE", help="单位代码或名称;默认全省")] = None,
    as_of: AsOfOption = None,
    as_json: AsJson = False,
) -> None:
    """写一份通报(Markdown 和 DOCX),数字取自已发布的数据仓库。

    例:[bold]zhenxing bulletin --period 2021-08 --unit 610122[/bold]
    """
    from orchestration.report.bulletin import NoFigures, figures, write_bulletin

    home = _seen(as_of)
    code = _unit(home, unit).code if unit else None
    try:
        paths = write_bulletin(home, _period(period), code)
        found = figures(home.warehouse, period, code or _province(home).code) if as_json else []
    except NoFigures as error:
        raise Refused(str(error)) from error
    if as_json:
        _print_json(
            {"period": period, "files": [str(path) for path in paths], "figures": [_figure(f) for f in found]}
        )
    else:
        _print_paths(paths)


@app.command()
def template(
    unit: Annotated[str, typer.Option(metavar="CODE", help="单位代码或名称,如 610122 或 蓝田县")],
    period: PeriodOption,
    out: Annotated[Path, typer.Option(metavar="DIR", help="写到哪个目录")] = Path(),
    carry: Annotated[
        bool, typer.Option("--carry", help="带出上期已接收的台账(含姓名和证件号码),在其上增改")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """写一个单位的空白报表:封面已填好,带下拉列表、填写限制和填表说明。

    例:[bold]zhenxing template --unit 蓝田县 --period 2021-09 --carry[/bold]
    """
    from orchestration.cards import load_cards
    from orchestration.receive.template import CarryError, write_template
    from orchestration.receive.template import carry as carry_over

    home = Home.current()
    found, key, cards = _unit(home, unit), _period(period), load_cards()
    path = out / f"{found.code}_{found.name}_{key}.xlsx"
    try:
        carried = carry_over(home, found, key) if carry else None
    except CarryError as error:
        raise Refused(str(error)) from error
    write_template(found, key, path, cards, carried)
    rows = {dataset: len(taken.rows) for dataset, taken in carried.datasets.items()} if carried else {}
    if as_json:
        said = {"unit_code": found.code, "period": key, "file": str(path)}
        _print_json({**said, "carried_from": carried.period, "carried_rows": rows} if carried else said)
        return
    _print_paths([path])
    if carried and rows:
        listed = "、".join(f"{cards[dataset].sheet}{count}行" for dataset, count in rows.items())
        typer.echo(f"已带出 {carried.period} 接收的台账:{listed}", err=True)
    elif carried:
        typer.echo(f"{found.name} {carried.period} 没有已接收的台账可带出,写的是空白表", err=True)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="要检查的报表,一个或多个")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="把回执(网页、JSON 和标色的工作簿)写到这个目录,每个文件一个子目录"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """报送前自查:与省局夜间审核同样的规则、同样的回执,不需要数据库,也不会报送。

    需要历史数据或其他单位数据的规则列为“由省局核对”。全部可接收时退出码为 0,有须改正的错误为 1,有读不了的文件为 2。

    例:[bold]zhenxing check 蓝田县_2021-08.xlsx --out 回执[/bold]
    """
    from orchestration.audit.check import check_files
    from orchestration.audit.receipts.show import print_receipts
    from orchestration.audit.receipts.write import write_checked

    if missing := [str(path) for path in files if not path.is_file()]:
        raise Refused(f"找不到文件:{'、'.join(missing)}")
    receipts = check_files(Home.current(), files)
    folders = write_checked(list(zip(files, receipts, strict=True)), out) if out else []
    if as_json:
        _print_json({"files": [receipt.to_json() for receipt in receipts]})
    else:
        print_receipts(Console(highlight=False), receipts, folders)
    raise typer.Exit(max(receipt.exit_code for receipt in receipts))


def _seen(as_of: str | None) -> Home:
    """The current home as published now, or as known at a moment."""
    home = Home.current()
    if as_of:
        return _past(home, as_of).home
    if not home.warehouse.exists():
        raise Refused(f"还没有发布过数据仓库({home.warehouse});先运行 zhenxing nightly")
    return home


def _past(home: Home, as_of: str):
    from orchestration.model.as_of import NoSuchMoment, parse_moment, past
    from orchestration.model.dbt import ModelFailed

    try:
        return past(home, parse_moment(as_of))
    except NoSuchMoment as error:
        raise Refused(str(error)) from error
    except ModelFailed as error:
        raise Refused(f"当时的数据仓库没有建成:{error}") from error


@rules_app.command("list")
def list_rules(
    drafts: Annotated[bool, typer.Option("--drafts", help="只列未生效的规则")] = False,
    as_json: AsJson = False,
) -> None:
    """列出业务规则:编号、级别、范围、名称、依据;未生效的也在内。"""
    from expectations import every_rule
    from orchestration.audit.preview import listed
    from orchestration.audit.preview_screen import print_rules

    rules = [rule for rule in every_rule().values() if rule.draft or not drafts]
    if as_json:
        _print_json({"rules": listed(rules)})
    else:
        print_rules(Console(highlight=False), rules)


@rules_app.command("preview")
def preview_rule(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="规则编号,如 R-PROJ-33;生效与否均可")],
    as_json: AsJson = False,
) -> None:
    """预演一条规则:对历次报送逐份试审,说明会命中谁。只读,不写判定,不影响接收。

    例:[bold]zhenxing rules preview R-PROJ-33[/bold]
    """
    from expectations import every_rule
    from orchestration.audit import preview
    from orchestration.audit.preview_screen import print_preview

    if rule not in every_rule():
        raise Refused(
            f"没有规则 {rule!r};zhenxing rules list 列出各条(S- 开头的结构规则在读表时判定,不能预演)"
        )
    console = Console(highlight=False, stderr=as_json)
    try:
        with console.status(f"预演 {rule}") as shown:
            found = preview.preview(
                Home.current(),
                every_rule()[rule],
                progress=lambda what, done, total: shown.update(f"预演 {rule} {what} {done}/{total}"),
            )
    except preview.CouldNotRun as error:
        raise Refused(f"{rule} 未能运行:{error}") from error
    except FileNotFoundError as error:
        raise Refused("还没有建过数据仓库,全省性规则无从预演;先运行 zhenxing nightly") from error
    if as_json:
        _print_json(preview.as_json(found))
    else:
        print_preview(console, found)


def _period(text: str) -> str:
    from orchestration.periods import parse_period

    try:
        return parse_period(text).key
    except ValueError as error:
        raise Refused(f"{text!r} 不是报告期;应如 2021-08、2021-W35、2021-Q3、2021-H1 或 2021") from error


def _units(home: Home):
    from orchestration.units import ReportingUnits

    return ReportingUnits(home.units_csv)


def _unit(home: Home, text: str):
    units = _units(home)
    found = units.by_code(text) or units.by_name(text)
    if found is None:
        raise Refused(f"{text!r} 不是本省的报送单位;单位名单见 {home.units_csv}")
    return found


def _province(home: Home):
    return _units(home).province


def _figure(figure) -> dict:
    return {
        "figure_key": figure.key,
        "label_zh": figure.label,
        "value": None if figure.value is None else str(figure.value),
        "unit": figure.unit,
        "display_zh": figure.display,
        "as_of": None if figure.as_of is None else figure.as_of.isoformat(),
    }


def _print_json(value: dict) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def _print_paths(paths: Sequence[Path]) -> None:
    for path in paths:
        typer.echo(str(path))


def add_commands(to: typer.Typer) -> None:
    """Adds the commands of other installed packages, by name."""
    known = {command.name or command.callback.__name__ for command in to.registered_commands}
    for entry in sorted(entry_points(group=COMMANDS), key=lambda entry: entry.name):
        if entry.name not in known:
            to.command(entry.name)(entry.load())


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit code: 0 done, 1 refused or failed, 2 asked wrongly."""
    add_commands(app)
    try:
        app(args=None if arguments is None else list(arguments), prog_name="zhenxing")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except Refused as refused:
        Console(stderr=True, highlight=False).print(f"[red]✗[/red] {refused}", soft_wrap=True)
        return 1
    return 0
