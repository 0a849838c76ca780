"""One writer at a time to a home: the night lock, over all processes.

Whatever writes to a home holds it from beginning to end: a night, a run that Dagster's daemon started, a publication put
back, a backup. The system releases it with the process, however that ends. Belongs here: the lock. Does not belong here:
what is done under it.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from orchestration.home import Home

# What a restore works in, below the home: while it is there, the home is half another one.
RESTORING = ".restoring"


class AnotherNight(Exception):
    """Another process is writing to this home, or a restore of it was killed."""


@contextmanager
def alone(
    home: Home,
    *,
    wait: bool = False,
    restoring: bool = False,
    waiting: Callable[[], None] | None = None,
) -> Iterator[None]:
    """Holds the home's night lock. Raises AnotherNight where another holds it, or waits until that has ended; and where a
    restore was killed, for all but the next restore (``restoring``).

    ``waiting`` is called each second while it waits, and may raise. One process must not ask twice: the second asking waits
    for the first, or is refused.
    """
    home.dagster.mkdir(parents=True, exist_ok=True)
    with (home.dagster / "night.lock").open("w") as handle:
        while not taken(handle):
            if not wait:
                raise AnotherNight(f"另一个任务正在写入 {home.root}(夜间任务、回退或备份),请等它结束")
            if waiting:
                waiting()
            time.sleep(1)
        if (home.root / RESTORING).exists() and not restoring:
            raise AnotherNight(f"{home.root} 的恢复没有做完;再运行一次 zhenxing restore")
        yield


def taken(handle: IO) -> bool:
    """Takes a file's lock where nobody holds it; says whether it did."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
