"""Which bulletins a night writes."""

from __future__ import annotations

import pytest

from orchestration.periods import containing, parse_period
from orchestration.report.due import bulletins_due


@pytest.mark.parametrize(
    ("touched", "written", "due"),
    [
        (["2021-08"], [], ["2021-08"]),
        (["2021-09"], [], ["2021-09", "2021-Q3"]),
        (["2021-06"], [], ["2021-06", "2021-Q2", "2021-H1"]),
        (["2021-12"], [], ["2021-12", "2021-Q4", "2021-H2", "2021"]),
        (["2021-07"], ["2021-07", "2021-Q3", "2021"], ["2021-07", "2021-Q3", "2021"]),
        (["2021-W35", "2021-08"], [], ["2021-08", "2021-W35"]),
        (["2021-W39"], ["2021-Q3"], ["2021-W39"]),
        (
            ["2021-06", "2021-07", "2021-W26"],
            ["2021-Q3"],
            ["2021-06", "2021-Q2", "2021-H1", "2021-W26", "2021-07", "2021-Q3"],
        ),
        ([], ["2021-Q3"], []),
    ],
    ids=[
        "a month in a quarter",
        "a quarter with its last month",
        "a half-year with its last month",
        "a year with its last month",
        "what was written before follows a correction",
        "a week after the month it begins in",
        "a week touches no quarter",
        "in the order in which they end",
        "nothing touched",
    ],
)
def test_the_bulletins_of_a_night(touched: list[str], written: list[str], due: list[str]):
    assert list(bulletins_due(touched, written)) == due


@pytest.mark.parametrize(
    ("month", "spans"), [("2021-01", "2021-Q1 2021-H1 2021"), ("2021-10", "2021-Q4 2021-H2 2021")]
)
def test_a_month_lies_in_its_quarter_half_year_and_year(month: str, spans: str):
    held = containing(parse_period(month))
    assert [span.key for span in held] == spans.split()
    assert all(
        span.start <= parse_period(month).start and parse_period(month).end <= span.end for span in held
    )
