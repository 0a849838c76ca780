"""Alerts in Dagster: what the daemon's runs are followed by. A night by hand tells of itself.

A run that failed, or the one that a night ends with, is noted and told like the end of ``zhenxing nightly``. A daemon that is not
there tells nothing: ``zhenxing alerts``, called every hour by the system, notices that no night comes. Belongs here: sensors. Does
not belong here: what is told.
"""

from __future__ import annotations

import dagster as dg

from orchestration.alerts.delivery import Limits
from orchestration.alerts.tell import Told, after_night
from orchestration.behind import behind
from orchestration.home import Home
from orchestration.pending import Part, base_periods, pending, requests
from orchestration.triggers.sensors import FOLLOWED, PART, RECEIVING

# A tick of a sensor has a minute.
_LIMITS = Limits(pauses=(1.0,), seconds=15.0, letters=15.0)

# The steps of a night, as its screen names them, by their names in Dagster.
STEP_OF = {
    "received_submissions": "receive",
    "landed_datasets": "land",
    "file_verdicts": "audit_files",
    "warehouse_models": "model",
    "warehouse_verdicts": "audit_warehouse",
    "published_warehouse": "publish",
    "postgres_marts": "postgres",
    "receipts": "receipts",
    "restatement_notices": "restatements",
    "warning_lists": "warnings",
    "bulletin": "report",
    "published_site": "site",
    "documentation": "documentation",
    "rule_checks": "audit_warehouse",
}
_DIED = {"运行进程中断": ("", "")}


def alert_sensors(home: Home) -> list[dg.SensorDefinition]:
    """Both sensors of a home."""

    @dg.run_failure_sensor(
        name="alert_of_failure",
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells who is responsible that a run failed or a publication is blocked. | 运行失败或发布受阻时告警。",
    )
    def alert_of_failure(context: dg.RunFailureSensorContext) -> dg.SkipReason:
        return _said(after_night(home, errors_of(context.get_step_failure_events()), limits=_LIMITS))

    @dg.run_status_sensor(
        name="alert_after_night",
        run_status=dg.DagsterRunStatus.SUCCESS,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Once a night has ended: tells what is news, and reminds who owes. | 夜间任务结束后发告警和催报。",
    )
    def alert_after_night(context: dg.RunStatusSensorContext) -> dg.SkipReason:
        if not ends_night(home, dict(context.dagster_run.tags)):
            return dg.SkipReason("Not the end of a night.")
        return _said(after_night(home, {}, limits=_LIMITS))

    return [alert_of_failure, alert_after_night]


def ends_night(home: Home, tags: dict[str, str]) -> bool:
    """Whether a night that the daemon asked for ends with a run that succeeded."""
    if not FOLLOWED.items() <= tags.items() or tags.get(PART) == Part.LANDING:
        return False
    if tags.get(PART) == RECEIVING:
        return not requests(pending(home), base_periods(home)) and not behind(home)
    return True


def errors_of(events: list[dg.DagsterEvent]) -> dict[str, tuple[str, str]]:
    """By step: the class and the words of what it raised. Without a failed step the run's process died."""
    errors = {}
    for event in events:
        error = event.step_failure_data.error
        raised = (error.cause or error) if error else None
        step = STEP_OF.get(event.step_key or "", event.step_key or "")
        words = raised.message.partition(": ")[2] if raised else ""
        errors[step] = ((raised.cls_name or "") if raised else "", words.strip())
    return errors or dict(_DIED)


def _said(told: Told) -> dg.SkipReason:
    """A tick shows its reason in the UI."""
    return dg.SkipReason(";".join(told.lines()) or "Nothing is news.")
