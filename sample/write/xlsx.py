"""Grids to .xlsx by xlsxwriter. The many rows of a register go to the sheet's XML directly.

xlsxwriter spends two thirds of its time keeping each cell as an object until the end. Here the rows of a
register, which nothing touches again, become XML at once; styles, merges, strings and packaging stay its own.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from sample.write.cells import NUMBER_FORMATS, Broken, Cell, Formula, Styled
from sample.write.layout import Grid

# A fixed moment, so that the same registers give the same bytes.
_CREATED = datetime(2021, 1, 1)
_LETTERS = [xl_col_to_name(column) for column in range(256)]


class _RegisterSheet(Worksheet):
    """A worksheet whose last rows are written at once and never changed."""

    def append_rows(
        self,
        first: int,
        rows: Iterable[list[Cell]],
        plain: Format,
        styles: dict[str, Format],
        hidden: frozenset[int],
    ) -> None:
        """Appends the rows below everything else on the sheet; ``first`` is the 0-based row of the first, ``hidden``
        are the 0-based rows that do not show."""
        index_of = self.str_table._get_shared_string_index
        usual = plain._get_xf_index()
        styled = {name: style._get_xf_index() for name, style in styles.items()}
        self._appended: list[str] = []
        number = first
        for number, row in enumerate(rows, first + 1):
            cells = []
            for letter, cell in zip(_LETTERS, row, strict=False):
                if cell is None:
                    continue
                if isinstance(cell, str):
                    cells.append(f'<c r="{letter}{number}" s="{usual}" t="s"><v>{index_of(cell)}</v></c>')
                elif isinstance(cell, Styled):
                    cells.append(
                        f'<c r="{letter}{number}" s="{styled[cell.style]}"><v>{cell.number:.16G}</v></c>'
                    )
                elif isinstance(cell, Broken | Formula):
                    kind, content = _of_formula(cell)
                    cells.append(f'<c r="{letter}{number}" s="{usual}"{kind}>{content}</c>')
                else:
                    cells.append(f'<c r="{letter}{number}" s="{usual}"><v>{cell:.16G}</v></c>')
            if cells:
                shown = ' hidden="1"' if number - 1 in hidden else ""
                self._appended.append(f'<row r="{number}"{shown}>{"".join(cells)}</row>')
        self.dim_rowmax = max(self.dim_rowmax, number - 1)

    def _write_rows(self) -> None:
        super()._write_rows()
        self.fh.write("".join(self._appended))


def _of_formula(cell: Broken | Formula) -> tuple[str, str]:
    """A cell's type and content: a failed formula's error, or a formula without its value."""
    if isinstance(cell, Broken):
        return ' t="e"', f"<v>{cell.shown}</v>"
    return "", f"<f>{cell.text}</f>"


def xlsx(grids: Sequence[Grid]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": _CREATED, "author": "样例"})
    title = book.add_format({"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"})
    header = book.add_format(
        {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
    )
    body = book.add_format({"border": 1})
    styles = {
        name: book.add_format({"border": 1, "num_format": code}) for name, code in NUMBER_FORMATS.items()
    }
    for grid in grids:
        sheet = book.add_worksheet(grid.name, worksheet_class=_RegisterSheet)
        for column, width in enumerate(grid.widths):
            sheet.set_column(column, column, width)
        if grid.hidden:
            sheet.hide()
        rows = iter(grid.rows)
        for number, row in enumerate(islice(rows, grid.head)):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write_string(number, column, cell, header if number > 1 else None)
        for first_row, first, last_row, last, text in grid.merges:
            sheet.merge_range(first_row, first, last_row, last, text, header if first_row else title)
        sheet.append_rows(grid.head, rows, body, styles, grid.hidden_rows)
        if grid.frozen:
            sheet.freeze_panes(grid.head, 0)
    book.close()
    return buffer.getvalue()
