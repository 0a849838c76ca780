"""Which months and weeks a night works on, in which runs, and how a night is kept alone and ends what was killed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import dagster as dg
import duckdb
import pytest

from orchestration import night as night_module
from orchestration.dagster_home import instance
from orchestration.home import Home
from orchestration.killed_runs import BY_HAND, end_killed_runs
from orchestration.night import Night, is_reported, is_settled, settle
from orchestration.nightly import AnotherNight, alone
from orchestration.pending import Part, Pending, Request, base_periods, pending, requests, stretches
from orchestration.periods import SHANGHAI
from orchestration.receive.register import Register, Submission


def submission(
    name: str, period: str | None, cadence: str = "month", problem: str | None = None
) -> Submission:
    return Submission(
        submission_id=name,
        sha256=name,
        file_name=f"{name}.xlsx",
        archive_path=name,
        format="xlsx",
        unit_code="610122",
        unit_name="蓝田县",
        reporting_period=period,
        cadence=cadence,
        version=1,
        received_at=datetime(2021, 9, 1, tzinfo=UTC),
        problem_code=problem,
    )


def register(home: Home, *submissions: Submission) -> None:
    with Register(home.register) as opened:
        opened.record(submissions, [])


def published(home: Home, **statuses: str) -> None:
    """A published warehouse that knows these submissions, by the code of today."""
    home.published.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(
            "create schema marts; create table marts.dim_submission (submission_id string, status string)"
        )
        connection.execute(
            "create table marts.rpt_submission_status (reporting_period string, status string, due_on date)"
        )
        connection.executemany("insert into marts.dim_submission values (?, ?)", list(statuses.items()))
    settle(home)


def both(*periods: str) -> Pending:
    """What is touched is all that follows."""
    return Pending(periods, periods)


def test_nothing_received_leaves_nothing_pending(home: Home):
    register(home)
    assert pending(home) == Pending()


def test_a_month_is_pending_until_it_is_published(home: Home):
    register(home, submission("a", "2021-08"))
    assert pending(home) == both("2021-08")
    published(home, a="accepted")
    assert pending(home) == Pending()


def test_a_returned_submission_is_done_with(home: Home):
    register(home, submission("a", "2021-08"))
    published(home, a="returned")
    assert pending(home) == Pending()


def test_a_submission_published_before_it_was_judged_is_pending(home: Home):
    register(home, submission("a", "2021-08"))
    published(home, a="pending")
    assert pending(home) == both("2021-08")


def test_later_periods_stand_on_a_corrected_one_and_are_not_landed_again(home: Home):
    register(home, *[submission(month, month) for month in ("2021-05", "2021-06", "2021-08")])
    published(home, **{"2021-05": "accepted", "2021-08": "accepted"})
    assert pending(home) == Pending(touched=("2021-06",), following=("2021-06", "2021-08"))


def test_a_week_is_a_period_of_its_own(home: Home):
    register(home, submission("w", "2021-W35", "week"))
    assert pending(home) == both("2021-W35")
    published(home, w="accepted")
    assert pending(home) == Pending()


def test_on_a_corrected_week_stands_what_ends_later_and_nothing_earlier(home: Home):
    periods = {"m7": "2021-07", "m8": "2021-08", "w34": "2021-W34", "w35": "2021-W35"}
    register(home, *[submission(name, period) for name, period in periods.items()])
    published(home, **dict.fromkeys(periods, "accepted"))
    register(home, submission("w35v2", "2021-W35", "week"))
    assert pending(home) == both("2021-W35")
    register(home, submission("w34v2", "2021-W34", "week"))
    assert pending(home) == Pending(("2021-W34", "2021-W35"), ("2021-W34", "2021-08", "2021-W35"))


REPORTED = ("2021-W22", "2021-06", "2021-07", "2021-W34", "2021-08")


def test_a_night_that_touches_all_it_reports_on_is_one_run():
    assert requests(Pending(REPORTED, REPORTED), REPORTED) == (Request(Part.WHOLE, REPORTED),)
    assert requests(Pending(), REPORTED) == ()


def test_a_late_file_lands_in_a_run_of_its_own_period():
    asked = Pending(("2021-06",), REPORTED[1:])
    assert requests(asked, REPORTED) == (
        Request(Part.LANDING, ("2021-06",)),
        Request(Part.REST, REPORTED[1:]),
    )


def test_what_is_touched_apart_is_landed_apart():
    asked = Pending(("2021-06", "2021-W34", "2021-08"), REPORTED[1:])
    assert [request.periods for request in requests(asked, REPORTED)[:-1]] == [
        ("2021-06",),
        ("2021-W34", "2021-08"),
    ]


def test_a_day_that_came_due_lands_nothing():
    assert requests(Pending((), ("2021-08",)), REPORTED) == (Request(Part.REST, ("2021-08",)),)


def test_stretches_hold_every_period_once_and_no_other():
    assert stretches({"2021-W22", "2021-08"}, REPORTED) == [("2021-W22",), ("2021-08",)]
    assert stretches(set(REPORTED), REPORTED) == [REPORTED]
    assert stretches((), REPORTED) == []


def test_base_periods_are_in_the_order_in_which_they_end(home: Home):
    for period in (
        "2021-W35",
        "2021-08",
        "2021-W34",
        "2020-W53",
        "2021-W22",
        "2021-05",
        "2020-W52",
        "2021-Q3",
    ):
        register(home, submission(period, period))
    assert base_periods(home) == ("2020-W53", "2021-05", "2021-W22", "2021-W34", "2021-08", "2021-W35")


def test_a_quarter_waits_and_starts_no_night(home: Home):
    register(home, submission("q", "2021-Q3", "quarter"))
    assert pending(home) == Pending()


def test_an_unreadable_file_is_published_with_the_latest_month(home: Home):
    register(
        home, submission("a", "2021-07"), submission("b", "2021-08"), submission("x", None, problem="U-1")
    )
    published(home, a="accepted", b="accepted")
    assert pending(home) == both("2021-08")
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("insert into marts.dim_submission values ('x', 'unreadable')")
    assert pending(home) == Pending()


def test_a_changed_rule_touches_every_period(home: Home, monkeypatch: pytest.MonkeyPatch):
    register(home, submission("a", "2021-07"), submission("b", "2021-08"))
    published(home, a="accepted", b="accepted")
    monkeypatch.setattr(night_module, "made_by", lambda _: "another rule")
    assert pending(home) == both("2021-07", "2021-08")


def test_the_provinces_own_list_of_units_is_part_of_what_a_figure_is_made_by(home: Home):
    settle(home)
    assert is_settled(home)
    (home.root / "reporting_units.csv").write_text("code,name\n", encoding="utf-8")
    assert not is_settled(home)


@pytest.mark.parametrize(
    ("owed", "status", "due_in_days", "following"),
    [
        ("2021-08", "not_due", -1, ("2021-08",)),
        ("2021-09", "not_due", -1, ("2021-08",)),
        ("2021-08", "not_due", 0, ()),
        ("2021-08", "overdue", -1, ()),
        ("2021-W34", "not_due", -1, ("2021-08",)),
    ],
    ids=[
        "the day has passed",
        "of a month nobody reported on",
        "today is the day",
        "already overdue",
        "of a week",
    ],
)
def test_a_due_day_that_passed_makes_its_period_pending(
    home: Home, owed: str, status: str, due_in_days: int, following: tuple[str, ...]
):
    register(home, submission("a", "2021-07"), submission("b", "2021-08"))
    published(home, a="accepted", b="accepted")
    due_on = datetime.now(SHANGHAI).date() + timedelta(days=due_in_days)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("insert into marts.rpt_submission_status values (?, ?, ?)", [owed, status, due_on])
    assert pending(home).following == following


def test_a_ruling_of_the_bureau_touches_every_period(home: Home):
    register(home, submission("a", "2021-08"))
    published(home, a="accepted")
    home.root.joinpath("exemptions.csv").write_text(
        "unit_code,dataset,from_period,to_period,reason\n610122,*,2021-08,,灾后恢复\n", encoding="utf-8"
    )
    assert pending(home) == both("2021-08")


@pytest.mark.parametrize(
    ("period", "answer"),
    [
        ("2021-01", True),
        ("2020-12", False),
        ("2021-W35", True),
        ("2020-W53", True),  # ends on 3 January 2021
        ("2020-W52", False),
        ("2021-W53", False),
        ("2021-13", False),
        ("2021", False),
        (None, False),
    ],
)
def test_units_report_on_months_since_2021_and_weeks_that_end_in_one(period: str | None, answer: bool):
    assert is_reported(period) is answer


def test_a_second_night_on_the_same_home_is_refused(home: Home):
    with alone(home), pytest.raises(AnotherNight), alone(home):
        pass


def test_a_killed_night_is_ended_as_failed_and_frees_the_writers(home: Home):
    home.dagster.mkdir(parents=True)
    with instance(home) as opened:
        run = opened.create_run_for_job(
            dg.GraphDefinition("nightly").to_job(), tags=BY_HAND, status=dg.DagsterRunStatus.STARTED
        )
        opened.event_log_storage.initialize_concurrency_limit_to_default("warehouse")
        claim = opened.event_log_storage.claim_concurrency_slot("warehouse", run.run_id, "land")
        assert claim.is_claimed
        end_killed_runs(home, opened)
        assert opened.get_run_by_id(run.run_id).status == dg.DagsterRunStatus.FAILURE
        assert opened.event_log_storage.get_concurrency_info("warehouse").claimed_slots == []


def test_what_a_step_raises_is_kept_and_raised_on(home: Home):
    night = Night(home)

    def breaks(_: Home) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        night.run("land", breaks)
    assert str(night.errors["land"]) == "no"
    assert "land" in night.seconds
