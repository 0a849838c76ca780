"""Grids to bytes: .xlsx as Excel writes it, Excel 97 .xls, or a zip of GBK CSV files. Same grids, same bytes.

Belongs here: file formats. Does not belong here: content.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter
import xlwt

from sample.write.cells import Cell, Styled
from sample.write.layout import Grid

# A fixed moment, so that the same registers give the same bytes.
_CREATED = datetime(2021, 1, 1)
_ZIP_MOMENT = (2021, 1, 1, 0, 0, 0)
_NUMBER_FORMATS = {
    "date_iso": "yyyy-mm-dd",
    "date_slash": "yyyy/m/d",
    "date_chinese": '[$-804]yyyy"年"m"月"d"日"',
    "percent": "0.00%",
    "thousands": "#,##0.00",
}
SUFFIXES = {"xlsx": ".xlsx", "xls": ".xls", "csv_bundle": ".zip"}


def save(grids: Sequence[Grid], path: Path, file_format: str) -> int:
    """Writes the workbook whole or not at all. Returns its bytes."""
    content = {"xlsx": _xlsx, "xls": _xls, "csv_bundle": _csv_bundle}[file_format](grids)
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content)
    draft.replace(path)
    return len(content)


def _xlsx(grids: Sequence[Grid]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False})
    book.set_properties({"created": _CREATED, "author": "样例"})
    title = book.add_format({"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"})
    header = book.add_format(
        {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
    )
    body = book.add_format({"border": 1})
    styles = {
        name: book.add_format({"border": 1, "num_format": code}) for name, code in _NUMBER_FORMATS.items()
    }
    for grid in grids:
        sheet = book.add_worksheet(grid.name)
        for column, width in enumerate(grid.widths):
            sheet.set_column(column, column, width)
        if grid.hidden:
            sheet.hide()
        for number, row in enumerate(grid.rows):
            plain = header if number in grid.header_rows else body if number > 1 else None
            _xlsx_row(sheet, number, row, plain, styles)
        for first_row, first, last_row, last, text in grid.merges:
            sheet.merge_range(first_row, first, last_row, last, text, header if first_row else title)
        if grid.header_rows:
            sheet.freeze_panes(grid.header_rows.stop, 0)
    book.close()
    return buffer.getvalue()


def _xlsx_row(sheet, number: int, row: list[Cell], plain, styles: dict) -> None:
    for column, cell in enumerate(row):
        if cell is None:
            continue
        if isinstance(cell, str):
            sheet.write_string(number, column, cell, plain)
        elif isinstance(cell, Styled):
            sheet.write_number(number, column, cell.number, styles[cell.style])
        else:
            sheet.write_number(number, column, cell, plain)


def _xls(grids: Sequence[Grid]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    plain = xlwt.easyxf("")
    styles = {name: xlwt.easyxf(num_format_str=code) for name, code in _NUMBER_FORMATS.items()}
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
                else:
                    sheet.write(number, column, cell, plain)
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
    return cell.shown if isinstance(cell, Styled) else str(cell)
