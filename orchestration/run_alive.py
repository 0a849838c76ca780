"""Whether the process of a run is still there: each run holds a lock on a file of its own, which goes with its process.

Process numbers would not do: a run in a container has another number outside. Belongs here: that file. Does not belong
here: what is done about a run that is gone (``killed_runs``, ``dagster_launcher``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.home import Home
from orchestration.night_lock import taken


@contextmanager
def alive(home: Home, run_id: str) -> Iterator[None]:
    """Says that the run is alive for as long as this process lives and stays in here."""
    path = _file(home, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        taken(handle)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def is_alive(home: Home, run_id: str) -> bool:
    """Whether some process says so."""
    try:
        with _file(home, run_id).open() as handle:
            return not taken(handle)
    except FileNotFoundError:
        return False


def forget(home: Home, run_id: str) -> None:
    """Removes what a killed run left."""
    _file(home, run_id).unlink(missing_ok=True)


def _file(home: Home, run_id: str) -> Path:
    return home.dagster / "alive" / f"{run_id}.lock"
