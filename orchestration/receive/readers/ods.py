"""Reads .ods (OpenDocument) exactly: values from their attributes, percents and errors kept, repeats bounded.

Belongs here: the content.xml of a spreadsheet. Does not belong here: zip limits (package), numbers (numbers).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.receive.readers import numbers
from orchestration.receive.readers.grid import MAX_COLUMNS, MAX_ROWS, Grid, check_cells
from orchestration.receive.readers.package import Package
from orchestration.receive.readers.unreadable import UnreadableFile
from orchestration.receive.readers.wanted import is_wanted
from orchestration.receive.readers.xml import Attributes, local, parse
from orchestration.workbook import Sheet, Workbook

_CELLS = ("table-cell", "covered-table-cell")
# LibreOffice saves a logical value that came from .xlsx as the number of such a formula.
_LOGICAL = {"of:=TRUE()": "TRUE", "of:=FALSE()": "FALSE"}


def read_ods(path: Path, sheets: Collection[str] | None = None) -> Workbook:
    """Reads all sheets, or those named. Raises UnreadableFile."""
    with Package(path) as package:
        if "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml"):
            raise UnreadableFile("U-PASSWORD", detail="ods: encryption-data in the manifest")
        reader = _Reader(sheets)
        try:
            parse(package.read("content.xml"), reader.start, reader.end, reader.text)
        except (ValueError, LookupError) as error:
            raise UnreadableFile("U-CORRUPT", detail=f"ods: {type(error).__name__}") from error
        package.verify_unread()
    if not reader.seen:
        raise UnreadableFile("U-NO-SHEETS")
    return Workbook("ods", reader.sheets)


@dataclass(slots=True)
class _Table:
    """The sheet being read. ``row`` is the first row the current row element stands for, 1-based."""

    name: str
    hidden: bool
    grid: Grid = field(default_factory=Grid)
    hidden_rows: set[int] = field(default_factory=set)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    lossy: set[tuple[int, int]] = field(default_factory=set)
    row: int = 1
    row_repeats: int = 1
    column: int = 0

    def sheet(self) -> Sheet:
        return Sheet(
            self.name,
            self.grid.rows,
            hidden=self.hidden,
            hidden_rows=frozenset(self.hidden_rows),
            merges=tuple(self.merges),
            lossy_cells=frozenset(self.lossy),
        )


class _Reader:
    """Collects sheets from XML events. A table inside a cell is text of that cell's application: left out."""

    def __init__(self, wanted: Collection[str] | None):
        self.sheets: list[Sheet] = []
        self.seen = 0
        self._wanted = wanted
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._depth = 0  # of tables within tables
        self._note = 0  # of comments, whose paragraphs are no cell text
        self._table: _Table | None = None
        self._cell: dict[str, str] = {}
        self._in_paragraph = False
        self._paragraphs: list[str] = []

    def start(self, element: str, attributes: Attributes) -> None:
        name = local(element)
        named = {local(key): value for key, value in attributes.items()}
        if name == "style":
            self._style = named.get("name", "")
        elif name == "table-properties" and named.get("display") == "false":
            self._hidden_styles.add(self._style)
        elif name == "annotation":
            self._note += 1
        elif name == "table":
            self._depth += 1
            if self._depth == 1:
                self._open_table(named)
        elif self._table is not None and self._depth == 1 and not self._note:
            self._inside(name, named, attributes)

    def end(self, element: str) -> None:
        name = local(element)
        if name == "annotation":
            self._note -= 1
        elif name == "table":
            if self._depth == 1 and self._table is not None:
                self.sheets.append(self._table.sheet())
                self._table = None
            self._depth -= 1
        elif self._table is not None and self._depth == 1 and not self._note:
            if name in _CELLS:
                self._close_cell(self._table)
            elif name == "table-row":
                self._table.row += self._table.row_repeats
            elif name == "p":
                self._in_paragraph = False

    def text(self, piece: str) -> None:
        if self._in_paragraph and not self._note and self._depth == 1:
            self._paragraphs[-1] += piece

    def _open_table(self, named: dict[str, str]) -> None:
        self.seen += 1
        name = named.get("name", "")
        if is_wanted(name, self._wanted):
            self._table = _Table(name, named.get("style-name", "") in self._hidden_styles)

    def _inside(self, name: str, named: dict[str, str], attributes: Attributes) -> None:
        """An element within the current sheet."""
        if name == "table-row":
            self._open_row(named)
        elif name in _CELLS:
            self._cell = {**named, "error": str(_is_error(attributes))}
            self._paragraphs = []
        elif name == "p":
            self._paragraphs.append("")
            self._in_paragraph = True
        elif self._in_paragraph and name in ("s", "tab", "line-break"):
            self._paragraphs[-1] += {"s": " " * min(int(named.get("c", "1")), 1000), "tab": "\t"}.get(
                name, "\n"
            )

    def _open_row(self, named: dict[str, str]) -> None:
        table = self._table
        if table is None:
            return
        table.column = 0
        table.row_repeats = _repeats(named, "number-rows-repeated")
        if named.get("visibility", "visible") != "visible":
            last = min(table.row + table.row_repeats, MAX_ROWS + 1)
            table.hidden_rows.update(range(table.row, last))

    def _close_cell(self, table: _Table) -> None:
        columns = _repeats(self._cell, "number-columns-repeated")
        value = self._value()
        if value:
            self._fill(table, columns, value)
        across = int(self._cell.get("number-columns-spanned", "1"))
        down = int(self._cell.get("number-rows-spanned", "1"))
        if across > 1 or down > 1:
            table.merges.append((table.row, table.column, table.row + down - 1, table.column + across - 1))
        table.column += columns

    def _fill(self, table: _Table, columns: int, text: str) -> None:
        """Puts a value into every cell it stands for; the grid's bound stops a false repeat."""
        stored = self._cell.get("value", "")
        lossy = self._cell.get("value-type") in ("float", "currency") and numbers.is_lossy(stored)
        rows = min(table.row + table.row_repeats, MAX_ROWS + 1) - table.row
        check_cells(rows * min(columns, MAX_COLUMNS))  # before they are filled one by one
        for row in range(table.row, min(table.row + table.row_repeats, MAX_ROWS + 1)):
            for column in range(table.column, min(table.column + columns, MAX_COLUMNS)):
                table.grid.put(row, column, text)
                if lossy:
                    table.lossy.add((row, column))

    def _value(self) -> str:
        kind = self._cell.get("value-type", "")
        shown = "\n".join(self._paragraphs)
        if self._cell["error"] == "True":
            return shown
        if kind in ("float", "currency"):
            return _LOGICAL.get(self._cell.get("formula", "")) or numbers.number_text(self._cell["value"])
        if kind == "percentage":
            return numbers.percent_text(self._cell["value"])
        attribute = {"date": "date-value", "boolean": "boolean-value", "string": "string-value"}.get(kind, "")
        stored = self._cell.get(attribute) or shown
        return stored.upper() if kind == "boolean" else stored.removesuffix("T00:00:00")


def _is_error(attributes: Attributes) -> bool:
    """LibreOffice marks a failed formula beside the value it would have; its text names the error."""
    return any(local(key) == "value-type" and value == "error" for key, value in attributes.items())


def _repeats(named: dict[str, str], attribute: str) -> int:
    return max(1, int(named.get(attribute, "1")))
