"""A card that gains a column, renames a header or drops a column: what older and newer workbooks are told, and what reads."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest
import yaml
from land_support import UNITS, county_sheets, lake_rows, register
from upgrade_support import GENUINE, edit_card, edited_cards

from orchestration import cards, lake
from orchestration.audit.files import audit_files
from orchestration.cards import Card, CardError, Column, load_cards
from orchestration.home import DBT_PROJECT, Home
from orchestration.land.land import land
from orchestration.land.reland import reland
from orchestration.layout import header_rows
from orchestration.model import dbt
from orchestration.receive.template import write_template

DATASET, SHEET, HEADER = "resident_training", "驻村培训", "培训天数"
AUGUST, SEPTEMBER = "2021-08", "2021-09"


def _gains(**meta: object) -> Callable[[dict], None]:
    """An edit that adds a column to a card."""
    added = {
        "name": "training_days",
        "data_type": "integer",
        "description": "培训天数 | Days of training",
        "config": {"meta": {"header": HEADER, "unit": "天", **meta}},
    }

    def edit(card: dict) -> None:
        card["columns"].append(copy.deepcopy(added))

    return edit


def _of_column(printed: str, **meta: object) -> Callable[[dict], None]:
    """An edit that says something else of the column that is headed so."""

    def edit(card: dict) -> None:
        column = next(c for c in card["columns"] if c["config"]["meta"].get("header") == printed)
        column["config"] = copy.deepcopy(column["config"])
        column["config"]["meta"] |= meta

    return edit


@pytest.fixture
def edited(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes edited cards today's."""
    return lambda edit: edited_cards(tmp_path_factory.mktemp("cards"), monkeypatch, **{DATASET: edit})


def _problems(home: Home) -> dict[str, set[str]]:
    """Rule codes about the dataset by period."""
    found: dict[str, set[str]] = {}
    for row in lake_rows(home, "problems"):
        if row["dataset"] == DATASET:
            found.setdefault(row["reporting_period"], set()).add(row["rule_code"])
    return found


def _days(home: Home) -> dict[str, list[int | None]]:
    found: dict[str, list[int | None]] = {}
    for row in lake_rows(home, DATASET):
        found.setdefault(row["reporting_period"], []).append(row["training_days"])
    return found


def test_a_required_column_is_missed_only_from_the_month_it_is_asked_for(home: Home, edited) -> None:
    register(home, county_sheets(1), period=AUGUST)
    register(home, county_sheets(1, session_title="另一班"), period=SEPTEMBER, version=1)
    edited(_gains(required=True, since=SEPTEMBER))
    register(home, county_sheets(1), period=SEPTEMBER, version=2)
    land(home)
    assert _problems(home) == {SEPTEMBER: {"S-HEADER"}}
    assert _days(home)[AUGUST] == [None]
    assert sorted(_days(home)[SEPTEMBER], key=str) == [5, None]


def test_a_column_sent_before_it_is_asked_for_is_named_and_not_read(home: Home, edited) -> None:
    edited(_gains(required=True, since=SEPTEMBER))
    register(home, county_sheets(1), period=AUGUST)
    land(home)
    assert (_problems(home), _days(home)) == ({AUGUST: {"S-EXTRA"}}, {AUGUST: [None]})


def test_a_column_that_has_ended_is_not_missed_and_its_history_stays(home: Home, edited) -> None:
    register(home, county_sheets(1), period=AUGUST)
    land(home)
    edited(_of_column("培训级别", until=AUGUST))
    without = county_sheets(1)
    for sheet in without:
        if sheet.name == SHEET:
            place = next(cells for cells in sheet.rows.values() if "培训级别" in cells).index("培训级别")
            for cells in sheet.rows.values():
                if len(cells) > place:
                    del cells[place]
    register(home, without, period=SEPTEMBER)
    land(home)
    assert _problems(home) == {}
    levels = {row["reporting_period"]: row["level"] for row in lake_rows(home, DATASET)}
    assert levels == {AUGUST: "省级", SEPTEMBER: None}


def _headers(path: Path) -> list[str]:
    card = load_cards()[DATASET]
    sheet = openpyxl.load_workbook(path)[SHEET]
    return [cell.value for cell in sheet[header_rows(card).header] if cell.value]


def test_a_template_asks_for_what_its_own_month_asks_for(tmp_path: Path, edited) -> None:
    edited(_gains(required=True, since=SEPTEMBER))
    found = {
        period: _headers(
            write_template(UNITS.by_code("610124"), period, tmp_path / f"{period}.xlsx", load_cards())
        )
        for period in (AUGUST, SEPTEMBER)
    }
    assert found[SEPTEMBER] == [*found[AUGUST], f"{HEADER}(天)"]


def test_a_renamed_header_and_the_one_before_it_are_both_read(home: Home, tmp_path: Path, edited) -> None:
    old = county_sheets(1)
    edited(_of_column("培训班次", header="培训班名称", aliases=["培训班次"]))
    assert "培训班名称" in _headers(
        write_template(UNITS.by_code("610124"), SEPTEMBER, tmp_path / "t.xlsx", load_cards())
    )
    register(home, old, period=AUGUST)
    register(home, county_sheets(1), period=SEPTEMBER)
    land(home)
    assert _problems(home) == {}
    assert {row["session_title"] for row in lake_rows(home, DATASET)} == {"session_title-0"}


def test_the_archive_gives_a_column_that_counties_sent_before_the_card_had_it(home: Home, edited) -> None:
    with pytest.MonkeyPatch.context() as ahead:
        edited_cards(home.root / "ahead", ahead, **{DATASET: _gains()})
        register(home, county_sheets(1), period=AUGUST)
    land(home)
    audit_files(home)
    edited(_gains())
    assert audit_files(home).judged == 0, "the old rows are read with null, and nothing is asked again"
    [done] = reland(home, [AUGUST])
    assert len(done.changed) == 1 and _days(home) == {AUGUST: [5]}


def test_an_optional_column_changes_no_row_that_was_landed_without_it(home: Home, edited) -> None:
    register(home, county_sheets(1), period=AUGUST)
    land(home)
    audit_files(home)
    edited(_gains())
    [done] = reland(home, [AUGUST])
    assert (done.changed, audit_files(home).judged, _days(home)) == ((), 0, {AUGUST: [None]})


def test_the_model_reads_old_landings_with_null_in_a_new_column(home: Home, monkeypatch) -> None:
    register(home, county_sheets(1), period=AUGUST)
    land(home)
    project = home.root / "project"
    shutil.copytree(DBT_PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    path = project / "models" / "datasets" / f"{DATASET}.yml"
    edit_card(path, _gains(since=SEPTEMBER))
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    fact = said["models"][0]["columns"]
    fact.insert(
        -3, {"name": "training_days", "data_type": "integer", "description": "培训天数 | Days of training"}
    )
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
    monkeypatch.setattr(dbt, "DBT_PROJECT", project)
    monkeypatch.setattr(cards, "CARDS", project / "models" / "datasets")
    register(home, county_sheets(1), period=SEPTEMBER)
    land(home)
    lake.ensure_schema_files(home)
    dbt.run(home, "run", "--select", f"stg_{DATASET}")
    with duckdb.connect(str(home.build), read_only=True) as connection:
        rows = connection.sql(
            f"select reporting_period, training_days, session_no from staging.stg_{DATASET} order by all"
        ).fetchall()
    assert rows == [(AUGUST, None, "session_no-0"), (SEPTEMBER, 5, "session_no-0")]


@pytest.mark.parametrize(
    ("meta", "said"),
    [
        ({"since": "2021-9"}, "since is '2021-9', not a month"),
        ({"since": "2021-Q3"}, "not a month"),
        ({"since": "2021-09", "until": "2021-08"}, "until 2021-08 lies before since 2021-09"),
    ],
)
def test_a_card_whose_months_make_no_sense_is_refused(tmp_path: Path, meta: dict, said: str) -> None:
    shutil.copytree(GENUINE, tmp_path / "datasets")
    edit_card(tmp_path / "datasets" / f"{DATASET}.yml", _gains(**meta))
    with pytest.raises(CardError, match=said):
        load_cards(tmp_path / "datasets")


def test_a_week_asks_for_what_the_month_of_its_end_asks_for() -> None:
    column = Column("x", "string", "x | x", header="x", since="2021-09")
    card = Card("d", "d", "d", "d", "county", ("week",), (), "f", (column,))
    assert [len(card.of(period).columns) for period in ("2021-W34", "2021-W35", "2021-W36")] == [0, 1, 1]
