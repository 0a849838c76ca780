"""Who on this machine may open what lies in a home. What was received and what is made of it on the way to publishing is its
owner's alone; what is published is for readers. Nothing of that is left to the umask of whoever starts a process.

Under ``raw`` the archive is private (the inbox belongs to its senders), and under ``var`` everything but ``READERS``. What is
made for readers is as open as the folder it lies in (``files``): a bureau that closes ``var/published`` keeps it closed.

Belongs here: these rules, keeping them, and finding what breaks them. Does not belong here: writing files (``files``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orchestration import settings
from orchestration.home import Home

# Under var: what readers open.
READERS = ("published", "bulletins", "exports")

_PRIVATE, _READABLE, _OTHERS, _WRITE = 0o700, 0o755, 0o077, 0o022


class Exposed(Exception):
    """Others can read what was received, and it cannot be taken from them. The message is Chinese."""


@contextmanager
def private_files() -> Iterator[None]:
    """What any library writes meanwhile, and what processes started meanwhile write, is its owner's alone."""
    before = os.umask(_OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def private_folder(folder: Path) -> Path:
    """Makes a folder that its owner alone may enter, or makes it so."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_mode & _OTHERS:
        folder.chmod(_PRIVATE)
    return folder


def prepare(home: Home) -> None:
    """Makes a home's folders, each open to whom it is for. One for readers that is there already stays as it is, and so does
    ``var`` once there is one for readers in it: before, a command may have made it in passing."""
    var = home.root / "var"
    var.mkdir(parents=True, exist_ok=True)
    if not home.published.exists():
        var.chmod(_READABLE)
    for folder in (home.archive.parent, home.published, home.bulletins):
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(_READABLE)
    for folder in (home.archive, home.lake, home.build.parent, home.receipts, home.dagster):
        if not folder.exists():
            private_folder(folder)


def tighten(home: Home) -> None:
    """Takes from others what older days, or other hands, have left open to them; readers keep reading. What belongs to another user stays as it is.
    Raises Exposed in production when the archive is still open then."""
    for path in _open_to_others(home):
        with suppress(FileNotFoundError, PermissionError):
            path.chmod(path.lstat().st_mode & _PRIVATE)
    for path in _written_by_others(home):
        with suppress(FileNotFoundError, PermissionError):
            path.chmod(path.lstat().st_mode & _READABLE)
    if settings.in_production() and (left := [path for path in exposed(home) if _is_archived(home, path)]):
        raise Exposed(
            f"存档须只有所有者能读,而 {left[0]} 等 {len(left)} 处对他人开放,且无权收紧。正式环境拒绝运行;"
            f"以其所有者身份执行:chmod -R go-rwx {home.archive}"
        )


def exposed(home: Home) -> list[Path]:
    """What is private and yet open to others, in order: the uppermost folder in which nothing else keeps them out, or a file."""
    return sorted(path for path in _open_to_others(home) if not _kept_out(home, path))


def private_roots(home: Home) -> list[Path]:
    """The private folders of a home that are there."""
    var = home.root / "var"
    below = sorted(var.iterdir()) if var.is_dir() else []
    found = [home.archive, *(path for path in below if path.name not in READERS)]
    return [path for path in found if path.is_dir() and not path.is_symlink()]


def _open_to_others(home: Home) -> Iterator[Path]:
    for root in private_roots(home):
        yield from _below(root)


def _written_by_others(home: Home) -> Iterator[Path]:
    """What readers read and might change: ``var`` and what is theirs in it."""
    var = home.root / "var"
    if var.is_dir() and var.stat().st_mode & _WRITE:
        yield var
    for name in READERS:
        if (var / name).is_dir():
            yield from _below(var / name, _WRITE)


def _below(path: Path, mode: int = _OTHERS) -> Iterator[Path]:
    """The path and all below it that has a part of this mode: group or others may do it; links are not followed."""
    if path.lstat().st_mode & mode:
        yield path
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            below = Path(folder, name)
            with suppress(FileNotFoundError):
                if not below.is_symlink() and below.lstat().st_mode & mode:
                    yield below


def _kept_out(home: Home, path: Path) -> bool:
    """Whether a closed folder above it, within its root, keeps others out."""
    root = next(root for root in private_roots(home) if path.is_relative_to(root))
    above = [folder for folder in path.parents if folder.is_relative_to(root)]
    return any(not folder.stat().st_mode & 0o011 for folder in above)


def _is_archived(home: Home, path: Path) -> bool:
    return path.is_relative_to(home.archive)
