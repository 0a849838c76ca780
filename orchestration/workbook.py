"""The meaning-free intermediate form of a file received: sheets of cells as text, each with its address.

Readers of every format produce it; everything after them reads nothing else. It knows no card.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Sheet:
    """One sheet. ``rows[r][c]`` is the text of the cell in row r (1-based) and column c (0-based), or ''.

    Cells are text exactly as stored: integers without ``.0``, error cells as ``#REF!``, booleans as TRUE and
    FALSE, a number with a percent format as ``70.42%``. A date stored as a number stays a 1900-system serial
    (a 1904 workbook's serials are shifted by the reader), for the card decides what is a date. ``lossy_cells``
    holds the (row, column) of numeric cells with more digits than a double keeps: their last digits are lost.
    """

    name: str
    rows: dict[int, list[str]]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    merges: tuple[tuple[int, int, int, int], ...] = ()  # first row, first column, last row, last column
    lossy_cells: frozenset[tuple[int, int]] = frozenset()


@dataclass(slots=True)
class Workbook:
    """All sheets of one file, in its order. ``format`` is what the bytes are, not what the name says."""

    format: str  # xlsx | xls | xlsb | ods | csv_bundle
    sheets: list[Sheet] = field(default_factory=list)
    traits: tuple[str, ...] = ()  # what is unusual about the file: strict (OOXML), 1904 (date system)

    def sheet(self, name: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.name.strip() == name), None)


def column_letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, remainder = divmod(index - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters
