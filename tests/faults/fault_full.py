"""A work on a disk that is too small, or read-only: real ones, so that DuckDB, SQLite and Arrow meet them too.

Belongs here: the sizes, and making room for the second try. Does not belong here: mounting (``fault_room``).
"""

from __future__ import annotations

from fault_process import Ending, run
from fault_room import bytes_in, disk, make_read_only, resize
from fault_trials import Bench, disturbed_by

from orchestration.home import Home

REAL_FULL, REAL_READ_ONLY = "full disk", "read-only disk"
_AMPLE = 2 * 2**30
_MARGIN = 2**20  # what the file system itself needs


def full(bench: Bench, part: int, parts: int) -> None:
    """Room for a part of what the work writes, 0 being almost none."""
    needed = max(_MARGIN, bench.wrote)
    room = needed * part // parts + 2**16

    def disturb(home: Home) -> Ending:
        resize(bench.where, bytes_in(home.root) + room)
        ending = run(bench.work.run, home)
        resize(bench.where, _AMPLE)
        return ending

    with disk(bench.where, _AMPLE):
        disturbed_by(bench, REAL_FULL, f"room for {part}/{parts}", disturb)


def read_only(bench: Bench) -> None:
    def disturb(home: Home) -> Ending:
        make_read_only(bench.where)
        ending = run(bench.work.run, home)
        resize(bench.where, _AMPLE)
        return ending

    with disk(bench.where, _AMPLE):
        disturbed_by(bench, REAL_READ_ONLY, "from the beginning", disturb)
