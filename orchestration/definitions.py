"""The night in Dagster: all assets and checks, the job ``nightly``, its schedule, and what follows receiving.

Which reporting periods a night concerns is known only when the inbox has been read. So a night is two requests
of one job: the schedule asks for the receiving; the sensor, seeing it done, asks for the rest over the months
that are pending. ``zhenxing nightly`` makes the same two requests in its own process.

Partitions are months: the month in which a week ends works on it (docs/decisions/0008).

Belongs here: putting together. Does not belong here: assets (each stage's ``assets.py``) and what they do.
"""

from __future__ import annotations

import dagster as dg

from orchestration.audit.assets import file_verdicts, rule_checks, warehouse_verdicts_asset
from orchestration.behind import behind
from orchestration.dagster_common import NIGHTLY, SUBMISSIONS, range_tags
from orchestration.followers import follower_assets
from orchestration.home import Home
from orchestration.land.assets import landed_datasets
from orchestration.model.assets import warehouse_models
from orchestration.model.dbt import manifest
from orchestration.night import Night, pending_periods
from orchestration.publish.assets import published_warehouse_asset
from orchestration.receive.assets import received_submissions
from orchestration.report.assets import bulletin, warning_lists

# Set on a run of the schedule: the sensor goes on from it. A night run by hand makes its second request itself.
FOLLOWED = {"zhenxing/followed_by": "sensor"}


def build_definitions(night: Night) -> dg.Definitions:
    """Everything Dagster knows of one home."""
    models = warehouse_models(manifest(night.home))
    marts = sorted(key for key in models.keys if key.path[0] == "marts")
    audited = sorted(key for key in models.keys if key.path[0] in ("marts", "audit"))
    assets = [
        received_submissions,
        landed_datasets,
        file_verdicts,
        models,
        warehouse_verdicts_asset(audited),
        published_warehouse_asset(marts),
        bulletin,
        warning_lists,
        *follower_assets(),
    ]
    job = dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all(),
        description="From the inbox to the bulletin. | 从收件到通报。",
    )
    return dg.Definitions(
        assets=assets,
        asset_checks=[rule_checks],
        jobs=[job],
        schedules=[_schedule(job)],
        sensors=[
            _sensor(job, night.home, later_keys(assets)),
        ],
        resources={"night": night},
        # The stages share one machine and wait for each other; a process for each would only cost start-up.
        executor=dg.in_process_executor,
    )


def later_keys(assets: list[dg.AssetsDefinition]) -> list[dg.AssetKey]:
    """Every asset but the received submissions: what a night's second request asks for."""
    return sorted(key for asset in assets for key in asset.keys if key != SUBMISSIONS)


def first_request() -> dg.RunRequest:
    """The night's first half: receive what lies in the inbox."""
    return dg.RunRequest(asset_selection=[SUBMISSIONS], tags=FOLLOWED)


def second_request(
    periods: tuple[str, ...], keys: list[dg.AssetKey], run_key: str | None = None
) -> dg.RunRequest:
    """The night's second half: all the other assets, over the months from the first to the last pending."""
    return dg.RunRequest(run_key=run_key, asset_selection=keys, tags=range_tags(periods))


def catching_up(late: tuple[str, ...], run_key: str | None = None) -> dg.RunRequest:
    """Instead of the second half, when nothing is pending: what is behind the publication."""
    return dg.RunRequest(run_key=run_key, asset_selection=[dg.AssetKey(name) for name in late])


def _schedule(job: dg.UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    @dg.schedule(
        name="nightly_schedule",
        job=job,
        cron_schedule="0 2 * * *",
        execution_timezone="Asia/Shanghai",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Two in the morning, when no county is sending. | 每日凌晨两点。",
    )
    def nightly_schedule() -> dg.RunRequest:
        return first_request()

    return nightly_schedule


def _sensor(
    job: dg.UnresolvedAssetJobDefinition, home: Home, keys: list[dg.AssetKey]
) -> dg.AssetSensorDefinition:
    @dg.asset_sensor(
        asset_key=SUBMISSIONS,
        job=job,
        name="after_receiving",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for the rest of the night over the months that are pending. | 接收之后继续处理。",
    )
    def after_receiving(
        context: dg.SensorEvaluationContext, asset_event: dg.EventLogEntry
    ) -> dg.RunRequest | dg.SkipReason:
        run = context.instance.get_run_by_id(asset_event.run_id)
        if run is None or not FOLLOWED.items() <= run.tags.items():
            return dg.SkipReason("That run was started by hand; it goes on by itself.")
        periods = pending_periods(home)
        if periods:
            return second_request(periods, keys, run_key=asset_event.run_id)
        if late := behind(home):
            return catching_up(late, run_key=asset_event.run_id)
        return dg.SkipReason("Nothing is pending: the publication stands.")

    return after_receiving


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions of the current home, which ``dagster dev -m orchestration.definitions`` loads."""
    return build_definitions(Night(Home.current()))
