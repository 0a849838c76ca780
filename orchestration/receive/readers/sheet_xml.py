"""The cells of one .xlsx sheet: one regex over the XML, and a strict parser for whatever it does not cover.

The regex knows the form every spreadsheet program writes and reads it three times as fast as a parser. It
must account for every ``<`` of a row; when it does not, the whole sheet is read strictly instead.
Belongs here: cells, addresses, hidden rows, merges. Does not belong here: the workbook around the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from orchestration.receive.readers import numbers
from orchestration.receive.readers.grid import MAX_COLUMNS, MAX_ROWS, Grid, check_cells
from orchestration.receive.readers.strings import stored_text, unescape_x
from orchestration.receive.readers.unreadable import UnreadableFile
from orchestration.receive.readers.xml import SPREADSHEETML, Attributes, parse
from orchestration.workbook import Sheet, column_letter

_COLUMNS = {column_letter(index): index for index in range(16_384)}
_CELL = re.compile(
    r'<c r="([A-Z]+)([0-9]+)"([^>]*)>'
    r"(?:(<f[^>]*>(?:[^<]*</f>)?)?(?:<v>([^<]+)</v>"
    r'|<is><t(?: xml:space="preserve")?>([^<]+)</t></is>)?</c>)?'
)
_ROW = re.compile(r"<row([^>]*)>")
_ROW_NUMBER = re.compile(r'(?:.*\s)?r="([^"]*)"')
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"<]*)"')
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_UTF8 = re.compile(
    rb"""(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*encoding=["'](?i:utf-8)["'][^>]*>|<\?xml(?![^>]*encoding)|<(?!\?))"""
)
_BLANK = "blank"
_MIDNIGHT = re.compile(r"T00:00(?::00(?:\.0+)?)?Z?")


class _NotPlain(Exception):
    """The sheet has a form the regex does not cover: read it strictly."""


@dataclass(frozen=True, slots=True)
class SheetContext:
    """What cells refer to: shared strings by their index as text, styles that show percents, and styles that
    show dates (in a 1904 workbook only, whose date serials are shifted)."""

    strings: dict[str, str] = field(default_factory=dict)
    percents: frozenset[str] = frozenset()
    dates_1904: frozenset[str] = frozenset()
    number_texts: numbers.NumberTexts = field(default_factory=numbers.NumberTexts)


def read_sheet(data: bytes, name: str, context: SheetContext) -> Sheet:
    """The sheet of one worksheet part. Raises UnreadableFile."""
    try:
        return _read_plain(data, name, context)
    except (_NotPlain, KeyError):  # KeyError: a shared string or a column that does not exist
        return _StrictReader(name, context).read(data)


def _read_plain(data: bytes, name: str, context: SheetContext) -> Sheet:
    if not _UTF8.match(data):
        raise _NotPlain
    try:
        xml = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile("U-CORRUPT", detail="sheet: not UTF-8") from error
    start, stop = xml.find("<sheetData>"), xml.find("</sheetData>")
    if start < 0 or stop < 0 or "<!" in xml:
        raise _NotPlain
    # Everything but the rows is small and parsed strictly; that also proves the part to be a worksheet.
    frame = _StrictReader(name, context)
    sheet = frame.read((xml[:start] + xml[stop + len("</sheetData>") :]).encode())
    reader = _RowReader(context)
    for piece in _pieces(xml, start + len("<sheetData>"), stop):
        reader.read(piece)
    sheet.rows = reader.rows
    sheet.hidden_rows = frozenset(reader.hidden)
    sheet.lossy_cells = frozenset(reader.lossy)
    return sheet


def _pieces(xml: str, start: int, stop: int) -> Iterator[str]:
    """The rows, each without its closing tag. Raises _NotPlain for anything after the last row."""
    while (end := xml.find("</row>", start, stop)) >= 0:
        yield xml[start:end]
        start = end + len("</row>")
    rest = xml[start:stop]
    if "<" in _ROW.sub("", rest):
        raise _NotPlain
    if rest:
        yield rest


class _RowReader:
    """Turns the XML of rows into texts by position."""

    def __init__(self, context: SheetContext):
        self.context = context
        self.rows: dict[int, list[str]] = {}
        self.hidden: set[int] = set()
        self.lossy: set[tuple[int, int]] = set()
        self._kinds: dict[str, str] = {}
        self._row = 0
        self._cells = 0

    def read(self, piece: str) -> None:
        """One row, or several of which all but the last are empty (``<row r="3"/>``)."""
        tags = _ROW.findall(piece)
        self._open(tags)
        found = _CELL.findall(piece)
        # Four tags make a cell with a value. Other forms have more or fewer: ``_unusual`` says how many.
        expected = len(tags) + 4 * len(found)
        digits_here = str(self._row)
        strings, kinds = self.context.strings, self._kinds
        row: list[str] = []
        for letters, digits, attributes, formula, value, inline in found:
            if digits != digits_here:
                raise _NotPlain
            kind = kinds.get(attributes) or self._kind(attributes)
            if kind == _BLANK:
                expected -= 3
                continue
            if formula or not value:
                text, more = self._unusual(kind, letters, formula, value, inline)
                expected += more
            elif kind == "s":
                text = strings[value]
            elif kind == "n" and len(value) < 15 and value.isdigit() and value[0] != "0":
                text = value
            else:
                text = self._rarer(kind, value, letters)
            if text:
                column = _COLUMNS[letters]
                if column == len(row):
                    row.append(text)
                else:
                    _place(row, column, text)
        if piece.count("<") != expected:
            raise _NotPlain
        if row:
            self._keep(row)

    def _rarer(self, kind: str, value: str, letters: str) -> str:
        """Text of a decimal or very long number, a percent, a boolean, an error or another rarer type."""
        text = cell_text(kind, value, self.context)
        if kind == "n" and len(text) > numbers.SIGNIFICANT_DIGITS and numbers.is_lossy(value):
            self.lossy.add((self._row, _COLUMNS[letters]))
        return text

    def _unusual(self, kind: str, letters: str, formula: str, value: str, inline: str) -> tuple[str, int]:
        """Text of a cell with a formula or an inline text, and its tags beyond the usual four."""
        tags = formula.count("<")
        if inline and kind == "inlineStr":
            return stored_text(inline), tags + 2
        if value:
            return self._rarer(kind, value, letters), tags
        if formula and not inline:
            return formula_text(formula), tags - 2
        raise _NotPlain

    def _keep(self, row: list[str]) -> None:
        if self._row in self.rows:
            raise _NotPlain
        self._cells += len(row)
        check_cells(self._cells)
        self.rows[self._row] = row

    def _open(self, tags: list[str]) -> None:
        if not tags or any(not attributes.endswith("/") for attributes in tags[:-1]):
            raise _NotPlain
        for attributes in tags:
            number = _ROW_NUMBER.match(attributes)
            self._row = row_number(number.group(1) if number else None, self._row)
            if "hidden" in attributes and is_hidden(dict(_ATTRIBUTE.findall(attributes))):
                self.hidden.add(self._row)

    def _kind(self, attributes: str) -> str:
        """What a cell's attributes make of its value; see ``kind_of``. Empty elements are blank."""
        if attributes.endswith("/"):
            kind = _BLANK
        else:
            named = dict(_ATTRIBUTE.findall(attributes))
            kind = kind_of(named.get("t", "n"), named.get("s", "0"), self.context)
        self._kinds[attributes] = kind
        return kind


def _place(row: list[str], column: int, text: str) -> None:
    """Puts a text that does not follow its left neighbour. Far to the right it is a stray: left out."""
    missing = column - len(row)
    if missing < 0:
        raise _NotPlain
    if column < MAX_COLUMNS:
        row.extend([""] * missing)
        row.append(text)


class _StrictReader:
    """Reads a sheet by its XML events: any prefix, order, encoding, missing addresses, rich inline text."""

    def __init__(self, name: str, context: SheetContext):
        self.sheet = Sheet(name, {})
        self.context = context
        self._merges: list[tuple[int, int, int, int]] = []
        self._hidden: set[int] = set()
        self._lossy: set[tuple[int, int]] = set()
        self._inside: list[str] = []
        self._row = 0
        self._column = -1
        self._grid = Grid()
        self._cell: dict[str, str] = {}
        self._texts: dict[str, list[str]] = {}

    def read(self, data: bytes) -> Sheet:
        parse(data, self._start, self._end, self._text)
        self.sheet.rows = self._grid.rows
        self.sheet.merges = tuple(self._merges)
        self.sheet.hidden_rows = frozenset(self._hidden)
        self.sheet.lossy_cells = frozenset(self._lossy)
        return self.sheet

    def _start(self, element: str, attributes: Attributes) -> None:
        namespace, _, name = element.rpartition(" ")
        if not self._inside and (name != "worksheet" or namespace not in SPREADSHEETML):
            raise UnreadableFile("U-CORRUPT", detail="a sheet part that is no worksheet")
        self._inside.append(name if namespace in SPREADSHEETML else "")
        if self._inside == ["worksheet", "sheetData", "row"]:
            self._row = row_number(attributes.get("r"), self._row)
            self._column = -1
            if is_hidden(attributes):
                self._hidden.add(self._row)
        elif self._inside == ["worksheet", "sheetData", "row", "c"]:
            self._open_cell(attributes)
        elif name == "mergeCell" and "ref" in attributes:
            self._merges.append(merged(attributes["ref"]))

    def _open_cell(self, attributes: Attributes) -> None:
        self._column += 1
        if reference := attributes.get("r"):
            row, self._column = address(reference)
            if row != self._row:
                raise UnreadableFile("U-UNRELIABLE", detail="a cell stands in another row than it says")
        self._cell = attributes
        self._texts = {"v": [], "t": [], "f": []}

    def _text(self, piece: str) -> None:
        name = self._inside[-1] if self._inside else ""
        if "c" in self._inside and name in self._texts and "rPh" not in self._inside:
            self._texts[name].append(piece)

    def _end(self, element: str) -> None:
        if self._inside == ["worksheet", "sheetData", "row", "c"]:
            self._close_cell()
        elif self._inside == ["worksheet", "sheetData", "row", "c", "f"] and not self._texts["f"]:
            self._texts["f"].append("")
        self._inside.pop()

    def _close_cell(self) -> None:
        kind = kind_of(self._cell.get("t", "n"), self._cell.get("s", "0"), self.context)
        value, inline = "".join(self._texts["v"]), "".join(self._texts["t"])
        if kind == "inlineStr" and inline:
            text = unescape_x(inline)
        elif value:
            text = cell_text(kind, value, self.context, escaped=False)
        else:
            text = f"={''.join(self._texts['f'])}" if self._texts["f"] else ""
        self._grid.put(self._row, self._column, text)
        if kind == "n" and value and len(text) > numbers.SIGNIFICANT_DIGITS and numbers.is_lossy(value):
            self._lossy.add((self._row, self._column))


def kind_of(stored_type: str, style: str, context: SheetContext) -> str:
    """``n`` number, ``%`` percent, ``d1904`` date to shift, or the type as stored: s, str, inlineStr, b, e, d."""
    if stored_type != "n":
        return stored_type
    if style in context.percents:
        return "%"
    return "d1904" if style in context.dates_1904 else "n"


def cell_text(kind: str, value: str, context: SheetContext, *, escaped: bool = True) -> str:
    """The text of a cell with a value. ``escaped`` says whether the value is still XML-escaped."""
    if kind == "n":
        return context.number_texts[value]
    if kind == "%":
        return numbers.percent_text(value)
    if kind == "d1904":
        return numbers.shifted_1904(value)
    if kind == "s":
        text = context.strings.get(value.strip())
        if text is None:
            raise UnreadableFile("U-UNRELIABLE", detail="a shared string that does not exist")
        return text
    text = stored_text(value) if escaped else unescape_x(value)
    if kind == "b":
        return {"1": "TRUE", "0": "FALSE", "true": "TRUE", "false": "FALSE"}.get(text.strip(), text)
    return _MIDNIGHT.sub("", text) if kind == "d" else text


def formula_text(element: str) -> str:
    """``<f>A1+B1</f>`` → ``=A1+B1``: what a formula without a computed value shows, so that it is no blank."""
    return "=" + stored_text(element.partition(">")[2].removesuffix("</f>"))


def row_number(reference: str | None, previous: int) -> int:
    """The number of a row from its ``r``, else the one after the row before. Raises UnreadableFile."""
    if reference is None:
        return previous + 1
    if not (reference.isascii() and reference.isdigit()) or not 0 < int(reference) <= MAX_ROWS:
        raise UnreadableFile("U-CORRUPT", detail="a row number that cannot be")
    return int(reference)


def is_hidden(row_attributes: dict[str, str]) -> bool:
    return row_attributes.get("hidden", "0") in ("1", "true")


def address(reference: str) -> tuple[int, int]:
    """``C7`` → (7, 2): 1-based row, 0-based column. Raises UnreadableFile."""
    match = _REFERENCE.fullmatch(reference.replace("$", ""))
    if not match or match.group(1) not in _COLUMNS or int(match.group(2)) > MAX_ROWS:
        raise UnreadableFile("U-CORRUPT", detail="a cell address that cannot be")
    return int(match.group(2)), _COLUMNS[match.group(1)]


def merged(reference: str) -> tuple[int, int, int, int]:
    """``A1:C2`` → (1, 0, 2, 2)."""
    first, _, last = reference.partition(":")
    return (*address(first), *address(last or first))
