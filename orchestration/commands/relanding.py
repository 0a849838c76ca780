# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""The command that lands archived workbooks again after a card has changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from orchestration.commands.asking import AsJson, Refused, print_json
from orchestration.home import Home
from orchestration.terminal import terminal

if TYPE_CHECKING:
    from orchestration.land.reland import Difference, Relanded


def reland(
    period: Annotated[
        str | None,
        typer.Option(
            metavar="P", help="报告期或起止:2021-08、2021-08..2021-10、2021-W35;写月份时包括当月结束的周"
        ),
    ] = None,
    dataset: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="只重新入湖这个数据集,可重复;默认全部")
    ] = None,
    new_key: Annotated[
        bool, typer.Option("--new-key", help="改用新的假名密钥:全部报告期重新入湖(见 docs/security.md)")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """按现行卡片重新读入存档的报表(卡片改过以后用)。不带 --period 时,列出哪些报告期是按旧卡片入湖的。

    新批次写好后一次换下旧批次,中断了再运行一次即可。提交编号、收到时间、版本号、已有的判定和审定都不变;
    内容有变的提交由下一晚重新审核、建模、发布,变了的指标出更正公告。

    例:[bold]zhenxing reland --period 2021-08..2021-10 --dataset projects[/bold],再运行 [bold]zhenxing nightly[/bold]
    """
    home = Home.current()
    if new_key:
        if period or dataset:
            raise Refused("--new-key 总是全部重新入湖,不与 --period、--dataset 同用")
        _reland(home, None, None, as_json)
    elif period is None:
        if dataset:
            raise Refused("--dataset 要和 --period 一起用")
        _list(home, as_json)
    else:
        _reland(home, period, dataset, as_json)


def _list(home: Home, as_json: bool) -> None:
    from orchestration.land.reland import differences

    found = differences(home)
    if as_json:
        print_json({"periods": [_as_json(each) for each in found]})
    elif not found:
        typer.echo("入湖的报表都是按现行卡片读入的")
    else:
        _print_differences(found)


def _as_json(each: Difference) -> dict:
    return {
        "period": each.period,
        "submissions": each.submissions,
        "datasets": list(each.cards),
        "reader_changed": each.reader,
        "landed_by_unknown_cards": each.unknown,
    }


def _print_differences(found: Sequence[Difference]) -> None:
    from orchestration.cards import load_cards

    sheets = {name: card.sheet for name, card in load_cards().items()}
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("报告期", "提交", "与现行不同的"):
        table.add_column(name, justify="right" if name == "提交" else "left")
    for each in found:
        parts = []
        if each.cards:
            parts.append("卡片已改:" + "、".join(f"{sheets.get(name, name)}({name})" for name in each.cards))
        if each.reader:
            parts.append("读取程序已更新")
        if each.unknown:
            parts.append(f"{each.unknown}份入湖时还没有记下卡片")
        table.add_row(each.period, str(each.submissions), Text(";".join(parts)))
    terminal().print(table)
    typer.echo("重新入湖:zhenxing reland --period 报告期(卡片已改的应当做;只是读取程序更新的,可以不做)")


def _reland(home: Home, asked: str | None, datasets: list[str] | None, as_json: bool) -> None:
    """Lands the periods asked for again; with None everything, under a new key."""
    from orchestration.land.key import KeyRefused
    from orchestration.land.reland import NotRelanded, change_key, landed_periods
    from orchestration.land.reland import reland as land_again
    from orchestration.nightly import AnotherNight, alone
    from orchestration.screen import Counting

    try:
        with alone(home), Counting(terminal(stderr=True)) as progress:
            if asked is None:
                done = change_key(home, progress=progress)
            else:
                done = land_again(home, landed_periods(home, asked), datasets=datasets, progress=progress)
    except (AnotherNight, NotRelanded, KeyRefused) as error:
        raise Refused(str(error)) from error
    if as_json:
        print_json({"relanded": [_said(each) for each in done]})
    else:
        _print_done(done)


def _said(each: Relanded) -> dict:
    return {
        "period": each.period,
        "submissions": each.submissions,
        "rows": each.rows,
        "changed": list(each.changed),
    }


def _print_done(done: Sequence[Relanded]) -> None:
    for each in done:
        rows = sum(each.rows.values())
        typer.echo(
            f"{each.period} 重新入湖 {each.submissions} 份、{rows} 行,其中内容有变的 {len(each.changed)} 份"
        )
    typer.echo("zhenxing nightly 会继续:审核内容有变的提交,建模,发布")
