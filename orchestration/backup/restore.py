"""Puts a backup back: every file is copied beside the home and held against its SHA-256 first, then takes its place.

What lay in the home is moved aside and never deleted. Between the first rename and the last the home is half another one; a
restore that is killed there leaves its folder behind, and nothing but the next restore may write until that has ended. The
inbox belongs to its senders: what lies in it stays.

Belongs here: copying back and taking places. Does not belong here: what a backup says of itself (``manifest``).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from orchestration.backup.manifest import Backup, Kept, chosen, name_of, read
from orchestration.files import sync_all, sync_folder
from orchestration.home import Home
from orchestration.night_lock import RESTORING, alone

_CHUNK = 2**20
_LOCK = "night.lock"
REPLACED = "replaced-"

Progress = Callable[[int, int], None]


class NotRestored(Exception):
    """Nothing was restored. In Chinese."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was put back. ``aside``: where what lay in the home is now, None where nothing did."""

    backup: Backup
    aside: Path | None


@dataclass(slots=True)
class _Copying:
    backup: Backup
    target: Path
    by_inode: dict[tuple[int, int], Path] = field(default_factory=dict)
    written: list[Path] = field(default_factory=list)


def restore_backup(
    home: Home, folder: Path, *, replace: bool = False, progress: Progress | None = None
) -> Restored:
    """Puts back a backup, or the newest in a folder of backups. Raises NotRestored, NoBackup; AnotherNight while a night runs.

    ``replace``: also where the home holds data already, which is then moved aside.
    """
    backup = read(chosen(folder))
    home.root.mkdir(parents=True, exist_ok=True)
    working = home.root / RESTORING
    with alone(home, restoring=True):
        if _holds_data(home) and not (replace or working.exists()):
            raise NotRestored(
                f"{home.root} 里已有数据,没有恢复;要以备份代替,加 --replace(现有数据移到一旁,不删除)"
            )
        if working.exists():
            shutil.rmtree(working)
        _refuse_without_space(home, backup)
        try:
            _copy(backup, working, progress)
        except (OSError, NotRestored) as error:
            shutil.rmtree(working)
            raise error if isinstance(error, NotRestored) else NotRestored(f"恢复没有完成:{error}") from error
        aside = _move_aside(home)
        _take_places(home, working)
        shutil.rmtree(working)
        sync_folder(home.root)
    return Restored(backup, aside)


def _holds_data(home: Home) -> bool:
    """Whether anything was received or published: what services that were started early have written is no data."""
    return home.register.exists() or home.warehouse.exists() or any(home.lake.glob("*"))


def _refuse_without_space(home: Home, backup: Backup) -> None:
    free = shutil.disk_usage(home.root).free
    if free < backup.bytes:
        raise NotRestored(
            f"{home.root} 所在磁盘只剩 {free / 2**30:.1f} GB,恢复需要 {backup.bytes / 2**30:.1f} GB"
        )


def _copy(backup: Backup, target: Path, progress: Progress | None) -> None:
    """The whole backup into a folder. Raises NotRestored with the files that are not as the backup's list says."""
    target.mkdir(mode=0o700)
    copying = _Copying(backup, target)
    wrong = []
    for done, (path, kept) in enumerate(backup.files.items(), start=1):
        if not _copied(copying, path, kept):
            wrong.append(path)
        if progress:
            progress(done, len(backup.files))
    if wrong:
        raise NotRestored(
            f"备份 {backup.folder} 有 {len(wrong)} 个文件缺失或损坏,没有恢复:{'、'.join(wrong[:5])}"
        )
    # Folders last, the deepest first: one that is read-only takes no file.
    for path, mode in sorted(backup.folders.items(), reverse=True):
        (target / path).chmod(mode | 0o700)
    sync_all(copying.written)


def _copied(copying: _Copying, path: str, kept: Kept) -> bool:
    """Copies a file with its time and permissions; whether it is what the list says. Links of one another stay such."""
    source, target = copying.backup.file(path), copying.target / path
    if not source.is_file():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    status = source.stat()
    inode = (status.st_dev, status.st_ino)
    if inode in copying.by_inode:
        os.link(copying.by_inode[inode], target)
        return True
    digest = hashlib.sha256()
    with source.open("rb") as read_from, target.open("wb") as write_to:
        while chunk := read_from.read(_CHUNK):
            digest.update(chunk)
            write_to.write(chunk)
    os.utime(target, ns=(kept.mtime_ns, kept.mtime_ns))
    target.chmod(kept.mode)
    copying.by_inode[inode] = target
    copying.written.append(target)
    return digest.hexdigest() == kept.sha256


def _places(root: Path) -> Iterator[Path]:
    """What takes its place in one rename, relative to a home: a folder or a file. The night lock stays where it is, for
    others may be waiting for it; the inbox is not the home's."""
    yield from (Path(name) for name in Home(root).by_hand if (root / name).is_file())
    if (root / "raw" / "archive").is_dir():
        yield Path("raw", "archive")
    for folder in (root / "var", root / "var" / "dagster"):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.name != _LOCK and path != root / "var" / "dagster":
                yield path.relative_to(root)


def _move_aside(home: Home) -> Path | None:
    places = list(_places(home.root))
    if not _holds_data(home):
        places = [place for place in places if (home.root / RESTORING / place).exists()]
    if not places:
        return None
    aside = home.root / f"{REPLACED}{name_of(datetime.now(UTC))}"
    for place in places:
        (aside / place).parent.mkdir(parents=True, exist_ok=True)
        (home.root / place).rename(aside / place)
    aside.chmod(0o700)
    return aside


def _take_places(home: Home, working: Path) -> None:
    for place in list(_places(working)):
        (home.root / place).parent.mkdir(parents=True, exist_ok=True)
        (working / place).rename(home.root / place)
        sync_folder((home.root / place).parent)
    waiting = working / "raw" / "inbox"
    for path in waiting.rglob("*") if waiting.is_dir() else ():
        target = home.inbox / path.relative_to(waiting)
        if path.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
