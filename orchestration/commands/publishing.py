# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""The commands of what is published: the publications that are kept, and putting one back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from orchestration.commands.asking import AsJson, Refused, print_json, seen
from orchestration.home import Home
from orchestration.terminal import terminal

if TYPE_CHECKING:
    from orchestration.nightly import Run
    from orchestration.publish.ledger import Entry
    from orchestration.publish.listing import Listed


def publications(
    check: Annotated[bool, typer.Option("--check", help="按清单逐个核对文件、行数和 SHA-256")] = False,
    as_json: AsJson = False,
) -> None:
    """各次发布:现行的和保留的,何时、变更多少指标;可按清单核对。

    加 [bold]--check[/bold] 时逐个按清单核对,有不符的逐条列出,退出码为 1。
    """
    from orchestration.publish import listing
    from orchestration.publish.held import held_by

    home = seen(None)
    listed = listing.list_publications(home)
    checked = {each.entry.number: listing.check(each) for each in listed} if check else {}
    held = held_by(home)
    if as_json:
        print_json(
            {
                "publications": [listing.as_json(each) | _differences(checked, each) for each in listed],
                "held_by": held.number if held else None,
            }
        )
    else:
        _print(home, listed, checked, held)
    if any(lines for folders in checked.values() for lines in folders.values()):
        raise typer.Exit(1)


def putback(
    number: Annotated[
        int | None, typer.Argument(metavar="NUMBER", help="第几次发布,见 zhenxing publications")
    ] = None,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="恢复的原因,写入发布记录和更正公告")
    ] = None,
    release: Annotated[bool, typer.Option("--release", help="解除:下一晚照常发布")] = False,
    as_json: AsJson = False,
) -> None:
    """恢复一次旧发布(以其内容再发布一次),或解除恢复。

    网站、通报、预警名单、更正公告随之重写。解除之前,夜间照常收件、审核、建模,不发布。

    例:[bold]zhenxing putback 5 --reason 第6次有误[/bold],查明后 [bold]zhenxing putback --release[/bold]
    """
    if release == (number is not None):
        raise Refused(
            "写明恢复第几次发布(zhenxing putback NUMBER --reason TEXT),或解除(zhenxing putback --release)"
        )
    home = seen(None)
    if number is None:
        _release(home, as_json)
    else:
        _put_back(home, number, reason or "", as_json)


def _release(home: Home, as_json: bool) -> None:
    from orchestration.publish.putback import NotPutBack, release_held

    try:
        entry = release_held(home)
    except NotPutBack as error:
        raise Refused(str(error)) from error
    if as_json:
        print_json({"released": entry.number})
    else:
        typer.echo(f"已解除第{entry.number}次发布(恢复第{entry.puts_back}次的内容);下一晚照常发布")


def _put_back(home: Home, number: int, reason: str, as_json: bool) -> None:
    from orchestration.nightly import AnotherNight, run_putback
    from orchestration.publish.putback import NotPutBack
    from orchestration.screen import Screen

    console = terminal(stderr=as_json)
    try:
        with Screen(console) as screen:
            run = run_putback(home, number, reason, screen)
    except (AnotherNight, NotPutBack) as error:
        raise Refused(str(error)) from error
    _say_put_back(run, home, as_json)
    if run.error:
        raise Refused(f"旧发布已恢复,但其后的一步出错:{run.error};详情见日志,再运行一次本命令即可补做")


def _say_put_back(run: Run, home: Home, as_json: bool) -> None:
    from orchestration.publish.held import said_of

    entry = run.night.results["publish"]
    if as_json:
        print_json(
            {
                "publication": entry.number,
                "puts_back": entry.puts_back,
                "figures_changed": entry.figures_changed,
            }
        )
        return
    terminal().print(Text(said_of(entry)), soft_wrap=True)
    typer.echo(f"变更通报指标 {entry.figures_changed} 个")
    typer.echo(f"数据仓库  {home.warehouse}")


def _print(
    home: Home, listed: Sequence[Listed], checked: Mapping[int, Mapping[Path, list[str]]], held: Entry | None
) -> None:
    from orchestration.periods import minute_of
    from orchestration.publish.held import said_of

    console = terminal()
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("序号", "发布时间", "数据截至", "变更指标", *(["核对"] if checked else []), "说明"):
        table.add_column(name, justify="right" if name in ("序号", "变更指标") else "left")
    for each in listed:
        entry = each.entry
        wrong = sum(map(len, checked.get(entry.number, {}).values()))
        verdict = [Text(f"{wrong}处不符", "red") if wrong else Text("相符", "green")] if checked else []
        put_back = "" if entry.puts_back is None else f"恢复第{entry.puts_back}次:{entry.reason}"
        told = "  ".join(filter(None, ("现行" if each.current else "", put_back)))
        moments = (minute_of(entry.published_at), minute_of(entry.known_until))
        numbers = (str(entry.number), *moments, str(entry.figures_changed))
        table.add_row(*map(Text, numbers), *verdict, Text(told))
    console.print(table)
    for folder, lines in (
        (folder, lines) for folders in checked.values() for folder, lines in folders.items()
    ):
        for line in lines:
            console.print(
                Text.assemble(("✗", "red"), f" {folder.relative_to(home.root)} {line}"), soft_wrap=True
            )
    if held:
        console.print(Text(said_of(held), "yellow"), soft_wrap=True)


def _differences(checked: Mapping[int, Mapping[Path, list[str]]], listed: Listed) -> dict:
    if listed.entry.number not in checked:
        return {}
    return {
        "differences": {str(folder): lines for folder, lines in checked[listed.entry.number].items() if lines}
    }
