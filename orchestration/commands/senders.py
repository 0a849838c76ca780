# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""Commands for whoever fills in a workbook: the blank one, and checking it before it is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.asking import (
    AsJson,
    PeriodOption,
    Refused,
    period_key,
    print_json,
    print_paths,
    unit_of,
)
from orchestration.home import Home
from orchestration.terminal import terminal


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
    from orchestration.periods import parse_period
    from orchestration.receive.template import CarryError, write_template
    from orchestration.receive.template import carry as carry_over
    from orchestration.units import ReportingUnits

    home = Home.current()
    found, key, cards = unit_of(home, unit), period_key(period), load_cards()
    if reason := ReportingUnits(home.units_csv).not_reporting(found, f"{parse_period(key).end:%Y-%m}"):
        raise Refused(reason)
    path = out / f"{found.code}_{found.name}_{key}.xlsx"
    try:
        carried = carry_over(home, found, key) if carry else None
    except CarryError as error:
        raise Refused(str(error)) from error
    write_template(found, key, path, cards, carried)
    rows = {dataset: len(taken.rows) for dataset, taken in carried.datasets.items()} if carried else {}
    if as_json:
        said = {"unit_code": found.code, "period": key, "file": str(path)}
        print_json({**said, "carried_from": carried.period, "carried_rows": rows} if carried else said)
        return
    print_paths([path])
    if carried and rows:
        listed = "、".join(f"{cards[dataset].sheet}{count}行" for dataset, count in rows.items())
        typer.echo(f"已带出 {carried.period} 接收的台账:{listed}", err=True)
    elif carried:
        typer.echo(f"{found.name} {carried.period} 没有已接收的台账可带出,写的是空白表", err=True)


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
    from orchestration.rulings import RulingError

    if missing := [str(path) for path in files if not path.is_file()]:
        raise Refused(f"找不到文件:{'、'.join(missing)}")
    try:
        receipts = check_files(Home.current(), files)
    except RulingError as error:
        raise Refused(str(error)) from error
    folders = write_checked(list(zip(files, receipts, strict=True)), out) if out else []
    if as_json:
        print_json({"files": [receipt.to_json() for receipt in receipts]})
    else:
        print_receipts(terminal(), receipts, folders)
    raise typer.Exit(max(receipt.exit_code for receipt in receipts))
