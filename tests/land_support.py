"""Workbooks and rows for the tests of landing: sheets laid out as a card says, with values that break nothing."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import xlsxwriter

from orchestration import lake
from orchestration.cards import Card, Column, load_cards
from orchestration.home import DBT_PROJECT, Home
from orchestration.land.clean import clean, raw_schema
from orchestration.land.pseudonym import PseudonymKey
from orchestration.layout import group_spans, header_rows
from orchestration.receive.register import Register, Submission
from orchestration.units import ReportingUnits
from orchestration.workbook import Sheet, Workbook, column_letter

GENUINE_REPLACE = lake.replace_file
UNITS = ReportingUnits(DBT_PROJECT / "seeds" / "counties.csv")
COUNTY = "610124"
KEY = PseudonymKey(b"\x5e" * 32)
ID_NUMBER = "000000198001019999"  # no place has code 000000, so it is nobody's


def card(dataset: str) -> Card:
    return load_cards()[dataset]


def good_text(column: Column, number: int) -> str:
    """A text for row ``number`` that this column accepts."""
    if column.allowed:
        return column.allowed[0]
    special = {"id_number": ID_NUMBER, "name": "示例户", "phone": "13000000000"}
    forms = {"month": "2021-08", "unit_code": COUNTY}
    types = {"boolean": "是", "date": "2021-08-05", "string": f"{column.name}-{number}"}
    text = special.get(column.personal or "") or forms.get(column.format or "") or types.get(column.data_type)
    return text or str(column.minimum or 5)


def good_row(of: Card, number: int = 1) -> dict[str, str]:
    """Texts for every sheet column; a unit column says 元."""
    units = {column.unit_from for column in of.columns if column.unit_from}
    return {c.name: "元" if c.name in units else good_text(c, number) for c in of.sheet_columns}


def sheet_of(of: Card, rows: list[dict[str, str]], *, merges: bool = True) -> Sheet:
    """A sheet as the layout has it: title, unit note, group headers, headers, rows."""
    places = header_rows(of)
    columns = of.sheet_columns
    cells: dict[int, list[str]] = {
        places.title: [of.title],
        places.unit_note: ["报告期:2021-08  金额单位见表头"],
    }
    spans = []
    if places.group:
        groups = [""] * len(columns)
        for group, first, last in group_spans(of):
            groups[first] = group or columns[first].header_text
            if not group:
                groups[first : last + 1] = [c.header_text for c in columns[first : last + 1]]
            spans.append((places.group, first, places.group, last))
        cells[places.group] = groups
    cells[places.header] = ["" if places.group and not c.group else c.header_text for c in columns]
    for offset, row in enumerate(rows):
        cells[places.first_data + offset] = [row.get(c.name, "") for c in columns]
    return Sheet(of.sheet, cells, merges=tuple(spans) if merges else ())


def workbook_of(*sheets: Sheet) -> Workbook:
    return Workbook("xlsx", list(sheets))


def clean_rows(dataset: str, rows: list[dict[str, str | None]]) -> tuple[list[dict], list[dict]]:
    """Typed rows and problems of rows of one submission, whose sheet has the card's column order."""
    of = card(dataset)
    first = header_rows(of).first_data
    lineage = {"submission_id": "s1", "unit_code": COUNTY, "source_sheet": of.sheet}
    records = [
        {**{c.name: "" for c in of.sheet_columns}, **row, **lineage, "source_row": first + offset}
        for offset, row in enumerate(rows)
    ]
    raw = pa.Table.from_pylist(records, schema=raw_schema(of))
    typed, problems = clean(raw, letters_of(of), of, UNITS, KEY)
    return typed.to_pylist(), problems.to_pylist()


def clean_values(dataset: str, column: str, texts: list[str]) -> tuple[list, list[str | None]]:
    """What each text becomes in one column of otherwise good rows, and the rule it breaks, if any."""
    of = card(dataset)
    rows = [{**good_row(of, number), column: text} for number, text in enumerate(texts)]
    typed, problems = clean_rows(dataset, rows)
    first = header_rows(of).first_data
    broken = {p["source_row"] - first: p["rule_code"] for p in problems if p["column_name"] == column}
    return [row[column] for row in typed], [broken.get(number) for number in range(len(texts))]


def letters_of(of: Card) -> pa.Table:
    names = [column.name for column in of.sheet_columns]
    letters = [column_letter(index) for index in range(len(names))]
    return pa.table({"submission_id": ["s1"] * len(names), "column_name": names, "column_letter": letters})


def write_workbook(path: Path, sheets: list[Sheet]) -> Path:
    """An .xlsx of these sheets, every cell as text."""
    with xlsxwriter.Workbook(str(path)) as workbook:
        for sheet in sheets:
            written = workbook.add_worksheet(sheet.name)
            for row, cells in sheet.rows.items():
                for index, text in enumerate(cells):
                    if text:
                        written.write_string(row - 1, index, text)
            for first_row, first, last_row, last in sheet.merges:
                if first < last:
                    text = sheet.rows[first_row][first]
                    written.merge_range(first_row - 1, first, last_row - 1, last, text)
    return path


def county_sheets(rows: int = 3, **texts: str) -> list[Sheet]:
    """Every sheet a county owes in a month, with rows that break nothing; ``texts`` go into the first row of
    whatever sheet has a column of that name."""
    sheets = []
    for of in load_cards().values():
        if of.owed_by("county", "month"):
            free = any(not of.column(name).allowed for name in of.key)
            made = [good_row(of, number) for number in range(rows if free else 1)]
            made[0].update({name: text for name, text in texts.items() if name in made[0]})
            sheets.append(sheet_of(of, made))
    return sheets


def register(
    home: Home, sheets: list[Sheet], *, unit: str = COUNTY, period: str = "2021-08", **changes
) -> Submission:
    """Archives and registers a workbook as receive would, and gives its submission."""
    home.root.mkdir(parents=True, exist_ok=True)
    made = write_workbook(home.root / "made.xlsx", sheets)
    sha256 = hashlib.sha256(made.read_bytes()).hexdigest()
    home.archive.mkdir(parents=True, exist_ok=True)
    made.rename(home.archive / f"{sha256}.xlsx")
    submission = Submission(
        submission_id=f"{unit}-{period}-{sha256[:8]}",
        sha256=sha256,
        file_name="made.xlsx",
        archive_path=f"{sha256}.xlsx",
        format="xlsx",
        unit_code=unit,
        unit_name=UNITS.by_code(unit).name,
        reporting_period=period,
        cadence="month",
        version=1,
        received_at=datetime(2021, 9, 2, 8, 30, tzinfo=UTC),
    )
    submission = dataclasses.replace(submission, **changes)
    with Register(home.register) as register:
        register.record([submission], [])
    return submission


def lake_rows(home: Home, table: str) -> list[dict]:
    """All rows of a table of the lake, with its reporting period, as a reader of the glob sees them."""
    glob = home.lake / table / "*" / "*.parquet"
    query = (
        f"from read_parquet('{glob}', hive_partitioning = true, hive_types = {{'reporting_period': VARCHAR}})"
    )
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.sql(query).to_arrow_table().to_pylist()


class Killed(BaseException):
    """The process dies here."""


def count_replacements(monkeypatch: pytest.MonkeyPatch, fatal: int | None) -> Callable[[], int]:
    """Counts files the lake puts in place; the one numbered ``fatal`` kills the process instead."""
    count = 0

    def replace(path, write):
        nonlocal count
        count += 1
        if fatal is not None and count >= fatal:
            raise Killed
        GENUINE_REPLACE(path, write)

    monkeypatch.setattr(lake, "replace_file", replace)
    return lambda: count
