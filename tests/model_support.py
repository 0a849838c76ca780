"""A small made-up lake for tests of the model: two counties and the bureau, in the schemas landing writes.

Belongs here: made-up landed rows. Does not belong here: workbooks, and any person's data.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa

from orchestration import lake
from orchestration.cards import Card, Column, load_cards
from orchestration.home import Home

PERIOD = "2021-08"
BUREAU = "610000"
COUNTIES = ("610102", "610824")
ROWS = 12
RECEIVED = datetime(2021, 9, 3, tzinfo=UTC)


def submission(unit: str) -> str:
    return f"{unit}-{PERIOD}-{unit}00"


def write_lake(home: Home) -> None:
    """Every dataset of each unit that owes it, landed, judged and accepted."""
    lake.ensure_schema_files(home)
    sheets, decisions = [], []
    for card in load_cards().values():
        units = [unit for unit in (*COUNTIES, BUREAU) if card.owed_by(_kind(unit), "month")]
        write_rows(home, card, [row for unit in units for row in rows(card, unit)])
        sheets += [_sheet(card, unit) for unit in units]
        decisions += [decision(card.dataset, unit, "accepted") for unit in units]
    _write(home, "landed_sheets", "batch", sheets, lake.LANDED_SHEETS)
    _write(home, "decisions", "run", decisions, lake.DECISIONS)
    submissions = pa.Table.from_pylist([_registered(u) for u in (*COUNTIES, BUREAU)], schema=lake.SUBMISSIONS)
    lake.write_parquet(lake.single_file(home, "submissions"), submissions)


def write_rows(home: Home, card: Card, rows: list[dict], batch: str = "batch") -> None:
    _write(home, card.dataset, batch, rows, lake.dataset_schema(card))


def write_decisions(home: Home, decisions: list[dict], run: str) -> None:
    _write(home, "decisions", run, decisions, lake.DECISIONS)


def rows(card: Card, unit: str) -> list[dict]:
    return [
        {column.name: _value(column, number) for column in card.landed_columns}
        | {
            "submission_id": submission(unit),
            "unit_code": unit,
            "source_sheet": card.sheet,
            "source_row": 5 + number,
        }
        for number in range(ROWS)
    ]


def decision(dataset: str, unit: str, state: str, decided_at: datetime = RECEIVED) -> dict:
    return {
        "submission_id": submission(unit),
        "unit_code": unit,
        "dataset": dataset,
        "state": state,
        "errors": int(state == "returned"),
        "warnings": 0,
        "waived": 0,
        "decided_at": decided_at,
    }


def _write(home: Home, table: str, name: str, entries: list[dict], schema: pa.Schema) -> None:
    path = lake.table_file(home, table, PERIOD, name)
    lake.write_parquet(path, pa.Table.from_pylist(entries, schema=schema))


def _kind(unit: str) -> str:
    return "province" if unit == BUREAU else "county"


def _sheet(card: Card, unit: str) -> dict:
    return {
        "submission_id": submission(unit),
        "dataset": card.dataset,
        "source_sheet": card.sheet,
        "rows": ROWS,
        "state": "landed",
    }


def _registered(unit: str) -> dict:
    return {
        "submission_id": submission(unit),
        "sha256": unit,
        "file_name": f"{unit}.xlsx",
        "format": "xlsx",
        "unit_code": unit,
        "reporting_period": PERIOD,
        "cadence": "month",
        "version": 1,
        "received_at": RECEIVED,
        "nil_datasets": "",
    }


def _value(column: Column, number: int) -> object:
    if column.allowed:
        return column.allowed[number % len(column.allowed)]
    if column.format:
        return {"unit_code": COUNTIES[number % 2], "month": "2021-07"}[column.format]
    if column.data_type.startswith("decimal"):
        return Decimal("0.0435") if column.unit == "%" else Decimal("12345.67")
    return {
        "string": f"{column.name}-{number}",
        "integer": 2021 if column.name == "project_year" else 3,
        "boolean": False,
        "date": date(2021, 5, 1),
    }[column.data_type]
