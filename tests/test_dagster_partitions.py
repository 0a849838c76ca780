"""Periods as Dagster's partitions: their order, what a run of some of them settles, and what is tried again."""

from __future__ import annotations

import errno
import sqlite3
from datetime import timedelta

import dagster as dg
import duckdb
import pytest

from orchestration.dagster_common import PERIODS, monthly_freshness, range_tags
from orchestration.dagster_home import instance
from orchestration.deadlines import expected_by
from orchestration.home import Home
from orchestration.model.dbt import ModelFailed
from orchestration.night import Night, is_settled
from orchestration.night_resource import RETRIES, again
from orchestration.passing import is_passing
from orchestration.pending import NoSuchPeriods, within
from orchestration.periods import parse_period
from orchestration.publish.postgres.address import PostgresFailed
from orchestration.report.assets import bulletin
from orchestration.triggers.partitions import keep_periods

REPORTED = ("2020-W53", "2021-06", "2021-07", "2021-W34", "2021-08", "2021-W35", "2022-01")


def test_a_period_reported_on_late_takes_its_place_in_time(home: Home):
    with instance(home) as opened:
        keep_periods(opened, ("2021-W34", "2021-08"))
        keep_periods(opened, ("2021-06", "2021-W34", "2021-08", "2021-W35"))
        assert list(opened.get_dynamic_partitions(PERIODS.name)) == [
            "2021-06",
            "2021-W34",
            "2021-08",
            "2021-W35",
        ]


def test_what_was_materialized_stays_when_periods_are_put_in_order(home: Home):
    @dg.asset(partitions_def=PERIODS)
    def landed() -> None: ...

    with instance(home) as opened:
        keep_periods(opened, ("2021-08",))
        dg.materialize([landed], partition_key="2021-08", instance=opened)
        keep_periods(opened, ("2021-07", "2021-08"))
        assert opened.get_materialized_partitions(landed.key) == {"2021-08"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("2021-01..2021-12", REPORTED[:-1]),  # 2020-W53 ends on 3 January
        ("2021", REPORTED[:-1]),
        ("2021-08", ("2021-W34", "2021-08")),
        ("2021-Q3", ("2021-07", "2021-W34", "2021-08", "2021-W35")),
        ("2021-W34..2021-W35", ("2021-W34", "2021-W35")),
    ],
)
def test_a_span_means_the_periods_reported_on_that_end_in_it(asked: str, found: tuple[str, ...]):
    assert within(REPORTED, asked) == found


@pytest.mark.parametrize("asked", ["八月", "2021-12..2021-01", "2021-W01..2021-12", "2023-05", "2021-08.."])
def test_what_is_no_span_is_refused(asked: str):
    if asked.endswith(".."):
        assert within(REPORTED, asked) == within(REPORTED, "2021-08")
    else:
        with pytest.raises(NoSuchPeriods):
            within(REPORTED, asked)


@pytest.fixture
def reported_on(home: Home, monkeypatch: pytest.MonkeyPatch):
    """Writes bulletins of some periods in a run to which others are owed; says whether that settles the night."""
    monkeypatch.setattr("orchestration.report.assets.write_bulletins", lambda home, periods: [])
    monkeypatch.setattr("orchestration.night.made_by", lambda _: "today")

    def run(periods: tuple[str, ...], owed: tuple[str, ...]) -> bool:
        with instance(home) as opened:
            keep_periods(opened, REPORTED)
            job = dg.Definitions(
                assets=[bulletin],
                jobs=[dg.define_asset_job("bulletins")],
                resources={"night": Night(home, owed=owed)},
            ).resolve_job_def("bulletins")
            assert job.execute_in_process(instance=opened, tags=range_tags(periods)).success
        return is_settled(home)

    return run


def test_a_run_that_reports_on_all_that_was_owed_settles_the_night(reported_on):
    assert reported_on(("2021-07", "2021-08"), owed=("2021-07", "2021-W34", "2021-08"))


def test_a_backfill_of_other_periods_leaves_pending_what_was_owed(reported_on):
    assert not reported_on(("2021-06", "2021-07"), owed=REPORTED)


def test_a_publication_must_have_come_by_the_day_that_the_calendar_says():
    for period in ("2021-02", "2021-08"):
        month = parse_period(period)
        days = (expected_by(month) - month.end).days
        policy = monthly_freshness()
        assert policy.deadline_cron == f"59 23 {days} * *"
        assert (policy.lower_bound_delta, policy.timezone) == (timedelta(days=days), "Asia/Shanghai")


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (PostgresFailed("连不上", unreachable=True), True),
        (PostgresFailed("没有照办", "57P01"), True),
        (PostgresFailed("没有照办", "42501"), False),
        (PostgresFailed("没有设置"), False),
        (sqlite3.OperationalError("database is locked"), True),
        (sqlite3.OperationalError("no such table: x"), False),
        (duckdb.IOException("IO Error: Could not set lock on file"), True),
        (duckdb.IOException("No space left"), False),
        (OSError(errno.ESTALE, "Stale file handle"), True),
        (OSError(errno.ENOSPC, "No space left on device"), False),
        (ModelFailed(["fct_projects: …"]), False),
        (ValueError("no number"), False),
    ],
    ids=lambda value: None if isinstance(value, bool) else f"{type(value).__name__} {value}",
)
def test_only_what_passes_by_itself_is_tried_again(error: Exception, passes: bool):
    assert is_passing(error) is passes
    assert isinstance(again(error), dg.RetryRequested) is passes


def test_a_step_is_tried_again_until_its_error_has_passed(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("orchestration.night_resource.RETRY_SECONDS", 0)
    tries = []

    def loads(_: Home) -> str:
        tries.append(1)
        if len(tries) <= 2:
            raise PostgresFailed("连不上", unreachable=True)
        return "loaded"

    night = Night(home, raising=again)

    @dg.asset
    def copied() -> None:
        night.run("postgres", loads)

    assert dg.materialize([copied]).success
    assert (len(tries), night.errors) == (3, {})
    assert RETRIES == 3
