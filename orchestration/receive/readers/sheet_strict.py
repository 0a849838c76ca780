"""The cells of one .xlsx sheet by XML events: for every form the fast reading does not cover.

Belongs here: any prefix, order, encoding, missing addresses, rich inline text. Does not belong here: speed.
"""

from __future__ import annotations

from orchestration.receive.readers.cells import SheetContext, address, is_hidden, merged, row_number, text_of
from orchestration.receive.readers.grid import Grid
from orchestration.receive.readers.strings import unescape_x
from orchestration.receive.readers.unreadable import UnreadableFile
from orchestration.receive.readers.xml import SPREADSHEETML, Attributes, parse
from orchestration.workbook import Sheet

_CELL = ["worksheet", "sheetData", "row", "c"]
# Where within a cell its value, formula and inline text stand. What stands elsewhere (extensions) is not the cell's.
_PLACES = {("v",): "v", ("f",): "f", ("is", "t"): "t", ("is", "r", "t"): "t"}
_ONCE = {("v",), ("f",), ("is",), ("is", "t")}


class StrictReader:
    """Reads one sheet part; a new one for each."""

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
        self._seen: set[tuple[str, ...]] = set()

    def read(self, data: bytes) -> Sheet:
        """Raises UnreadableFile for what is no worksheet or contradicts itself."""
        parse(data, self._start, self._end, self._text)
        self.sheet.rows = dict(sorted(self._grid.rows.items()))
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
        elif self._inside == _CELL:
            self._open_cell(attributes)
        elif self._inside[:4] == _CELL:
            self._open_within_cell(tuple(self._inside[4:]))
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
        self._seen.clear()

    def _open_within_cell(self, place: tuple[str, ...]) -> None:
        """No spreadsheet program writes two values into a cell, and no two read them alike."""
        if place in self._seen:
            raise UnreadableFile("U-UNRELIABLE", detail="a cell with two values")
        if place in _ONCE:
            self._seen.add(place)

    def _text(self, piece: str) -> None:
        if self._inside[:4] == _CELL and (name := _PLACES.get(tuple(self._inside[4:]))):
            self._texts[name].append(piece)

    def _end(self, element: str) -> None:
        if self._inside == _CELL:
            self._close_cell()
        elif self._inside == [*_CELL, "f"] and not self._texts["f"]:
            self._texts["f"].append("")
        self._inside.pop()

    def _close_cell(self) -> None:
        kind = self.context.kind(self._cell)
        value, inline = "".join(self._texts["v"]), "".join(self._texts["t"])
        if inline and value:
            raise UnreadableFile("U-UNRELIABLE", detail="a cell with two values")
        if inline:
            text = unescape_x(inline)  # some programs leave out the type that says so
        elif value:
            text = self._text_of(kind, value)
        else:
            text = f"={''.join(self._texts['f'])}" if self._texts["f"] else ""
        self._grid.put(self._row, self._column, text)
        if kind == "n" and value in self.context.lossy:
            self._lossy.add((self._row, self._column))

    def _text_of(self, kind: str, value: str) -> str:
        texts = self.context.texts.get(kind)
        if texts is None:
            return text_of(kind, unescape_x(value))
        try:
            return texts[value.strip()]
        except KeyError as error:
            raise UnreadableFile("U-UNRELIABLE", detail="a shared string that does not exist") from error
