"""The home's folders: there, writable, closed to others, with room to grow, on a file system that can do what is asked of it.

Belongs here: folders and disks. Does not belong here: what is in the files.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from orchestration import permissions
from orchestration.doctor.finding import Finding, bad, ok, warn
from orchestration.doctor.register import first_received
from orchestration.home import Home
from orchestration.night_lock import RESTORING
from orchestration.settings import in_production

# A year is what a bureau needs to buy a disk; a month of data says how much a day brings.
_DAYS_AHEAD, _DAYS_KNOWN = 365, 30
# What a night writes beside what is there: a build, a publication and its Parquet.
_COPIES, _LEAST = 4, 500 * 2**20
_FEW_INODES = 0.05


def folders(home: Home) -> Iterator[Finding]:
    if not home.root.is_dir():
        yield bad(f"没有数据目录 {home.root}", f"sudo install -d -o zhenxing -g zhenxing -m 0755 {home.root}")
        return
    closed = [
        path for path in (home.root, home.archive, home.lake, home.published, home.dagster) if _closed(path)
    ]
    if closed:
        yield bad(
            f"不能写入:{'、'.join(map(str, closed))}",
            f"以其所有者身份运行,或 sudo chown -R zhenxing {home.root}",
        )
    elif (home.root / RESTORING).exists():
        yield bad("一次恢复没有做完,夜间任务不会开始", "再运行一次 zhenxing restore")
    else:
        yield ok(str(home.root))


def _closed(path: Path) -> bool:
    return path.exists() and not os.access(path, os.R_OK | os.W_OK | os.X_OK)


def private(home: Home) -> Iterator[Finding]:
    """What holds personal data is its owner's alone."""
    open_ones = permissions.exposed(home)
    if not open_ones:
        yield ok("存档、入湖数据、回执只有所有者能读")
        return
    level = bad if in_production() else warn
    yield level(
        f"{len(open_ones)} 处对他人开放,如 {open_ones[0]}",
        f"chmod -R go-rwx {' '.join(map(str, permissions.private_roots(home)))}",
    )


def space(home: Home) -> Iterator[Finding]:
    """Room for the next night, and for as long as the home has grown so far."""
    if not home.root.is_dir():
        return
    free = shutil.disk_usage(home.root).free
    needed = _LEAST + _COPIES * max(_size(home.build), _size(home.warehouse))
    if free < needed:
        yield bad(f"磁盘剩余 {_gigabytes(free)},一晚需要 {_gigabytes(needed)}", "清理磁盘或扩容")
        return
    daily = _daily_growth(home)
    if daily and free < daily * _DAYS_AHEAD:
        yield warn(
            f"磁盘剩余 {_gigabytes(free)},按每天增长 {daily / 2**20:.1f} MB 只够 {free // daily} 天",
            "清理磁盘或扩容",
        )
    else:
        yield ok(f"磁盘剩余 {_gigabytes(free)}" + (f",每天约增长 {daily / 2**20:.1f} MB" if daily else ""))


def inodes(home: Home) -> Iterator[Finding]:
    if not home.root.is_dir():
        return
    status = os.statvfs(home.root)
    if not status.f_files:
        yield ok("文件系统不限文件数")
    elif status.f_favail < status.f_files * _FEW_INODES:
        yield warn(
            f"文件系统只能再建 {status.f_favail} 个文件(inode)", "清理小文件,或换用 inode 更多的文件系统"
        )
    else:
        yield ok(f"还可建 {status.f_favail} 个文件")


def _daily_growth(home: Home) -> int:
    """Bytes a day since the first file was received; 0 where that is too short to say."""
    first = first_received(home)
    days = (datetime.now(UTC) - first).days if first else 0
    if days < _DAYS_KNOWN:
        return 0
    seen: dict[tuple[int, int], int] = {}
    for root in (home.archive, home.root / "var"):
        for parent, _, names in os.walk(root):
            for name in names:
                with suppress(FileNotFoundError):
                    status = Path(parent, name).lstat()
                    seen[status.st_dev, status.st_ino] = status.st_size
    return sum(seen.values()) // days


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _gigabytes(size: int) -> str:
    return f"{size / 2**30:.1f} GB"


def file_system(home: Home) -> Iterator[Finding]:
    """Publishing is a rename, one writer is a lock, what is kept is a link: tried with two empty files, removed again."""
    if not os.access(home.root, os.W_OK):
        return
    with tempfile.TemporaryDirectory(dir=home.root, prefix=".doctor-") as folder:
        first, second = Path(folder, "first"), Path(folder, "second")
        first.touch()
        second.touch()
        try:
            first.replace(second)
            with second.open("w") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            yield bad(f"文件系统不支持改名或加锁({error.strerror})", "把数据目录放在本机磁盘上(ext4、xfs)")
            return
        try:
            first.hardlink_to(second)
        except OSError:
            yield warn("文件系统没有硬链接,保留的旧发布和备份都占整份空间", "把数据目录放在 ext4 或 xfs 上")
            return
    yield ok("改名、加锁、硬链接均可")


def inbox(home: Home) -> Iterator[Finding]:
    """It belongs to the senders: the pipeline must be able to read it, and not everybody to write it."""
    if not home.inbox.is_dir():
        yield warn(
            f"没有收件目录 {home.inbox}", f"sudo install -d -o zhenxing -g zhenxing -m 2770 {home.inbox}"
        )
        return
    if not os.access(home.inbox, os.R_OK | os.X_OK):
        yield bad(f"读不了收件目录 {home.inbox}", f"sudo chmod g+rx {home.inbox}")
        return
    unreadable = [path for path in home.inbox.rglob("*") if not os.access(path, os.R_OK)]
    if unreadable:
        yield warn(
            f"收件目录里有 {len(unreadable)} 个文件读不了,如 {unreadable[0].name}",
            "让发件方或管理员放开读权限",
        )
    if home.inbox.stat().st_mode & 0o002:
        yield warn("任何用户都能往收件目录写文件", f"chmod o-w {home.inbox}")
    elif not unreadable:
        yield ok("收件目录可读,他人不能写")
