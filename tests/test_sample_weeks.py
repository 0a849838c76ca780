"""Weeks of the sample province: which are asked for, and registers that go with those of the months."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache

import pytest

from orchestration.home import PROJECT_ROOT, Home
from orchestration.periods import parse_period
from orchestration.units import ReportingUnits
from sample.command import Options, SampleError, prepare
from sample.goals import exact_goals
from sample.periods import main_period, parse_periods, scene_of
from sample.plan import make_plan
from sample.targets import DEFAULT, read_targets
from sample.unit_registers import County

DATA = PROJECT_ROOT / "sample" / "data"


@cache
def county(periods: str, code: str = "611024") -> County:
    """One of the small province's counties, as a sample of these periods grows it."""
    units, targets = ReportingUnits(DATA / "small_units.csv"), DATA / "small_targets.csv"
    goals = exact_goals(read_targets(targets), read_targets(DEFAULT))
    with (DATA / "small_units.csv").open(encoding="utf-8", newline="") as handle:
        poverty = {row["code"] for row in csv.DictReader(handle) if row["former_poverty_county"] == "yes"}
    scene = scene_of(parse_periods(periods), 2021)
    plan = make_plan(units, poverty, goals, scene)
    return County.grow(next(each for each in plan.counties if each.code == code), scene)


def households(grown: County, period: str) -> dict[str, dict]:
    rows = grown.registers(parse_period(period))["monitored_households"]
    return {row["household_no"]: row for row in rows}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("2021-06..2021-08", "2021-06 2021-07 2021-08"),
        ("2021-W34..2021-W35,2021-08", "2021-W34 2021-08 2021-W35"),
        ("2020-W52..2021-W01", "2020-W52 2020-W53 2021-W01"),
        ("2021-W34,2021-W34", "2021-W34"),
        ("2021-W22,2021-05", "2021-05 2021-W22"),
    ],
)
def test_a_range_is_every_period_of_it_in_the_order_in_which_they_end(text: str, keys: str):
    assert [period.key for period in parse_periods(text)] == keys.split()


@pytest.mark.parametrize(
    "text",
    [
        "2021-13",
        "August",
        "2021-08..2021-06",
        "2020-12..2021-01",
        "2020-12,2021-01",
        "2021-Q3",
        "2021-08..2021-W35",
        "2021-W35,",
        "2021-W35..2021-W34",
        "2021-W53",
    ],
)
def test_a_period_no_workbook_exists_for_is_refused(text: str):
    with pytest.raises(ValueError, match=r"报告期|季度|区间|同一年"):
        parse_periods(text)


@pytest.mark.parametrize(
    ("text", "main", "end", "until"),
    [
        ("2021-08,2021-W35", "2021-08", date(2021, 8, 31), date(2021, 9, 5)),
        ("2021-08,2021-W34", "2021-08", date(2021, 8, 31), date(2021, 8, 31)),
        ("2021-W34..2021-W35", "2021-W35", date(2021, 8, 31), date(2021, 9, 5)),
        ("2021-W01", "2021-W01", date(2020, 12, 31), date(2021, 1, 10)),
        ("2021-W22", "2021-W22", date(2021, 5, 31), date(2021, 6, 6)),
    ],
)
def test_a_scene_ends_with_the_last_month_and_goes_on_with_the_weeks(
    text: str, main: str, end: date, until: date
):
    periods = parse_periods(text)
    scene = scene_of(periods, 2021)
    assert (main_period(periods).key, scene.end, scene.until) == (main, end, until)


def test_weeks_change_nothing_of_a_month():
    alone, beside = county("2021-08"), county("2021-08,2021-W30..2021-W39")
    assert alone.registers(parse_period("2021-08")) == beside.registers(parse_period("2021-08"))


def test_weeks_written_alone_are_those_written_beside_the_month():
    alone, beside = county("2021-W35"), county("2021-08,2021-W35..2021-W39")
    assert households(alone, "2021-W35") == households(beside, "2021-W35")


def test_a_week_holds_what_was_known_on_its_last_day():
    grown = county("2021-07..2021-08,2021-W30..2021-W39")
    july, august = households(grown, "2021-07"), households(grown, "2021-08")
    weeks = [households(grown, f"2021-W{week}") for week in range(31, 40)]
    assert july.keys() <= weeks[0].keys() <= weeks[3].keys() <= august.keys() <= weeks[4].keys()
    assert len(july) < len(august) < len(weeks[-1])


def test_in_the_weeks_new_households_are_found_and_the_risk_of_others_ends():
    grown = county("2021-08,2021-W35..2021-W39")
    august, later = households(grown, "2021-08"), households(grown, "2021-W39")
    assert all(later[number]["identified_month"] == "2021-09" for number in later.keys() - august.keys())
    ended = [n for n in august if later[n]["risk_eliminated"] and not august[n]["risk_eliminated"]]
    assert ended
    assert {later[number]["eliminated_month"] for number in ended} == {"2021-09"}


def test_mistakes_are_made_in_a_month(home: Home):
    options = Options(period="2021-W35", units=DATA / "small_units.csv", out=home.inbox, mistakes=True)
    with pytest.raises(SampleError, match="差错做在月报里"):
        prepare(home, options)
