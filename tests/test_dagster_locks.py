"""One writer at a time, whoever started it; and what becomes of a run whose process is gone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from pipeline_edits import LANTIAN, add
from pipeline_support import PERIOD, send_version

from orchestration import killed_runs
from orchestration.dagster_home import instance, settings
from orchestration.dagster_launcher import WatchedRunLauncher
from orchestration.home import Home
from orchestration.killed_runs import end_killed_runs
from orchestration.night import Night
from orchestration.night_lock import AnotherNight, alone
from orchestration.night_resource import night_of_a_run
from orchestration.nightly import run_night
from orchestration.run_alive import alive, is_alive

# What the daemon's worker does for the receiving that a sensor asked for, and for the run that follows it.
_WORKER = """
from orchestration.dagster_common import SUBMISSIONS, range_tags
from orchestration.dagster_home import instance
from orchestration.definitions import build_definitions
from orchestration.home import Home
from orchestration.night import Night
from orchestration.pending import base_periods

home = Home.current()
job = build_definitions(Night(home)).resolve_job_def("nightly")
with instance(home) as opened:
    received = job.execute_in_process(instance=opened, asset_selection=[SUBMISSIONS], tags={"by": "daemon"})
    later = sorted(job.asset_layer.executable_asset_keys - {SUBMISSIONS})
    tags = {"by": "daemon", **range_tags(base_periods(home))}
    done = job.execute_in_process(instance=opened, asset_selection=later, tags=tags)
"""


@dg.asset
def writes(night: dg.ResourceParam[Night]) -> None:
    (night.home.root / "written").write_text(f"{time.monotonic()}", encoding="utf-8")


def writing(home: Home, *, held: bool = False) -> dg.JobDefinition:
    """A job of one step that writes to the home."""
    resources = {"night": night_of_a_run(Night(home), held=held)}
    job = dg.define_asset_job("nightly")
    return dg.Definitions(assets=[writes], jobs=[job], resources=resources).resolve_job_def("nightly")


def test_a_run_of_the_daemon_waits_for_whatever_writes(home: Home):
    with instance(home) as opened:
        run = threading.Thread(target=lambda: writing(home).execute_in_process(instance=opened))
        with alone(home):
            run.start()
            time.sleep(2)
            assert not (home.root / "written").exists()
            ended = time.monotonic()
        run.join(60)
        assert float((home.root / "written").read_text(encoding="utf-8")) > ended
        [record] = opened.get_run_records()
        assert record.dagster_run.status == dg.DagsterRunStatus.SUCCESS


def test_while_a_run_of_the_daemon_works_a_night_by_hand_is_refused_or_waits(home: Home):
    begun, may_end = threading.Event(), threading.Event()

    @dg.asset
    def works(night: dg.ResourceParam[Night]) -> None:
        begun.set()
        may_end.wait(60)

    resources = {"night": night_of_a_run(Night(home), held=False)}
    job = dg.Definitions(assets=[works], jobs=[dg.define_asset_job("nightly")], resources=resources)
    with instance(home) as opened:
        run = threading.Thread(
            target=lambda: job.resolve_job_def("nightly").execute_in_process(instance=opened)
        )
        run.start()
        assert begun.wait(60)
        with pytest.raises(AnotherNight):
            run_night(home)
        threading.Timer(1.5, may_end.set).start()
        waited: list[float] = []
        with alone(home, wait=True, waiting=lambda: waited.append(time.monotonic())):
            assert waited
        run.join(60)


def test_a_run_is_alive_as_long_as_its_process(home: Home):
    code = (
        "import sys, time; from pathlib import Path; from orchestration.home import Home\n"
        "from orchestration.run_alive import alive\n"
        "with alive(Home(Path(sys.argv[1])), 'run'):\n    print('begun', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(home.root)], stdout=subprocess.PIPE) as worker:
        assert worker.stdout and worker.stdout.readline() == b"begun\n"
        assert is_alive(home, "run")
        worker.kill()
    assert not is_alive(home, "run")
    with alive(home, "run"):
        assert is_alive(home, "run")
    assert not is_alive(home, "run")


@pytest.fixture
def killed(home: Home):
    """A run that the daemon started and whose process is gone, with the writers' slot that it held."""
    with instance(home) as opened:
        run = opened.create_run_for_job(
            dg.GraphDefinition("nightly").to_job(), status=dg.DagsterRunStatus.STARTED
        )
        opened.event_log_storage.initialize_concurrency_limit_to_default("warehouse")
        assert opened.event_log_storage.claim_concurrency_slot("warehouse", run.run_id, "land").is_claimed
        yield opened, run


def test_a_killed_run_of_the_daemon_is_ended_by_the_next_one(home: Home, killed, monkeypatch):
    opened, run = killed
    end_killed_runs(home, opened)
    assert opened.get_run_by_id(run.run_id).status == dg.DagsterRunStatus.STARTED  # it may be loading still
    monkeypatch.setattr(killed_runs, "LOADING_SECONDS", -1.0)
    with alive(home, run.run_id):
        end_killed_runs(home, opened)
        assert opened.get_run_by_id(run.run_id).status == dg.DagsterRunStatus.STARTED
    end_killed_runs(home, opened)
    assert opened.get_run_by_id(run.run_id).status == dg.DagsterRunStatus.FAILURE
    assert opened.event_log_storage.get_concurrency_info("warehouse").claimed_slots == []


def test_run_monitoring_is_told_when_a_process_is_gone(home: Home, killed, monkeypatch):
    opened, run = killed
    assert isinstance(opened.run_launcher, WatchedRunLauncher)
    assert opened.run_launcher.supports_check_run_worker_health
    assert opened.run_launcher.check_run_worker_health(run).status.value == "RUNNING"
    monkeypatch.setattr(killed_runs, "LOADING_SECONDS", -1.0)
    assert opened.run_launcher.check_run_worker_health(run).status.value == "FAILED"


def test_runs_wait_in_the_queue_and_a_gone_one_is_looked_for(home: Home):
    said = settings(home)
    assert said["concurrency"]["runs"] == {"max_concurrent_runs": 1}
    assert said["run_monitoring"]["enabled"]


def test_a_night_by_hand_and_one_of_the_daemon_at_once_end_one_after_the_other_and_both_right(
    published_small_province: Home, tmp_path: Path
):
    home = Home(tmp_path / "home")
    shutil.copytree(published_small_province.root, home.root)
    send_version(home, LANTIAN, 2, {"monitored_households": add("members", 1)}, period=PERIOD)
    environment = {**os.environ, "ZHENXING_HOME": str(home.root)}
    worker = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _WORKER],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    by_hand = run_night(home, wait=True)
    said, _ = worker.communicate(timeout=600)
    assert by_hand.error is None and worker.returncode == 0, said.decode()
    # The household that grew no longer adds up to what the county states: its register is held back, the rest is taken.
    assert _versions(home) == {1: "accepted", 2: "partly_accepted"}
    with instance(home) as opened:
        runs = opened.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS]))
        steps = sorted(span for record in runs for span in _steps(opened, record.dagster_run.run_id))
    assert {"daemon", "zhenxing nightly"} <= {_who(record.dagster_run) for record in runs}
    assert [ended > begun for (_, ended), (begun, _) in pairwise(steps)].count(True) == 0


def _versions(home: Home) -> dict[int, str]:
    """The published status of each version of the workbook that was sent again."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        asked = (
            "select version, status from marts.dim_submission where unit_code = ? and reporting_period = ?"
        )
        return dict(connection.execute(asked, [LANTIAN, PERIOD]).fetchall())


def _who(run: dg.DagsterRun) -> str | None:
    return run.tags.get("by") or run.tags.get("zhenxing/started_by")


def _steps(opened: dg.DagsterInstance, run_id: str) -> list[tuple[float, float]]:
    """When each step of a run began and ended."""
    return [
        (stats.start_time, stats.end_time)
        for stats in opened.get_run_step_stats(run_id)
        if stats.start_time and stats.end_time
    ]
