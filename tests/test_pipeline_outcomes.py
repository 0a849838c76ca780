"""How a rule stands over the province, and how a night is said."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.audit.assets import rule_results
from orchestration.audit.outcomes import add_up
from orchestration.summary import say_stated


def verdict(outcome: str, unit: str = "610122", failed: int = 0) -> dict:
    return {
        "verdict_id": f"{outcome}-{unit}",
        "rule_code": "R-LOAN-2-1",
        "dataset": "microcredit",
        "severity": "error",
        "scope": "file",
        "reporting_period": "2021-08",
        "unit_code": unit,
        "outcome": outcome,
        "checked": 10,
        "failed": failed,
    }


def test_a_rule_fails_when_one_unit_fails_it():
    [outcome] = add_up([verdict("passed"), verdict("failed", "610922", 3)])
    assert (outcome.verdict, outcome.rows_failed, outcome.rows_checked) == ("failed", 3, 20)
    assert outcome.units == ["610922"]


def test_a_rule_that_crashed_has_not_passed():
    [outcome] = add_up([verdict("passed"), verdict("could_not_run", "610922")])
    assert outcome.verdict == "could_not_run"
    [result] = rule_results([outcome])
    assert not result.passed


def test_failed_outweighs_could_not_run():
    [outcome] = add_up([verdict("could_not_run"), verdict("failed", "610922", 1)])
    assert outcome.verdict == "failed"


@given(st.lists(st.sampled_from(["passed", "failed", "could_not_run"]), min_size=1))
def test_every_verdict_is_counted_once(outcomes: list[str]):
    [added] = add_up([verdict(outcome, str(number)) for number, outcome in enumerate(outcomes)])
    assert added.passed + added.failed + added.could_not_run == len(outcomes)
    assert (added.verdict == "passed") == (set(outcomes) == {"passed"})


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "said"),
    [
        ("32200", "万户", 2, "3.22万户"),
        ("21600000", "亿元", 2, "0.22亿元"),
        ("0.996060", "%", 2, "99.61%"),
        ("180", "个", 0, "180个"),
    ],
)
def test_a_stated_total_is_said_as_it_was_stated(value: str, unit: str, decimals: int, said: str):
    assert say_stated(Decimal(value), unit, decimals) == said
