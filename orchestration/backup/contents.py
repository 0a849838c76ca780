"""What of a home a backup holds: all but what the next night makes again.

What is not known here is kept: a folder that somebody adds under ``var`` is missed by nobody in the worst hour. Belongs here:
which files. Does not belong here: copying them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from orchestration.home import Home
from orchestration.receive.inbox import scan
from orchestration.receive.register import Register

# dbt's files, past warehouses, the files of mf: each is made again when it is asked for. The build is kept, though it too
# could be: until then receipts would be written as if the province's rules had found nothing.
_MADE_AGAIN = ("var/warehouse/dbt_target", "var/warehouse/dbt_logs", "var/as_of", "var/metrics")
# Dagster's own: runs and events are for those who watch the nights, and dagster.yaml is written at each start.
RUNS = ("var/dagster/history", "var/dagster/schedules")
_DAGSTER_KEPT = ("var/dagster/settled.json",)
_UNFINISHED = (".tmp", ".lock", ".partial")
_SQLITE = b"SQLite format 3\0"
_SQLITE_BESIDE = ("-wal", "-shm", "-journal")


def kept_files(home: Home, *, runs: bool) -> list[str]:
    """Paths relative to the home, sorted. ``runs``: with Dagster's runs and events, where they lie in the home."""
    return sorted({*_given(home), *_below(home, "raw/archive"), *_waiting(home), *_var(home, runs=runs)})


def is_sqlite(path: Path) -> bool:
    """Whether a file is a SQLite database, which is copied by SQLite itself."""
    with path.open("rb") as handle:
        return handle.read(len(_SQLITE)) == _SQLITE


def _given(home: Home) -> Iterator[str]:
    """The bureau's own lists, where the home has them."""
    yield from (name for name in home.by_hand if (home.root / name).is_file())


def _waiting(home: Home) -> Iterator[str]:
    """What lies in the inbox and was not received yet; the rest of it is in the archive."""
    files = scan(home.inbox).files
    if not files:
        return
    if not home.register.exists():
        known = set()
    else:
        with Register(home.register) as register:
            known = {file.path for file in files if register.knows_file(file.name, file.size, file.mtime_ns)}
    yield from (file.path.relative_to(home.root).as_posix() for file in files if file.path not in known)


def _var(home: Home, *, runs: bool) -> Iterator[str]:
    for path in _below(home, "var"):
        if _is_in(path, _MADE_AGAIN):
            continue
        if not _is_in(path, ("var/dagster",)) or path in _DAGSTER_KEPT or (runs and _is_in(path, RUNS)):
            yield path


def _below(home: Home, place: str) -> Iterator[str]:
    """The ordinary files of a folder of the home; links could name any file of this machine."""
    for parent, _, names in os.walk(home.root / place):
        for name in names:
            path = Path(parent, name)
            if not _is_passing(path) and path.is_file() and not path.is_symlink():
                yield path.relative_to(home.root).as_posix()


def _is_passing(path: Path) -> bool:
    """Locks, what was being written when a process died, and what SQLite keeps beside an open database."""
    return (
        path.name.endswith(_UNFINISHED)
        or path.name == ".gitkeep"
        or path.name.startswith("next.")
        or any(
            path.name.endswith(suffix) and path.with_name(path.name.removesuffix(suffix)).exists()
            for suffix in _SQLITE_BESIDE
        )
    )


def _is_in(path: str, places: tuple[str, ...]) -> bool:
    return any(path.startswith(f"{place}/") for place in places)
