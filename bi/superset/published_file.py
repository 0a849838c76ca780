"""The published file under a name of its own for each publication, so that no reader shares an older one's.

DuckDB keeps one instance per path in a process: as long as any thread has the file open, whoever opens the same path gets
that instance, also after a new file has taken the name. Under steady load somebody always has, and readers would see
one publication for ever. A hard link per publication makes the path say which file is meant.

Belongs here: links to the published file. Does not belong here: Superset, SQL.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

# Longer than any query may take: a link is removed when its file has not been the published one for so long.
KEPT_SECONDS = 600


def pinned(warehouse: Path, folder: Path) -> Path:
    """A path in ``folder`` that means the file published now and will never mean another.

    The path ends in the file's own name, which is DuckDB's name for the catalogue. Raises FileNotFoundError when
    nothing is published.
    """
    path = _link_of(warehouse.stat(), folder) / warehouse.name
    if path.exists():
        return path
    path = _linked(warehouse, folder)
    _forget_superseded(folder, path.parent)
    return path


def _linked(warehouse: Path, folder: Path) -> Path:
    """Links the published file. What is linked decides the name: the file may be replaced between two calls."""
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f".{os.getpid()}-{time.monotonic_ns()}"
    new.mkdir()
    os.link(warehouse, new / warehouse.name)
    final = _link_of((new / warehouse.name).stat(), folder)
    try:
        new.rename(final)
    except OSError:  # another process or thread was first
        shutil.rmtree(new)
    return final / warehouse.name


def _link_of(file: os.stat_result, folder: Path) -> Path:
    return folder / f"{file.st_ino}-{file.st_mtime_ns}"


def _forget_superseded(folder: Path, current: Path) -> None:
    for link in folder.iterdir():
        if link != current and time.time() - _last_touched(link) > KEPT_SECONDS:
            shutil.rmtree(link, ignore_errors=True)


def _last_touched(link: Path) -> float:
    """When the file was superseded: losing the published name changed its ctime. Now, if another reader is removing it."""
    try:
        return max(path.stat().st_ctime for path in (link, *link.iterdir()))
    except FileNotFoundError:
        return time.time()
