"""The archive: every byte received, once, under its SHA-256, never changed, readable by its owner alone.

Belongs here: taking a file in. Does not belong here: who sent it and what it is (register, cover).
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from orchestration.files import sync_folder
from orchestration.permissions import private_folder

_CHUNK = 2**20
_INCOMING = ".incoming"
_SUFFIX = re.compile(r"\.[a-z0-9]{1,6}")


class StillChanging(Exception):
    """The file changed while it was read: its sender is still writing it."""


@dataclass(frozen=True, slots=True)
class Stored:
    sha256: str
    path: str  # relative to the archive: <sha[:2]>/<sha><suffix>


class Archive:
    """One folder of files by content. One process at a time writes it (receive holds the lock)."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._incoming = folder / _INCOMING
        private_folder(folder)
        private_folder(self._incoming)

    def sweep(self) -> None:
        """Removes what a killed receipt left half-copied."""
        for leftover in self._incoming.iterdir():
            leftover.unlink()

    def store(self, source: Path) -> Stored:
        """Copies and hashes in one pass, so that what is archived is what was hashed; durable on return.

        Raises StillChanging when the file changed meanwhile, OSError when it cannot be read.
        """
        handle, name = tempfile.mkstemp(dir=self._incoming)
        copy = Path(name)
        try:
            with os.fdopen(handle, "wb") as target:
                sha256 = _copy(source, target)
            return Stored(sha256, self._keep(copy, sha256, source.suffix.lower()))
        finally:
            with suppress(FileNotFoundError):
                copy.unlink()

    def _keep(self, copy: Path, sha256: str, suffix: str) -> str:
        folder = self.folder / sha256[:2]
        private_folder(folder)
        present = next(folder.glob(f"{sha256}*"), None)
        if present is None:
            present = folder / (sha256 + (suffix if _SUFFIX.fullmatch(suffix) else ""))
            copy.chmod(0o400)
            copy.replace(present)
            sync_folder(folder)
        return present.relative_to(self.folder).as_posix()


def _copy(source: Path, target: IO[bytes]) -> str:
    """Copies a file and returns its SHA-256. Raises StillChanging."""
    digest = hashlib.sha256()
    with source.open("rb") as handle:
        before = os.fstat(handle.fileno())
        while chunk := handle.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
            if target.tell() > before.st_size:
                break  # it may grow as fast as it is read
        after = source.stat()
    if _state(before) != _state(after):
        raise StillChanging(source.name)
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest()


def _state(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ino
