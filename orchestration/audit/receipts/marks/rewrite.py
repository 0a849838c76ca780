"""Marks a workbook of any format by writing it anew as .xlsx from what our own reader read.

Belongs here: sheets of text → an .xlsx that is read back the same. Does not belong here: which cells are marked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook as Book
from xlsxwriter.worksheet import Worksheet

from orchestration.audit.receipts.marks.comments import AUTHOR
from orchestration.audit.receipts.marks.placing import Area, Mark, SheetMarks, by_sheet, on_sheet
from orchestration.audit.receipts.marks.styles import COLOURS
from orchestration.cards import load_cards
from orchestration.land.extract import find_sheet
from orchestration.land.headers import HeaderMatcher
from orchestration.receive.readers import read_workbook
from orchestration.workbook import Sheet, Workbook

MAX_TEXT = 32_767  # characters of a cell in Excel
_WIDEST_MERGE = 10_000  # cells; a larger one is no heading
_WIDTH_ROWS = 200  # rows looked at for the width of columns
# Numbers that a double and Excel's fifteen digits keep as they are written.
_NUMBER = re.compile(r"(?!-0$)-?(?:0|[1-9][0-9]{0,10})(?:\.[0-9]{0,3}[1-9])?")
_SERIAL = re.compile(r"[1-5][0-9]{4}")  # a day between 1927 and 2064
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$")
_FORBIDDEN = re.compile("[\ud800-\udfff\ufffe\uffff]")
_TEXT, _DAY, _LONG = "@", "yyyy-mm-dd", "0"


def mark_anew(source: Path, marks: Sequence[Mark], target: Path) -> None:
    """Writes the marked workbook: values, merges, hidden sheets and rows are kept, formats are not. Raises
    UnreadableFile."""
    write_marked(read_workbook(source), marks, target)


def write_marked(workbook: Workbook, marks: Sequence[Mark], target: Path) -> None:
    """The same of a workbook that was read."""
    placed = by_sheet(marks, [sheet.name for sheet in workbook.sheets])
    days = _day_columns(workbook)
    with xlsxwriter.Workbook(str(target), {"constant_memory": True}) as book:
        formats = _Formats(book)
        for index, (sheet, name) in enumerate(zip(workbook.sheets, _names(workbook), strict=True)):
            merges = _merges(sheet)
            on_this = on_sheet(placed.get(index, []), merges)
            _Written(book.add_worksheet(name), formats, on_this, days.get(index, {})).write(sheet, merges)
        _show_first(book, workbook)


class _Formats:
    """Cell formats by number format and severity."""

    def __init__(self, book: Book):
        self._book = book
        self._made: dict[tuple[str | None, str | None], Format] = {}

    def get(self, number_format: str | None, severity: str | None) -> Format | None:
        if number_format is None and severity is None:
            return None
        key = (number_format, severity)
        if key not in self._made:
            look = {"num_format": number_format} if number_format else {}
            if severity:
                look |= {"bg_color": f"#{COLOURS[severity]}", "pattern": 1}
            self._made[key] = self._book.add_format(look)
        return self._made[key]


class _Written:
    """One sheet being written, row by row, for rows once written are gone from memory."""

    def __init__(self, sheet: Worksheet, formats: _Formats, marks: SheetMarks, days: dict[int, int]):
        self.sheet = sheet
        self.formats = formats
        self.marks = marks
        self.days = days  # by column that holds dates, the row of its header

    def write(self, source: Sheet, merges: list[Area]) -> None:
        if source.hidden:
            self.sheet.hide()
        for column, width in _widths(source).items():
            self.sheet.set_column(column, column, width)
        marked: dict[int, list[int]] = {}
        for row, column in self.marks.severities:
            marked.setdefault(row, []).append(column)
        for row in sorted({*source.rows, *marked}):
            if row in source.hidden_rows:
                self.sheet.set_row(row - 1, None, None, {"hidden": True})
            texts = source.rows.get(row, [])
            for column, text in enumerate(texts):
                if text:
                    self._cell(row, column, text, (row, column) in source.lossy_cells)
            for column in marked.get(row, ()):
                if column >= len(texts) or not texts[column]:
                    blank = self.formats.get(None, self.marks.severities[row, column])
                    self.sheet.write_blank(row - 1, column, None, blank)
                self._comment(row, column)
        # Not merge_range: it writes the area's cells again, whose rows are gone.
        self.sheet.merge += [[top - 1, left, bottom - 1, right] for top, left, bottom, right in merges]

    def _comment(self, row: int, column: int) -> None:
        text = self.marks.comments.get((row, column))
        if text is not None:
            options = {"author": AUTHOR, "x_scale": 1.8, "y_scale": 1 + text.count("\n") + len(text) // 90}
            self.sheet.write_comment(row - 1, column, text, options)

    def _cell(self, row: int, column: int, text: str, lossy: bool) -> None:
        severity = self.marks.severities.get((row, column))
        if lossy:  # stays a number that lost its last digits: as a text it would pass for a true one
            self.sheet.write_number(row - 1, column, float(text), self.formats.get(_LONG, severity))
        elif row > self.days.get(column, row) and _SERIAL.fullmatch(text):
            self.sheet.write_number(row - 1, column, int(text), self.formats.get(_DAY, severity))
        elif _NUMBER.fullmatch(text):
            self.sheet.write_number(row - 1, column, float(text), self.formats.get(None, severity))
        else:
            written = _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text[:MAX_TEXT])
            self.sheet.write_string(row - 1, column, written, self.formats.get(_TEXT, severity))


def _names(workbook: Workbook) -> list[str]:
    """Names that Excel takes: at most 31 characters, none forbidden, each once."""
    taken: set[str] = set()
    names = []
    for number, sheet in enumerate(workbook.sheets, 1):
        name = _NOT_IN_NAMES.sub("_", sheet.name)[:31] or f"表{number}"
        if name.lower() in taken or name.lower() == "history":
            name = f"{name[:24]}_{number}"
        taken.add(name.lower())
        names.append(name)
    return names


def _show_first(book: Book, workbook: Workbook) -> None:
    """A workbook opens on a sheet that can be seen; one of hidden sheets alone gets its first shown."""
    visible = [index for index, sheet in enumerate(workbook.sheets) if not sheet.hidden]
    sheets = book.worksheets()
    if not visible:
        sheets[0].hidden = 0
    elif visible[0]:
        sheets[visible[0]].set_first_sheet()
        sheets[visible[0]].activate()


def _merges(sheet: Sheet) -> list[Area]:
    """The merged areas that are more than a cell and do not overlap."""
    covered: set[tuple[int, int]] = set()
    kept = []
    for top, left, bottom, right in sheet.merges:
        size = (bottom - top + 1) * (right - left + 1)
        if not 1 < size <= _WIDEST_MERGE or top > bottom or left > right:
            continue
        area = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        if not area & covered:
            covered |= area
            kept.append((top, left, bottom, right))
    return kept


def _day_columns(workbook: Workbook) -> dict[int, dict[int, int]]:
    """By sheet and column that holds dates as its card says, the row of its header: a serial below it is shown as a
    day, as the source did."""
    found: dict[int, dict[int, int]] = {}
    for card in load_cards().values():
        days = {column.name for column in card.sheet_columns if column.data_type == "date"}
        sheet = find_sheet(workbook, card.sheet) if days else None
        header = HeaderMatcher(card).find(sheet) if sheet else None
        if sheet and header:
            places = {column.index: header.row for column in header.found if column.name in days}
            found[workbook.sheets.index(sheet)] = places
    return found


def _widths(sheet: Sheet) -> dict[int, int]:
    """Columns as wide as what stands in their first rows, titles left out."""
    widths: dict[int, int] = {}
    for row in sorted(sheet.rows)[:_WIDTH_ROWS]:
        cells = sheet.rows[row]
        if sum(map(bool, cells)) < 2:
            continue
        for column, text in enumerate(cells):
            wide = sum(2 if char > "\xff" else 1 for char in text[:40])
            widths[column] = max(widths.get(column, 8), min(wide + 2, 40))
    return widths
