"""The last publications, kept whole under ``var/published/kept/<number>/`` so that one can be put back.

Published files are never written in place, so a kept one is a hard link to the same bytes: Parquet that did not change lies on
the disk once, however many publications have it. Where the file system has no links it is a copy.

Belongs here: keeping, and which are kept. Does not belong here: putting one back (``putback``).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from orchestration.files import make_folder, sync_file, sync_folder
from orchestration.home import Home
from orchestration.publish.manifest import NAME, WAREHOUSE, listed, read_manifest

# As many as a week of nights can publish.
KEPT = 7
_UNFINISHED = "."


def kept_folder(home: Home, number: int) -> Path:
    return _folder(home) / f"{number:05d}"


def kept_numbers(home: Home) -> list[int]:
    """The publications that are kept, the one that readers have among them, in their order."""
    return sorted(int(path.parent.name) for path in _folder(home).glob(f"[0-9]*/{NAME}"))


def keep(home: Home) -> None:
    """Keeps the publication that the manifest vouches for, and removes those older than the last ``KEPT``.

    A kept one is there whole or not at all. Killed anywhere and run again, the outcome is the same."""
    manifest = read_manifest(home.published)
    if manifest is None:
        return
    target = kept_folder(home, manifest["publication"])
    if not _is_kept(home, target):
        _fill(
            home.published, _beside(target), [WAREHOUSE, NAME, *(each["file"] for each in listed(manifest))]
        )
        _remove(target)
        _beside(target).rename(target)
        sync_folder(target.parent)
    for number in kept_numbers(home)[:-KEPT]:
        _remove(kept_folder(home, number))


def clear_unfinished(home: Home) -> None:
    """Removes what a killed publication was about to keep, or to remove."""
    for leftover in _folder(home).glob(f"{_UNFINISHED}*"):
        shutil.rmtree(leftover)


def _folder(home: Home) -> Path:
    return home.published / "kept"


def _beside(folder: Path) -> Path:
    return folder.with_name(f"{_UNFINISHED}{folder.name}")


def _is_kept(home: Home, target: Path) -> bool:
    kept = target / NAME
    return kept.exists() and kept.read_bytes() == (home.published / NAME).read_bytes()


def _fill(source: Path, target: Path, files: list[str]) -> None:
    for file in files:
        make_folder((target / file).parent)
        _link(source / file, target / file)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)
        sync_file(target)


def _remove(folder: Path) -> None:
    """Out of sight in one step first, so that no half of it is ever taken for a kept publication."""
    if folder.exists():
        gone = folder.with_name(f"{_UNFINISHED}gone-{folder.name}")
        folder.rename(gone)
        shutil.rmtree(gone)
