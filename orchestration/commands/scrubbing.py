# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""The command that holds a home's files against their sums: what is damaged, and mending it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from orchestration.commands.asking import AsJson, Refused, print_json
from orchestration.home import Home
from orchestration.terminal import terminal

if TYPE_CHECKING:
    from orchestration.scrub.damage import Damage
    from orchestration.scrub.scrub import Scrubbed


def scrub(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="修复能修复的文件")] = False,
    backup: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            exists=True,
            file_okay=False,
            help="备份目录(zhenxing backup 所写的,或其中一次备份),由此恢复",
        ),
    ] = None,
    judge_anew: Annotated[
        bool, typer.Option("--judge-anew", help="审核记录损坏又没有备份时:移开,由下一晚重新审核")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """逐字节核对全部存档原件、入湖数据、审核记录和已发布文件(SHA-256),列出损坏的文件和处理办法。

    全部完好时退出码为 0,有损坏(或修复后仍有)时为 1。夜间任务运行时请等它结束。

    例:[bold]zhenxing scrub[/bold];修复:[bold]zhenxing scrub --rebuild --backup /backup/zhenxing[/bold]
    """
    from orchestration.nightly import AnotherNight, alone
    from orchestration.scrub.mend import mend
    from orchestration.scrub.scrub import remember
    from orchestration.scrub.scrub import scrub as read_all

    if not rebuild and (backup or judge_anew):
        raise Refused("--backup 和 --judge-anew 与 --rebuild 一起使用")
    home = Home.current()
    console = terminal(stderr=as_json)
    try:
        with alone(home), console.status("核对文件", spinner_style="dim") as status:

            def progress(what: str, done: int, total: int) -> None:
                status.update(f"{what} {done}/{total}")

            scrubbed = read_all(home, progress)
            if rebuild and not scrubbed.whole:
                from dataclasses import replace

                mended = mend(home, scrubbed.damages, backup=backup, judge_anew=judge_anew, progress=progress)
                scrubbed = replace(scrubbed, damages=mended)
            remember(home, scrubbed)
    except AnotherNight as error:
        raise Refused(str(error)) from error
    if as_json:
        print_json(_as_json(scrubbed))
    else:
        _print(scrubbed)
    if not scrubbed.whole:
        raise typer.Exit(1)


def _as_json(scrubbed: Scrubbed) -> dict:
    return {
        "whole": scrubbed.whole,
        "files": scrubbed.files,
        "bytes": scrubbed.bytes,
        "seconds": round(scrubbed.seconds, 3),
        "vouched": scrubbed.vouched,
        "damages": [damage.as_json() for damage in scrubbed.damages],
    }


def _print(scrubbed: Scrubbed) -> None:
    console = terminal()
    for damage in scrubbed.damages:
        console.print(_line(damage), soft_wrap=True)
    standing = sum(damage.stands for damage in scrubbed.damages)
    megabytes = scrubbed.bytes / 1e6
    read = f"核对 {scrubbed.files} 个文件,{megabytes:.1f} MB,{scrubbed.seconds:.1f} 秒({megabytes / max(scrubbed.seconds, 0.001):.0f} MB/秒)"
    state = ("全部完好", "green") if not standing else (f"{standing} 处损坏", "red")
    console.print(Text.assemble(read, ":", state), soft_wrap=True)
    if scrubbed.vouched:
        console.print(
            Text(f"另有 {scrubbed.vouched} 个文件此前没有校验值,从现在起有了", "dim"), soft_wrap=True
        )


def _line(damage: Damage) -> Text:
    mark = ("✗", "red") if damage.stands else ("✓", "green")
    sums = (
        f"应为 {damage.expected[:12]}…,现为 {(damage.found or '')[:12]}…;"
        if damage.expected and damage.found
        else ""
    )
    return Text.assemble(mark, f" {damage.line_zh};{sums}{damage.mended or damage.remedy}")
