"""A landing from the register to Parquet: what it writes, repeats, survives and never writes."""

from __future__ import annotations

import hashlib
import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from land_support import (
    COUNTY,
    ID_NUMBER,
    Killed,
    card,
    count_replacements,
    county_sheets,
    good_row,
    lake_rows,
    register,
    sheet_of,
)

from orchestration import lake
from orchestration.cards import load_cards
from orchestration.home import Home
from orchestration.land.key import pseudonym_key
from orchestration.land.land import land
from orchestration.layout import header_rows
from orchestration.receive.register import Register

OTHER = "610831"
OWED = [name for name, of in load_cards().items() if of.owed_by("county", "month")]


def _content(home: Home) -> dict[str, object]:
    """The lake's files and what they say, whenever they were written."""
    files = {path: path.relative_to(home.lake).as_posix() for path in home.lake.rglob("*") if path.is_file()}
    return {
        name: pq.read_table(path, partitioning=None) if name.endswith(".parquet") else path.read_bytes()
        for path, name in files.items()
        if name != ".lock"
    }


def test_a_county_lands_with_every_dataset_in_base_units_and_its_cells(home: Home) -> None:
    submission = register(home, county_sheets(total_funds="12.5", disbursed_on="2021年7月1日"))
    landed = land(home)
    assert (landed.submissions, landed.periods, landed.problems) == (
        [submission.submission_id],
        ["2021-08"],
        0,
    )
    project = lake_rows(home, "projects")[0]
    assert project["total_funds"] == Decimal("125000.00")
    assert lake_rows(home, "microcredit")[0]["disbursed_on"] == date(2021, 7, 1)
    first = header_rows(card("projects")).first_data
    lineage = {name: project[name] for name in ("submission_id", "unit_code", "source_sheet", "source_row")}
    assert lineage == {
        "submission_id": submission.submission_id,
        "unit_code": COUNTY,
        "source_sheet": "项目库",
        "source_row": first,
    }
    columns = lake_rows(home, "landed_columns")
    place = next(c for c in columns if (c["dataset"], c["column_name"]) == ("projects", "total_funds"))
    assert (place["column_letter"], place["header_found"]) == ("O", "资金总额(万元)")
    sheets = {row["dataset"]: (row["rows"], row["state"]) for row in lake_rows(home, "landed_sheets")}
    assert sheets == {dataset: (landed.rows[dataset], "landed") for dataset in OWED}
    assert landed.rows == {dataset: len(lake_rows(home, dataset)) for dataset in load_cards()}


def test_the_register_is_seen_in_the_lake_unreadable_submissions_included(home: Home) -> None:
    good = register(home, county_sheets(1), nil_datasets=("east_west", "supervision"))
    bad = register(
        home, county_sheets(2), submission_id="unreadable-1", problem_code="U-COVER", problem_text="无封面"
    )
    land(home)
    rows = {
        row["submission_id"]: row for row in pq.read_table(lake.single_file(home, "submissions")).to_pylist()
    }
    assert rows.keys() == {good.submission_id, bad.submission_id}
    assert rows[good.submission_id]["nil_datasets"] == "east_west,supervision"
    assert rows[good.submission_id]["received_at"] == datetime(2021, 9, 2, 8, 30, tzinfo=UTC)
    assert rows["unreadable-1"]["problem_code"] == "U-COVER"
    assert lake.landed_submissions(home) == {good.submission_id}


def test_landing_again_changes_no_file(home: Home) -> None:
    register(home, county_sheets())
    land(home)
    before = {
        path: path.stat().st_ino for path in home.lake.rglob("*.parquet") if "submissions" not in path.parts
    }
    again = land(home)
    assert (again.submissions, again.rows, again.periods) == ([], {}, [])
    assert {
        p: p.stat().st_ino for p in home.lake.rglob("*.parquet") if "submissions" not in p.parts
    } == before


def test_a_landing_killed_anywhere_and_repeated_gives_the_same(tmp_path: Path, monkeypatch) -> None:
    sheets = {COUNTY: county_sheets(2, amount="1,23"), OTHER: county_sheets(1)}
    reference = Home(tmp_path / "reference")
    for unit, made in sheets.items():
        register(reference, made, unit=unit)
    lake.ensure_schema_files(reference)
    pseudonym_key(reference)
    shutil.copytree(reference.root, tmp_path / "killed")
    killed = Home(tmp_path / "killed")
    writes = count_replacements(monkeypatch, None)
    land(reference)
    datasets, control, manifest, snapshot = len(OWED), 3, 1, 1
    assert writes() == datasets + control + manifest + snapshot
    for fatal in (1, datasets, datasets + 2, datasets + control + 1, writes()):
        count_replacements(monkeypatch, fatal)
        with pytest.raises(Killed):
            land(killed)
        assert len(lake.batches(killed)) == (fatal > datasets + control + manifest)
    monkeypatch.undo()
    land(killed)
    assert _content(killed) == _content(reference)


def test_a_later_submission_becomes_a_batch_of_its_own(home: Home) -> None:
    first = register(home, county_sheets(1))
    land(home)
    before = _content(home)
    second = register(home, county_sheets(2), version=2)
    landed = land(home)
    assert landed.submissions == [second.submission_id]
    assert {batch.submissions for batch in lake.batches(home)} == {
        (first.submission_id,),
        (second.submission_id,),
    }
    after = _content(home)
    kept = {
        name for name in before if Path(name).parts[0] != "submissions" and Path(name).name != "SHA256SUMS"
    }
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert {row["submission_id"] for row in lake_rows(home, "projects")} == {
        first.submission_id,
        second.submission_id,
    }


def test_only_the_periods_asked_for_are_landed(home: Home) -> None:
    july = register(home, county_sheets(1), period="2021-07")
    august = register(home, county_sheets(2), period="2021-08")
    assert land(home, periods=["2021-08"]).submissions == [august.submission_id]
    assert land(home).submissions == [july.submission_id]
    assert {row["reporting_period"] for row in lake_rows(home, "employment")} == {"2021-07", "2021-08"}


def test_a_weekly_workbook_owes_the_monitored_register_and_its_totals(home: Home) -> None:
    register(home, county_sheets(1), period="2021-W35", cadence="week")
    landed = land(home)
    assert {name for name, rows in landed.rows.items() if rows} == {"monitored_households", "stated_totals"}
    assert {row["dataset"] for row in lake_rows(home, "landed_sheets")} == {
        "monitored_households",
        "stated_totals",
    }


def test_a_county_cannot_fill_in_a_register_of_the_bureau(home: Home) -> None:
    hotline = card("hotline_12317")
    register(home, [*county_sheets(1), sheet_of(hotline, [good_row(hotline)])])
    assert land(home).rows["hotline_12317"] == 0


def test_missing_sheets_are_problems_unless_declared_nil(home: Home) -> None:
    sheets = [sheet for sheet in county_sheets(1) if sheet.name not in ("驻村培训", "务工就业")]
    register(home, sheets, nil_datasets=("resident_training",))
    land(home)
    assert [(p["rule_code"], p["dataset"], p["cell"]) for p in lake_rows(home, "problems")] == [
        ("S-SHEET", "employment", None)
    ]
    states = {row["dataset"]: row["state"] for row in lake_rows(home, "landed_sheets")}
    assert (states["employment"], states["resident_training"]) == ("missing", "nil")


def test_a_wrong_cell_is_named_and_costs_only_its_own_unit(home: Home) -> None:
    bad = register(home, county_sheets(2, people="十二"))
    register(home, county_sheets(1), unit=OTHER)
    assert land(home).problems == 1
    problem = lake_rows(home, "problems")[0]
    assert {
        name: problem[name]
        for name in ("submission_id", "unit_code", "dataset", "rule_code", "cell", "found")
    } == {
        "submission_id": bad.submission_id,
        "unit_code": COUNTY,
        "dataset": "employment",
        "rule_code": "S-TYPE",
        "cell": "D4",
        "found": "十二",
    }
    people = {
        row["unit_code"]: row["people"] for row in lake_rows(home, "employment") if row["source_row"] == 4
    }
    assert people == {COUNTY: None, OTHER: 5}


def test_a_file_that_cannot_be_read_after_all_fails_alone(home: Home) -> None:
    content = b"PK\x03\x04 no workbook"
    broken = register(home, county_sheets(1), sha256=hashlib.sha256(content).hexdigest())
    (home.archive / broken.archive_path).write_bytes(content)
    whole = register(home, county_sheets(2), unit=OTHER)
    land(home)
    problems = lake_rows(home, "problems")
    assert {(p["submission_id"], p["rule_code"]) for p in problems} == {(broken.submission_id, "S-SHEET")}
    assert sorted(p["dataset"] for p in problems) == sorted(OWED)
    assert {row["submission_id"] for row in lake_rows(home, "projects")} == {whole.submission_id}


def test_no_personal_data_reaches_any_file_of_the_lake(home: Home) -> None:
    people = {
        "head_name": "甄某某",
        "head_phone": "13012345678",
        "head_id_no": "610124198502310017",
        "borrower_name": "贾某某",
        "borrower_id_no": "61012419850231001",  # one digit short: a problem
        "worker_name": "佚某某",
        "worker_phone": "13012",  # no number: a problem
    }
    register(home, county_sheets(2, **people))
    assert land(home).problems == 2
    secrets = [*people.values(), ID_NUMBER, "示例户", "13000000000"]
    files = [path for path in home.lake.rglob("*") if path.is_file()]
    assert len([path for path in files if path.suffix == ".parquet"]) > len(load_cards())
    for path in files:
        data = path.read_bytes()
        if path.suffix == ".parquet":
            data += repr(pq.read_table(path, partitioning=None).to_pylist()).encode()
        assert [secret for secret in secrets if secret.encode() in data] == [], path.name
    pseudonyms = {row["head_id_no"] for row in lake_rows(home, "monitored_households")}
    assert len(pseudonyms) == 2 and all(len(pseudonym) == 32 for pseudonym in pseudonyms)


def test_landing_an_empty_register_leaves_tables_without_rows(home: Home) -> None:
    with Register(home.register):
        landed = land(home)
    assert landed.submissions == [] and landed.periods == []
    assert lake_rows(home, "problems") == []
    assert pq.read_table(lake.single_file(home, "submissions")).equals(lake.SUBMISSIONS.empty_table())


def test_progress_ends_at_its_total(home: Home) -> None:
    register(home, county_sheets(1))
    seen: list[tuple[str, int, int]] = []
    land(home, progress=lambda what, done, total: seen.append((what, done, total)))
    last = {what: (done, total) for what, done, total in seen}
    assert last == {"read workbooks": (1, 1), "land 2021-08": (17, 17)}
