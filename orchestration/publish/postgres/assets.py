"""PostgreSQL in Dagster, where the bureau has one. The work is in ``load``."""

import dagster as dg

from orchestration.dagster_common import ENGINEERS, POSTGRES, PUBLISHED
from orchestration.night import Night
from orchestration.publish.postgres.address import is_named
from orchestration.publish.postgres.load import load_marts


@dg.asset(
    key=POSTGRES,
    deps=[PUBLISHED],
    group_name="publish",
    owners=ENGINEERS,
    kinds={"postgres"},
    description="The published tables in PostgreSQL, for many users and SQL clients; each county sees its own rows. "
    "| PostgreSQL 中的发布数据,县级账号只见本县。",
)
def postgres_marts(night: dg.ResourceParam[Night]) -> dg.MaterializeResult:
    loaded = night.run("postgres", load_marts, progress=night.progress("postgres"))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": sum(loaded.tables.values()),
            "changed": loaded.changed,
            "seconds": round(night.seconds["postgres"], 3),
            "place": loaded.place,
            "holds": loaded.stamp,
            "tables": dg.MetadataValue.json(loaded.tables),
        }
    )


def postgres_assets() -> list[dg.AssetsDefinition]:
    """The asset, where a PostgreSQL is named: a bureau without one is shown nothing that stays empty."""
    return [postgres_marts] if is_named() else []
