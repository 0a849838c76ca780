"""Grids to bytes: .xlsx as Excel writes it, Excel 97 .xls, or a zip of GBK CSV files. Same grids, same bytes.

Belongs here: file formats. Does not belong here: content.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import xlwt

from sample.write.cells import NUMBER_FORMATS, Broken, Cell, Formula, Styled
from sample.write.layout import Grid
from sample.write.xlsx import xlsx

# A fixed moment, so that the same registers give the same bytes.
_ZIP_MOMENT = (2021, 1, 1, 0, 0, 0)
SUFFIXES = {"xlsx": ".xlsx", "xls": ".xls", "csv_bundle": ".zip"}


def save(grids: Sequence[Grid], path: Path, file_format: str) -> int:
    """Writes the workbook whole or not at all. Returns its bytes."""
    return keep(as_bytes(grids, file_format), path)


def as_bytes(grids: Sequence[Grid], file_format: str) -> bytes:
    """The file's content; ``file_format`` is a key of ``SUFFIXES``."""
    return {"xlsx": xlsx, "xls": _xls, "csv_bundle": _csv_bundle}[file_format](grids)


def keep(content: bytes, path: Path) -> int:
    """Writes the file whole or not at all. Returns its bytes."""
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content)
    draft.replace(path)
    return len(content)


def _xls(grids: Sequence[Grid]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    plain = xlwt.easyxf("")
    styles = {name: xlwt.easyxf(num_format_str=code) for name, code in NUMBER_FORMATS.items()}
    for grid in grids:
        sheet = book.add_sheet(grid.name)
        if grid.hidden:
            sheet.visibility = 1
        merged = {(row, column) for row, column, *_ in grid.merges}
        for number, row in enumerate(grid.rows):
            for column, cell in enumerate(row):
                if cell is None or (number, column) in merged:
                    continue
                if isinstance(cell, Styled):
                    sheet.write(number, column, cell.number, styles[cell.style])
                elif isinstance(cell, Broken):
                    sheet.row(number).set_cell_error(column, cell.shown, plain)
                else:
                    sheet.write(number, column, cell, plain)
            if number in grid.hidden_rows:
                sheet.row(number).hidden = True
        for first_row, first, last_row, last, text in grid.merges:
            sheet.write_merge(first_row, last_row, first, last, text, plain)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _csv_bundle(grids: Sequence[Grid]) -> bytes:
    """What "save as CSV" gives: numbers as shown, no formats, merged text in the first cell, no hidden sheet."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for grid in grids:
            if grid.hidden:
                continue
            text = io.StringIO(newline="")
            csv.writer(text).writerows([_shown(cell) for cell in row] for row in grid.rows)
            entry = zipfile.ZipInfo(f"{grid.name}.csv", _ZIP_MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            bundle.writestr(entry, text.getvalue().encode("gbk"))
    return buffer.getvalue()


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Formula):
        return f"={cell.text}"
    return cell.shown if isinstance(cell, Styled | Broken) else str(cell)
