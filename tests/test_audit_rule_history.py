"""The catalogue in the lake: every version of a rule, since when and until when it was in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from expectations import catalogue, drafts
from orchestration import lake
from orchestration.audit import rule_history
from orchestration.audit.rule_history import write_rules
from orchestration.audit.structure import STRUCTURE
from orchestration.home import Home

FIRST, LATER, LAST = (datetime(2021, month, 1, tzinfo=UTC) for month in (9, 10, 11))


def _rows(home: Home) -> dict[tuple[str, int], dict]:
    rows = pq.read_table(lake.single_file(home, "rules")).to_pylist()
    return {(row["rule_code"], row["rule_version"]): row for row in rows}


@pytest.fixture
def change(monkeypatch: pytest.MonkeyPatch):
    def to(rules: dict) -> None:
        monkeypatch.setattr(rule_history, "catalogue", lambda: rules)

    return to


def test_every_rule_in_force_is_there_and_no_draft(home: Home):
    write_rules(home, FIRST)
    rows = _rows(home)
    assert {code for code, _ in rows} == catalogue().keys() | STRUCTURE.keys()
    assert not {code for code, _ in rows} & drafts().keys()
    assert {row["in_force_from"] for row in rows.values()} == {FIRST}
    assert {row["in_force_until"] for row in rows.values()} == {None}
    assert rows["R-PROJ-4-1", catalogue()["R-PROJ-4-1"].version]["missing"] == "as_zero"


def test_an_unchanged_catalogue_is_not_written_again(home: Home):
    write_rules(home, FIRST)
    before = lake.single_file(home, "rules").stat().st_mtime_ns
    write_rules(home, LATER)
    assert lake.single_file(home, "rules").stat().st_mtime_ns == before


def test_a_new_version_ends_the_old_one_which_stays(home: Home, change):
    write_rules(home, FIRST)
    rule = catalogue()["R-LOAN-2-1"]
    change({**catalogue(), rule.code: replace(rule, version=rule.version + 1, title_zh="别的")})
    write_rules(home, LATER)
    rows = _rows(home)
    old, new = rows[rule.code, rule.version], rows[rule.code, rule.version + 1]
    assert (old["title_zh"], old["in_force_from"], old["in_force_until"]) == (rule.title_zh, FIRST, LATER)
    assert (new["title_zh"], new["in_force_from"], new["in_force_until"]) == ("别的", LATER, None)


def test_a_withdrawn_rule_keeps_the_day_it_ended(home: Home, change):
    write_rules(home, FIRST)
    change({code: rule for code, rule in catalogue().items() if code != "R-LOAN-2-1"})
    write_rules(home, LATER)
    write_rules(home, LAST)
    [ended] = [row for (code, _), row in _rows(home).items() if code == "R-LOAN-2-1"]
    assert (ended["in_force_from"], ended["in_force_until"]) == (FIRST, LATER)


def test_new_words_of_a_version_keep_its_row(home: Home, change):
    write_rules(home, FIRST)
    rule = catalogue()["R-LOAN-2-1"]
    change({**catalogue(), rule.code: replace(rule, remedy_zh="别的办法")})
    write_rules(home, LATER)
    row = _rows(home)[rule.code, rule.version]
    assert (row["remedy_zh"], row["in_force_from"], row["in_force_until"]) == ("别的办法", FIRST, None)


def test_a_catalogue_written_before_there_was_a_history_is_taken_over(home: Home):
    write_rules(home, FIRST)
    path = lake.single_file(home, "rules")
    lake.write_parquet(path, pq.read_table(path).drop(["missing", "in_force_from", "in_force_until"]))
    write_rules(home, LATER)
    assert {row["in_force_from"] for row in _rows(home).values()} == {LATER}
    assert pq.read_schema(path).equals(lake.RULES)
