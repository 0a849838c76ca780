"""Last period's registers in the next template: from what was accepted, through LibreOffice, and read back whole."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from format_support import soffice_convert
from land_support import COUNTY, KEY, UNITS, card, county_sheets, good_row, letters_of, register

from orchestration import lake, layout
from orchestration.audit.files import audit_files
from orchestration.cards import load_cards
from orchestration.home import Home
from orchestration.land.clean import clean, raw_schema
from orchestration.land.extract import LOSSY, extract, rows_schema
from orchestration.land.land import land
from orchestration.periods import parse_period, previous
from orchestration.receive.cover import read_cover
from orchestration.receive.readers import read_workbook
from orchestration.receive.receive import receive
from orchestration.receive.register import Register
from orchestration.receive.template import BLANK_ROWS, carry, write_template
from orchestration.receive.template.values import typed_rows
from orchestration.units import ReportingUnits, Unit

UNIT = UNITS.by_code(COUNTY)
RECEIVED = datetime(2021, 9, 2, tzinfo=UTC)
CARRIED = [name for name, of in load_cards().items() if of.carry]


@pytest.fixture(scope="module")
def judged(small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The small province received, landed and decided, as far as no warehouse is needed."""
    home = Home(tmp_path_factory.mktemp("judged") / "home")
    shutil.copytree(small_province.root, home.root)
    receive(home, received_at=RECEIVED)
    land(home)
    audit_files(home)
    return home


@pytest.fixture(scope="module", params=["610122", "610000"])
def carried(request: pytest.FixtureRequest, judged: Home, tmp_path_factory) -> tuple[Home, Unit, Path, Path]:
    """A unit's template with its registers, and the same after LibreOffice has saved it."""
    folder = tmp_path_factory.mktemp("carried")
    unit = ReportingUnits(judged.units_csv).by_code(request.param)
    path = write_template(
        unit, "2021-09", folder / "carried.xlsx", load_cards(), carry(judged, unit, "2021-09")
    )
    return judged, unit, path, soffice_convert(path, "xlsx", folder / "again")


def _original(home: Home, unit: Unit) -> Path:
    with Register(home.register) as of:
        (submission,) = [s for s in of.submissions() if s.unit_code == unit.code]
    return home.archive / submission.archive_path


def _typed(rows: pa.Table, of, unit: Unit) -> list[dict]:
    lineage = {"submission_id": "s1", "unit_code": unit.code, "source_sheet": of.sheet}
    raw = pa.Table.from_pylist([{**lineage, **row} for row in rows.to_pylist()], schema=raw_schema(of))
    typed, _ = clean(raw, letters_of(of), of, UNITS, KEY)
    afresh = [column.name for column in of.columns if column.afresh]
    return typed.drop_columns(["source_row", *afresh]).to_pylist()


def test_registers_come_back_from_libreoffice_value_for_value(carried) -> None:
    home, unit, *paths = carried
    before = read_workbook(_original(home, unit))
    for path in paths:
        after = read_workbook(path)
        for of in load_cards().values():
            if of.carry and of.owed_by(unit.kind, "month"):
                old, new = extract(before, of), extract(after, of)
                assert new.findings == () and new.rows.num_rows == old.rows.num_rows > 0, of.dataset
                assert _typed(new.rows, of, unit) == _typed(old.rows, of, unit), of.dataset


def test_names_telephones_and_id_numbers_are_carried_as_they_were(carried) -> None:
    home, unit, _, path = carried
    before, after = read_workbook(_original(home, unit)), read_workbook(path)
    for of in load_cards().values():
        if of.carry and of.owed_by(unit.kind, "month"):
            old, new = extract(before, of).rows, extract(after, of).rows
            for column in of.sheet_columns:
                if column.personal:
                    texts = [text.strip() for text in old[column.name].to_pylist()]
                    assert new[column.name].to_pylist() == texts, f"{of.dataset}.{column.name}"


def test_what_is_filled_in_afresh_is_left_blank(carried) -> None:
    _, unit, _, path = carried
    after = read_workbook(path)
    for of in load_cards().values():
        for column in of.columns:
            if column.afresh and of.carry and of.owed_by(unit.kind, "month"):
                assert set(extract(after, of).rows[column.name].to_pylist()) == {""}


def test_cover_headers_and_drop_downs_survive_libreoffice(carried) -> None:
    home, unit, _, path = carried
    again = read_workbook(path)
    cover = read_cover(again, ReportingUnits(home.units_csv))
    assert (cover.problems, cover.unit, cover.reporting_period, cover.version) == ((), unit, "2021-09", 1)
    assert cover.template_version == layout.TEMPLATE_VERSION and cover.cells["template_version"] == "B12"
    workbook = openpyxl.load_workbook(path)
    lists = workbook[layout.DICTIONARY_SHEET]
    assert lists.sheet_state == "hidden" and workbook[layout.COVER_SHEET].protection.sheet
    for of in load_cards().values():
        if of.owed_by(unit.kind, "month"):
            found = extract(again, of)
            assert [place.header for place in found.columns] == [c.header_text for c in of.sheet_columns]
            limits = _limits(workbook[of.sheet])
            for place, column in zip(found.columns, of.sheet_columns, strict=True):
                choices = ("是", "否") if column.data_type == "boolean" else column.allowed
                if choices:
                    cells = lists[limits[place.letter].formula1.split("!")[1].replace("$", "")]
                    assert tuple(cell.value for (cell,) in cells) == choices
                elif column.data_type == "date":
                    assert limits[place.letter].type == "date"


def _limits(sheet) -> dict[str, object]:
    rules = sheet.data_validations.dataValidation
    return {
        area.coord.split(":")[0].rstrip("0123456789"): rule for rule in rules for area in rule.sqref.ranges
    }


def test_rows_that_are_not_carried_are_blank_and_datasets_counted_anew_too(carried) -> None:
    _, unit, path, _ = carried
    after = read_workbook(path)
    for of in load_cards().values():
        if of.owed_by(unit.kind, "month") and not of.carry and of.dataset != "stated_totals":
            assert extract(after, of).rows.num_rows == 0


def test_codes_are_text_dates_are_dates_and_numbers_are_numbers(carried) -> None:
    _, unit, path, _ = carried
    workbook = openpyxl.load_workbook(path)
    for of in load_cards().values():
        if of.carry and of.owed_by(unit.kind, "month"):
            row = layout.header_rows(of).first_data
            for index, column in enumerate(of.sheet_columns, 1):
                value = workbook[of.sheet].cell(row, index).value
                if value is not None:
                    assert isinstance(value, _kind(column.data_type)), f"{of.dataset}.{column.name}"


def _kind(data_type: str) -> type | tuple[type, ...]:
    if data_type in ("string", "boolean"):
        return str
    return datetime if data_type == "date" else (int, float)


def _decide(
    home: Home, submission_id: str, state: str, minute: int, datasets: list[str] | None = None
) -> None:
    rows = [
        {
            "submission_id": submission_id,
            "unit_code": COUNTY,
            "dataset": dataset,
            "state": state,
            "decided_at": RECEIVED + timedelta(minutes=minute),
        }
        for dataset in datasets or CARRIED
    ]
    table = pa.Table.from_pylist(rows, schema=lake.DECISIONS)
    lake.write_parquet(lake.table_file(home, "decisions", "2021-08", f"run{minute}"), table)


def _villages(home: Home) -> list[str]:
    taken = carry(home, UNIT, "2021-09").datasets.get("resident_teams")
    place = [column.name for column in card("resident_teams").sheet_columns].index("village")
    return [row[place] for row in taken.rows] if taken else []


def test_what_was_accepted_last_is_carried_not_what_was_sent_last(home: Home) -> None:
    first = register(home, county_sheets(1, village="甲村"))
    second = register(home, county_sheets(1, village="乙村"), version=2, received_at=RECEIVED)
    _decide(home, first.submission_id, "accepted", 1)
    _decide(home, second.submission_id, "returned", 2)
    assert _villages(home) == ["甲村"]
    _decide(home, second.submission_id, "accepted", 3)
    assert _villages(home) == ["乙村"]
    _decide(home, second.submission_id, "returned", 4)
    assert _villages(home) == ["甲村"]


def test_a_renamed_county_carries_what_it_sent_under_its_former_code(home: Home) -> None:
    sent = register(home, county_sheets(1, village="甲村"))
    _decide(home, sent.submission_id, "accepted", 1)
    listed = f"code,name,city_code,city_name,previous_code\n610199,新区,610100,西安市,{COUNTY}\n"
    (home.root / "reporting_units.csv").write_text(listed, encoding="utf-8")
    renamed = ReportingUnits(home.units_csv).by_code(COUNTY)
    assert renamed.code == "610199"
    assert carry(home, renamed, "2021-09").datasets["resident_teams"].submission_id == sent.submission_id


def test_each_register_comes_from_the_submission_in_force_for_it(home: Home) -> None:
    first = register(home, county_sheets(1, village="甲村"))
    second = register(home, county_sheets(1, village="乙村"), version=2, received_at=RECEIVED)
    _decide(home, first.submission_id, "accepted", 1)
    _decide(home, second.submission_id, "accepted", 2, ["microcredit"])
    taken = carry(home, UNIT, "2021-09").datasets
    assert taken["microcredit"].submission_id == second.submission_id
    assert taken["resident_teams"].submission_id == first.submission_id


def test_a_register_declared_nil_last_is_not_carried(home: Home) -> None:
    first = register(home, county_sheets(1))
    second = register(home, county_sheets(2), version=2, received_at=RECEIVED)
    _decide(home, first.submission_id, "accepted", 1)
    _decide(home, second.submission_id, "nil", 2, ["resident_teams"])
    carried_over = carry(home, UNIT, "2021-09")
    assert "resident_teams" in carried_over.without and "projects" in carried_over.datasets


def test_where_nothing_was_accepted_the_template_is_blank(home: Home) -> None:
    taken = carry(home, UNIT, "2021-09")
    assert taken.datasets == {} and "monitored_households" in taken.without
    path = write_template(UNIT, "2021-09", home.root / "t.xlsx", load_cards(), taken)
    sheet = openpyxl.load_workbook(path)["监测对象台账"]
    first = layout.header_rows(card("monitored_households")).first_data
    assert sheet.cell(first + BLANK_ROWS + 1, 1).value.startswith("注")


def test_a_register_of_the_year_does_not_go_over_into_the_next(home: Home) -> None:
    submission = register(home, county_sheets(1), period="2021-12")
    rows = [
        {
            "submission_id": submission.submission_id,
            "unit_code": COUNTY,
            "dataset": dataset,
            "state": "accepted",
            "decided_at": RECEIVED,
        }
        for dataset in CARRIED
    ]
    table = pa.Table.from_pylist(rows, schema=lake.DECISIONS)
    lake.write_parquet(lake.table_file(home, "decisions", "2021-12", "run"), table)
    taken = carry(home, UNIT, "2022-01")
    assert {load_cards()[dataset].carry for dataset in (*taken.datasets, *taken.without)} == {"register"}
    assert "projects" in taken.datasets and "microcredit" not in taken.datasets


@pytest.mark.parametrize(
    ("period", "before"),
    [
        ("2021-09", "2021-08"),
        ("2021-01", "2020-12"),
        ("2021-W01", "2020-W53"),
        ("2021-Q1", "2020-Q4"),
        ("2021-H2", "2021-H1"),
        ("2021", "2020"),
    ],
)
def test_the_period_before_is_of_the_same_cadence(period: str, before: str) -> None:
    assert previous(parse_period(period)).key == before


def test_texts_become_cells_and_what_cannot_be_read_stays_the_text_it_was() -> None:
    of = card("microcredit")
    odd = {
        "amount": "１２,０００.50",
        "annual_rate": "4.35%",
        "disbursed_on": "44413",
        "due_on": "2024年8月5日",
        "is_top_up": "√",
        "purpose": "种 植业",
        "balance": "约5万",
        "interest_subsidy": "0.30000000000000004",
        "contract_no": f"{LOSSY}0012",
        "overdue_amount": "null",
    }
    rows = pa.Table.from_pylist([{"source_row": 5, **good_row(of), **odd}], schema=rows_schema(of))
    (row,) = typed_rows(rows, of)
    cells = dict(zip([column.name for column in of.sheet_columns], row, strict=True))
    assert cells["amount"] == Decimal("12000.50") and cells["annual_rate"] == Decimal("4.35")
    assert (cells["disbursed_on"], cells["due_on"]) == (date(2021, 8, 5), date(2024, 8, 5))
    assert (cells["is_top_up"], cells["purpose"]) == ("是", "种植业")
    assert (cells["balance"], cells["contract_no"], cells["overdue_amount"]) == ("约5万", "0012", None)


def test_a_number_is_written_digit_by_digit(tmp_path: Path, home: Home) -> None:
    submission = register(home, county_sheets(1, balance="9.95", amount="123456789012.37"))
    _decide(home, submission.submission_id, "accepted", 1)
    path = write_template(UNIT, "2021-09", tmp_path / "t.xlsx", load_cards(), carry(home, UNIT, "2021-09"))
    rows = extract(read_workbook(path), card("microcredit")).rows.to_pylist()
    assert (rows[0]["balance"], rows[0]["amount"]) == ("9.95", "123456789012.37")
