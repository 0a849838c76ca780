"""Files written whole: a reader, or a reboot, finds the old content or the new and never a part.

Belongs here: writing a file in place of another, and telling whether files are as they were. Does not belong here: what is
written.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

_AT_ONCE = 16  # they wait for the disk, not for the processor


def content_digest(paths: Iterable[Path]) -> str:
    """A digest of files in the order given: it changes with a name, a length or a byte."""
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def sums_of(path: Path) -> dict[str, Any]:
    """A file's ``bytes`` and ``sha256``, as manifests write them."""
    with path.open("rb") as handle:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(handle, "sha256").hexdigest()}


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Lets ``write`` fill a file beside ``path``, then puts it in its place, as open as its folder; durable on return.

    The file beside it is hidden and ends in .tmp, so that no glob for the real one ever sees it.
    """
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name[:80]}.{os.getpid()}.{uuid4().hex[:8]}.tmp")
    try:
        write(temporary)
        open_as_its_folder(temporary)
        sync_file(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Makes a folder, and those above it that are missing, each open to whom the one it lies in is open to, whatever the
    umask; none is writable by others."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir()
        folder.chmod(folder.parent.stat().st_mode & 0o2755)


def open_as_its_folder(path: Path) -> None:
    """Lets those read a file who may enter its folder, and nobody else."""
    path.chmod(path.parent.stat().st_mode & 0o644)


def clear_unfinished(folder: Path) -> None:
    """Removes what ``replace_file`` had begun, anywhere below a folder, in processes that were killed. What a living one has
    begun is left to it."""
    for leftover in folder.rglob(".*.tmp"):
        if not _is_alive(leftover.name.split(".")[-3]):
            leftover.unlink(missing_ok=True)


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True  # another user's
    return True


def replace_bytes(path: Path, content: bytes) -> bool:
    """Writes the content unless the file holds it already; returns whether it was written."""
    if path.exists() and path.read_bytes() == content:
        return False
    replace_file(path, lambda temporary: temporary.write_bytes(content))
    return True


def replace_all(contents: Mapping[Path, bytes]) -> None:
    """As ``replace_bytes`` for many files, several at once: the disk makes them durable together, in a tenth of the time."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(replace_bytes, contents, contents.values()))


def sync_all(paths: Iterable[Path]) -> None:
    """As ``sync_file`` for many files, several at once."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(sync_file, paths))


def sync_file(path: Path) -> None:
    """Makes what was written into a file durable."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def sync_folder(folder: Path) -> None:
    """Makes what was renamed in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
