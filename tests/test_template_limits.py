"""What the template lets a clerk type, and what it says when a cell is chosen: every column, from its card."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from format_support import soffice_convert
from land_support import UNITS

from orchestration import layout
from orchestration.cards import Card, Column, load_cards
from orchestration.periods import parse_period
from orchestration.receive.template import LAST_ROW, write_template
from orchestration.receive.template.limits import limit
from orchestration.workbook import column_letter

PERIOD = parse_period("2021-09")
EVERY_COLUMN = [(card, column) for card in load_cards().values() for column in card.sheet_columns]


def _limit(card: Card, column: Column) -> dict:
    return limit(column, _Lists(), card.sheet_columns.index(column), 5, PERIOD)


class _Lists(dict):
    def __missing__(self, key: tuple[str, ...]) -> str:
        return "=字典!$A$1:$A$2"


def _columns(**wanted: object) -> list[tuple[Card, Column]]:
    return [
        (card, column)
        for card, column in EVERY_COLUMN
        if all(getattr(column, name) == value for name, value in wanted.items())
    ]


@pytest.mark.parametrize(("card", "column"), EVERY_COLUMN, ids=lambda value: getattr(value, "name", None))
def test_every_column_says_what_it_wants_and_fits_a_spreadsheets_bounds(card: Card, column: Column) -> None:
    rule = _limit(card, column)
    assert rule["input_message"].startswith("必填" if column.required else "选填")
    assert 0 < len(rule["input_message"]) <= 255 and 0 < len(rule["input_title"]) <= 32
    assert rule["validate"] == "any" or 0 < len(rule["error_message"]) <= 255
    if column.unit:
        assert column.unit in rule["input_message"]


@pytest.mark.parametrize(
    ("card", "column"), _columns(data_type="date"), ids=lambda value: getattr(value, "name", None)
)
def test_a_date_is_plausible_and_not_after_the_period_unless_it_looks_ahead(
    card: Card, column: Column
) -> None:
    rule = _limit(card, column)
    assert (rule["validate"], rule["minimum"]) == ("date", date(1990, 1, 1))
    assert rule["maximum"] == (date(2050, 12, 31) if column.future else date(2021, 9, 30))
    assert ("2021-09-30" in rule["error_message"]) != column.future


def test_only_terms_and_courses_look_ahead() -> None:
    assert {column.name for _, column in _columns(future=True)} == {
        "due_on",
        "valid_to",
        "ends_on",
        "ended_on",
    }


def test_a_month_and_an_id_number_are_held_to_their_form(tmp_path: Path) -> None:
    """The formulas of the limits, asked of LibreOffice."""
    (_, month), *_ = _columns(format="month")
    (_, person), *_ = _columns(personal="id_number")
    cases = [
        (month, text, text in ("2021-08", "2021-09", "1998-12"))
        for text in (
            "2021-08",
            "2021-09",
            "1998-12",
            "2021-10",
            "2021-13",
            "2021-8",
            "2021/08",
            "1980-01",
            "Aug 2021",
        )
    ]
    cases += [(person, "1" * length, length in (18, 20)) for length in (15, 17, 18, 19, 20)]
    path = tmp_path / "asked.xlsx"
    workbook = openpyxl.Workbook()  # writes formulas without results, so that LibreOffice computes them
    for row, (column, text, _) in enumerate(cases, 1):
        workbook.active.append([text, limit(column, _Lists(), 0, row, PERIOD)["value"]])
    workbook.save(path)
    said = soffice_convert(path, "csv", tmp_path / "csv").read_text(encoding="utf-8")
    answers = list(csv.reader(said.splitlines()))
    assert [(text, answer == "TRUE") for (text, answer) in answers] == [
        (text, good) for _, text, good in cases
    ]


def test_limits_reach_as_far_as_a_register_can(tmp_path: Path) -> None:
    path = write_template(UNITS.by_code("610122"), PERIOD.key, tmp_path / "t.xlsx", load_cards())
    workbook = openpyxl.load_workbook(path)
    for card in load_cards().values():
        if card.owed_by("county", "month"):
            sheet = workbook[card.sheet]
            found = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
            first = layout.header_rows(card).first_data
            letters = map(column_letter, range(len(card.sheet_columns)))
            assert set(found) == {f"{letter}{first}:{letter}{LAST_ROW + 1}" for letter in letters}
            assert all(rule.prompt and rule.promptTitle for rule in found.values())


def test_the_file_itself_says_which_template_it_is(tmp_path: Path) -> None:
    path = write_template(UNITS.by_code("610122"), PERIOD.key, tmp_path / "t.xlsx", load_cards())
    workbook = openpyxl.load_workbook(path)
    said = {entry.name: entry.value for entry in workbook.custom_doc_props.props}
    assert said == {"模板版本": layout.TEMPLATE_VERSION, "报送单位代码": "610122", "报告期": "2021-09"}
    assert workbook.properties.title == "蓝田县 2021-09 乡村振兴统计报表"
    assert isinstance(workbook.properties.created, datetime)
