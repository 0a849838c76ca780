"""Stage publish in Dagster. The work is in ``publish.py``."""

from collections.abc import Sequence

import dagster as dg

from orchestration.dagster_common import ENGINEERS, PUBLISHED, WAREHOUSE_VERDICTS, WRITER
from orchestration.night import Night
from orchestration.publish.publish import publish


def published_warehouse_asset(marts: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The published file, which holds the marts named and the verdicts."""

    @dg.asset(
        key=PUBLISHED,
        deps=[WAREHOUSE_VERDICTS, *marts],
        group_name="publish",
        owners=ENGINEERS,
        kinds={"duckdb", "parquet"},
        description="What readers open: replaced whole, and only when no province-wide error stands. "
        "| 读者打开的数据仓库:整体替换,有全省性错误时不发布。",
        pool=WRITER,
    )
    def published_warehouse(night: dg.ResourceParam[Night]) -> dg.MaterializeResult:
        publication = night.run("publish", publish)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": sum(publication.tables.values()),
                "changed": publication.changed,
                "path": dg.MetadataValue.path(publication.path),
                "tables": dg.MetadataValue.json(publication.tables),
            }
        )

    return published_warehouse
