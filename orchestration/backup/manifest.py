"""What a backup says of itself: every file with its size, SHA-256, time and permissions. Written before the backup counts.

A folder of backups holds one folder each, named by the Beijing time at which it was begun: ``2021-10-12T021500`` with
``backup.json`` and the files under ``home/``. What did not change since the backup before is a hard link to its file.

Belongs here: reading and writing that. Does not belong here: copying files.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from orchestration.files import replace_bytes
from orchestration.periods import SHANGHAI

FORMAT = 1
NAME = "backup.json"
FILES = "home"
PARTIAL, GONE = ".partial-", ".gone-"
_FOLDER = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}")


class NoBackup(Exception):
    """There is no backup, or none that this version reads. In Chinese."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One file as it was. ``mode``: its permissions."""

    bytes: int
    sha256: str
    mtime_ns: int
    mode: int


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup. ``publication``: the number of the last publication in it, 0 without one; ``folders``: the permissions of
    each; ``damaged``: files that were not what their name says when it was made."""

    folder: Path
    made_at: datetime
    publication: int
    files: dict[str, Kept]
    folders: dict[str, int]
    damaged: tuple[str, ...] = ()

    @property
    def bytes(self) -> int:
        return sum(kept.bytes for kept in self.files.values())

    def file(self, path: str) -> Path:
        return self.folder / FILES / path


def name_of(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H%M%S")


def backups(folder: Path) -> list[Path]:
    """The backups that count in a folder, the oldest first."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if _FOLDER.fullmatch(path.name) and (path / NAME).is_file())


def chosen(folder: Path) -> Path:
    """The backup meant by a folder: itself, or the newest in it. Raises NoBackup."""
    if (folder / NAME).is_file():
        return folder
    found = backups(folder)
    if not found:
        raise NoBackup(f"{folder} 里没有备份")
    return found[-1]


def write(backup: Backup) -> None:
    said = {
        "format": FORMAT,
        "made_at": backup.made_at.isoformat(),
        "publication": backup.publication,
        "damaged": list(backup.damaged),
        "folders": backup.folders,
        "files": {path: asdict(kept) for path, kept in backup.files.items()},
    }
    # Not ensure_ascii=False: a name in a sender's own encoding is no UTF-8, and survives only as an escape.
    replace_bytes(backup.folder / NAME, (json.dumps(said, indent=1) + "\n").encode())


def read(folder: Path) -> Backup:
    """Raises NoBackup for one of a later version, or whose list cannot be read."""
    try:
        said = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if said["format"] > FORMAT:
            raise NoBackup(f"{folder} 是更新版本的 zhenxing 做的备份(格式 {said['format']}),本版本读不了")
        files = {path: Kept(**kept) for path, kept in said["files"].items()}
        made_at = datetime.fromisoformat(said["made_at"])
        return Backup(folder, made_at, said["publication"], files, said["folders"], tuple(said["damaged"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoBackup(f"{folder / NAME} 读不出:{error}") from error


def differences(backup: Backup, progress: Callable[[int, int], None] | None = None) -> list[str]:
    """The files of a backup that are not as its list says, each in a Chinese line."""
    found = []
    for done, (path, kept) in enumerate(backup.files.items(), start=1):
        if reason := difference(backup.file(path), kept):
            found.append(f"{path}:{reason}")
        if progress:
            progress(done, len(backup.files))
    return found


def difference(path: Path, kept: Kept) -> str | None:
    """How a file differs from what is said of it; None when it does not."""
    if not path.is_file():
        return "缺"
    if path.stat().st_size != kept.bytes:
        return f"{path.stat().st_size}字节,应为{kept.bytes}字节"
    with path.open("rb") as handle:
        same = hashlib.file_digest(handle, "sha256").hexdigest() == kept.sha256
    return None if same else "SHA-256 不符"
