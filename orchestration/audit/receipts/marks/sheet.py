"""The XML of one .xlsx sheet with the styles of some cells changed, and nothing else.

Rows are found by one regex and only those with marks are looked into: a register of 50,000 rows takes
milliseconds. Belongs here: rows and cells of a worksheet part, and what stands around them that marks need.
Does not belong here: styles, comments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from orchestration.audit.receipts.marks.placing import Area, Cell
from orchestration.audit.receipts.marks.spans import (
    ATTRIBUTES,
    Change,
    Element,
    NotPlain,
    changed,
    elements,
    prefix_of,
    with_attribute,
)
from orchestration.receive.readers.cells import COLUMNS, merged
from orchestration.workbook import column_letter

TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# What may follow <legacyDrawing> in a worksheet.
_AFTER_LEGACY_DRAWING = frozenset(
    [
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
        "AlternateContent",
    ]
)
_COLUMNS = {letters.encode(): index for letters, index in COLUMNS.items()}
_NUMBER = re.compile(rb"""\sr\s*=\s*["']([0-9]{1,7})["']""")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_STYLE = re.compile(rb"""\ss\s*=\s*["']([0-9]{1,6})["']""")
_OWN_STYLE = re.compile(rb"""\scustomFormat\s*=\s*["'](?:1|true)["']""")
_SPANS = re.compile(rb"""\sspans\s*=\s*(?:"[^"]*"|'[^']*')""")

Restyle = Callable[[int, str], int]  # a style and a severity → the style that shows both


@dataclass(slots=True)
class SheetPart:
    """One worksheet part: the bytes, where its rows are, and the children of the worksheet around them.

    Raises NotPlain for what is no transitional worksheet in the form every spreadsheet program writes.
    """

    data: bytes
    prefix: bytes = b""
    rows_start: int = 0  # of what stands within sheetData
    rows_stop: int = 0
    merges: list[Area] = field(default_factory=list)
    legacy_drawing: str | None = None  # its relationship
    _empty: bool = False  # <sheetData/>
    _children: list[Element] = field(default_factory=list)
    _column_styles: list[tuple[int, int, int]] = field(default_factory=list)  # first, last (0-based), style
    _cut: int = 0  # bytes of sheetData left out of the frame that the children's places refer to

    def __post_init__(self) -> None:
        if b"<!" in self.data or self.data.count(b"<?") > 1:
            raise NotPlain("comments, CDATA or instructions")
        opening = re.search(rb"<((?:[\w.-]+:)?)sheetData" + ATTRIBUTES + rb"\s*(/?)>", self.data)
        if opening is None:
            raise NotPlain("no sheetData")
        self.prefix, self._empty = opening[1], bool(opening[2])
        if self._empty:
            self.rows_start, self.rows_stop = opening.span()
            end = opening.end()
        else:
            closing = b"</" + self.prefix + b"sheetData>"
            self.rows_start, self.rows_stop = opening.end(), self.data.find(closing, opening.end())
            if self.rows_stop < 0:
                raise NotPlain("sheetData without an end")
            end = self.rows_stop + len(closing)
        self._cut = end - opening.start()
        self._read_frame(self.data[: opening.start()] + self.data[end:], opening.start())

    def _read_frame(self, frame: bytes, position: int) -> None:
        """All but the rows is small and parsed."""
        root, *inner = elements(frame)
        if (
            root.name != "worksheet"
            or root.namespace != TRANSITIONAL
            or prefix_of(frame, root) != self.prefix
        ):
            raise NotPlain("no transitional worksheet")
        for element in inner:
            if element.name == "mergeCell":
                self.merges.append(merged(element.attributes["ref"]))
            elif element.path == ("worksheet", "cols", "col") and "style" in element.attributes:
                first, last, style = (int(element.attributes[key]) for key in ("min", "max", "style"))
                self._column_styles.append((first - 1, last - 1, style))
            elif element.path == ("worksheet", "legacyDrawing"):
                self.legacy_drawing = element.attributes["id"]
            if len(element.path) == 2 and element.start >= position:
                self._children.append(element)
        root.start = root.closing
        self._children.append(root)

    def marked(self, severities: dict[Cell, str], restyle: Restyle, drawing: str | None) -> bytes:
        """The part with these cells restyled, and made where there are none. ``drawing``: the relationship of a new
        legacy drawing, None when the sheet has one or needs none."""
        rows: dict[int, dict[int, str]] = {}
        for (row, column), severity in sorted(severities.items()):
            rows.setdefault(row, {})[column] = severity
        changes = list(_Rows(self, rows, restyle).changes())
        if self._empty:
            made = b"".join(change[2] for change in changes)
            name = self.prefix + b"sheetData>"
            changes = [(self.rows_start, self.rows_stop, b"<" + name + made + b"</" + name)]
        if drawing:
            before = next(e for e in self._children if e.name in _AFTER_LEGACY_DRAWING or len(e.path) == 1)
            tag = f'legacyDrawing xmlns:r="{_RELATIONSHIPS}" r:id="{drawing}"/>'.encode()
            place = before.start + self._cut
            changes.append((place, place, b"<" + self.prefix + tag))
        return changed(self.data, changes)

    def column_style(self, column: int) -> int:
        return next((style for first, last, style in self._column_styles if first <= column <= last), 0)


class _Rows:
    """Finds the rows with marks and changes their cells."""

    def __init__(self, part: SheetPart, wanted: dict[int, dict[int, str]], restyle: Restyle):
        self.part = part
        self.wanted = wanted
        self.restyle = restyle
        self._row = re.compile(rb"<" + part.prefix + rb"row(" + ATTRIBUTES + rb")\s*(/?)>")
        self._cell = re.compile(rb"<" + part.prefix + rb"c(" + ATTRIBUTES + rb")\s*(/?)>")
        self._row_end = b"</" + part.prefix + b"row>"

    def changes(self) -> Iterator[Change]:
        data, stop = self.part.data, self.part.rows_stop
        waiting = list(reversed(self.wanted))
        number = 0
        for tag in self._row.finditer(data, self.part.rows_start, stop):
            stated = _NUMBER.search(tag[1])
            before, number = number, int(stated[1]) if stated else number + 1
            if number <= before:
                raise NotPlain("rows out of order")
            while waiting and waiting[-1] < number:
                yield tag.start(), tag.start(), self._new_row(waiting.pop())
            if not waiting:
                return
            if waiting[-1] == number:
                yield self._changed_row(tag, waiting.pop())
        for row in reversed(waiting):
            yield stop, stop, self._new_row(row)

    def _new_row(self, row: int) -> bytes:
        cells = b"".join(self._new_cell(row, column, None) for column in self.wanted[row])
        name = self.part.prefix + b"row"
        return b"<" + name + f' r="{row}">'.encode() + cells + b"</" + name + b">"

    def _new_cell(self, row: int, column: int, row_style: int | None) -> bytes:
        style = self.part.column_style(column) if row_style is None else row_style
        number = self.restyle(style, self.wanted[row][column])
        return b"<" + self.part.prefix + f'c r="{column_letter(column)}{row}" s="{number}"/>'.encode()

    def _changed_row(self, tag: re.Match[bytes], row: int) -> Change:
        data, attributes = self.part.data, tag[1]
        style = _STYLE.search(attributes)
        row_style = int(style[1]) if style and _OWN_STYLE.search(attributes) else None
        if tag[2]:
            content, end = b"", tag.end()
        else:
            closing = data.find(self._row_end, tag.end(), self.part.rows_stop)
            if closing < 0:
                raise NotPlain("a row without an end")
            content, end = data[tag.end() : closing], closing + len(self._row_end)
        cells, added = self._cells(content, row, row_style)
        if added:  # the span of columns a row states is a hint, and would be a wrong one
            attributes = _SPANS.sub(b"", attributes)
        name = self.part.prefix + b"row"
        return tag.start(), end, b"<" + name + attributes + b">" + cells + b"</" + name + b">"

    def _cells(self, content: bytes, row: int, row_style: int | None) -> tuple[bytes, bool]:
        """The cells of a row with their marks, and whether there are new ones among them."""
        changes: list[Change] = []
        waiting = list(reversed(self.wanted[row]))
        added = False
        column = -1
        for tag in self._cell.finditer(content):
            if not waiting:
                break
            stated = _REFERENCE.search(tag[1])
            before = column
            column = _column(stated, row) if stated else column + 1
            if column <= before:
                raise NotPlain("cells out of order")
            while waiting and waiting[-1] < column:
                changes.append((tag.start(), tag.start(), self._new_cell(row, waiting.pop(), row_style)))
                added = True
            if waiting and waiting[-1] == column:
                waiting.pop()
                style = _STYLE.search(tag[1])
                number = self.restyle(int(style[1]) if style else 0, self.wanted[row][column])
                written = with_attribute(tag[1], "s", str(number))
                changes.append((tag.start(1), tag.end(1), written))
        for column in reversed(waiting):
            changes.append((len(content), len(content), self._new_cell(row, column, row_style)))
            added = True
        return changed(content, changes), added


def _column(stated: re.Match[bytes], row: int) -> int:
    column = _COLUMNS.get(stated[1])
    if column is None or int(stated[2]) != row:
        raise NotPlain("a cell stands in another row than it says")
    return column
