"""The cells of one .xlsx sheet: one regex over the XML, and a strict parser for whatever it does not cover.

The regex knows the form every spreadsheet program writes and reads it five times as fast as a parser. It
must account for every ``<`` of a row; when it does not, the whole sheet is read strictly instead.
Belongs here: cells, addresses, hidden rows, merges. Does not belong here: the workbook around the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from orchestration.receive.readers import numbers
from orchestration.receive.readers.cells import (
    COLUMNS,
    SheetContext,
    formula_text,
    is_hidden,
    row_number,
    text_of,
)
from orchestration.receive.readers.grid import MAX_COLUMNS, check_cells
from orchestration.receive.readers.sheet_strict import StrictReader
from orchestration.receive.readers.strings import stored_text
from orchestration.receive.readers.unreadable import UnreadableFile
from orchestration.workbook import Sheet

_CELL = re.compile(
    r'<c r="([A-Z]+)([0-9]+)"([^>]*)>'
    r"(?:(<f[^>]*>(?:[^<]*</f>)?)?(?:<v>([^<]+)</v>"
    r'|<is><t(?: xml:space="preserve")?>([^<]+)</t></is>)?</c>)?'
)
_ROW = re.compile(r"<row([^>]*)>")
_ATTRIBUTE = re.compile(r'([a-zA-Z_][\w:.-]*)="([^"<]*)"', re.ASCII)
_ATTRIBUTES = re.compile(r'(?:[ \t\r\n]+[a-zA-Z_][\w:.-]*="[^"<&]*")*[ \t\r\n]*/?', re.ASCII)
_NUMBERED = re.compile(r' r="([0-9]+)"(.*)', re.DOTALL)
# XML has no such characters, and a sheet that has them anyway is no XML.
_CONTROLS = bytes(sorted({*range(32)} - {9, 10, 13}))
_NO_XML = (b"\xef\xbf\xbe", b"\xef\xbf\xbf", b"]]>", b"<!")
_UTF8 = re.compile(
    rb"""(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*encoding=["'](?i:utf-8)["'][^>]*>|<\?xml(?![^>]*encoding)|<(?!\?))"""
)


class _NotPlain(Exception):
    """The sheet has a form the regex does not cover: read it strictly."""


def read_sheet(data: bytes, name: str, context: SheetContext) -> Sheet:
    """The sheet of one worksheet part. Raises UnreadableFile."""
    try:
        return _read_plain(data, name, context)
    except (_NotPlain, KeyError):  # KeyError: a shared string or a column that does not exist
        return StrictReader(name, context).read(data)


def _read_plain(data: bytes, name: str, context: SheetContext) -> Sheet:
    if not _UTF8.match(data):
        raise _NotPlain
    try:
        xml = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile("U-CORRUPT", detail="sheet: not UTF-8") from error
    start, stop = xml.find("<sheetData>"), xml.find("</sheetData>")
    if start < 0 or stop < 0 or len(data.translate(None, _CONTROLS)) < len(data):
        raise _NotPlain
    if any(odd in data for odd in _NO_XML):
        raise _NotPlain
    # Everything but the rows is small and parsed strictly; that also proves the part to be a worksheet.
    frame = StrictReader(name, context)
    sheet = frame.read((xml[:start] + xml[stop + len("</sheetData>") :]).encode())
    reader = _RowReader(context)
    position = start + len("<sheetData>")
    while (end := xml.find("</row>", position, stop)) >= 0:
        reader.read(xml[position:end])
        position = end + len("</row>")
    reader.read_empty(xml[position:stop])
    sheet.rows = reader.rows
    sheet.hidden_rows = frozenset(reader.hidden)
    sheet.lossy_cells = frozenset(reader.lossy)
    return sheet


class _RowReader:
    """Turns the XML of rows into texts by position."""

    def __init__(self, context: SheetContext):
        self.context = context
        self.rows: dict[int, list[str]] = {}
        self.hidden: set[int] = set()
        self.lossy: set[tuple[int, int]] = set()
        self._texts = numbers.Memo(self._texts_of)  # by a cell's attributes
        self._hides = numbers.Memo(_hides)  # by a row's
        self._row = 0
        self._cells = 0

    def read(self, piece: str) -> None:
        """A row without its closing tag, and the empty rows (``<row r="3"/>``) before it."""
        tags = _ROW.findall(piece)
        if [attributes.endswith("/") for attributes in tags] != [True] * (len(tags) - 1) + [False]:
            raise _NotPlain
        self._open(tags)
        found = _CELL.findall(piece)
        # Four tags make a cell with a value. Other forms have more or fewer: ``_unusual`` says how many.
        expected = len(tags) + 4 * len(found)
        digits_here = str(self._row)
        texts = self._texts
        row: list[str] = []
        for letters, digits, attributes, formula, value, inline in found:
            if digits != digits_here:
                raise _NotPlain
            if value and not formula:
                text = texts[attributes][value]
            else:
                text, more = self._unusual(attributes, formula, value, inline)
                expected += more
            if text:
                column = COLUMNS[letters]
                if column == len(row):
                    row.append(text)
                else:
                    _place(row, column, text)
        if piece.count("<") != expected:
            raise _NotPlain
        if row:
            self._keep(row)
            if self.context.lossy:
                self._mark_lossy(found)

    def read_empty(self, piece: str) -> None:
        """Empty rows after the last one with cells."""
        tags = _ROW.findall(piece)
        if piece.count("<") != len(tags) or not all(attributes.endswith("/") for attributes in tags):
            raise _NotPlain
        self._open(tags)

    def _texts_of(self, attributes: str) -> Mapping[str, str]:
        """What turns the values of cells with these attributes into their texts."""
        named = _attributes(attributes)
        if "r" in named or ":" in attributes:  # its address was read already; a prefix is to be declared
            raise _NotPlain
        kind = self.context.kind(named)
        found = self.context.texts.get(kind)
        return numbers.Memo(lambda value: text_of(kind, stored_text(value))) if found is None else found

    def _unusual(self, attributes: str, formula: str, value: str, inline: str) -> tuple[str, int]:
        """Text of a cell that is blank or has a formula or an inline text, and its tags beyond the usual four."""
        if attributes.endswith("/"):
            return "", -3
        tags = formula.count("<")
        if value:
            return self._texts[attributes][value], tags
        if inline and _attributes(attributes).get("t") == "inlineStr":
            return stored_text(inline), tags + 2
        if formula and not inline:
            return formula_text(formula), tags - 2
        raise _NotPlain

    def _mark_lossy(self, cells: list[tuple[str, ...]]) -> None:
        for letters, _, attributes, _, value, _ in cells:
            if value in self.context.lossy and self._texts[attributes] is self.context.texts["n"]:
                self.lossy.add((self._row, COLUMNS[letters]))

    def _keep(self, row: list[str]) -> None:
        self._cells += len(row)
        check_cells(self._cells)
        self.rows[self._row] = row

    def _open(self, tags: list[str]) -> None:
        for attributes in tags:
            before = self._row
            numbered = _NUMBERED.fullmatch(attributes)
            number, others = numbered.groups() if numbered else (None, attributes)
            self._row = row_number(number, before)
            if self._row <= before:
                raise _NotPlain
            if self._hides[others]:
                self.hidden.add(self._row)


def _hides(attributes: str) -> bool:
    """Whether a row with these attributes, but for its number, is hidden."""
    named = _attributes(attributes)
    if "r" in named:
        raise _NotPlain
    return is_hidden(named)


def _attributes(written: str) -> dict[str, str]:
    """The attributes of a tag by name, from what is written behind its name: as they must be written in XML, each once."""
    found = _ATTRIBUTE.findall(written)
    attributes = dict(found)
    if len(attributes) < len(found) or not _ATTRIBUTES.fullmatch(written):
        raise _NotPlain
    return attributes


def _place(row: list[str], column: int, text: str) -> None:
    """Puts a text that does not follow its left neighbour. Far to the right it is a stray: left out."""
    missing = column - len(row)
    if missing < 0:
        raise _NotPlain
    if column < MAX_COLUMNS:
        row.extend([""] * missing)
        row.append(text)
