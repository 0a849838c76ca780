"""Reads .xls (Excel 5 to 2003) and the .et of WPS, by xlrd: error cells, hidden rows and formats included.

Belongs here: xlrd's cells → texts with addresses. Does not belong here: Excel 4 and older (refused by sniff).
"""

from __future__ import annotations

import io
from collections.abc import Collection
from pathlib import Path

import xlrd
from xlrd.biffh import error_text_from_code
from xlrd.book import Book
from xlrd.sheet import Cell
from xlrd.sheet import Sheet as BookSheet

from orchestration.receive.readers import numbers
from orchestration.receive.readers.unreadable import UnreadableFile
from orchestration.receive.readers.wanted import is_wanted
from orchestration.workbook import Sheet, Workbook

_NUMERIC = (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE)
_ENCRYPTED = "encrypted"  # what xlrd says of a workbook with a password


def read_xls(path: Path, sheets: Collection[str] | None = None) -> Workbook:
    """Reads all sheets, or those named. Raises UnreadableFile."""
    try:
        with xlrd.open_workbook(path, logfile=io.StringIO(), formatting_info=True, on_demand=True) as book:
            styles = _Styles(book)
            workbook = Workbook("xls", traits=("1904",) if book.datemode == 1 else ())
            for number, name in enumerate(book.sheet_names()):
                if is_wanted(name, sheets):
                    workbook.sheets.append(_sheet(book.sheet_by_index(number), styles))
                    book.unload_sheet(number)
    except (MemoryError, UnreadableFile):
        raise
    except Exception as error:  # xlrd has no exception of its own for most of what damaged files do to it
        if _ENCRYPTED in str(error).lower():
            raise UnreadableFile("U-PASSWORD", detail="xls: FILEPASS") from error
        raise UnreadableFile("U-CORRUPT", detail=f"xls: {type(error).__name__}") from error
    if sheets is None and not workbook.sheets:
        raise UnreadableFile("U-NO-SHEETS")
    return workbook


class _Styles:
    """Which cell formats (XF records) show percents, and which dates when serials must be shifted."""

    def __init__(self, book: Book):
        self.percents: set[int] = set()
        self.dates_1904: set[int] = set()
        for index, style in enumerate(book.xf_list):
            number_format = book.format_map.get(style.format_key)
            code = number_format.format_str if number_format else ""
            if numbers.is_percent_format(code):
                self.percents.add(index)
            dated = style.format_key in numbers.BUILTIN_DATES or numbers.is_date_format(code)
            if book.datemode == 1 and dated:
                self.dates_1904.add(index)


def _sheet(source: BookSheet, styles: _Styles) -> Sheet:
    rows: dict[int, list[str]] = {}
    lossy: set[tuple[int, int]] = set()
    for number in range(source.nrows):
        texts = []
        for column, cell in enumerate(source.row(number)):
            text = _text(cell, styles)
            texts.append(text)
            if cell.ctype in _NUMERIC and abs(cell.value) >= 1e15:
                lossy.add((number + 1, column))
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            rows[number + 1] = texts
    return Sheet(
        source.name,
        rows,
        hidden=source.visibility != 0,
        hidden_rows=frozenset(number + 1 for number, info in source.rowinfo_map.items() if info.hidden),
        merges=tuple((top + 1, left, bottom, right - 1) for top, bottom, left, right in source.merged_cells),
        lossy_cells=frozenset(lossy),
    )


def _text(cell: Cell, styles: _Styles) -> str:
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return cell.value
    if cell.ctype in _NUMERIC:
        return _number(repr(cell.value), cell.xf_index, styles)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    return error_text_from_code.get(cell.value, "#ERR!") if cell.ctype == xlrd.XL_CELL_ERROR else ""


def _number(stored: str, style: int | None, styles: _Styles) -> str:
    if style in styles.percents:
        return numbers.percent_text(stored)
    return numbers.shifted_1904(stored) if style in styles.dates_1904 else numbers.number_text(stored)
