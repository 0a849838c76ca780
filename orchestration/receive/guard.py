"""Runs a function on many items in worker processes, so that a hostile item costs only itself.

A worker may die (abort, signal), hang or ask for endless memory: its item fails with a code of its own, and
a fresh worker goes on. An item that fails in a worker that did other work before is tried once more in a
fresh one, so that no item answers for what its forerunners left behind.
Belongs here: processes, limits, order of results. Does not belong here: what the function does.
"""

from __future__ import annotations

import multiprocessing
import pickle
import resource
import signal
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from orchestration.progress import Progress
from orchestration.receive.readers.unreadable import REASONS, UnreadableFile

# A server process forks the workers: no threads, locks or open DuckDB files of this process come along.
_CONTEXT = multiprocessing.get_context("forkserver")
_ORPHAN_SECONDS = 30  # a worker whose parent was killed ends itself this long after its item's time
_RETRIED = ("U-CRASH", "U-MEMORY")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item: a value, or an error code (of ``readers.unreadable.REASONS``) and its text."""

    item: Any
    value: Any = None
    error_code: str | None = None
    error_text: str | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    function: Callable[[Any], Any]
    memory_bytes: int
    seconds_per_item: float


def run_guarded(
    function: Callable[[Any], Any],
    items: Iterable[Any],
    *,
    workers: int = 2,
    memory_bytes: int,
    seconds_per_item: float,
    progress: Progress | None = None,
    what: str = "read",
) -> list[Result]:
    """Applies a picklable function to picklable items, in ``workers`` processes; results in input order.

    ``memory_bytes`` bounds a worker's address space, ``seconds_per_item`` the wall time of an item.
    Raises nothing an item causes: what it raises becomes its Result.
    """
    pool = _Pool(_Job(function, memory_bytes, seconds_per_item), list(items), workers)
    try:
        for done in pool.run():
            if progress:
                progress(what, done, len(pool.items))
    finally:
        pool.close()
    return [result for result in pool.results if result is not None]


class _Worker:
    """One process and the item it works on."""

    def __init__(self, job: _Job):
        self.connection, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(target=_work, args=(theirs, job), daemon=True)
        self.process.start()
        theirs.close()
        self.finished = 0
        self.index = -1
        self.deadline = 0.0

    def give(self, index: int, item: Any, seconds: float) -> None:
        self.index = index
        self.deadline = time.monotonic() + seconds
        with suppress(BrokenPipeError):  # it died idle: ``take`` will find the pipe closed
            self.connection.send(item)

    def take(self) -> tuple[Any, str | None, str | None]:
        """(value, error code, error text) of its item; a dead worker answers with a crash."""
        try:
            return pickle.loads(self.connection.recv_bytes())
        except (EOFError, OSError):
            self.process.join(1)
            return None, "U-CRASH", _death(self.process.exitcode)

    def stop(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.join()
        self.process.close()


class _Pool:
    """Feeds workers one item at a time, so that it is always known which item was in work."""

    def __init__(self, job: _Job, items: list[Any], workers: int):
        self.job = job
        self.items = items
        self.results: list[Result | None] = [None] * len(items)
        self._waiting = deque(range(len(items)))
        # To be tried in a fresh worker. Each lost its worker, so the next vacancy is there for it.
        self._again: deque[int] = deque()
        self._size = max(1, min(workers, len(items)))
        self._workers: list[_Worker] = []

    def run(self) -> Iterable[int]:
        """Works everything off; yields the number of items done."""
        done = 0
        while done < len(self.items):
            self._feed()
            for worker in self._ready():
                if self._settle(worker):
                    done += 1
                    yield done

    def close(self) -> None:
        for worker in self._workers:
            worker.stop()
        self._workers.clear()

    def _feed(self) -> None:
        while len(self._workers) < self._size and (self._again or self._waiting):
            worker = _Worker(self.job)
            self._workers.append(worker)
            self._give(worker, (self._again or self._waiting).popleft())
        for worker in self._workers:
            if worker.index < 0 and self._waiting:
                self._give(worker, self._waiting.popleft())

    def _give(self, worker: _Worker, index: int) -> None:
        worker.give(index, self.items[index], self.job.seconds_per_item)

    def _ready(self) -> list[_Worker]:
        """Workers that answered, died or are out of time."""
        busy = {worker.connection: worker for worker in self._workers if worker.index >= 0}
        first = min(worker.deadline for worker in busy.values())
        answered = wait(list(busy), max(0.0, first - time.monotonic()))
        if answered:
            return [busy[connection] for connection in answered if isinstance(connection, Connection)]
        return [worker for worker in busy.values() if worker.deadline <= time.monotonic()]

    def _settle(self, worker: _Worker) -> bool:
        """Records what became of a worker's item; False when the item will be tried again."""
        index = worker.index
        if worker.connection.poll():
            value, code, text = worker.take()
        else:
            value, code, text = None, "U-TIMEOUT", "".join(REASONS["U-TIMEOUT"])
        worker.index = -1
        worker.finished += 1
        if code in (*_RETRIED, "U-TIMEOUT"):
            self._drop(worker)
            if code in _RETRIED and worker.finished > 1:
                self._again.append(index)
                return False
        self.results[index] = Result(self.items[index], value, code, text)
        return True

    def _drop(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.stop()


def _work(connection: Connection, job: _Job) -> None:
    """A worker's life: take an item, answer, until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's affair
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (job.memory_bytes, job.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            item = connection.recv()
            signal.alarm(int(job.seconds_per_item) + _ORPHAN_SECONDS)
            connection.send_bytes(_answer(job.function, item))
            signal.alarm(0)
        except (EOFError, OSError):
            return  # the parent is done, or gone


def _answer(function: Callable[[Any], Any], item: Any) -> bytes:
    """(value, error code, error text), pickled here so that a value too large to pickle is an answer too."""
    try:
        return pickle.dumps((function(item), None, None))
    except UnreadableFile as error:
        code, text = error.code, error.text_zh + error.remedy_zh
    except MemoryError:
        code, text = "U-MEMORY", "".join(REASONS["U-MEMORY"])
    except BaseException as error:  # a reader in Rust panics with a BaseException
        where = traceback.extract_tb(error.__traceback__)[-1]
        text_zh, remedy_zh = REASONS["U-ERROR"]
        # The message is left out: it may quote a cell, and cells hold personal data.
        what = f"{type(error).__name__}, {Path(where.filename).name}:{where.lineno}"
        code, text = "U-ERROR", f"{text_zh}({what}){remedy_zh}"
    return pickle.dumps((None, code, text))


def _death(exit_code: int | None) -> str:
    text_zh, remedy_zh = REASONS["U-CRASH"]
    name = signal.Signals(-exit_code).name if exit_code and exit_code < 0 else str(exit_code)
    return f"{text_zh}({name}){remedy_zh}"
