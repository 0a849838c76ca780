# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that --help answers at once
"""The commands of an installation: whether it is sound, its backups, and putting one back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from orchestration.commands.asking import AsJson, Refused, print_json
from orchestration.home import Home
from orchestration.terminal import terminal

if TYPE_CHECKING:
    from orchestration.backup.make import Made
    from orchestration.doctor.examine import Examined


def doctor(as_json: AsJson = False) -> None:
    """检查安装:程序、数据目录、权限、磁盘、登记和存档、发布、夜间任务、备份、PostgreSQL、告警。

    只看不改。每项给出正常、注意或不正常,后两种说明怎么办;有不正常的,退出码为 1。
    """
    from orchestration.doctor.examine import examine

    examined = examine(Home.current())
    if as_json:
        print_json({"checks": [_as_json(each) for each in examined]})
    else:
        _print_examined(examined)
    if any(each.level == "bad" for each in examined):
        raise typer.Exit(1)


def _as_json(each: Examined) -> dict:
    findings = [{"level": f.level, "said_zh": f.said, "mend_zh": f.mend} for f in each.findings]
    return {
        "name": each.check.name,
        "title_zh": each.check.title,
        "level": each.level,
        "findings": findings,
    }


def _print_examined(examined: Sequence[Examined]) -> None:
    console = terminal()
    for each in examined:
        for finding in each.findings:
            mark, style = _MARKS[finding.level]
            console.print(
                Text.assemble((mark, style), f" {each.check.title}  ", finding.said), soft_wrap=True
            )
            if finding.mend:
                console.print(Text(f"  → {finding.mend}", "cyan"), soft_wrap=True)
    counts = {level: sum(each.level == level for each in examined) for level in _MARKS}
    console.print(
        f"正常 {counts['ok']} 项、注意 {counts['warn']} 项、不正常 {counts['bad']} 项", soft_wrap=True
    )


_MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "bad": ("✗", "red")}


def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="备份目录,须已建好,不在数据目录之内")],
    *,
    keep: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="只保留最近 N 次备份;默认全部保留")
    ] = None,
    runs: Annotated[bool, typer.Option("--runs", help="连同 Dagster 的运行记录(存在数据目录时)")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="夜间任务正在运行时等它结束")] = False,
    check: Annotated[bool, typer.Option("--check", help="不备份,逐个文件核对最近一次备份")] = False,
    as_json: AsJson = False,
) -> None:
    """备份数据目录:存档和登记、入湖数据和密钥、审核结论、发布和发布记录、回执、通报、名单。

    每次都是完整的一份;没有变化的文件与上一次备份共用(硬链接),只占变化部分的空间。备份含个人信息,须妥善保管。

    例:[bold]zhenxing backup /backup/zhenxing --keep 30[/bold]
    """
    from orchestration.backup.make import NotBackedUp, make_backup
    from orchestration.backup.manifest import NoBackup
    from orchestration.night_lock import AnotherNight

    try:
        if check:
            _check_backup(folder, as_json)
            return
        with _progress("备份") as progress:
            made = make_backup(Home.current(), folder, runs=runs, keep=keep, wait=wait, progress=progress)
    except (AnotherNight, NoBackup, NotBackedUp) as error:
        raise Refused(str(error)) from error
    _say_made(made, as_json)


def _say_made(made: Made, as_json: bool) -> None:
    damaged = made.backup.damaged
    if as_json:
        print_json(
            {
                "backup": str(made.backup.folder),
                "publication": made.backup.publication,
                "files": len(made.backup.files),
                "bytes": made.backup.bytes,
                "copied_bytes": made.copied,
                "removed": made.removed,
                "damaged": list(damaged),
            }
        )
    else:
        typer.echo(str(made.backup.folder))
        typer.echo(
            f"{len(made.backup.files)} 个文件 {_megabytes(made.backup.bytes)},"
            f"本次新写 {_megabytes(made.copied)}" + (f";删除旧备份 {made.removed} 次" if made.removed else "")
        )
        _say_wrong([f"{path}:内容与存档名(SHA-256)不符" for path in damaged])
    if damaged:
        raise Refused("存档有损坏的文件,旧备份没有删除;用 zhenxing scrub 查看和修复")


def _check_backup(folder: Path, as_json: bool) -> None:
    from orchestration.backup.manifest import chosen, differences, read

    found = read(chosen(folder))
    with _progress("核对") as progress:
        wrong = differences(found, progress)
    if as_json:
        print_json({"backup": str(found.folder), "files": len(found.files), "differences": wrong})
    else:
        typer.echo(f"{found.folder}:{len(found.files)} 个文件,{len(wrong)} 处不符")
        _say_wrong(wrong)
    if wrong:
        raise typer.Exit(1)


def restore(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="一次备份,或备份目录(取最近一次)")],
    replace: Annotated[
        bool, typer.Option("--replace", help="数据目录已有数据时也恢复;原有数据移到一旁,不删除")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """从备份恢复数据目录。先停止服务;恢复前逐个文件核对,有损坏就不恢复。

    恢复后运行 [bold]zhenxing doctor[/bold] 和 [bold]zhenxing nightly[/bold];收件箱里的文件不动。
    """
    from orchestration.backup.manifest import NoBackup
    from orchestration.backup.restore import NotRestored, restore_backup
    from orchestration.night_lock import AnotherNight

    home = Home.current()
    try:
        with _progress("恢复") as progress:
            done = restore_backup(home, folder, replace=replace, progress=progress)
    except (AnotherNight, NoBackup, NotRestored) as error:
        raise Refused(str(error)) from error
    if as_json:
        print_json(
            {
                "home": str(home.root),
                "backup": str(done.backup.folder),
                "publication": done.backup.publication,
                "files": len(done.backup.files),
                "replaced": str(done.aside) if done.aside else None,
            }
        )
        return
    typer.echo(f"已从 {done.backup.folder} 恢复到 {home.root}:{len(done.backup.files)} 个文件")
    if done.aside:
        typer.echo(f"原有数据在 {done.aside},确认无误后自行删除")


def _say_wrong(lines: list[str]) -> None:
    console = terminal()
    for line in lines:
        console.print(Text.assemble(("✗", "red"), f" {line}"), soft_wrap=True)


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.1f} MB"


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    from rich.progress import Progress

    with Progress(console=terminal(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
