"""Cells put by address, with the bounds every reader keeps to.

Belongs here: what a sheet may hold at most. Does not belong here: any file format.
"""

from __future__ import annotations

from orchestration.receive.readers.unreadable import UnreadableFile

# A template has fewer than 40 columns. A stray cell further right is left out: it costs nothing.
MAX_COLUMNS = 1024
MAX_ROWS = 1_048_576
# Texts kept of one sheet, empty ones between others included: twenty times the largest county register.
MAX_CELLS = 10_000_000


def check_cells(count: int) -> None:
    """Raises UnreadableFile when a sheet holds more than any register could."""
    if count > MAX_CELLS:
        raise UnreadableFile("U-TOO-BIG", detail=f"more than {MAX_CELLS} cells on a sheet")


class Grid:
    """``rows`` of a Sheet in the making. Memory follows the cells put, not their addresses."""

    def __init__(self) -> None:
        self.rows: dict[int, list[str]] = {}
        self._cells = 0

    def put(self, row: int, column: int, text: str) -> None:
        """Row 1-based, column 0-based. A blank text is nothing. Raises UnreadableFile for a cell put twice."""
        if not text or column >= MAX_COLUMNS:
            return
        cells = self.rows.setdefault(row, [])
        missing = column + 1 - len(cells)
        if missing > 0:
            cells.extend([""] * missing)
            self._cells += missing
            check_cells(self._cells)
        elif cells[column]:
            raise UnreadableFile("U-UNRELIABLE", detail="a cell that stands there twice")
        cells[column] = text
