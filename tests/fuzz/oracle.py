"""What must hold of every file, however damaged: it is refused with an answer, or what is read of it is what stands in it.

What stands in it is said by second readers: this project's own strict one (XML events) beside its fast one, openpyxl, and
calamine for the formats that openpyxl does not know. A second reader that gives up has no opinion. Belongs here: reading twice
and comparing. Does not belong here: making files.
"""

from __future__ import annotations

import datetime
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
import python_calamine
from openpyxl.utils.datetime import to_excel

from orchestration.receive.readers import UnreadableFile, read_workbook, sheet_xml, strings
from orchestration.receive.readers.grid import MAX_COLUMNS
from orchestration.workbook import Sheet, Workbook

# A second reader is not asked for a sheet as large as this: calamine keeps every cell between the first and the last.
MOST_CELLS = 300_000
_DAYS_1904 = 1462
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

Opinion = dict[str, dict[tuple[int, int], Any]]  # values by sheet and (row, column from 0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one file. ``code``: why it was refused, None where it was read; ``readers``: the second readers that had an
    opinion; ``mismatch``: a cell that they saw otherwise."""

    code: str | None
    readers: tuple[str, ...] = ()
    mismatch: str | None = None


def examine(path: Path) -> Verdict:
    """Reads a file as the night does, and a second time. Raises what no reader may raise."""
    try:
        workbook = read_workbook(path)
    except UnreadableFile as refused:
        return Verdict(refused.code)
    readers: list[str] = []
    mismatches: list[str] = []
    opinions: list[Opinion] = []
    for name, second in _second_readers(workbook):
        try:
            other = second(path)
        except UnreadableFile as refused:
            mismatches.append(f"strict: {refused.code} {refused.detail}")
        except BaseException:  # calamine panics with one
            if name == "strict":
                raise
        else:
            readers.append(name)
            if isinstance(other, Workbook):
                mismatches += _between_own(workbook, other)
            else:
                opinions.append(other)
    mismatches += _difference(workbook, opinions)
    return Verdict(None, tuple(readers), next(iter(mismatches), None))


def read(path: Path) -> str | None:
    """Reads a file as the night does, alone: why it was refused, or None."""
    try:
        read_workbook(path)
    except UnreadableFile as refused:
        return refused.code
    return None


def _second_readers(workbook: Workbook) -> Iterator[tuple[str, Any]]:
    small = all(_area(sheet) < MOST_CELLS for sheet in workbook.sheets)
    if workbook.format == "xlsx":
        yield "strict", read_strictly
        if small:
            yield "openpyxl", read_by_openpyxl
    if workbook.format in ("xlsx", "xls", "xlsb", "ods") and small:
        yield "calamine", read_by_calamine


def _area(sheet: Sheet) -> int:
    return max(sheet.rows, default=0) * max(map(len, sheet.rows.values()), default=0)


def read_strictly(path: Path) -> Workbook:
    """By XML events alone, without the regular expressions for plain sheets and strings."""
    with (
        mock.patch.object(sheet_xml, "_read_plain", side_effect=sheet_xml._NotPlain),
        mock.patch.object(strings, "_PLAIN_STRING", re.compile("(?!)")),
    ):
        return read_workbook(path)


def read_by_openpyxl(path: Path) -> Opinion:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            found: Opinion = {}
            for sheet in book.worksheets:
                sheet.reset_dimensions()
                found[sheet.title] = {
                    (cell.row, cell.column - 1): _serial(cell.value, book.epoch)
                    for row in sheet.iter_rows()
                    for cell in row
                    if cell.value is not None
                }
            return found
        finally:
            book.close()


def read_by_calamine(path: Path) -> Opinion:
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    found: Opinion = {}
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > MOST_CELLS:
            raise MemoryError
        rows = sheet.to_python(skip_empty_area=False)
        found[name] = {
            (number, column): _serial(value, None)
            for number, row in enumerate(rows, 1)
            for column, value in enumerate(row)
            if value not in ("", None)
        }
    return found


def _serial(value: Any, epoch: datetime.datetime | None) -> Any:
    """Days and times as their 1900 serials: which of them are days is the card's affair."""
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        serial = to_excel(value)
        return Decimal(repr(serial)) if serial is not None else value
    return value


def _difference(workbook: Workbook, opinions: list[Opinion]) -> Iterator[str]:
    """Cells that no second reader sees as they were read. One that sees nothing of a sheet has no opinion of it."""
    for sheet in workbook.sheets:
        others = [opinion[sheet.name] for opinion in opinions if opinion.get(sheet.name)]
        ours = {
            (row, column): text
            for row, texts in sheet.rows.items()
            for column, text in enumerate(texts)
            if text.strip()
        }
        for place in ours.keys() | set().union(*others):
            mine, theirs = ours.get(place, ""), [other.get(place) for other in others]
            if workbook.format == "ods" and theirs == [None]:
                continue  # calamine shows nothing of a type it does not know; what the cell shows is read
            if theirs and place[1] < MAX_COLUMNS and not any(same(mine, each) for each in theirs):
                yield f"{sheet.name!r} {place}: {mine[:60]!r} against {str(theirs)[:120]}"


def _between_own(fast: Workbook, strict: Workbook) -> Iterator[str]:
    for one, two in zip(fast.sheets, strict.sheets, strict=True):
        for trait in ("name", "rows", "hidden", "hidden_rows", "lossy_cells"):
            if getattr(one, trait) != getattr(two, trait):
                yield f"strict {one.name!r} {trait}: {_first_unlike(getattr(one, trait), getattr(two, trait))}"
        if sorted(one.merges) != sorted(two.merges):
            yield f"strict {one.name!r} merges"


def _first_unlike(one: Any, two: Any) -> str:
    if isinstance(one, dict):
        for key in sorted(one.keys() | two.keys()):
            if one.get(key) != two.get(key):
                return f"{key}: {str(one.get(key))[:200]} against {str(two.get(key))[:200]}"
    return f"{str(one)[:200]} against {str(two)[:200]}"


def same(mine: str, theirs: Any) -> bool:
    """Whether a text of ours and a value of another reader are one cell."""
    if theirs is None or theirs == "":
        # A formula without a value, and calamine loses errors.
        return not mine.strip() or mine[0] in "=#"
    if isinstance(theirs, bool):
        return mine == str(theirs).upper()
    if isinstance(theirs, int | float | Decimal):
        return _same_number(mine, Decimal(repr(theirs) if isinstance(theirs, float) else theirs))
    return _plain(mine) == _plain(str(theirs)) or mine.startswith("=")


def _same_number(mine: str, theirs: Decimal) -> bool:
    if mine in ("TRUE", "FALSE"):
        return theirs == (mine == "TRUE")
    if _DAY.fullmatch(mine):
        return to_excel(datetime.date.fromisoformat(mine)) == theirs
    try:
        number = Decimal(mine.removesuffix("%")) / (100 if mine.endswith("%") else 1)
    except InvalidOperation:
        return False
    if theirs.is_nan():
        return False
    if theirs.is_infinite():  # larger than any float; landing refuses it
        return abs(number) > Decimal("1e308")
    close = abs(number - theirs) <= abs(theirs) * Decimal("1e-12") + Decimal("1e-9")
    return close or abs(abs(number - theirs) - _DAYS_1904) < Decimal("1e-6")


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
