"""``make nights``: thirty nights of one home in a row; writes docs/operations.md's table of memory and disk.

Ten months of the small province arrive one by one; the night after each, two counties send a corrected workbook; the night
after that, nothing comes. So each kind of night stands ten times in the table, and what grows though nothing came is seen
at once. Each night is a process of its own, as at two in the morning. Beside the disk used stands what arrived.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import openpyxl

from bench.measure import Run, run
from orchestration.home import PROJECT_ROOT, Home
from orchestration.layout import COVER_LABELS, COVER_SHEET
from orchestration.terminal import terminal

PAGE = PROJECT_ROOT / "docs" / "operations.md"
BEGIN, END = "<!-- written by make nights -->", "<!-- end of what make nights writes -->"
ZHENXING = str(Path(sys.executable).with_name("zhenxing"))
DATA = PROJECT_ROOT / "sample" / "data"
MONTH, CORRECTION, NOTHING = "a month", "two corrections", "nothing"
KINDS = (MONTH, CORRECTION, NOTHING)
# Where a home keeps what it makes, by the name in the table.
PLACES = {
    "archive": "raw/archive",
    "lake": "var/lake",
    "build": "var/warehouse",
    "published": "var/published",
    "receipts": "var/receipts",
    "bulletins": "var/bulletins",
    "Dagster": "var/dagster",
}


@dataclass(frozen=True, slots=True)
class Night:
    """One night: what came, the process, how it ended, and megabytes afterwards by place."""

    kind: str
    run: Run
    outcome: str
    arrived_mb: float
    disk: dict[str, float]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--nights", type=int, default=30)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        nights = list(_nights(Path(folder), chosen.nights))
    text = _report(nights)
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
    print(text)
    return 0


def _nights(folder: Path, count: int) -> Iterator[Night]:
    home = Home(folder / "home")
    home.inbox.mkdir(parents=True)
    shutil.copy(DATA / "small_units.csv", home.root / "reporting_units.csv")
    environment = {**os.environ, "ZHENXING_HOME": str(home.root)}
    console = terminal(stderr=True)
    for number in range(count):
        kind, month = KINDS[number % 3], f"2021-{number // 3 % 12 + 1:02d}"
        _arrive(home, kind, month, environment)
        done = run([ZHENXING, "nightly", "--json"], environment)
        night = Night(
            kind,
            done,
            json.loads(done.output)["outcome"],
            _megabytes(home.inbox),
            {name: _megabytes(home.root / place) for name, place in PLACES.items()},
        )
        console.print(
            f"{number + 1:>2} {kind:<16} {night.outcome:<10} {done.wall:5.1f} s  {done.peak_mb:5.0f} MB  {sum(night.disk.values()):6.1f} MB on disk"
        )
        yield night


def _arrive(home: Home, kind: str, month: str, environment: dict[str, str]) -> None:
    """What comes before the night: the month's workbooks, or two of them again with the next version on the cover."""
    if kind == MONTH:
        run(
            [ZHENXING, "sample", "--period", month, "--targets", str(DATA / "small_targets.csv")], environment
        )
    elif kind == CORRECTION:
        sent = sorted(
            path for path in home.inbox.glob(f"*{month}*.xlsx") if not path.name.startswith("610000")
        )
        for path in sent[:2]:
            _next_version(path)


def _next_version(path: Path) -> None:
    workbook = openpyxl.load_workbook(path)
    for row in workbook[COVER_SHEET].iter_rows():
        for label, value in pairwise(row):
            if label.value == COVER_LABELS["version"]:
                value.value = int(value.value) + 1
    workbook.save(path.with_stem(f"{path.stem}_更正"))


def _megabytes(folder: Path) -> float:
    """What a folder takes on the disk; a file of several names counts once."""
    taken: dict[int, int] = {}
    for parent, _, files in os.walk(folder):
        for name in files:
            status = Path(parent, name).lstat()
            taken[status.st_ino] = status.st_blocks * 512
    return sum(taken.values()) / 1e6


def _report(nights: list[Night]) -> str:
    lines = [
        f"{len(nights)} nights of the small province (three counties and the bureau) in one home, each a process of its own;"
        f" {os.cpu_count()} cores, Python {platform.python_version()}. Megabytes; disk after the night, memory of all its"
        " processes at their peak.",
        "",
        "| night | what came | came so far | peak memory | " + " | ".join(PLACES) + " | all |",
        "| ---: | --- |" + " ---: |" * (len(PLACES) + 3),
    ]
    shown = [
        number for number in range(len(nights)) if number < 3 or number >= len(nights) - 3 or number % 6 < 3
    ]
    for number in shown:
        night = nights[number]
        cells = [f"{night.arrived_mb:.1f}", f"{night.run.peak_mb:.0f}"]
        cells += [f"{night.disk[place]:.1f}" for place in PLACES]
        cells.append(f"{sum(night.disk.values()):.1f}")
        lines.append(f"| {number + 1} | {night.kind} | " + " | ".join(cells) + " |")
    lines += ["", "What each kind of night adds to the disk, the first of its kind and the last:", ""]
    lines += ["| | " + " | ".join(PLACES) + " | peak memory |", "| --- |" + " ---: |" * (len(PLACES) + 1)]
    for kind in KINDS:
        of_kind = [number for number in range(1, len(nights)) if nights[number].kind == kind]
        for which, number in (("first", of_kind[0]), ("last", of_kind[-1])):
            added = (nights[number].disk[place] - nights[number - 1].disk[place] for place in PLACES)
            cells = [f"{value:+.2f}" for value in added] + [f"{nights[number].run.peak_mb:.0f}"]
            lines.append(f"| {kind}, {which} (night {number + 1}) | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
