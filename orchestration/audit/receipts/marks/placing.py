"""Which cell of which sheet gets which colour and which words: marks brought onto the sheets of a workbook.

Belongs here: sheets by name, ranges, merged cells, several marks on one cell, the limits. Does not belong here:
any file format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from orchestration.layout import COVER_SHEET
from orchestration.receive.readers.cells import merged
from orchestration.receive.readers.unreadable import UnreadableFile
from orchestration.receive.readers.wanted import sheet_key
from orchestration.words import SEVERITY

# Of one sheet: beyond these the sheet is red all over, and more would only make it slow to open.
MAX_MARKED = 50_000
MAX_COMMENTS = 2_000
MAX_COMMENT_CHARACTERS = 1_000
_SEVERITIES = tuple(SEVERITY)  # worst first
_TITLE_CELL = (1, 0)
# What no XML may hold. A carriage return would be read as a line end.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CUT = "……(从略,见回执)"

Cell = tuple[int, int]  # row 1-based, column 0-based
Area = tuple[int, int, int, int]  # first row, first column, last row, last column


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to show on a sheet: ``cells`` are A1 addresses or ranges (``I7``, ``I9:I12``), ``severity`` a key
    of ``words.SEVERITY``, ``text`` what the comment says. Without cells it is said at the sheet's title (A1)."""

    sheet: str | None
    cells: tuple[str, ...]
    severity: str
    text: str


@dataclass(slots=True)
class SheetMarks:
    """What one sheet gets: the severity that colours each cell, and the comment of each cell that has one."""

    severities: dict[Cell, str] = field(default_factory=dict)
    comments: dict[Cell, str] = field(default_factory=dict)


def by_sheet(marks: Iterable[Mark], names: Sequence[str]) -> dict[int, list[Mark]]:
    """The marks of each sheet, by its place in ``names``. What speaks of no sheet, or of one that is not there, is
    said on the cover (on the first sheet where there is none), naming the sheet and cells it speaks of."""
    places: dict[str, int] = {}
    for index, name in enumerate(names):
        places.setdefault(name, index)
    for index, name in enumerate(names):
        places.setdefault(sheet_key(name), index)
    found: dict[int, list[Mark]] = {}
    cover = places.get(COVER_SHEET, 0)
    for mark in marks:
        index = None if mark.sheet is None else places.get(mark.sheet, places.get(sheet_key(mark.sheet)))
        if index is None:
            found.setdefault(cover, []).append(_homeless(mark))
        else:
            found.setdefault(index, []).append(mark)
    return found


def _homeless(mark: Mark) -> Mark:
    """A mark for the cover that names what it speaks of."""
    what = " ".join(filter(None, (mark.sheet, ",".join(mark.cells))))
    return Mark(None, (), mark.severity, f"〔{what}〕{mark.text}" if what else mark.text)


def on_sheet(marks: Iterable[Mark], merges: Sequence[Area] = ()) -> SheetMarks:
    """The marks of one sheet by cell, the worst first; a merged cell is marked at its top left.

    At most ``MAX_MARKED`` cells are coloured and ``MAX_COMMENTS`` commented. Raises ValueError for an address or
    a severity that is none.
    """
    marks = list(marks)
    if unknown := {mark.severity for mark in marks} - set(SEVERITY):
        raise ValueError(f"{', '.join(sorted(unknown))} is no severity")
    result = SheetMarks()
    said: dict[Cell, list[str]] = {}
    for mark in sorted(marks, key=lambda mark: _SEVERITIES.index(mark.severity)):
        line = f"【{SEVERITY[mark.severity]}】{_clean(mark.text)}"
        for cell in _onto_merges(list(_cells(mark)), merges):
            if cell not in result.severities and len(result.severities) >= MAX_MARKED:
                continue
            result.severities.setdefault(cell, mark.severity)
            if cell in said or len(said) < MAX_COMMENTS:
                lines = said.setdefault(cell, [])
                if line not in lines:
                    lines.append(line)
    result.comments = {cell: _shortened("\n".join(lines)) for cell, lines in said.items()}
    return result


def _cells(mark: Mark) -> Iterator[Cell]:
    if not mark.cells:
        yield _TITLE_CELL
    for reference in mark.cells:
        try:
            first_row, first, last_row, last = merged(reference)
        except UnreadableFile as error:
            raise ValueError(f"{reference!r} is no cell or range") from error
        count = 0
        for row in range(min(first_row, last_row), max(first_row, last_row) + 1):
            for column in range(min(first, last), max(first, last) + 1):
                yield row, column
                count += 1
                if count >= MAX_MARKED:
                    return


def _onto_merges(cells: list[Cell], merges: Sequence[Area]) -> list[Cell]:
    """The cells in order, each cell within a merged area replaced by the area's first."""
    if not merges:
        return cells
    top, bottom = min(cells)[0], max(cells)[0]
    moved: dict[Cell, Cell] = {}
    here = set(cells)
    for first_row, first, last_row, last in merges:
        if last_row < top or first_row > bottom:
            continue
        inside = [cell for cell in here if first_row <= cell[0] <= last_row and first <= cell[1] <= last]
        moved.update(dict.fromkeys(inside, (first_row, first)))
        here.difference_update(inside)
    return list(dict.fromkeys(moved.get(cell, cell) for cell in cells))


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n"))


def _shortened(text: str) -> str:
    if len(text) <= MAX_COMMENT_CHARACTERS:
        return text
    return text[: MAX_COMMENT_CHARACTERS - len(_CUT)] + _CUT
