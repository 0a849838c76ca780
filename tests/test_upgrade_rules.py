"""A rule that changed or was withdrawn: judged anew, earlier verdicts kept, and from when what holds a dataset back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from audit_support import COUNTY_SUBMISSION, clean_rows, land, read

import expectations
from expectations import catalogue
from expectations.rule import Rule
from orchestration import lake
from orchestration.audit import decisions, judging, rule_history
from orchestration.audit.files import audit_files
from orchestration.home import Home

CODE = "R-LOAN-1-1"


@pytest.fixture
def loans(home: Home) -> Home:
    """A county whose loan of 60000 is above what the rule allows; judged, and its loans returned."""
    rows = clean_rows()
    rows["microcredit"][0]["amount"] = Decimal(60000)
    land(home, rows)
    audit_files(home)
    return home


@pytest.fixture
def in_force(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Rule]], None]:
    """Makes other rules today's."""

    def put(rules: dict[str, Rule]) -> None:
        for module in (judging, decisions, rule_history, expectations):
            monkeypatch.setattr(module, "catalogue", lambda: rules)

    return put


def _decisions(home: Home) -> list[str]:
    """What was decided of the county's loans, in order."""
    rows = [
        row
        for row in read(home, "decisions")
        if (row["submission_id"], row["dataset"]) == (COUNTY_SUBMISSION, "microcredit")
    ]
    return [row["state"] for row in sorted(rows, key=lambda row: row["decided_at"])]


def _verdicts(home: Home) -> set[tuple[int, str]]:
    rows = [row for row in read(home, "verdicts") if row["rule_code"] == CODE]
    return {(row["rule_version"], row["outcome"]) for row in rows}


def _rule(**changes: object) -> dict[str, Rule]:
    return {**catalogue(), CODE: replace(catalogue()[CODE], **changes)}


def test_a_rule_of_a_later_version_decides_and_its_earlier_verdict_stays(loans: Home, in_force) -> None:
    in_force(_rule(version=2, query=catalogue()[CODE].query.replace("> 50000", "> 70000")))
    audit_files(loans)
    assert _verdicts(loans) == {(1, "failed"), (2, "passed")}
    assert _decisions(loans) == ["returned", "accepted"]


def test_a_later_version_taken_back_leaves_the_earlier_verdict_in_force(loans: Home, in_force) -> None:
    in_force(_rule(version=2, query=catalogue()[CODE].query.replace("> 50000", "> 70000")))
    audit_files(loans)
    in_force(_rule())
    audit_files(loans)
    assert _decisions(loans) == ["returned", "accepted", "returned"]


def test_a_withdrawn_rule_holds_nothing_back_from_then_on_and_its_verdict_stays(
    loans: Home, in_force
) -> None:
    withdrawn = datetime.now(UTC)
    in_force({code: rule for code, rule in catalogue().items() if code != CODE})
    audited = audit_files(loans)
    assert _decisions(loans) == ["returned", "accepted"]
    assert _verdicts(loans) == {(1, "failed")}
    assert CODE not in {verdict["rule_code"] for verdict in audited.failing}
    then = [row["state"] for row in read(loans, "decisions") if row["decided_at"] < withdrawn]
    assert "returned" in then, "who asks as of the day before still sees it returned"
    [rule] = [row for row in _rules(loans) if row["rule_code"] == CODE]
    assert rule["in_force_until"] >= withdrawn


def test_a_rule_put_back_is_not_asked_again_and_holds_back_as_before(loans: Home, in_force) -> None:
    everything = dict(catalogue())
    in_force({code: rule for code, rule in everything.items() if code != CODE})
    audit_files(loans)
    in_force(everything)
    assert audit_files(loans).judged == 0
    assert _decisions(loans) == ["returned", "accepted", "returned"]


def _rules(home: Home) -> list[dict]:
    return pq.read_table(lake.single_file(home, "rules")).to_pylist()
