"""What starts a night in Dagster's daemon, and how one run of it leads to the next."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

import dagster as dg
import pytest

from orchestration import night as night_module
from orchestration.behind import FOLLOWERS
from orchestration.dagster_common import (
    FILE_VERDICTS,
    PUBLISHED,
    RECEIPTS,
    RESTATEMENTS,
    SUBMISSIONS,
    landed_key,
)
from orchestration.dagster_home import instance
from orchestration.definitions import build_definitions
from orchestration.followers import follower_assets
from orchestration.home import Home
from orchestration.night import Night, settle
from orchestration.pending import Pending
from orchestration.receive.inbox import scan
from orchestration.receive.register import Arrival, Register
from orchestration.triggers import sensors
from orchestration.triggers.inbox import QUIET_SECONDS
from orchestration.triggers.sensors import FOLLOWED, PART, RECEIVING, is_under_way

REPORTED = ("2021-06", "2021-07", "2021-W34", "2021-08")
MONEY = landed_key("bridging_funds")


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return build_definitions(Night(Home(tmp_path_factory.mktemp("definitions"))))


@pytest.fixture
def after(home: Home, definitions: dg.Definitions, monkeypatch: pytest.MonkeyPatch):
    """What is asked for after a run with these tags has succeeded, when this is pending."""

    def ask(
        tags: dict[str, str], pending: Pending, late: tuple[str, ...] = ()
    ) -> dg.RunRequest | dg.SkipReason:
        monkeypatch.setattr(sensors, "pending", lambda _: pending)
        monkeypatch.setattr(sensors, "base_periods", lambda _: REPORTED)
        monkeypatch.setattr(sensors, "behind", lambda _: late)
        with instance(home) as opened:
            run = opened.create_run_for_job(dg.GraphDefinition("nightly").to_job(), tags=tags)
            event = dg.DagsterEvent(dg.DagsterEventType.RUN_SUCCESS.value, "nightly")
            context = dg.build_run_status_sensor_context("night_goes_on", event, opened, run)
            return definitions.resolve_sensor_def("night_goes_on")(context)

    return ask


RECEIVED = {**FOLLOWED, PART: RECEIVING}


def landed(*periods: str) -> dict[str, str]:
    return {**FOLLOWED, PART: "landing", **periods_of(periods[0], periods[-1])}


def periods_of(first: str, last: str) -> dict[str, str]:
    return {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}


def test_after_receiving_everything_else_in_one_run_where_all_is_touched(after):
    request = after(RECEIVED, Pending(REPORTED[2:], REPORTED[2:]))
    assert SUBMISSIONS not in request.asset_selection
    assert {MONEY, FILE_VERDICTS, PUBLISHED} <= set(request.asset_selection)
    assert periods_of("2021-W34", "2021-08").items() <= request.tags.items()


def test_a_late_file_lands_its_own_period_first(after):
    request = after(RECEIVED, Pending(("2021-06",), REPORTED))
    assert MONEY in request.asset_selection and PUBLISHED not in request.asset_selection
    assert periods_of("2021-06", "2021-06").items() <= request.tags.items()


def test_after_each_landing_the_next_and_then_the_rest(after):
    late = Pending(("2021-06", "2021-08"), REPORTED)
    second = after(landed("2021-06"), late)
    assert periods_of("2021-08", "2021-08").items() <= second.tags.items()
    rest = after(landed("2021-08"), late)
    assert MONEY not in rest.asset_selection and PUBLISHED in rest.asset_selection
    assert periods_of("2021-06", "2021-08").items() <= rest.tags.items()


def test_a_night_ends(after):
    ended = after({**FOLLOWED, PART: "rest"}, Pending(("2021-06",), REPORTED))
    assert isinstance(ended, dg.SkipReason)


def test_nothing_pending_asks_for_nothing(after):
    assert "publication stands" in after(RECEIVED, Pending()).skip_message


def test_what_is_behind_the_publication_is_asked_for_alone(after):
    request = after(RECEIVED, Pending(), late=("receipts", "restatement_notices"))
    assert request.asset_selection == [RECEIPTS, RESTATEMENTS]
    assert "dagster/asset_partition_range_start" not in request.tags


@pytest.mark.parametrize("case", [(5, "rest", True), (None, "rest", False), (5, "catching_up", False)])
def test_while_a_publication_is_put_back_a_night_still_writes_what_follows_it(
    home: Home, definitions: dg.Definitions, monkeypatch, case: tuple[int | None, str, bool]
):
    held, part, asks = case
    monkeypatch.setattr(sensors, "put_back_now", lambda _: held)
    monkeypatch.setattr(sensors, "behind", lambda _: ("receipts",))
    with instance(home) as opened:
        run = opened.create_run_for_job(dg.GraphDefinition("nightly").to_job(), tags={**FOLLOWED, PART: part})
        event = dg.DagsterEvent(dg.DagsterEventType.RUN_FAILURE.value, "nightly")
        context = dg.build_run_status_sensor_context("held_night_catches_up", event, opened, run)
        answer = definitions.resolve_sensor_def("held_night_catches_up")(context)
    assert isinstance(answer, dg.RunRequest) is asks


def test_every_follower_is_an_asset_that_says_when_it_is_behind(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ZHENXING_POSTGRES_URL", "postgresql://127.0.0.1:1/none")
    assert {key.to_user_string() for asset in follower_assets() for key in asset.keys} == set(FOLLOWERS)


def test_a_night_by_hand_goes_on_by_itself(after):
    assert "by hand" in after({}, Pending(REPORTED, REPORTED)).skip_message


class Ticks:
    """A sensor of a home, tick by tick, with the cursor that the daemon would keep."""

    def __init__(self, home: Home, name: str):
        self.home = home
        self.sensor = build_definitions(Night(home)).resolve_sensor_def(name)
        self.cursor: str | None = None

    def tick(self) -> list[dg.RunRequest]:
        with instance(self.home) as opened:
            answer = self.sensor.evaluate_tick(dg.build_sensor_context(instance=opened, cursor=self.cursor))
        self.cursor = answer.cursor
        return list(answer.run_requests)


@pytest.fixture
def inbox(home: Home) -> Ticks:
    home.inbox.mkdir(parents=True)
    return Ticks(home, "settled_inbox")


def put(home: Home, name: str, content: bytes = b"x") -> None:
    (home.inbox / name).write_bytes(content)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch):
    """Makes the inbox's clock run ahead: the time a file was moved here cannot be set."""

    def ahead(seconds: float) -> None:
        moment = time.time_ns() + int(seconds * 1e9)
        monkeypatch.setattr("orchestration.receive.inbox.time.time_ns", lambda: moment)

    return ahead


def test_a_file_counts_when_two_ticks_find_it_unchanged(inbox: Ticks, later):
    put(inbox.home, "a.xlsx")
    assert inbox.tick() == []  # touched just now
    later(QUIET_SECONDS + 1)
    assert inbox.tick() == []  # seen for the first time
    [request] = inbox.tick()
    assert request.asset_selection == [SUBMISSIONS] and RECEIVED.items() <= request.tags.items()


def test_a_file_that_grows_between_ticks_is_not_asked_for(inbox: Ticks, later):
    put(inbox.home, "a.xlsx")
    later(60)
    assert inbox.tick() == []
    put(inbox.home, "a.xlsx", b"more of it")
    later(120)
    assert inbox.tick() == []
    assert len(inbox.tick()) == 1


def test_a_copy_under_way_does_not_hold_up_the_others(inbox: Ticks, later):
    put(inbox.home, "a.xlsx")
    later(60)
    inbox.tick()
    path = inbox.home.inbox / "b.xlsx"
    path.write_bytes(b"half of it")
    moment = time.time_ns() + 60 * 10**9
    os.utime(path, ns=(moment, moment))
    assert len(inbox.tick()) == 1
    assert scan(inbox.home.inbox, quiet_seconds=QUIET_SECONDS).waiting == ["b.xlsx"]


def test_what_is_registered_is_not_asked_for_again(inbox: Ticks, later):
    put(inbox.home, "a.xlsx")
    [file] = scan(inbox.home.inbox).files
    with Register(inbox.home.register) as register:
        register._database.execute("pragma foreign_keys = off")
        register.record([], [Arrival(file.name, file.size, file.mtime_ns, "0", datetime.now(UTC))])
    later(60)
    assert [inbox.tick() for _ in range(3)] == [[], [], []]


def test_the_same_files_are_asked_for_by_the_same_key(inbox: Ticks, later):
    put(inbox.home, "a.xlsx")
    later(60)
    inbox.tick()
    assert inbox.tick()[0].run_key == inbox.tick()[0].run_key


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
def test_no_night_is_asked_for_while_one_is_under_way(inbox: Ticks, later, status: dg.DagsterRunStatus):
    put(inbox.home, "a.xlsx")
    later(60)
    inbox.tick()
    with instance(inbox.home) as opened:
        opened.create_run_for_job(dg.GraphDefinition("nightly").to_job(), status=status)
        assert is_under_way(opened)
    assert inbox.tick() == []


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch):
    """Says what figures are made by."""

    def by(what: str) -> None:
        for module in (sensors, night_module):
            monkeypatch.setattr(module, "made_by", lambda _: what)

    return by


def test_a_change_of_rules_asks_for_a_night_once_it_has_settled(home: Home, made):
    made("old")
    settle(home)
    rules = Ticks(home, "changed_rules")
    assert rules.tick() == []
    made("half copied")
    assert rules.tick() == []
    made("new")
    assert rules.tick() == []
    [request] = rules.tick()
    assert request.asset_selection == [SUBMISSIONS] and RECEIVED.items() <= request.tags.items()
    assert rules.tick()[0].run_key == request.run_key
    settle(home)
    assert rules.tick() == []


def test_before_the_first_publication_no_change_asks_for_a_night(home: Home):
    rules = Ticks(home, "changed_rules")
    assert [rules.tick() for _ in range(3)] == [[], [], []]
    assert night_module.last_made_by(home) is None
