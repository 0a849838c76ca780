"""What lies in the inbox and may be taken tonight. The inbox belongs to the senders: it is only read.

Belongs here: which files count. Does not belong here: what is in them.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.terminal import one_line

# Written by programs, not by people: locks, half-finished copies, folder settings.
_IGNORED_PREFIXES = (".", "~$")
_IGNORED_SUFFIXES = (".tmp", ".part", ".partial", ".crdownload", ".filepart")
_IGNORED_NAMES = ("thumbs.db", "desktop.ini", "__macosx")
# A time a little ahead is a copy in progress from a machine whose clock is fast; one far ahead is a wrong
# clock, and waiting for it would lose the file.
_AHEAD_NANOSECONDS = 24 * 3600 * 10**9


@dataclass(frozen=True, slots=True)
class InboxFile:
    path: Path
    name: str  # relative to the inbox, readable whatever encoding its sender's system used
    size: int
    mtime_ns: int

    @property
    def file_name(self) -> str:
        return self.name.rpartition("/")[2]


@dataclass(slots=True)
class Inbox:
    """``files`` may be taken now, oldest first; ``waiting`` names those that must wait."""

    files: list[InboxFile]
    waiting: list[str]


def scan(folder: Path, *, quiet_seconds: float = 0.0) -> Inbox:
    """Every ordinary file under the inbox, in all its folders. A missing inbox is an empty one.

    What was written or moved here within the last ``quiet_seconds`` waits: it may still be being copied.
    """
    inbox = Inbox([], [])
    now = time.time_ns()
    for path in _walk(folder):
        name = readable(path.relative_to(folder))
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue  # taken back by its sender since the folder was listed
        if not stat.S_ISREG(status.st_mode):
            continue  # a link could name any file of this machine
        ahead = 0 < status.st_mtime_ns - now < _AHEAD_NANOSECONDS
        if ahead or 0 <= now - max(status.st_mtime_ns, status.st_ctime_ns) < quiet_seconds * 1e9:
            inbox.waiting.append(name)
        else:
            inbox.files.append(InboxFile(path, name, status.st_size, status.st_mtime_ns))
    inbox.files.sort(key=lambda file: (file.mtime_ns, file.name))
    return inbox


def readable(relative: Path) -> str:
    """A path as one line of text: UTF-8, else the GBK of a Chinese Windows. What ends a line, or what a terminal obeys, shows
    as a character that cannot be read."""
    stored = os.fsencode(relative.as_posix())
    try:
        text = stored.decode("utf-8")
    except UnicodeDecodeError:
        text = stored.decode("gb18030", "replace")
    return one_line(text)


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _ignored(name))
        yield from (Path(parent, name) for name in files if not _ignored(name))


def _ignored(name: str) -> bool:
    lower = name.lower()
    return name.startswith(_IGNORED_PREFIXES) or lower.endswith(_IGNORED_SUFFIXES) or lower in _IGNORED_NAMES
