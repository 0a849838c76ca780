"""Runs whose process was killed: to Dagster they are at work for ever, and hold the queue and the writers' pool.

Belongs here: which runs these are, and ending them as failed. Does not belong here: how a run says that it lives
(``run_alive``).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from orchestration.home import Home
from orchestration.run_alive import forget, is_alive

if TYPE_CHECKING:
    import dagster as dg

BY_HAND = {"zhenxing/started_by": "zhenxing nightly"}
# Between the moment a run is started and the one it says that it lives, its process loads the code.
LOADING_SECONDS = 120.0


def is_gone(home: Home, record: dg.RunRecord) -> bool:
    """Whether a run that is said to be at work has no process any more. One just started is given time to load."""
    if is_alive(home, record.dagster_run.run_id):
        return False
    return time.time() - (record.start_time or record.create_timestamp.timestamp()) > LOADING_SECONDS


def end_killed_runs(home: Home, opened: dg.DagsterInstance, but: str | None = None) -> None:
    """Ends as failed what was killed, ``but`` for the run that asks. Whoever asks holds the night lock, so no night by hand
    can be alive beside it."""
    import dagster as dg  # noqa: PLC0415  (--help need not wait for it)

    unfinished = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.NOT_STARTED]
    by_hand = opened.get_run_records(dg.RunsFilter(tags=BY_HAND, statuses=unfinished))
    started = opened.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    gone = [*by_hand, *(record for record in started if is_gone(home, record))]
    for run in {record.dagster_run.run_id: record.dagster_run for record in gone}.values():
        if run.run_id != but:
            opened.report_run_failed(run, "The process of this run was killed.")
            opened.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            forget(home, run.run_id)
