"""The answer sheet: one row per mistake made, in CSV. Belongs here: its columns, writing and reading it.

It lies outside of everything the pipeline reads, and nothing of the pipeline knows of it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Answer:
    """One mistake made. ``sheet`` is '' for a whole workbook or file, ``cells`` are addresses and ranges on it
    parted by commas. ``rules`` (any of them answers it) and ``follows`` (may fail because of it) are codes parted
    by blanks. ``also``: places that show it too, as ``sheet!cell`` parted by blanks."""

    unit_code: str
    file: str
    kind: str
    name_zh: str
    category: str
    expected_severity: str
    dataset: str
    sheet: str
    cells: str
    rules: str
    follows: str
    also: str
    what_was_done: str


COLUMNS = tuple(field.name for field in fields(Answer))


def write_answers(answers: Iterable[Answer], path: Path) -> None:
    """Writes the sheet anew, in the order of units, files and kinds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS)
        writer.writeheader()
        writer.writerows(asdict(answer) for answer in sorted(answers))


def read_answers(path: Path) -> list[Answer]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return [Answer(**row) for row in csv.DictReader(handle)]
