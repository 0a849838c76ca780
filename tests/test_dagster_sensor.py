"""The second half of a scheduled night: asked for by the sensor, over the months pending, once."""

from __future__ import annotations

import dagster as dg
import pytest

from orchestration.behind import FOLLOWERS
from orchestration.dagster_common import RECEIPTS, RESTATEMENTS, SUBMISSIONS
from orchestration.dagster_home import instance
from orchestration.definitions import FOLLOWED, build_definitions
from orchestration.followers import follower_assets
from orchestration.home import Home
from orchestration.night import Night


@pytest.fixture
def asked(home: Home, monkeypatch: pytest.MonkeyPatch):
    """What the sensor answers after a receiving with these tags, when these months are pending."""

    def ask(tags: dict[str, str], pending: tuple[str, ...], late: tuple[str, ...] = ()):
        monkeypatch.setattr("orchestration.definitions.pending_periods", lambda _: pending)
        monkeypatch.setattr("orchestration.definitions.behind", lambda _: late)

        @dg.asset(key=SUBMISSIONS)
        def received() -> None: ...

        job = dg.Definitions(assets=[received], jobs=[dg.define_asset_job("nightly")]).resolve_job_def(
            "nightly"
        )
        definitions = build_definitions(Night(home))
        with instance(home) as opened:
            job.execute_in_process(instance=opened, tags=tags)
            context = dg.build_sensor_context(instance=opened, definitions=definitions)
            sensor = definitions.resolve_sensor_def("after_receiving")
            return sensor.evaluate_tick(context)

    return ask


def test_a_scheduled_receiving_is_followed_by_the_rest(asked):
    [request] = asked(FOLLOWED, ("2021-06", "2021-08")).run_requests
    assert SUBMISSIONS not in request.asset_selection
    assert request.tags["dagster/asset_partition_range_start"] == "2021-06"
    assert request.tags["dagster/asset_partition_range_end"] == "2021-08"


def test_nothing_pending_asks_for_nothing(asked):
    answer = asked(FOLLOWED, ())
    assert answer.run_requests == []
    assert "publication stands" in answer.skip_message


def test_what_is_behind_the_publication_is_asked_for_alone(asked):
    [request] = asked(FOLLOWED, (), late=("receipts", "restatement_notices")).run_requests
    assert request.asset_selection == [RECEIPTS, RESTATEMENTS]
    assert "dagster/asset_partition_range_start" not in request.tags


def test_every_follower_is_an_asset_that_says_when_it_is_behind(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ZHENXING_POSTGRES_URL", "postgresql://127.0.0.1:1/none")
    assert {key.to_user_string() for asset in follower_assets() for key in asset.keys} == set(FOLLOWERS)


def test_a_night_by_hand_goes_on_by_itself(asked):
    answer = asked({}, ("2021-08",))
    assert answer.run_requests == []
    assert "by hand" in answer.skip_message
