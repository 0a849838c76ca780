"""Mistakes in the form: headers and columns changed.

Columns are deleted, moved and added on sheets whose headers stand in one row, so that no merged header goes out of
step.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from orchestration.workbook import column_letter
from sample.mistakes.book import Book, Register
from sample.mistakes.edits import layout_kind
from sample.mistakes.kind import Apply, Touched
from sample.write.cells import Cell


def _header(dataset: str, column: str, text: str) -> Apply:
    """Another text in the header's cell."""

    def apply(book: Book, rng: Random) -> Touched | None:
        register = book.register(dataset)
        if register is None:
            return None
        before = register.card.column(column).header_text
        cell, lower = register.rename(column, text), register.address(register.header, column)
        # A header merged over both rows shows in the lower one too.
        also = () if cell == lower else (f"{register.sheet}!{lower}",)
        return Touched(register.sheet, (cell,), f"“{before}”改为“{text}”", also)

    return apply


def _column_deleted(dataset: str, column: str) -> Apply:
    def apply(book: Book, rng: Random) -> Touched | None:
        register = book.register(dataset)
        if register is None:
            return None
        place = register.places[column]
        _rows_from_header(register, lambda cells: cells[:place] + cells[place + 1 :])
        return Touched(register.sheet, (), f"删去“{register.card.column(column).header_text}”列")

    return apply


def _columns_moved(dataset: str, column: str, before: str) -> Apply:
    """The column stands before another one, header and all."""

    def apply(book: Book, rng: Random) -> Touched | None:
        register = book.register(dataset)
        if register is None:
            return None
        place, target = register.places[column], register.places[before]

        def moved(cells: list[Cell]) -> list[Cell]:
            rest = cells[:place] + cells[place + 1 :]
            return [*rest[:target], cells[place], *rest[target:]]

        _rows_from_header(register, moved)
        cell = f"{column_letter(target)}{register.header + 1}"
        rows = {column_letter(i): register.header + 1 for i in range(target, place + 1)}
        also = tuple(f"{register.sheet}!{letter}{row}" for letter, row in rows.items())
        header = register.card.column(column).header
        return Touched(
            register.sheet, (cell,), f"“{header}”列移到“{register.card.column(before).header}”之前", also
        )

    return apply


def _rows_from_header(register: Register, change: Callable[[list[Cell]], list[Cell]]) -> None:
    width = len(register.places)
    for row in (register.header, *register.rows):
        cells = register.grid.rows[row]
        register.grid.rows[row] = change(cells + [None] * (width - len(cells)))


def _column_added(dataset: str, header: str, value: str) -> Apply:
    def apply(book: Book, rng: Random) -> Touched | None:
        register = book.register(dataset)
        if register is None:
            return None
        width = len(register.places)
        for row in (register.header, *register.rows):
            cells = register.grid.rows[row]
            cells.extend([None] * (width - len(cells)))
            cells.append(header if row == register.header else value)
        cell = f"{column_letter(width)}{register.header + 1}"
        return Touched(register.sheet, (cell,), f"加了本县自用的“{header}”列")

    return apply


KINDS = (
    layout_kind(
        "header_renamed",
        "必填列改名",
        "employment",
        "S-RENAMED S-HEADER",
        _header("employment", "people", "务工总人数(人)"),
    ),
    layout_kind(
        "header_of_another_unit",
        "表头计量单位改了",
        "recognised_products",
        "S-UNIT",
        _header("recognised_products", "commodity_value", "年商品价值量(元)"),
    ),
    layout_kind(
        "column_deleted",
        "删去必填列",
        "fund_spending",
        "S-HEADER",
        _column_deleted("fund_spending", "industry_amount"),
    ),
    layout_kind(
        "column_added",
        "加了一列",
        "resident_teams",
        "S-EXTRA",
        _column_added("resident_teams", "考勤核对", "已核"),
        severity="notice",
    ),
    layout_kind(
        "columns_moved",
        "移动了列",
        "risk_screening",
        "S-MOVED",
        _columns_moved("risk_screening", "screened_on", "screened_households"),
        severity="notice",
    ),
)
