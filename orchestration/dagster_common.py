"""What the assets of all stages share in Dagster: groups, owners, periods, the pool, and schemas as metadata.

Belongs here: Dagster's vocabulary of this project. Does not belong here: assets (each stage's ``assets.py``).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import dagster as dg
import pyarrow as pa

from orchestration.cards import Card
from orchestration.night import FIRST_MONTH
from orchestration.periods import month_of, parse_period

# Dagster is pinned exactly, so what it calls beta (backfill policies) changes only when we change it.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

NIGHTLY = "nightly"
STAGES = ("receive", "land", "model", "audit", "publish", "report")
ENGINEERS = ("team:data-engineering",)
STATISTICIANS = ("team:statistics",)

# A month's workbooks may come before the month is over, and those of a week that ends in the next month before that has
# begun, so both are partitions already.
MONTHS = dg.MonthlyPartitionsDefinition(
    start_date=FIRST_MONTH, fmt="%Y-%m", timezone="Asia/Shanghai", end_offset=2
)
# One run covers every month of its range: a night reads all workbooks at once.
ONE_RUN = dg.BackfillPolicy.single_run()

# Steps that write what others of them read; the instance lets one of a pool run at a time.
WRITER = "warehouse"

SUBMISSIONS = dg.AssetKey("received_submissions")
FILE_VERDICTS = dg.AssetKey("file_verdicts")
WAREHOUSE_VERDICTS = dg.AssetKey("warehouse_verdicts")
RECEIPTS = dg.AssetKey("receipts")
PUBLISHED = dg.AssetKey("published_warehouse")
POSTGRES = dg.AssetKey("postgres_marts")
BULLETIN = dg.AssetKey("bulletin")
WARNINGS = dg.AssetKey("warning_lists")
RESTATEMENTS = dg.AssetKey("restatement_notices")
SITE = dg.AssetKey("published_site")
DOCUMENTATION = dg.AssetKey("documentation")


def landed_key(table: str) -> dg.AssetKey:
    """A table of the lake."""
    return dg.AssetKey(["lake", table])


def fact_key(card: Card) -> dg.AssetKey:
    """The mart a dataset ends in."""
    return dg.AssetKey(["marts", card.fact])


def column_schema(schema: pa.Schema, descriptions: Mapping[str, str] | None = None) -> dg.TableSchema:
    """An Arrow schema as Dagster shows it, with the card's words where there are any."""
    said = descriptions or {}
    return dg.TableSchema(
        columns=[
            dg.TableColumn(name=field.name, type=str(field.type), description=said.get(field.name))
            for field in schema
        ]
    )


def rows_by_month(rows: Mapping[str, int]) -> dict[str, int]:
    """Rows by reporting period, added up by the month that works on them."""
    by_month: dict[str, int] = {}
    for period, count in rows.items():
        month = month_of(parse_period(period))
        by_month[month] = by_month.get(month, 0) + count
    return by_month


def range_tags(periods: tuple[str, ...] | list[str]) -> dict[str, str]:
    """The tags by which a run is asked to cover the months from the first to the last."""
    return {
        "dagster/asset_partition_range_start": min(periods),
        "dagster/asset_partition_range_end": max(periods),
    }
