"""Stage report in Dagster: the province's bulletin of each month. The work is in ``bulletin``."""

import dagster as dg

from orchestration.dagster_common import BULLETIN, MONTHS, ONE_RUN, PUBLISHED, STATISTICIANS
from orchestration.night import Night
from orchestration.report.bulletin import write_bulletins


@dg.asset(
    key=BULLETIN,
    deps=[PUBLISHED],
    group_name="report",
    owners=STATISTICIANS,
    kinds={"markdown", "word"},
    description="The bureau's bulletin of the month, in Chinese, as Markdown and DOCX. | 当月通报。",
    partitions_def=MONTHS,
    backfill_policy=ONE_RUN,
)
def bulletin(context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]) -> dg.MaterializeResult:
    written = night.run("report", write_bulletins, periods=context.partition_keys)
    return dg.MaterializeResult(metadata={"files": dg.MetadataValue.json([str(path) for path in written])})
