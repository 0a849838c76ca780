"""The blank workbook of a unit, read back by the pipeline's own reader and extraction."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from land_support import UNITS

from orchestration import layout
from orchestration.cards import Card, load_cards
from orchestration.indicators import load_indicators
from orchestration.land.extract import extract
from orchestration.receive.readers import read_workbook
from orchestration.receive.template import LAST_ROW, write_template
from orchestration.units import Unit
from orchestration.workbook import Workbook, column_letter

COUNTY = UNITS.by_code("610124")
CASES = {
    "county month": (COUNTY, "2021-08"),
    "county week": (COUNTY, "2021-W35"),
    "province month": (UNITS.province, "2021-08"),
}


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("templates")
    return {
        name: write_template(unit, period, folder / f"{number}.xlsx", load_cards())
        for number, (name, (unit, period)) in enumerate(CASES.items())
    }


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, templates: dict[str, Path]) -> tuple[Unit, str, Path]:
    unit, period = CASES[request.param]
    return unit, period, templates[request.param]


def _owed(unit: Unit, period: str) -> list[Card]:
    cadence = "week" if "W" in period else "month"
    return [card for card in load_cards().values() if card.owed_by(unit.kind, cadence)]


def test_every_owed_dataset_has_its_sheet_and_no_other_stands_there(case) -> None:
    unit, period, path = case
    names = [sheet.name for sheet in read_workbook(path).sheets]
    owed = {card.sheet for card in _owed(unit, period)}
    assert set(names) == {layout.COVER_SHEET, layout.GUIDE_SHEET, layout.DICTIONARY_SHEET} | owed
    assert names[0] == layout.COVER_SHEET
    assert len(names) == len(owed) + 3


def test_every_header_is_recognised_with_its_unit_and_group(case) -> None:
    unit, period, path = case
    workbook = read_workbook(path)
    for card in _owed(unit, period):
        extracted = extract(workbook, card)
        assert [column.name for column in extracted.columns] == [c.name for c in card.sheet_columns]
        rules = [finding.rule_code for finding in extracted.findings]
        assert rules == ([] if card.dataset == "stated_totals" else ["S-EMPTY"]), card.dataset


def test_a_template_sent_back_with_nil_declarations_has_no_problem(case) -> None:
    unit, period, path = case
    workbook = read_workbook(path)
    for card in _owed(unit, period):
        nil = card.dataset != "stated_totals"
        extracted = extract(workbook, card, nil=nil)
        assert (extracted.findings, extracted.state) == ((), "nil" if nil else "landed")


def test_the_totals_a_unit_states_are_prefilled_but_for_their_values(case) -> None:
    unit, period, path = case
    rows = extract(read_workbook(path), load_cards()["stated_totals"]).rows.to_pylist()
    cadence = "week" if "W" in period else "month"
    stated = layout.stated_indicators(load_indicators(), unit.kind, cadence)
    expected = [(i.label, *layout.stated_unit(i, unit.kind)) for i in stated]
    assert [(r["indicator"], r["unit"], int(r["decimals"])) for r in rows] == expected
    assert {row["value"] for row in rows} == {""}
    if cadence == "week":
        assert {indicator.dataset for indicator in stated} == {"monitored_households"}


def test_the_cover_is_prefilled_and_locked(case) -> None:
    unit, period, path = case
    sheet = openpyxl.load_workbook(path)[layout.COVER_SHEET]
    cells = {row[0].value: row[1] for row in sheet.iter_rows(min_row=layout.COVER_FIRST_ROW)}
    values = {label: cells[label].value for label in layout.COVER_LABELS.values()}
    assert values["报送单位代码"] == unit.code and values["报送单位名称"] == unit.name
    assert values["报告期"] == period and values["版本号"] == "1"
    assert values["报送周期"] == ("周统计" if "W" in period else "月通报")
    assert values["模板版本"] == layout.TEMPLATE_VERSION
    assert sheet.protection.sheet
    open_to_entry = {label for label, cell in cells.items() if not cell.protection.locked}
    assert open_to_entry == {"版本号", "填报人", "审核人", "填报日期", "零报送"}


def test_listed_columns_drop_down_from_the_hidden_dictionary(case) -> None:
    unit, period, path = case
    workbook = openpyxl.load_workbook(path)
    dictionary = workbook[layout.DICTIONARY_SHEET]
    assert dictionary.sheet_state == "hidden"
    for card in _owed(unit, period):
        limits = _limits(workbook[card.sheet])
        first = layout.header_rows(card).first_data
        for index, column in enumerate(card.sheet_columns):
            choices = ("是", "否") if column.data_type == "boolean" else column.allowed
            limit = limits.get(column_letter(index))
            if choices:
                cells = dictionary[limit.formula1.split("!")[1].replace("$", "")]
                assert tuple(cell.value for (cell,) in cells) == choices
                assert str(limit.sqref).endswith(f"{column_letter(index)}{LAST_ROW + 1}")
                assert str(limit.sqref).startswith(f"{column_letter(index)}{first}:")
            elif column.data_type == "integer":
                assert (limit.type, float(limit.formula1)) == ("whole", column.minimum or 0)
            elif column.data_type.startswith("decimal"):
                assert (limit.type, limit.operator, float(limit.formula1)) == (
                    "decimal",
                    "greaterThanOrEqual",
                    0,
                )


def _limits(sheet) -> dict[str, object]:
    validations = sheet.data_validations.dataValidation
    return {str(v.sqref).split(":")[0].rstrip("0123456789"): v for v in validations}


def test_codes_and_id_numbers_are_text_cells_and_columns_are_explained(case) -> None:
    unit, period, path = case
    workbook = openpyxl.load_workbook(path)
    for card in _owed(unit, period):
        sheet = workbook[card.sheet]
        rows = layout.header_rows(card)
        for index, column in enumerate(card.sheet_columns):
            upper = rows.group if rows.group and not column.group else rows.header
            comment = sheet.cell(upper, index + 1).comment
            assert comment.text.startswith(column.description.split(" | ")[0])
            if column.data_type == "string":
                assert _column_format(sheet, index + 1) == "@"
        assert sheet.freeze_panes is not None


def _column_format(sheet, number: int) -> str:
    """The number format of a whole column; neighbours of one format are stored together."""
    dimensions = sheet.column_dimensions.values()
    return next(found.number_format for found in dimensions if found.min <= number <= found.max)


def test_a_filled_template_lands_what_was_filled_in(tmp_path: Path, templates: dict[str, Path]) -> None:
    card = load_cards()["monitored_households"]
    workbook = openpyxl.load_workbook(templates["county month"])
    sheet = workbook[card.sheet]
    first = layout.header_rows(card).first_data
    for index, column in enumerate(card.sheet_columns, 1):
        sheet.cell(first, index).value = 4 if column.data_type == "integer" else f"填{index}"
    path = tmp_path / "filled.xlsx"
    workbook.save(path)
    read: Workbook = read_workbook(path)
    rows = extract(read, card).rows.to_pylist()
    assert [row["source_row"] for row in rows] == [first]
    assert rows[0]["members"] == "4" and rows[0]["household_no"] == "填3"


def test_a_text_that_is_no_period_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2021-13"):
        write_template(COUNTY, "2021-13", tmp_path / "t.xlsx", load_cards())
    assert list(tmp_path.iterdir()) == []
