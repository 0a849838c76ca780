"""The table of what was injected and what came of it, in ``docs/faults.md`` between its markers.

Belongs here: the table. Does not belong here: what is said around it, which is written by hand.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"


@dataclass(frozen=True, slots=True)
class Line:
    """A fault, what it was done to, how often, and what came of it each time. ``killed``: how many of them killed a process at work."""

    fault: str
    what: str
    times: int
    outcome: str
    killed: int = 0


def table(lines: Iterable[Line], hours: float, seed: int) -> str:
    """The table in Markdown, with the machine it ran on."""
    lines = list(lines)
    kills = sum(line.killed for line in lines)
    rows = [f"| {line.fault} | {line.what} | {line.times} | {line.outcome} |" for line in lines]
    head = ("| fault | at | times | what came of it |", "| --- | --- | ---: | --- |")
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return "\n".join(
        [
            f"{sum(line.times for line in lines)} faults, {kills} of which killed a process at work, in {hours * 60:.0f} minutes; "
            f"seed {seed}; {machine}.",
            "",
            *head,
            *rows,
        ]
    )


def write_between(path: Path, text: str) -> None:
    """Puts a text between the markers of a page, in the place of what stood there."""
    page = path.read_text(encoding="utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def told(endings: dict[str, int], words: Sequence[tuple[str, str]]) -> str:
    """How the disturbed works ended, counted, in the words given for each ending."""
    said = dict(words)
    return ", ".join(f"{said.get(ending, ending)} ({times})" for ending, times in sorted(endings.items()))
