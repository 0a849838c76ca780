"""What the assets of all stages share in Dagster: groups, owners, periods, the pool, and schemas as metadata.

Belongs here: Dagster's vocabulary of this project. Does not belong here: assets (each stage's ``assets.py``).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import dagster as dg
import pyarrow as pa

from orchestration.cards import Card
from orchestration.deadlines import expected_by
from orchestration.night import FIRST_MONTH
from orchestration.periods import SHANGHAI, parse_period

# Dagster is pinned exactly, so what it calls beta (backfill policies) changes only when we change it.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

NIGHTLY = "nightly"
STAGES = ("receive", "land", "model", "audit", "publish", "report")
ENGINEERS = ("team:data-engineering",)
STATISTICIANS = ("team:statistics",)

# Months and weeks on which anyone has reported, in the order in which they end (docs/decisions/0019): what was received
# says which there are, days being those of Asia/Shanghai. ``orchestration.triggers.partitions`` keeps them in that order.
PERIODS = dg.DynamicPartitionsDefinition(name="reporting_period")
# One run covers every period of its range: a night reads all workbooks at once.
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


def dataset_tag(dataset: str) -> str:
    """The tag of all that is made of a dataset alone; a fact may be of two."""
    return f"dataset/{dataset}"


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


def monthly_freshness() -> dg.FreshnessPolicy:
    """Published between the end of a month and the day that the calendar says (``deadlines.expected_by``)."""
    month = parse_period(FIRST_MONTH)
    days = (expected_by(month) - month.end).days
    return dg.FreshnessPolicy.cron(
        deadline_cron=f"59 23 {days} * *", lower_bound_delta=timedelta(days=days), timezone=SHANGHAI.key
    )


def range_tags(periods: Sequence[str]) -> dict[str, str]:
    """The tags by which a run is asked to cover the periods from the first to the last, given in their order."""
    return {
        "dagster/asset_partition_range_start": periods[0],
        "dagster/asset_partition_range_end": periods[-1],
    }


def column_lineage(columns: Mapping[str, Iterable[tuple[dg.AssetKey, str]]]) -> dg.TableColumnLineage:
    """By column: the columns of other assets that it is taken from."""
    return dg.TableColumnLineage(
        {name: [dg.TableColumnDep(key, column) for key, column in taken] for name, taken in columns.items()}
    )


def table_of(rows: Sequence[Mapping[str, object]], names: Sequence[str]) -> dg.TableMetadataValue:
    """Rows as a table in the UI: these columns in this order, a null as nothing."""
    return dg.MetadataValue.table(
        records=[
            dg.TableRecord({name: "" if row[name] is None else row[name] for name in names}) for row in rows
        ],
        schema=dg.TableSchema(columns=[dg.TableColumn(name, _type_of(rows, name)) for name in names]),
    )


def _type_of(rows: Sequence[Mapping[str, object]], name: str) -> str:
    return "integer" if rows and all(isinstance(row[name], int) for row in rows) else "string"
