"""Work done in a process of its own that a fault may end: forked from one that has imported everything, for importing would
take longer than the work.

An instant is the n-th act: the moment before a file is put in place, taken away, opened for writing or made durable, as
Python's audit events and ``os.fsync`` tell. Belongs here: processes, acts, and what strikes at one. Does not belong here: what is
expected afterwards.
"""

from __future__ import annotations

import errno
import importlib
import os
import pickle
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import forkserver
from pathlib import Path

from orchestration.home import Home
from orchestration.storage_trouble import said_of

_PLACED = {
    "os.rename",
    "os.link",
    "os.remove",
    "os.rmdir",
    "os.mkdir",
    "os.truncate",
    "os.chmod",
    "shutil.rmtree",
}
_MOST_SECONDS = 300
KILLED, FULL, READ_ONLY = "kill", "full", "read-only"
_ERRORS = {FULL: errno.ENOSPC, READ_ONLY: errno.EROFS}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended: what it raised (type and words), or the signal that killed it; both None when it was done.

    ``said``: what a command says of the error where it is the disk's. ``acts``: what it did to files, in order, where they were recorded."""

    error: str | None = None
    words: str = ""
    signal: int | None = None
    acts: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()
    said: str | None = None
    seconds: float = 0.0

    @property
    def done(self) -> bool:
        return self.error is None and self.signal is None


@dataclass(frozen=True, slots=True)
class Strike:
    """What happens at the n-th act: the process is killed, or this and every later act fails."""

    kind: str
    act: int


def warm() -> None:
    """Starts the server that forks reader processes, with what they import, so that no trial waits for it."""
    forkserver.set_forkserver_preload(
        ["orchestration.receive.receive", "orchestration.land.workers", "orchestration.land.batch"]
    )
    forkserver.ensure_running()


def run(
    work: Callable[[Home], object],
    home: Home,
    *,
    strike: Strike | None = None,
    after: float | None = None,
    prepare: Callable[[], None] | None = None,
) -> Ending:
    """Does the work in a child; ``strike`` disturbs it at an act, ``after`` kills it and its readers after so many seconds."""
    ours, theirs = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _live(work, home, strike, prepare, theirs)
    os.close(theirs)
    if after is not None:
        time.sleep(after)
        _kill_all(child)
    with os.fdopen(ours, "rb") as pipe:
        said = _read(pipe.fileno(), child, started)
    _, status = os.waitpid(child, 0)
    seconds = time.monotonic() - started
    if os.WIFSIGNALED(status):
        return Ending(signal=os.WTERMSIG(status), seconds=seconds)
    return replace(pickle.loads(said), seconds=seconds)


def _live(
    work: Callable[[Home], object],
    home: Home,
    strike: Strike | None,
    prepare: Callable[[], None] | None,
    out: int,
) -> None:
    """The child: ends itself without what a parent would do at its end."""
    os.setsid()
    # Readers come from the harness's server, which is no child of this process.
    forkserver._forkserver.ensure_running = lambda: None
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
    ending = Ending()
    known = set(sys.modules)
    acts: list[str] = []
    try:
        if prepare:
            prepare()
        _watch(home, strike, acts)
        done = work(home)
        if (failed := getattr(done, "error", None)) is not None:
            raise failed  # a night returns what ended it
    except BaseException as raised:
        words = f"{raised}\n{traceback.format_exc()}"
        ending = Ending(type(raised).__name__, words, said=said_of(raised))
    with os.fdopen(out, "wb") as pipe:
        imported = tuple(set(sys.modules) - known)
        pipe.write(pickle.dumps(replace(ending, acts=tuple(acts), imported=imported)))
    os._exit(0)


def import_all(names: tuple[str, ...]) -> None:
    """Has here what a child had to import, for the next one. What cannot be imported by itself is left to it."""
    for name in sorted(names):
        with suppress(Exception):
            importlib.import_module(name)


def _watch(home: Home, strike: Strike | None, acts: list[str]) -> None:
    """Tells every act on the home's files, and strikes at one."""
    root = os.fsencode(home.root)
    struck = False

    def act(event: str, path: object) -> None:
        nonlocal struck
        name = os.fsencode(path) if isinstance(path, str | bytes | os.PathLike) else b""
        if not name.startswith(root) or struck:
            return
        if strike is not None and len(acts) >= strike.act:
            if strike.kind == KILLED:
                os.kill(os.getpid(), signal.SIGKILL)
            if event in _TAKES_AWAY:
                return  # a full disk, or rather its owner, can still delete
            raise OSError(_ERRORS[strike.kind], os.strerror(_ERRORS[strike.kind]), os.fsdecode(name))
        acts.append(f"{event} {os.fsdecode(name[len(root) + 1 :])}")

    def hook(event: str, arguments: tuple) -> None:
        if event in _PLACED or (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        ):
            act(event, arguments[0])

    sync = os.fsync

    def synced(descriptor: int) -> None:
        act("os.fsync", Path(f"/proc/self/fd/{descriptor}").readlink())
        sync(descriptor)

    os.fsync = synced
    sys.addaudithook(hook)


_TAKES_AWAY = {"os.remove", "os.rmdir", "shutil.rmtree"}


def _read(descriptor: int, child: int, started: float) -> bytes:
    """What the child says at its end. One that hangs is ended, and that is a failure of the trial."""
    said = b""
    os.set_blocking(descriptor, False)
    while True:
        try:
            chunk = os.read(descriptor, 2**16)
        except BlockingIOError:
            if time.monotonic() - started > _MOST_SECONDS:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.005)
            continue
        if not chunk:
            return said
        said += chunk


def _kill_all(child: int) -> None:
    """The process, and every second time its readers with it."""
    try:
        os.kill(child, signal.SIGKILL)
    except ProcessLookupError:
        return  # it was done already
    if random.random() < 0.5:
        for reader in _children(forkserver._forkserver._forkserver_pid):
            try:
                os.kill(reader, signal.SIGKILL)
            except ProcessLookupError:
                continue


def _children(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(pid) for pid in found.split()]
