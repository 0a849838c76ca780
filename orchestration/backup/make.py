"""Makes a backup: what changed is copied, what did not is a hard link to the backup before.

It holds the night lock, so that no night changes what is being copied. Everything is written beside, made durable, and takes
its name last: a backup is there whole or not at all. Belongs here: copying out of the home. Does not belong here: what is
kept (``contents``), and putting it back.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestration.backup.contents import is_sqlite, kept_files
from orchestration.backup.manifest import (
    FILES,
    GONE,
    PARTIAL,
    Backup,
    Kept,
    NoBackup,
    backups,
    name_of,
    read,
    write,
)
from orchestration.backup.mark import note_backup
from orchestration.files import sync_all, sync_folder
from orchestration.home import Home
from orchestration.night_lock import alone
from orchestration.publish.ledger import number_in

_CHUNK = 2**20
_BY_SHA256 = re.compile(r"raw/archive/[0-9a-f]{2}/([0-9a-f]{64})(?:\.[a-z0-9]+)?")

Progress = Callable[[int, int], None]


class NotBackedUp(Exception):
    """No backup was made. In Chinese."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made: bytes that were copied for it, and how many older ones were removed."""

    backup: Backup
    copied: int
    removed: int


@dataclass(slots=True)
class _Copying:
    """One backup in the making. ``by_inode``: files of the home that are links of one another are so in the backup too."""

    home: Home
    target: Path
    before: Backup | None
    files: dict[str, Kept] = field(default_factory=dict)
    by_inode: dict[tuple[int, int], str] = field(default_factory=dict)
    written: list[Path] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def make_backup(
    home: Home,
    folder: Path,
    *,
    runs: bool = False,
    keep: int | None = None,
    wait: bool = False,
    progress: Progress | None = None,
) -> Made:
    """Makes a backup in a folder of backups, which must exist. ``keep``: older ones than the last ``keep`` are removed, unless
    this one found damage. Raises NotBackedUp; AnotherNight while a night runs, unless it shall ``wait``."""
    _refuse(home, folder)
    with alone(home, wait=wait):
        _clear(folder)
        before = _last(folder)
        moment = _moment(folder)
        partial = folder / f"{PARTIAL}{name_of(moment)}"
        try:
            copying = _copy(home, partial, before, runs, progress)
            _make_durable(copying)
            write(_described(copying, partial, moment))
            target = folder / name_of(moment)
            partial.rename(target)
            sync_folder(folder)
            note_backup(home, moment, target)
        except OSError as error:
            raise NotBackedUp(f"备份没有完成:{error}") from error
        finally:
            if partial.exists():
                shutil.rmtree(partial)
    removed = _prune(folder, keep) if keep and not copying.damaged else 0
    copied = sum(path.stat().st_size for path in _renamed(copying, target))
    return Made(read(target), copied, removed)


def _refuse(home: Home, folder: Path) -> None:
    # A folder that is made here when a disk is not mounted would fill the disk below it.
    if not folder.is_dir():
        raise NotBackedUp(f"没有目录 {folder};先建好(或挂载好)备份目录")
    if any(folder.resolve().is_relative_to(place) for place in (home.root / "var", home.root / "raw")):
        raise NotBackedUp(f"{folder} 在数据目录之内;备份要放在别处,最好是另一块盘")
    if not home.register.exists():
        raise NotBackedUp(f"{home.root} 还没有收过报表,没有可备份的")


def _copy(
    home: Home, partial: Path, before: Backup | None, runs: bool, progress: Progress | None
) -> _Copying:
    copying = _Copying(home, partial / FILES, before)
    # What it holds is personal: nobody but its owner enters, whatever the umask of who makes it.
    partial.mkdir(mode=0o700)
    paths = kept_files(home, runs=runs)
    for done, path in enumerate(paths, start=1):
        _take(copying, path)
        if progress:
            progress(done, len(paths))
    return copying


def _described(copying: _Copying, folder: Path, moment: datetime) -> Backup:
    root = copying.home.root
    folders = {
        parent.as_posix(): (root / parent).stat().st_mode & 0o7777
        for path in copying.files
        for parent in Path(path).parents
        if parent != Path()
    }
    return Backup(
        folder, moment, number_in(copying.home.warehouse), copying.files, folders, tuple(copying.damaged)
    )


def _take(copying: _Copying, path: str) -> None:
    source, target = copying.home.root / path, copying.target / path
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        status = source.stat()
        database = is_sqlite(source)
    except FileNotFoundError:
        return  # a sender took it back, or an alert was forgotten: neither waits for the night lock
    inode = (status.st_dev, status.st_ino)
    twin = copying.by_inode.get(inode)
    if twin and _link(copying.target / twin, target):
        copying.files[path] = copying.files[twin]
        return
    sha256 = _linked_to_before(copying, path, status, database) or _copied(copying, source, target, database)
    copied = target.stat()
    copying.files[path] = Kept(copied.st_size, sha256, status.st_mtime_ns, status.st_mode & 0o7777)
    copying.by_inode[inode] = path
    _judge(copying, path, sha256)


def _linked_to_before(copying: _Copying, path: str, status: os.stat_result, database: bool) -> str | None:
    """The SHA-256 of an unchanged file, which is now a link to that of the backup before; None of any other."""
    before = copying.before.files.get(path) if copying.before else None
    if before is None or before.mtime_ns != status.st_mtime_ns:
        return None
    # A database's copy is not as long as the database, and what was written last may lie beside it.
    source = copying.home.root / path
    unchanged = not _has_beside(source) if database else before.bytes == status.st_size
    kept = copying.before.file(path)
    if not unchanged or not kept.is_file() or kept.stat().st_size != before.bytes:
        return None
    return before.sha256 if _link(kept, copying.target / path) else None


def _has_beside(database: Path) -> bool:
    return any(database.with_name(database.name + suffix).exists() for suffix in ("-wal", "-journal"))


def _copied(copying: _Copying, source: Path, target: Path, database: bool) -> str:
    """Copies a file; returns the SHA-256 of what was written."""
    copying.written.append(target)
    if database:
        _copy_database(source, target)
        with target.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    digest = hashlib.sha256()
    with source.open("rb") as read_from, target.open("wb") as write_to:
        while chunk := read_from.read(_CHUNK):
            digest.update(chunk)
            write_to.write(chunk)
    return digest.hexdigest()


def _copy_database(source: Path, target: Path) -> None:
    """By SQLite itself, so that the copy is of one moment whoever writes meanwhile. Raises NotBackedUp for a damaged one:
    with it the good ones of before would soon be gone."""
    try:
        with (
            closing(sqlite3.connect(source, timeout=60)) as open_one,
            closing(sqlite3.connect(target)) as copy,
        ):
            open_one.backup(copy)
            said = [line for (line,) in copy.execute("pragma integrity_check")]
    except sqlite3.DatabaseError as error:
        raise NotBackedUp(f"{source} 损坏({error});没有备份,先用 zhenxing doctor 查看") from error
    if said != ["ok"]:
        raise NotBackedUp(f"{source} 损坏({said[0]});没有备份,先用 zhenxing doctor 查看")


def _judge(copying: _Copying, path: str, sha256: str) -> None:
    """A file of the archive is named by its content: one that is not what its name says is taken from the backup before."""
    named = _BY_SHA256.fullmatch(path)
    if not named or named[1] == sha256:
        return
    copying.damaged.append(path)
    before = copying.before.files.get(path) if copying.before else None
    if before and before.sha256 == named[1]:
        (copying.target / path).unlink()
        copying.files[path] = before
        if not _link(copying.before.file(path), copying.target / path):
            shutil.copyfile(copying.before.file(path), copying.target / path)


def _link(source: Path, target: Path) -> bool:
    """Whether the file system has links: some of a backup disk's have not."""
    try:
        os.link(source, target)
    except OSError:
        return False
    return True


def _make_durable(copying: _Copying) -> None:
    sync_all(path for path in copying.written if path.exists())
    for parent, _, _ in os.walk(copying.target):
        sync_folder(Path(parent))


def _renamed(copying: _Copying, target: Path) -> list[Path]:
    return [target / FILES / path.relative_to(copying.target) for path in copying.written]


def _moment(folder: Path) -> datetime:
    """Now, or the second after the last backup where that was made just now, or by a clock that was ahead."""
    now = datetime.now(UTC).replace(microsecond=0)
    last = max((path.name for path in backups(folder)), default="")
    while name_of(now) <= last:
        now += timedelta(seconds=1)
    return now


def _last(folder: Path) -> Backup | None:
    found = backups(folder)
    try:
        return read(found[-1]) if found else None
    except NoBackup:
        return None  # this one then copies everything


def _clear(folder: Path) -> None:
    """Removes what a backup that was killed left."""
    for leftover in (*folder.glob(f"{PARTIAL}*"), *folder.glob(f"{GONE}*")):
        shutil.rmtree(leftover)


def _prune(folder: Path, keep: int) -> int:
    going = backups(folder)[:-keep]
    for path in going:
        gone = folder / f"{GONE}{path.name}"
        path.rename(gone)
        shutil.rmtree(gone)
    return len(going)
