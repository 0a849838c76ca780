"""A workbook as a clerk has it open: the grids before they are written, a register by its column names.

Belongs here: finding and changing cells, and saying their addresses. Does not belong here: which change is a
mistake of what kind.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from orchestration.cards import Card, load_cards
from orchestration.layout import COVER_LABELS, COVER_SHEET, TOTAL_WORDS, header_rows
from orchestration.periods import Period
from orchestration.units import Unit
from orchestration.workbook import column_letter
from sample.write.cells import EPOCH, Broken, Cell, Formula, Styled
from sample.write.layout import Grid

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


@dataclass(slots=True)
class Book:
    """The grids of one unit and period. ``neighbour`` is another county of the province; ``earlier`` gives the
    unit's grids of the month before, or is None where the year has none."""

    grids: list[Grid]
    unit: Unit
    period: Period
    neighbour: Unit
    earlier: Callable[[], list[Grid]] | None = None

    def grid(self, sheet: str) -> Grid | None:
        return next((grid for grid in self.grids if grid.name == sheet), None)

    def register(self, dataset: str) -> Register | None:
        card = load_cards()[dataset]
        grid = self.grid(card.sheet)
        return Register(grid, card, self.period) if grid else None

    def cover(self, label: str, value: Cell) -> str:
        """Writes the value beside a label of the cover, by its key; returns the address."""
        grid = self.grid(COVER_SHEET)
        wanted = COVER_LABELS[label]
        row = next(i for i, cells in enumerate(grid.rows) if cells and str(cells[0]).startswith(wanted))
        grid.rows[row][1] = value
        return f"B{row + 1}"


class Register:
    """One dataset's sheet. Rows and columns of ``grid.rows`` are 0-based; addresses are the spreadsheet's."""

    def __init__(self, grid: Grid, card: Card, period: Period):
        self.grid = grid
        self.card = card
        self.period = period
        self.header = header_rows(card).header - 1
        self.places = {column.name: index for index, column in enumerate(card.sheet_columns)}
        self.rows = self._data_rows()

    @property
    def sheet(self) -> str:
        return self.grid.name

    def pick(self, rng: Random, where: Callable[[Register, int], bool]) -> int | None:
        """A row for which it holds, or None."""
        fitting = [row for row in self.rows if where(self, row)]
        return rng.choice(fitting) if fitting else None

    def value(self, row: int, column: str) -> Cell:
        cells, place = self.grid.rows[row], self.places[column]
        return cells[place] if place < len(cells) else None

    def text(self, row: int, column: str) -> str:
        """What the cell shows, in half-width characters; '' for a blank."""
        return shown(self.value(row, column))

    def number(self, row: int, column: str) -> Decimal:
        """The number in the unit of the sheet; 0 for a blank."""
        text = self.text(row, column).replace(",", "").rstrip("%")
        return Decimal(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else Decimal(0)

    def day(self, row: int, column: str) -> date | None:
        """The date, or None for a blank."""
        value = self.value(row, column)
        if isinstance(value, Styled):
            return EPOCH + timedelta(days=int(value.number))
        text = self.text(row, column)
        if re.fullmatch(r"\d{8}", text):
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        match = _DATE.fullmatch(text)
        return date(*map(int, match.groups())) if match else None

    def write(self, row: int, column: str, value: Cell) -> str:
        """Puts the value into the cell and returns its address."""
        cells, place = self.grid.rows[row], self.places[column]
        cells.extend([None] * (place + 1 - len(cells)))
        cells[place] = value
        return self.address(row, column)

    def rename(self, column: str, text: str) -> str:
        """Writes another header, into the upper cell where it is merged over both header rows."""
        place, row = self.places[column], self.header
        over = [m for m in self.grid.merges if m[:4] == (self.header - 1, place, self.header, place)]
        if over:
            row -= 1
            self.grid.merges = [(*m[:4], text) if m in over else m for m in self.grid.merges]
        self.grid.rows[row][place] = text
        return f"{column_letter(place)}{row + 1}"

    def address(self, row: int, column: str) -> str:
        return f"{column_letter(self.places[column])}{row + 1}"

    def down(self, column: str) -> str:
        """The range of the column's data cells."""
        return f"{self.address(self.rows[0], column)}:{self.address(self.rows[-1], column)}"

    def _data_rows(self) -> list[int]:
        rows = []
        for row in range(self.header + 1, len(self.grid.rows)):
            texts = [shown(cell) for cell in self.grid.rows[row]]
            if not any(texts):
                break
            if texts[0] not in TOTAL_WORDS:
                rows.append(row)
        return rows


def shown(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Formula):
        return f"={cell.text}"
    text = cell.shown if isinstance(cell, Styled | Broken) else str(cell)
    return unicodedata.normalize("NFKC", text).strip()


def number_cell(value: Decimal) -> int | float:
    """A number as a clerk types it."""
    return int(value) if value == value.to_integral_value() else float(value)


def day_cell(value: date) -> str:
    return value.isoformat()
