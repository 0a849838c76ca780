"""A rule tried on everything that was ever landed: whom it would have hit, and that nothing is written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from audit_support import COUNTY, COUNTY_SUBMISSION, PERIOD, Rows, audited_home, clean_rows, land

from expectations import catalogue, drafts, every_rule
from orchestration.audit.files import audit_files
from orchestration.audit.preview import CouldNotRun, as_json, preview
from orchestration.cli import main
from orchestration.home import Home

ABSENT = every_rule()["R-TEAM-2-3"]  # a draft of error severity


def _absent(*days: int) -> Rows:
    """The clean workbooks with so many days in the village for the first workers of the team."""
    rows = clean_rows()
    for row, present in enumerate(days):
        rows["resident_teams"][row]["days_present"] = present
    return rows


@pytest.fixture
def judged(home: Home) -> Home:
    """Two versions of one month: two workers absent, then one. No rule in force minds either."""
    land(home, _absent(3, 4))
    land(home, _absent(3), version=2)
    audit_files(home)
    return home


def _everything(home: Home) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(home.root.rglob("*")) if path.is_file()}


def test_every_version_ever_landed_is_tried(judged: Home):
    [county] = preview(judged, ABSENT).units
    assert (county.reporting_period, county.unit_code) == (PERIOD, COUNTY)
    assert (county.submissions, county.hit, county.rows_judged, county.rows) == (2, 2, 6, 3)


def test_what_is_accepted_today_would_be_held_back(judged: Home):
    assert preview(judged, ABSENT).total("held_back") == 2
    assert preview(judged, every_rule()["R-TEAM-2-2"]).total("held_back") == 0


def test_a_few_cells_are_shown(judged: Home):
    [county] = preview(judged, ABSENT).units
    first = next(e for e in county.examples if e["submission_id"] == COUNTY_SUBMISSION)
    assert first["cells"].endswith("6")
    assert (first["found"], first["expected"]) == ("3天", "不少于 15天(工作日 22天)")


def test_a_preview_writes_nothing(judged: Home):
    before = _everything(judged)
    preview(judged, ABSENT)
    assert _everything(judged) == before


def test_a_rule_in_force_can_be_previewed_too(home: Home):
    rows = clean_rows()
    rows["microcredit"][0]["amount"] = 60000
    land(home, rows)
    assert preview(home, catalogue()["R-LOAN-1-1"]).total("rows") == 1


def test_a_unit_that_is_not_hit_is_counted_and_not_listed(home: Home):
    land(home, clean_rows())
    found = preview(home, ABSENT)
    assert (found.total("submissions"), found.hits, as_json(found)["units"]) == (1, [], [])


def test_a_home_without_submissions_has_nothing_to_say(home: Home):
    assert preview(home, ABSENT).units == ()


def test_a_query_that_fails_says_why(judged: Home):
    with pytest.raises(CouldNotRun, match="nowhere"):
        preview(judged, replace(ABSENT, query="select nothing from nowhere"))


def test_a_bureau_rule_speaks_of_the_submissions_in_force(tmp_path: Path):
    home = audited_home(tmp_path)
    with duckdb.connect(str(home.build)) as connection:
        connection.execute(
            "insert into marts.fct_monitored_households select * replace ('610203' as unit_code) "
            "from marts.fct_monitored_households limit 1"
        )
    found = preview(home, catalogue()["R-MON-14"])
    assert {unit.unit_code: unit.rows for unit in found.hits} == {COUNTY: 1, "610203": 1}
    with pytest.raises(CouldNotRun, match="nowhere"):
        preview(home, replace(catalogue()["R-MON-14"], query="select nothing from nowhere"))


@pytest.mark.parametrize("code", drafts())
def test_no_night_asks_a_draft(judged: Home, code: str):
    asked = duckdb.sql(f"select distinct rule_code from '{judged.lake}/verdicts/*/*.parquet'").fetchall()
    assert asked and (code,) not in asked


def test_the_command_says_whom_a_rule_would_have_hit(judged: Home, capsys):
    assert main(["rules", "preview", ABSENT.code]) == 0
    said = capsys.readouterr().out
    assert "未生效" in said and COUNTY in said and "有 2 个数据集被退回" in said
    assert main(["rules", "preview", ABSENT.code, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["draft"], found["hit"], found["rows"]) == (True, 2, 3)
    assert found["units"][0]["unit_code"] == COUNTY


def test_the_command_lists_rules_and_drafts(home: Home, capsys):
    assert main(["rules", "list", "--json"]) == 0
    assert {rule["rule"] for rule in json.loads(capsys.readouterr().out)["rules"]} == every_rule().keys()
    assert main(["rules", "list", "--drafts"]) == 0
    said = capsys.readouterr().out
    assert ABSENT.code in said and "R-LOAN-1-1" not in said


def test_an_unknown_rule_and_a_missing_warehouse_are_refused_in_words(home: Home, capsys):
    assert main(["rules", "preview", "R-NONE"]) == 1
    assert "没有规则" in capsys.readouterr().err
    assert main(["rules", "preview", "R-MON-30"]) == 1
    assert "zhenxing nightly" in capsys.readouterr().err
