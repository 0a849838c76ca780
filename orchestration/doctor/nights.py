"""The nights: who holds the lock, how the last one ended, and whether the next will come.

Belongs here: Dagster's settings, daemon, schedule; the last backup. Does not belong here: the data.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestration.alerts.nights import DONE, last_end
from orchestration.backup.mark import last_backup
from orchestration.dagster_home import log_file, settings_file, settings_text
from orchestration.doctor.daemon import read_daemon
from orchestration.doctor.finding import Finding, bad, ok, warn
from orchestration.home import Home
from orchestration.periods import minute_of
from orchestration.settings import DAGSTER_POSTGRES_URL

_LATE = timedelta(hours=26)
_LONG_SECONDS = 6 * 3600
_BEAT_SECONDS = 300  # Dagster's daemon says every half minute that it lives
_BACKED_UP = timedelta(days=8)
_START = "sudo systemctl restart zhenxing.target"


def lock(home: Home) -> Iterator[Finding]:
    """Who writes to the home now. Asked without taking the lock, for a night that begins must not find it taken."""
    path = home.dagster / "night.lock"
    holder = _holder(path) if path.exists() else None
    if holder is None:
        yield ok("现在没有任务在写")
        return
    seconds = _age(holder)
    said = f"进程 {holder}({_command(holder)})正在写,已 {seconds // 60} 分钟"
    if seconds > _LONG_SECONDS:
        yield warn(said, f"看日志 {log_file(home)};确已停住时 kill {holder},下一晚会接着做完")
    else:
        yield ok(said)


def _holder(path: Path) -> int | None:
    """The process that holds a lock on the file, as the system lists them."""
    status = path.stat()
    place = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
        words = line.split()
        if "->" not in words and words[1] == "FLOCK" and words[5] == place:
            return int(words[4])
    return None


def _age(process: int) -> int:
    """Seconds since the process began."""
    try:
        return int(time.time() - Path(f"/proc/{process}").stat().st_mtime)
    except FileNotFoundError:
        return 0


def _command(process: int) -> str:
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "…"
    return " ".join(Path(os.fsdecode(word)).name for word in words[:3] if word) or "…"


def last_night(home: Home) -> Iterator[Finding]:
    end = last_end(home)
    if end is None:
        if home.register.exists():
            yield warn("没有夜间任务结束的记录", "zhenxing nightly")
        else:
            yield ok("还没有运行过")
        return
    said = f"上一晚 {minute_of(end.ended_at)}"
    if end.outcome != DONE:
        reasons = ";".join((*end.steps, *end.reasons)[:3]) or "见日志"
        yield bad(f"{said} 没有完成:{reasons}", f"看日志 {log_file(home)},处理后 zhenxing nightly")
    elif datetime.now(UTC) - end.ended_at > _LATE:
        yield bad(
            f"{said} 之后再没有运行",
            f"{_START};没有用 daemon 的,sudo systemctl start zhenxing-nightly.service",
        )
    else:
        yield ok(f"{said} 完成")


def dagster_settings(home: Home) -> Iterator[Finding]:
    path = settings_file(home)
    if not path.exists():
        yield ok("服务第一次启动时写出")
    elif path.read_text(encoding="utf-8") == settings_text(home):
        yield ok("dagster.yaml 与程序一致")
    elif DAGSTER_POSTGRES_URL.name in path.read_text(encoding="utf-8") and not DAGSTER_POSTGRES_URL.value:
        yield bad(
            f"dagster.yaml 用 PostgreSQL,而环境变量 {DAGSTER_POSTGRES_URL.name} 没有设置",
            "用服务的环境运行:deploy/systemd/zhenxing doctor",
        )
    else:
        yield warn("dagster.yaml 与程序不一致", f"{_START}(启动时重写)")


def schedule(home: Home) -> Iterator[Finding]:
    """Whether the daemon lives, where one was ever started, and nothing was switched off in Dagster's pages."""
    try:
        daemon = read_daemon(home)
    except (
        Exception
    ) as error:  # SQLite's and PostgreSQL's own; a server that is away is said by its own check
        yield warn(f"读不到 Dagster 的记录({type(error).__name__})", "见 Dagster 的 PostgreSQL 一项,或日志")
        return
    if daemon is None:
        yield ok("还没有启动过 daemon")
        return
    if daemon.stopped:
        yield bad(f"已关闭:{'、'.join(daemon.stopped)}", "在 Dagster 界面 Automation 页重新打开")
    if daemon.beat is None:
        yield ok("没有用 daemon,由定时器运行 zhenxing nightly")
        return
    silent = int(time.time() - daemon.beat)
    if silent > _BEAT_SECONDS:
        yield bad(f"daemon 已 {silent // 60} 分钟没有心跳", _START)
    elif not daemon.stopped:
        yield ok("daemon 在运行,日程和传感器都开着")


def backup(home: Home) -> Iterator[Finding]:
    made = last_backup(home)
    if not home.register.exists():
        yield ok("还没有可备份的")
    elif made is None:
        yield warn("从没有备份过", "zhenxing backup FOLDER --keep 30,每日一次(zhenxing-backup.timer)")
    elif datetime.now(UTC) - made.made_at > _BACKED_UP:
        yield warn(f"最近一次备份在 {minute_of(made.made_at)}", "看 systemctl status zhenxing-backup.timer")
    elif not Path(made.folder).is_dir():
        yield warn(f"最近的备份 {made.folder} 现在看不到(盘没有挂载?)", "挂载备份盘")
    else:
        yield ok(f"{minute_of(made.made_at)},在 {made.folder}")
