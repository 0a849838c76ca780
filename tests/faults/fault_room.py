"""Real disks that are full or read-only: a file system in memory of a size of its own, mounted over a folder of the harness.

It needs a mount namespace (``unshare``), which a user has of his own where the kernel lets him. Belongs here: mounting.
Does not belong here: what is expected when the disk is full.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWN = "FAULTS_OWN_MOUNTS"
_BLOCK = 4096


def with_own_mounts() -> None:
    """Starts this program anew where it may mount, unless it is there already or may nowhere."""
    how = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    if may_mount() or subprocess.run([*how, "true"], capture_output=True, check=False).returncode != 0:
        return
    os.execvpe(how[0], [*how, sys.executable, *sys.argv], {**os.environ, OWN: "1"})


def may_mount() -> bool:
    return OWN in os.environ


@contextmanager
def disk(folder: Path, size: int) -> Iterator[None]:
    """A disk of so many bytes at a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _mount("-t", "tmpfs", "-o", f"size={size}", "faults", str(folder))
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def resize(folder: Path, size: int) -> None:
    """A disk of another size, which can be written."""
    _mount("-o", f"remount,rw,size={size}", str(folder))


def make_read_only(folder: Path) -> None:
    _mount("-o", "remount,ro", str(folder))


def bytes_in(folder: Path) -> int:
    """What a folder takes of a disk that counts in pages."""
    return sum(-(-path.lstat().st_size // _BLOCK) * _BLOCK for path in folder.rglob("*"))


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)
