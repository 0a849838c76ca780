"""How long Dagster remembers runs: their lines and events, which else would outgrow the data in a few years.

What a figure was and why it changed is in the ledger and in the verdicts, for ever; a run's own events are for those who
watch the nights. A run that holds the last materialization of an asset, or of a partition of one, is kept however old it is,
so that no partition looks as if it had never been made. Belongs here: which runs go. Does not belong here: settings
(``dagster_home``), and what is kept of a night elsewhere.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from orchestration.dagster_home import log_file
from orchestration.home import Home

if TYPE_CHECKING:
    from dagster import AssetKey, DagsterInstance

# A quarter and the weeks in which it is corrected.
KEPT = timedelta(days=100)
# Of one night: a history that was never tidied is tidied over several.
AT_ONCE = 50
# Of the file of all log lines, which is begun anew when it is longer; the one before is kept.
LOG_BYTES = 20 * 2**20


def tidy(home: Home, opened: DagsterInstance) -> None:
    """What a night does before it begins."""
    turn_log(home)
    forget_old_runs(opened, datetime.now(UTC))


def forget_old_runs(opened: DagsterInstance, now: datetime, kept: timedelta = KEPT) -> int:
    """Deletes runs that ended longer ago than ``kept``, the oldest first, with their events; returns how many."""
    from dagster import RunsFilter  # noqa: PLC0415  (what runs no Dagster need not import it)
    from dagster._core.storage.dagster_run import FINISHED_STATUSES  # noqa: PLC0415

    ended = RunsFilter(statuses=list(FINISHED_STATUSES), created_before=now - kept)
    old = [record.dagster_run.run_id for record in opened.get_run_records(ended, ascending=True)]
    if not old:
        return 0
    standing = _last_runs(opened)
    going = [run_id for run_id in old if run_id not in standing][:AT_ONCE]
    for run_id in going:
        opened.delete_run(run_id)
    _forget_checks(opened, going)
    return len(going)


def turn_log(home: Home, limit: int = LOG_BYTES) -> None:
    """Begins the file of all log lines anew when it is longer than ``limit`` bytes."""
    path = log_file(home)
    if path.exists() and path.stat().st_size > limit:
        path.replace(path.with_suffix(".old.log"))


def _last_runs(opened: DagsterInstance) -> set[str]:
    """The runs that hold the last materialization of an asset or of a partition."""
    keys = list(opened.all_asset_keys())
    last = set()
    for record in opened.get_asset_records(keys):
        entry = record.asset_entry.last_materialization_record
        if entry is not None:
            last.add(entry.run_id)
    for key in keys:
        last |= _last_runs_of_partitions(opened, key)
    return last


def _last_runs_of_partitions(opened: DagsterInstance, key: AssetKey) -> set[str]:
    from dagster import AssetRecordsFilter, DagsterEventType  # noqa: PLC0415

    storage_ids = opened.event_log_storage.get_latest_storage_id_by_partition(
        key, DagsterEventType.ASSET_MATERIALIZATION
    )
    if not storage_ids:
        return set()
    asked = AssetRecordsFilter(asset_key=key, storage_ids=sorted(storage_ids.values()))
    found = opened.fetch_materializations(asked, limit=len(storage_ids))
    return {record.run_id for record in found.records}


def _forget_checks(opened: DagsterInstance, runs: list[str]) -> None:
    """Evaluations of checks, which Dagster keeps when it deletes their run: all but the last of each check."""
    import sqlalchemy as sa  # noqa: PLC0415
    from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable  # noqa: PLC0415

    table = AssetCheckExecutionsTable.c
    last = sa.select(sa.func.max(table.id)).group_by(table.asset_key, table.check_name, table.partition)
    going = sa.delete(AssetCheckExecutionsTable).where(table.run_id.in_(runs), table.id.not_in(last))
    with opened.event_log_storage.index_connection() as connection:
        connection.execute(going)
