"""How long Dagster remembers runs: on the home's own kind of instance, with runs of a few small assets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from orchestration.dagster_history import KEPT, forget_old_runs, turn_log
from orchestration.dagster_home import instance, log_file
from orchestration.home import Home

MONTHS = dg.StaticPartitionsDefinition(["2021-07", "2021-08"])
LATER = datetime.now(UTC) + KEPT + timedelta(days=1)


@dg.asset(partitions_def=MONTHS)
def landed(): ...


@dg.asset_check(asset=landed)
def whole():
    return dg.AssetCheckResult(passed=True)


JOB = dg.Definitions(
    assets=[landed], asset_checks=[whole], jobs=[dg.define_asset_job("nightly")]
).resolve_job_def("nightly")


def night(opened: dg.DagsterInstance, month: str) -> str:
    return JOB.execute_in_process(instance=opened, partition_key=month).run_id


def runs(opened: dg.DagsterInstance) -> set[str]:
    return {run.run_id for run in opened.get_runs()}


@pytest.fixture
def opened(home: Home):
    with instance(home) as found:
        yield found


def test_a_run_is_kept_as_long_as_it_should_be(opened):
    night(opened, "2021-07"), night(opened, "2021-07")
    assert forget_old_runs(opened, datetime.now(UTC)) == 0
    assert len(runs(opened)) == 2


def test_an_old_run_goes_with_its_events_its_file_and_its_checks(home: Home, opened):
    first = night(opened, "2021-08")
    second = night(opened, "2021-08")
    assert forget_old_runs(opened, LATER) == 1
    assert runs(opened) == {second}
    assert not list((home.dagster / "history" / "runs").glob(f"{first}*"))
    events = opened.fetch_materializations(landed.key, limit=10).records
    assert [record.event_log_entry.run_id for record in events] == [second]
    checks = opened.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(landed.key, "whole"), limit=10
    )
    assert [record.run_id for record in checks] == [second]


def test_a_run_that_holds_the_last_of_a_partition_stays(opened):
    only_of_july = night(opened, "2021-07")
    goes = night(opened, "2021-08")
    last = night(opened, "2021-08")
    assert forget_old_runs(opened, LATER) == 1
    assert runs(opened) == {only_of_july, last}
    assert goes not in runs(opened)
    assert opened.get_materialized_partitions(landed.key) == {"2021-07", "2021-08"}


def test_forgetting_again_changes_nothing(opened):
    night(opened, "2021-08"), night(opened, "2021-08")
    forget_old_runs(opened, LATER)
    assert forget_old_runs(opened, LATER) == 0


def test_a_log_that_has_grown_is_begun_anew_and_the_one_before_kept(home: Home):
    home.dagster.mkdir(parents=True)
    log_file(home).write_text("a line\n", encoding="utf-8")
    turn_log(home, limit=100)
    assert log_file(home).exists()
    turn_log(home, limit=5)
    assert not log_file(home).exists()
    assert log_file(home).with_suffix(".old.log").read_text(encoding="utf-8") == "a line\n"
