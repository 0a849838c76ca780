"""Two columns whose contents were exchanged, told from columns that are merely filled in badly."""

from __future__ import annotations

import pyarrow as pa
import pytest
from land_support import COUNTY, ID_NUMBER, KEY, UNITS, card, good_row, letters_of

from orchestration.cards import Card
from orchestration.land.clean import clean, raw_schema
from orchestration.land.swapped import swapped_columns
from orchestration.layout import header_rows

HOUSEHOLDS, LOANS = card("monitored_households"), card("microcredit")
TEAMS, PROJECTS = card("resident_teams"), card("projects")


def _rows(of: Card, count: int = 20) -> list[dict[str, str]]:
    return [good_row(of, number) for number in range(count)]


def _swapped(of: Card, rows: list[dict[str, str]], submissions: tuple[str, ...] = ("s1",)) -> list[dict]:
    first = header_rows(of).first_data
    records = [
        {
            **row,
            "submission_id": s,
            "unit_code": COUNTY,
            "source_sheet": of.sheet,
            "source_row": first + offset,
        }
        for s in submissions
        for offset, row in enumerate(rows)
    ]
    raw = pa.Table.from_pylist(records, schema=raw_schema(of))
    letters = letters_of(of)
    _, problems = clean(raw, letters, of, UNITS, KEY)
    return swapped_columns(raw, letters, of, UNITS, key=KEY, problems=problems).to_pylist()


def _exchange(rows: list[dict[str, str]], one: str, other: str) -> list[dict[str, str]]:
    return [{**row, one: row[other], other: row[one]} for row in rows]


@pytest.mark.parametrize(
    ("of", "one", "other"),
    [
        (HOUSEHOLDS, "household_type", "category"),
        (HOUSEHOLDS, "head_name", "head_id_no"),
        (HOUSEHOLDS, "household_no", "head_id_no"),
        (HOUSEHOLDS, "head_name", "head_phone"),
        (LOANS, "amount", "disbursed_on"),
        (LOANS, "is_top_up", "purpose"),
        (TEAMS, "role", "sender_level"),
        (PROJECTS, "category", "construction_nature"),
        (PROJECTS, "project_year", "status"),
    ],
)
def test_exchanged_contents_are_named_with_both_columns(of: Card, one: str, other: str) -> None:
    (finding,) = _swapped(of, _exchange(_rows(of), one, other))
    order = [column.name for column in of.sheet_columns if column.name in (one, other)]
    assert (finding["rule_code"], finding["column_name"]) == ("S-SWAPPED", ",".join(order))
    first = header_rows(of).first_data
    letters = {r["column_name"]: r["column_letter"] for r in letters_of(of).to_pylist()}
    assert finding["cell"] == ",".join(f"{letters[name]}{first}" for name in order)
    assert all(f"“{of.column(name).header}”" in finding["found"] for name in order)
    assert ID_NUMBER not in finding["found"]


def test_an_exchange_in_nearly_all_rows_is_one_too() -> None:
    rows = _rows(HOUSEHOLDS, 100)
    some = _exchange(rows[:95], "household_type", "category") + rows[95:]
    assert len(_swapped(HOUSEHOLDS, some)) == 1


def test_an_exchange_in_a_few_rows_is_left_to_the_cells() -> None:
    rows = _rows(HOUSEHOLDS, 100)
    assert _swapped(HOUSEHOLDS, _exchange(rows[:30], "household_type", "category") + rows[30:]) == []


def test_two_exchanges_on_one_sheet_are_two_findings() -> None:
    rows = _exchange(_exchange(_rows(LOANS), "amount", "disbursed_on"), "is_top_up", "purpose")
    assert len(_swapped(LOANS, rows)) == 2


@pytest.mark.parametrize(
    ("of", "column", "text"),
    [
        (LOANS, "amount", "5万元"),
        (LOANS, "disbursed_on", "八月"),
        (HOUSEHOLDS, "head_id_no", "6101**********1234"),
        (HOUSEHOLDS, "head_phone", "见附件"),
        (HOUSEHOLDS, "members", "三口"),
        (HOUSEHOLDS, "household_type", "农户"),
        (TEAMS, "days_present", "全月"),
    ],
)
def test_a_column_filled_in_badly_is_no_exchange(of: Card, column: str, text: str) -> None:
    rows = [{**row, column: text} for row in _rows(of)]
    for row in rows:  # codes of digits alone, as many counties have them
        row.update({name: f"{610124000000 + number}" for number, name in enumerate(of.key)})
    assert _swapped(of, rows) == []


def test_a_clean_sheet_costs_nothing_and_gives_nothing() -> None:
    assert _swapped(HOUSEHOLDS, _rows(HOUSEHOLDS)) == []


def test_of_two_rows_nothing_is_said() -> None:
    assert _swapped(HOUSEHOLDS, _exchange(_rows(HOUSEHOLDS, 2), "household_type", "category")) == []


def test_each_submission_is_judged_alone() -> None:
    rows = _exchange(_rows(HOUSEHOLDS), "household_type", "category")
    found = _swapped(HOUSEHOLDS, rows, ("s1", "s2"))
    assert [finding["submission_id"] for finding in found] == ["s1", "s2"]
