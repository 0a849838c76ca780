"""The night in Dagster: all assets and checks, the job ``nightly``, and what starts it.

Which reporting periods a night concerns is known only when the inbox has been read. So a night is several requests
of one job: the schedule or a sensor asks for the receiving; a sensor, seeing it done, asks for the rest over the periods
that are pending. ``zhenxing nightly`` makes the same requests in its own process. Partitions are the months and weeks
reported on (docs/decisions/0019).

Belongs here: putting together. Does not belong here: assets (each stage's ``assets.py``) and what they do, and when a night
is asked for (``triggers``).
"""

from __future__ import annotations

import dagster as dg

from orchestration.alerts.sensors import alert_sensors
from orchestration.audit.assets import file_verdicts, rule_checks, warehouse_verdicts_asset
from orchestration.dagster_common import NIGHTLY
from orchestration.followers import follower_assets
from orchestration.home import Home
from orchestration.land.assets import landed_datasets
from orchestration.model.assets import warehouse_models
from orchestration.model.dbt import manifest
from orchestration.night import Night
from orchestration.night_resource import night_of_a_run
from orchestration.publish.assets import published_warehouse_asset
from orchestration.receive.assets import received_submissions
from orchestration.report.assets import bulletin, warning_lists
from orchestration.triggers.sensors import (
    following_sensor,
    held_sensor,
    inbox_sensor,
    nightly_schedule,
    rules_sensor,
)


def build_definitions(night: Night, *, held: bool = False) -> dg.Definitions:
    """Everything Dagster knows of one home. ``held``: whoever runs it holds the night lock and wants his own ``night``."""
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
        schedules=[nightly_schedule(job)],
        sensors=[
            inbox_sensor(job, night.home),
            rules_sensor(job, night.home),
            following_sensor(job, night.home, sorted(key for asset in assets for key in asset.keys)),
            held_sensor(job, night.home),
            *alert_sensors(night.home),
        ],
        resources={"night": night_of_a_run(night, held=held)},
        # The stages share one machine and wait for each other; a process for each would only cost start-up.
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions of the current home, which ``dagster dev -m orchestration.definitions`` loads."""
    return build_definitions(Night(Home.current()))
