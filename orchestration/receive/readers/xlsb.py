"""Reads .xlsb (Excel's binary workbook) record by record, as exactly as .xlsx.

Belongs here: the records of [MS-XLSB] a table needs. Does not belong here: zip limits (package), numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from pathlib import Path

from orchestration.receive.readers import numbers
from orchestration.receive.readers.grid import Grid
from orchestration.receive.readers.package import Package, target_of
from orchestration.receive.readers.unreadable import UnreadableFile
from orchestration.receive.readers.wanted import is_wanted
from orchestration.receive.readers.xlsx import styles_of
from orchestration.workbook import Sheet, Workbook

_ROW, _BLANK, _RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED = 0, 1, 2, 3, 4, 5, 6, 7
_FORMULA_TEXT, _FORMULA_REAL, _FORMULA_BOOL, _FORMULA_ERROR, _RICH_TEXT = 8, 9, 10, 11, 62
_SHARED_ITEM, _NUMBER_FORMAT, _STYLE, _MERGE = 19, 44, 47, 176
_PROPERTIES, _SHEET, _CELL_STYLES, _CELL_STYLES_END = 153, 156, 617, 618
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_HIDDEN_ROW = 0x10
_LAST_EXACT = 1e15  # integers from here on have more digits than Excel keeps

Record = tuple[int, bytes]


def read_xlsb(path: Path, sheets: Collection[str] | None = None) -> Workbook:
    """Reads all sheets, or those named. Raises UnreadableFile."""
    try:
        with Package(path) as package:
            return _read(package, sheets)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise UnreadableFile("U-CORRUPT", detail=f"xlsb: {type(error).__name__}") from error


def _read(package: Package, sheets: Collection[str] | None) -> Workbook:
    main = target_of(list(package.relationships().values()), "officeDocument")
    if main is None:
        raise UnreadableFile("U-CORRUPT", detail="no officeDocument relationship")
    parts = package.relationships(main)
    strings, styles = (target_of(list(parts.values()), kind) for kind in ("sharedStrings", "styles"))
    listed, date_1904 = _outline(package.read(main))
    if not listed:
        raise UnreadableFile("U-NO-SHEETS")
    texts = _shared_strings(package.read(strings)) if strings else []
    percents, dates = _styles(package.read(styles)) if styles else (frozenset(), frozenset())
    cells = _Cells(texts, percents, dates if date_1904 else frozenset())
    workbook = Workbook("xlsb", traits=("1904",) if date_1904 else ())
    for name, identifier, hidden in listed:
        part = parts.get(identifier)
        if part is None:
            raise UnreadableFile("U-CORRUPT", detail="a sheet without a part")
        if part.kind == "worksheet" and is_wanted(name, sheets):
            workbook.sheets.append(_sheet(package.read(part.target), name, hidden, cells))
    package.verify_unread()
    return workbook


def _records(data: bytes) -> Iterator[Record]:
    """(type, content) of each record: both the type and the length are of variable length."""
    position = 0
    while position < len(data):
        kind = data[position] & 0x7F
        if data[position] & 0x80:
            position += 1
            kind |= (data[position] & 0x7F) << 7
        position += 1
        length = 0
        for shift in (0, 7, 14, 21):
            byte = data[position]
            position += 1
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        content = data[position : position + length]
        if len(content) < length:
            raise UnreadableFile("U-CORRUPT", detail="xlsb: a record beyond the end")
        yield kind, content
        position += length


def _wide(content: bytes, offset: int) -> tuple[str, int]:
    """A counted UTF-16 text and where it ends."""
    (length,) = struct.unpack_from("<I", content, offset)
    if length == 0xFFFFFFFF:  # none, where one may be missing
        return "", offset + 4
    end = offset + 4 + 2 * length
    if end > len(content):
        raise UnreadableFile("U-CORRUPT", detail="xlsb: a text beyond its record")
    return content[offset + 4 : end].decode("utf-16-le", "replace"), end


def _outline(data: bytes) -> tuple[list[tuple[str, str, bool]], bool]:
    """(name, relationship id, hidden) of each sheet, and whether dates count from 1904."""
    sheets, date_1904 = [], False
    for kind, content in _records(data):
        if kind == _SHEET:
            (state,) = struct.unpack_from("<I", content)
            identifier, end = _wide(content, 8)
            sheets.append((_wide(content, end)[0], identifier, state != 0))
        elif kind == _PROPERTIES:
            date_1904 = bool(content[0] & 1)
    return sheets, date_1904


def _shared_strings(data: bytes) -> list[str]:
    return [_wide(content, 1)[0] for kind, content in _records(data) if kind == _SHARED_ITEM]


def _styles(data: bytes) -> tuple[frozenset[str], frozenset[str]]:
    codes: dict[int, str] = {}
    cell_formats: list[int] = []
    among_cell_styles = False
    for kind, content in _records(data):
        if kind in (_CELL_STYLES, _CELL_STYLES_END):
            among_cell_styles = kind == _CELL_STYLES
        elif kind == _NUMBER_FORMAT:
            codes[struct.unpack_from("<H", content)[0]] = _wide(content, 2)[0]
        elif kind == _STYLE and among_cell_styles:
            cell_formats.append(struct.unpack_from("<H", content, 2)[0])
    return styles_of(cell_formats, codes)


class _Cells:
    """Turns cell records into texts."""

    def __init__(self, texts: list[str], percents: frozenset[str], dates_1904: frozenset[str]):
        self.texts = texts
        self.percents = percents
        self.dates_1904 = dates_1904

    def text(self, kind: int, content: bytes) -> str:
        if kind in (_TEXT, _FORMULA_TEXT):
            return _wide(content, 8)[0]
        if kind == _RICH_TEXT:
            return _wide(content, 9)[0]
        if kind in (_ERROR, _FORMULA_ERROR):
            return _ERRORS.get(content[8], "#ERR!")
        if kind in (_BOOL, _FORMULA_BOOL):
            return "TRUE" if content[8] else "FALSE"
        if kind == _SHARED:
            (index,) = struct.unpack_from("<I", content, 8)
            if index >= len(self.texts):
                raise UnreadableFile("U-UNRELIABLE", detail="a shared string that does not exist")
            return self.texts[index]
        number = number_of(kind, content)
        return "" if number is None else self._number(repr(number), content)

    def _number(self, stored: str, content: bytes) -> str:
        style = str(int.from_bytes(content[4:7], "little"))
        if style in self.percents:
            return numbers.percent_text(stored)
        return numbers.shifted_1904(stored) if style in self.dates_1904 else numbers.number_text(stored)


def number_of(kind: int, content: bytes) -> float | None:
    """The number of a numeric cell record, None for any other record."""
    if kind in (_REAL, _FORMULA_REAL):
        return struct.unpack_from("<d", content, 8)[0]
    if kind != _RK:
        return None
    (packed,) = struct.unpack_from("<i", content, 8)
    if packed & 2:
        number = float(packed >> 2)
    else:
        (number,) = struct.unpack("<d", b"\0\0\0\0" + struct.pack("<i", packed & ~3))
    return number / 100 if packed & 1 else number


def _sheet(data: bytes, name: str, hidden: bool, cells: _Cells) -> Sheet:
    grid = Grid()
    hidden_rows, lossy, merges = set(), set(), []
    row = 0
    for kind, content in _records(data):
        if kind == _ROW:
            row = struct.unpack_from("<I", content)[0] + 1
            if content[11] & _HIDDEN_ROW:
                hidden_rows.add(row)
        elif _RK <= kind <= _FORMULA_ERROR or kind == _RICH_TEXT:
            (column,) = struct.unpack_from("<I", content)
            grid.put(row, column, cells.text(kind, content))
            if abs(number_of(kind, content) or 0.0) >= _LAST_EXACT:
                lossy.add((row, column))
        elif kind == _MERGE:
            top, bottom, left, right = struct.unpack_from("<4I", content)
            merges.append((top + 1, left, bottom + 1, right))
    return Sheet(name, grid.rows, hidden, frozenset(hidden_rows), tuple(merges), frozenset(lossy))
