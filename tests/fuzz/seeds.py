"""Whole workbooks to begin with: a county's sheets with every kind of cell, and the odd workbooks of other programs.

Belongs here: making and listing them. Does not belong here: changing them.
"""

from __future__ import annotations

import io
import zipfile
from functools import cache

import xlsxwriter
import xlwt
from land_support import card, good_row, sheet_of
from receive_support import ODD_WORKBOOKS

from orchestration.cards import Card, Column
from orchestration.workbook import Sheet

# Two that between them have text, codes, dates, months, counts, amounts, ratios, words from a list and personal data.
DATASETS = ("projects", "microcredit")
ROWS = 4


def sheets() -> list[Sheet]:
    """A county's sheets of these datasets, rows that break nothing."""
    return [sheet_of(of, rows_of(of)) for of in map(card, DATASETS)]


def rows_of(of: Card) -> list[dict[str, str]]:
    return [good_row(of, number) for number in range(1, ROWS + 1)]


@cache
def xlsx() -> bytes:
    """As Excel writes it: numbers as numbers, shared strings, merged headers; and a sheet of cells of other kinds."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for sheet in sheets():
            written = book.add_worksheet(sheet.name)
            for row, cells in sheet.rows.items():
                for index, text in enumerate(cells):
                    if is_number(text):
                        written.write_number(row - 1, index, float(text))
                    elif text:
                        written.write_string(row - 1, index, text)
            for first_row, first, last_row, last in sheet.merges:
                if first < last:
                    written.merge_range(
                        first_row - 1, first, last_row - 1, last, sheet.rows[first_row][first]
                    )
        _other_kinds(book)
    return buffer.getvalue()


def is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit() and len(text) < 12 and not (text[0] == "0" and len(text) > 1)


def _other_kinds(book: xlsxwriter.Workbook) -> None:
    other = book.add_worksheet("其他")
    percent, day = book.add_format({"num_format": "0.00%"}), book.add_format({"num_format": "yyyy-mm-dd"})
    other.write_row(0, 0, ["合计", 1234567890.12, -5, 0.1, 1e-7, 123456789012])
    other.write_number(1, 0, 0.7042, percent)
    other.write_number(1, 1, 44413, day)
    other.write_formula(1, 2, "=SUM(B1:D1)", None, 1234567885.22)
    other.write_formula(1, 3, "=A9", None, "")
    other.write_boolean(1, 4, True)
    other.write_formula(1, 5, "=1/0", None, "#DIV/0!")
    other.write_rich_string(2, 0, "一", percent, "二", "三")
    other.write_string(2, 2, " 前后有空格 ")
    other.write_string(2, 4, "第一行\n第二行")
    other.set_row(3, None, None, {"hidden": True})
    other.write_string(3, 1, "隐藏行")
    other.write_string(9, 30, "远处")


@cache
def xls() -> bytes:
    book = xlwt.Workbook()
    for sheet in sheets():
        written = book.add_sheet(sheet.name)
        for row, cells in sheet.rows.items():
            for index, text in enumerate(cells):
                if text:
                    written.write(row - 1, index, float(text) if is_number(text) else text)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@cache
def csv_bundle(encoding: str = "utf-8") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for sheet in sheets():
            bundle.writestr(f"{sheet.name}.csv", csv_of(sheet).encode(encoding))
    return buffer.getvalue()


def csv_of(sheet: Sheet) -> str:
    lines = [
        ",".join(_field(text) for text in sheet.rows.get(row, [])) for row in range(1, max(sheet.rows) + 1)
    ]
    return "\r\n".join(lines) + "\r\n"


def _field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n') else text


@cache
def odd(suffix: str) -> tuple[bytes, ...]:
    """Workbooks of other programs of one format, small ones."""
    paths = sorted(ODD_WORKBOOKS.glob(f"*.{suffix}"))
    return tuple(path.read_bytes() for path in paths if 100 < path.stat().st_size < 60_000)


def amounts(of: Card) -> list[Column]:
    return [column for column in of.sheet_columns if column.data_type.startswith("decimal")]
