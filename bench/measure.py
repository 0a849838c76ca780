"""Measures one command as a whole: wall and CPU seconds and peak memory of it and all it starts (Linux)."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds and megabytes of one command. ``peak_mb`` is the most that all its processes held together,
    shared pages counted once, looked at twenty times a second; ``largest_mb`` the largest of them by itself, as
    the kernel recorded it."""

    wall: float
    cpu: float
    peak_mb: float
    largest_mb: float
    output: str


def run(command: list[str], environment: Mapping[str, str]) -> Run:
    """Runs the command to its end. Raises CalledProcessError when it fails; what it says on stderr is shown."""
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, env=dict(environment), stdout=output)
        peak, ended = 0.0, 0
        while not ended:
            time.sleep(0.05)
            peak = max(peak, sum(_megabytes(pid) for pid in _tree(process.pid)))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)  # reaped here, not by subprocess
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        output.seek(0)
        return Run(wall, usage.ru_utime + usage.ru_stime, peak, usage.ru_maxrss / 1024, output.read())


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = children.read_text().split()
        except OSError:  # the thread has ended since it was listed
            continue
        for child in found:
            yield from _tree(int(child))


def _megabytes(pid: int) -> float:
    try:
        found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
    except OSError:  # the process has ended since it was listed
        return 0.0
    return int(found[1]) / 1024 if found else 0.0
