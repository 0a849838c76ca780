"""Stage report in Dagster: the province's bulletins, and the counties' lists of warnings. The work is in ``bulletin`` and
``warnings``, which bulletins a night writes in ``due``."""

import dagster as dg

from orchestration.dagster_common import (
    BULLETIN,
    ONE_RUN,
    PERIODS,
    PUBLISHED,
    RECEIPTS,
    RESTATEMENTS,
    STATISTICIANS,
    WARNINGS,
    monthly_freshness,
)
from orchestration.night import Night, settle
from orchestration.report.bulletin import write_bulletins
from orchestration.report.due import bulletins_due
from orchestration.report.warnings import write_warnings


@dg.asset(
    key=BULLETIN,
    # The last of a night: what was killed before it is done again, whatever had been published.
    deps=[PUBLISHED, WARNINGS, RESTATEMENTS],
    group_name="report",
    owners=STATISTICIANS,
    kinds={"markdown", "word"},
    description="The bureau's bulletins of the months and weeks, and of what ends with them, in Chinese. | 当期通报。",
    partitions_def=PERIODS,
    backfill_policy=ONE_RUN,
    freshness_policy=monthly_freshness(),
)
def bulletin(context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]) -> dg.MaterializeResult:
    home = night.home
    lying = {path.name for path in home.bulletins.glob("*") if path.is_dir()}
    due = bulletins_due(context.partition_keys, lying)
    written = night.run("report", write_bulletins, periods=due)
    # A run of other periods, such as a backfill, leaves pending what it did not do.
    if set(night.owed) <= set(context.partition_keys):
        settle(home)
    return dg.MaterializeResult(
        metadata={
            "files": dg.MetadataValue.json([str(path) for path in written]),
            "files_written": len(written),
            "seconds": round(night.seconds["report"], 3),
            "dagster/uri": home.bulletins.as_uri(),
        }
    )


@dg.asset(
    key=WARNINGS,
    # The lists lie in the receipt folders, beside the receipts.
    deps=[PUBLISHED, RECEIPTS],
    group_name="report",
    owners=STATISTICIANS,
    kinds={"excel"},
    description="Each county's list of early warnings, in its receipt folder. | 各县防返贫预警名单。",
    partitions_def=PERIODS,
    backfill_policy=ONE_RUN,
)
def warning_lists(context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]) -> dg.MaterializeResult:
    written = night.run("warnings", write_warnings, periods=context.partition_keys)
    return dg.MaterializeResult(
        metadata={
            "lists": len(written),
            "seconds": round(night.seconds["warnings"], 3),
            "dagster/uri": night.home.receipts.as_uri(),
        }
    )
