"""How a night says which months and weeks it worked on, and whose main figures it shows."""

from __future__ import annotations

import pytest

from orchestration.screen import said_periods
from orchestration.summary import main_period


@pytest.mark.parametrize(
    ("periods", "said"),
    [
        (["2021-08"], "2021-08"),
        (["2021-W34", "2021-08", "2021-W35"], "2021-08、2021-W34至2021-W35"),
        (["2020-W52", "2020-W53", "2021-W01", "2021-W03"], "2020-W52至2021-W01、2021-W03"),
        (["2020-12", "2021-01"], "2020-12至2021-01"),
    ],
)
def test_periods_that_follow_each_other_are_said_as_a_span(periods: list[str], said: str):
    assert said_periods(periods) == said


@pytest.mark.parametrize(
    ("periods", "main"),
    [(["2021-W34", "2021-08", "2021-W35"], "2021-08"), (["2021-W34", "2021-W35"], "2021-W35"), ([], None)],
)
def test_the_main_figures_are_of_the_last_month_or_of_the_last_week_where_there_is_none(
    periods: list[str], main: str | None
):
    assert main_period(periods) == main
