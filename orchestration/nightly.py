"""A night in this process: the requests of the Dagster job ``nightly``, one after the other.

Belongs here: running the job on the home's instance, one night at a time.
Does not belong here: what the stages do, and what is said of it (``summary``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from orchestration.behind import behind
from orchestration.dagster_history import tidy
from orchestration.dagster_home import instance
from orchestration.home import Home
from orchestration.killed_runs import BY_HAND, end_killed_runs
from orchestration.night import Night, Watcher
from orchestration.night_lock import AnotherNight, alone
from orchestration.pending import Part, Pending, Request, base_periods, pending, requests, within
from orchestration.publish.held import PublishHeld

if TYPE_CHECKING:
    import dagster as dg

    from orchestration.audit.verdicts import Audited

__all__ = ["AnotherNight", "Run", "alone", "run_backfill", "run_night", "run_putback"]

# Dagster's lines go to the log file of its home, not to the screen.
_SILENT = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True, slots=True)
class Run:
    """A night that has ended. ``periods`` is what it published and reported on, in order; empty when nothing was pending."""

    night: Night
    periods: tuple[str, ...]
    seconds: float
    error: Exception | None

    @property
    def succeeded(self) -> bool:
        return self.error is None


def run_night(home: Home, watcher: Watcher | None = None, *, wait: bool = False) -> Run:
    """Receives, then does the rest for what is pending. A stage's error is returned, not raised.

    Raises AnotherNight, unless it shall ``wait`` for what is at work.
    """
    started = time.perf_counter()
    night = Night(home, watcher)
    periods: tuple[str, ...] = ()
    with alone(home, wait=wait, waiting=_saying_so(watcher)), instance(home) as opened:
        end_killed_runs(home, opened)
        tidy(home, opened)
        error = _receive(opened, night)
        if error is None:
            asked, error = _pending(home)
        if error is None:
            periods = night.owed = asked.following
            error = _go_on(opened, night, requests(asked, base_periods(home)))
        # While a publication is put back the night ends at publishing; what follows that publication is still written.
        if (error is None and not periods) or isinstance(error, PublishHeld):
            error = _catch_up(opened, night, behind(home)) or error
    return Run(night, periods, time.perf_counter() - started, error)


def _pending(home: Home) -> tuple[Pending, Exception | None]:
    """What is pending, or why that cannot be told: a register or a published file that is damaged."""
    try:
        return pending(home), None
    except Exception as raised:
        from orchestration.scrub.night import explained  # noqa: PLC0415

        error = explained(home, raised)
        if error is raised:
            raise
        return Pending(), error


def run_backfill(home: Home, asked: str, watcher: Watcher | None = None, *, wait: bool = False) -> Run:
    """Everything after receiving over the periods that ``2021-01..2021-12`` means, in one run: by what the archive holds.

    Nothing is received. What is pending besides stays pending. A stage's error is returned, not raised. Raises AnotherNight,
    unless it shall ``wait``, and NoSuchPeriods.
    """
    from orchestration.triggers.partitions import keep_periods  # noqa: PLC0415  (--help need not wait for Dagster)

    started = time.perf_counter()
    night = Night(home, watcher)
    with alone(home, wait=wait, waiting=_saying_so(watcher)), instance(home) as opened:
        end_killed_runs(home, opened)
        reported = base_periods(home)
        periods = within(reported, asked)
        keep_periods(opened, reported)
        night.owed = pending(home).following
        error = _go_on(opened, night, (Request(Part.WHOLE, periods),))
    return Run(night, periods, time.perf_counter() - started, error)


def _saying_so(watcher: Watcher | None) -> Callable[[], None]:
    return lambda: watcher.preparing("等待另一个任务结束") if watcher else None


def run_putback(home: Home, number: int, reason: str, watcher: Watcher | None = None) -> Run:
    """Puts a publication back, then writes anew what stands on it. The night it replaces is not settled by that.

    Asked again for what is put back, it does what was left of it. An error in what follows is returned, not raised. Raises
    AnotherNight, NotPutBack.
    """
    from orchestration.publish.putback import put_back  # noqa: PLC0415  (a night need not wait for these)
    from orchestration.report.reissue import reissue_bulletins, reissue_warnings  # noqa: PLC0415

    started = time.perf_counter()
    night = Night(home, watcher)
    with alone(home), instance(home) as opened:
        end_killed_runs(home, opened)
        night.run("publish", put_back, number=number, reason=reason)
        _catch_up(opened, night, behind(home))
        for step, reissue in (("warnings", reissue_warnings), ("report", reissue_bulletins)):
            with suppress(
                Exception
            ):  # the night keeps it; one that fails does not keep the other from being written
                night.run(step, reissue)
    return Run(night, (), time.perf_counter() - started, next(iter(night.errors.values()), None))


def _receive(opened: dg.DagsterInstance, night: Night) -> Exception | None:
    """The first request. Its job holds the receiving alone: a night with nothing to do loads no dbt."""
    import dagster as dg  # noqa: PLC0415  (--help need not wait for it)

    from orchestration.dagster_common import NIGHTLY, SUBMISSIONS  # noqa: PLC0415
    from orchestration.night_resource import night_of_a_run  # noqa: PLC0415
    from orchestration.receive.assets import received_submissions  # noqa: PLC0415

    job = dg.Definitions(
        assets=[received_submissions],
        jobs=[dg.define_asset_job(NIGHTLY)],
        resources={"night": night_of_a_run(night, held=True)},
    ).resolve_job_def(NIGHTLY)
    return _request(job, opened, night, [SUBMISSIONS], {})


def _go_on(opened: dg.DagsterInstance, night: Night, asked: Sequence[Request]) -> Exception | None:
    """The requests after receiving, one after the other until one fails."""
    if not asked:
        return None
    from orchestration.dagster_common import NIGHTLY, range_tags  # noqa: PLC0415
    from orchestration.definitions import build_definitions  # noqa: PLC0415
    from orchestration.triggers.parts import keys_of  # noqa: PLC0415

    if night.watcher:
        night.watcher.preparing("准备 dbt")
    job = build_definitions(night, held=True).resolve_job_def(NIGHTLY)
    every = job.asset_layer.executable_asset_keys
    audits: list[Audited] = []
    for request in asked:
        error = _request(job, opened, night, keys_of(request.part, every), range_tags(request.periods))
        if request.part != Part.REST and "audit_files" in night.results:
            audits.append(night.results["audit_files"])
            night.results["audit_files"] = reduce(lambda one, other: one.joined(other), audits)
        if error is not None:
            return error
    return None


def _catch_up(opened: dg.DagsterInstance, night: Night, late: tuple[str, ...]) -> Exception | None:
    """Instead of the second request, when nothing is pending: what is behind the publication, such as receipts of files
    that are no submission. Its job holds these alone, for no dbt is needed."""
    if not late:
        return None
    import dagster as dg  # noqa: PLC0415

    from orchestration.dagster_common import NIGHTLY  # noqa: PLC0415
    from orchestration.followers import follower_assets  # noqa: PLC0415
    from orchestration.night_resource import night_of_a_run  # noqa: PLC0415

    job = dg.Definitions(
        assets=follower_assets(),
        jobs=[dg.define_asset_job(NIGHTLY)],
        resources={"night": night_of_a_run(night, held=True)},
    ).resolve_job_def(NIGHTLY)
    return _request(job, opened, night, [dg.AssetKey(name) for name in late], {})


def _request(
    job: dg.JobDefinition,
    opened: dg.DagsterInstance,
    night: Night,
    keys: Sequence[dg.AssetKey],
    tags: dict[str, Any],
) -> Exception | None:
    """Runs the job for these assets; returns the error that ended it."""
    result = job.execute_in_process(
        instance=opened,
        asset_selection=list(keys),
        tags={**BY_HAND, **tags},
        run_config=_SILENT,
        raise_on_error=False,
    )
    if result.success:
        return None
    return next(iter(night.errors.values()), None) or RuntimeError(_first_failure(result))


def _first_failure(result: dg.ExecuteInProcessResult) -> str:
    """Why a run failed outside the stages' own functions."""
    for event in result.all_events:
        if event.is_step_failure and event.step_failure_data.error:
            return event.step_failure_data.error.to_string()
    return "the run failed; the log file has the reason"
