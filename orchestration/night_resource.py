"""The night as Dagster's resource: what a run is given, under the night lock from its first step to its last.

Belongs here: the run's locks. Does not belong here: steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import dagster as dg
from dagster._utils.interrupts import check_captured_interrupt

from orchestration.dagster_history import tidy
from orchestration.killed_runs import end_killed_runs
from orchestration.night import Night
from orchestration.night_lock import alone
from orchestration.passing import is_passing
from orchestration.pending import pending
from orchestration.run_alive import alive
from orchestration.triggers.inbox import QUIET_SECONDS

# Long enough for a server to restart.
RETRIES, RETRY_SECONDS = 3, 30


def night_of_a_run(night: Night, *, held: bool) -> dg.ResourceDefinition:
    """``held``: whoever runs it holds the lock for several runs and wants the ``night`` he gave. Else each run waits for the
    lock, holds it, and has a night of its own."""

    @dg.resource(description="The home, under its night lock. | 数据目录,运行期间独占写入。")
    def resource(context: dg.InitResourceContext) -> Iterator[Night]:
        with alive(night.home, context.run.run_id):
            if held:
                yield night
                return
            with alone(night.home, wait=True, waiting=_waiting(context)):
                end_killed_runs(night.home, context.instance, but=context.run.run_id)
                tidy(night.home, context.instance)
                owed = pending(night.home).following
                yield Night(night.home, quiet_seconds=QUIET_SECONDS, raising=again, owed=owed)

    return resource


def again(error: Exception) -> Exception:
    """Asks Dagster to try a step again where its error passes by itself (``passing``); else the error. A night by hand is not
    tried again by itself: who started it sees what is wrong."""
    if is_passing(error):
        return dg.RetryRequested(max_retries=RETRIES, seconds_to_wait=RETRY_SECONDS)
    return error


def _waiting(context: dg.InitResourceContext) -> Callable[[], None]:
    said = []

    def each_second() -> None:
        if not said:
            context.log.info("Waiting: another process is writing to this home.")
            said.append(True)
        if check_captured_interrupt():
            raise dg.DagsterExecutionInterruptedError("Cancelled while it waited for the night lock.")

    return each_second
