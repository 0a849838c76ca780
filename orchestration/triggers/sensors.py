"""What starts a night in Dagster's daemon, and what asks for the rest of it: a schedule and sensors.

Each only asks: whether there is anything to do is said by what lies there (``inbox``, ``pending``, ``night``), which
``zhenxing nightly`` asks too. Belongs here: ticks and run requests. Does not belong here: what is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from orchestration.behind import behind
from orchestration.dagster_common import NIGHTLY, SUBMISSIONS, range_tags
from orchestration.home import Home
from orchestration.made_by import made_by
from orchestration.night import last_made_by
from orchestration.pending import Part, Request, base_periods, pending, requests
from orchestration.publish.held import put_back_now
from orchestration.triggers.inbox import arrived, digest
from orchestration.triggers.parts import keys_of

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

# Set on the runs of a night that the daemon asked for: the sensor goes on from them. A night by hand goes on by itself.
FOLLOWED = {"zhenxing/followed_by": "sensor"}
PART = "zhenxing/part"
RECEIVING = "receiving"
CATCHING_UP = "catching_up"

# Dagster keeps the cursor before where an empty one is given.
_NOTHING = "nothing"

UNDER_WAY = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


def receiving(run_key: str | None = None) -> dg.RunRequest:
    """A night's first request: receive what lies in the inbox. What it finds says what else is asked for."""
    return dg.RunRequest(run_key=run_key, asset_selection=[SUBMISSIONS], tags={**FOLLOWED, PART: RECEIVING})


def run_request(request: Request, every: list[dg.AssetKey], run_key: str) -> dg.RunRequest:
    tags = {**FOLLOWED, PART: request.part.value, **range_tags(request.periods)}
    return dg.RunRequest(run_key=run_key, asset_selection=keys_of(request.part, every), tags=tags)


def catching_up(late: tuple[str, ...], run_key: str) -> dg.RunRequest:
    """Instead of the rest, when nothing is pending: what is behind the publication."""
    tags = {**FOLLOWED, PART: CATCHING_UP}
    return dg.RunRequest(run_key=run_key, asset_selection=[dg.AssetKey(name) for name in late], tags=tags)


def nightly_schedule(job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    @dg.schedule(
        name="nightly_schedule",
        job=job,
        cron_schedule="0 2 * * *",
        execution_timezone="Asia/Shanghai",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Two in the morning, when no county is sending: catches all. | 每日凌晨两点。",
    )
    def nightly_schedule() -> dg.RunRequest:
        return receiving()

    return nightly_schedule


def inbox_sensor(job: UnresolvedAssetJobDefinition, home: Home) -> dg.SensorDefinition:
    @dg.sensor(
        name="settled_inbox",
        job=job,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for a night when new files lie in the inbox and have stopped changing. | 收件箱有新文件且已停止变化。",
    )
    def settled_inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        inbox = arrived(home)
        if not inbox.files:
            return dg.SensorResult(skip_reason=_nothing_settled(len(inbox.waiting)), cursor=_NOTHING)
        seen = digest(inbox.files)
        if seen != context.cursor:
            found = f"{len(inbox.files)} new files: asked for when the next tick finds them unchanged."
            return dg.SensorResult(skip_reason=found, cursor=seen)
        if is_under_way(context.instance):
            return dg.SkipReason("A night is at work or queued.")
        return dg.SensorResult(run_requests=[receiving(f"inbox {seen}")])

    return settled_inbox


def _nothing_settled(waiting: int) -> str:
    return f"Still being copied: {waiting} files." if waiting else "Nothing new lies in the inbox."


def rules_sensor(job: UnresolvedAssetJobDefinition, home: Home) -> dg.SensorDefinition:
    @dg.sensor(
        name="changed_rules",
        job=job,
        minimum_interval_seconds=120,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for a night when what the published figures are made by has changed: rules, models, rulings, units, "
        "code. | 规则、模型、裁定、单位名单或程序变更后重新审核。",
    )
    def changed_rules(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        published_by = last_made_by(home)
        today = made_by(home)
        if published_by in (None, today):
            return dg.SensorResult(
                skip_reason="The publication is made by what is in force today.", cursor=today
            )
        if today != context.cursor:
            changed = "Changed since the last publication: asked for when the next tick finds it unchanged."
            return dg.SensorResult(skip_reason=changed, cursor=today)
        if is_under_way(context.instance):
            return dg.SkipReason("A night is at work or queued.")
        return dg.SensorResult(run_requests=[receiving(f"made by {today}")])

    return changed_rules


def following_sensor(
    job: UnresolvedAssetJobDefinition, home: Home, every: list[dg.AssetKey]
) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        name="night_goes_on",
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitored_jobs=[job],
        request_job=job,
        minimum_interval_seconds=10,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="After each run of a night the next: landing by period, then the rest. | 夜间任务逐步推进。",
    )
    def night_goes_on(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        run = context.dagster_run
        if not FOLLOWED.items() <= run.tags.items():
            return dg.SkipReason("That run was started by hand; it goes on by itself.")
        part = run.tags.get(PART)
        asked = requests(pending(home), base_periods(home))
        if part == RECEIVING and not asked:
            late = behind(home)
            return catching_up(late, run.run_id) if late else dg.SkipReason("The publication stands.")
        if part == Part.LANDING:
            asked = left(asked, run.tags["dagster/asset_partition_range_end"])
        if part in (RECEIVING, Part.LANDING) and asked:
            return run_request(asked[0], every, run.run_id)
        return dg.SkipReason("The night has ended.")

    return night_goes_on


def held_sensor(job: UnresolvedAssetJobDefinition, home: Home) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        name="held_night_catches_up",
        run_status=dg.DagsterRunStatus.FAILURE,
        monitored_jobs=[job],
        request_job=job,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="While a publication is put back the night ends at publishing; what follows that publication is still "
        "written. | 回退期间只补写回执等。",
    )
    def held_night_catches_up(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        run = context.dagster_run
        publishes = run.tags.get(PART) in (Part.WHOLE, Part.REST)
        if not FOLLOWED.items() <= run.tags.items() or not publishes or put_back_now(home) is None:
            return dg.SkipReason("Not a night that ended because a publication is put back.")
        late = behind(home)
        return catching_up(late, run.run_id) if late else dg.SkipReason("Nothing is behind.")

    return held_night_catches_up


def left(asked: tuple[Request, ...], landed_until: str) -> tuple[Request, ...]:
    """What is left of a night's requests after the landing that ended with a period. Where none of them ended there, because
    what is pending is another thing by now, all of them: landing again what has landed changes nothing."""
    for number, request in enumerate(asked, 1):
        if request.part == Part.LANDING and request.periods[-1] == landed_until:
            return asked[number:]
    return asked


def is_under_way(instance: dg.DagsterInstance) -> bool:
    """Whether any run of a night is at work or waits for its turn, whoever started it."""
    return bool(instance.get_run_ids(dg.RunsFilter(job_name=NIGHTLY, statuses=list(UNDER_WAY)), limit=1))
