"""What vouches for files that are only ever added to: ``SHA256SUMS`` beside them, as ``sha256sum --check`` reads it.

A file that is replaced loses its line before and gets it after: killed between the two it stands without, and the next
scrub vouches for it as it is. Belongs here: that file. Does not belong here: holding files against it (``scrub``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from orchestration.files import replace_bytes

NAME = "SHA256SUMS"


def read_sums(folder: Path) -> dict[str, str]:
    """SHA-256 by file name. A line that is none is left out: its file is then not vouched for."""
    path = folder / NAME
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    entries = (line.partition("  ") for line in lines)
    return {name: sha256 for sha256, between, name in entries if between and name}


def vouch(path: Path, sha256: str) -> None:
    """Says what a file is from now on."""
    _write(path.parent, {**read_sums(path.parent), path.name: sha256})


def forget(path: Path) -> None:
    """Says nothing of a file any more."""
    said = read_sums(path.parent)
    if path.name in said:
        _write(path.parent, {name: sha256 for name, sha256 in said.items() if name != path.name})


def _write(folder: Path, said: Mapping[str, str]) -> None:
    lines = [f"{sha256}  {name}\n" for name, sha256 in sorted(said.items())]
    replace_bytes(folder / NAME, "".join(lines).encode())
