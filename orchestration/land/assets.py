"""Stage land in Dagster: each dataset's landed table, by reporting period. The work is in ``land.py``."""

from collections.abc import Iterator

import dagster as dg

from orchestration import lake
from orchestration.cards import Card, load_cards
from orchestration.dagster_common import (
    ENGINEERS,
    MONTHS,
    ONE_RUN,
    SUBMISSIONS,
    WRITER,
    column_schema,
    landed_key,
    rows_by_month,
)
from orchestration.land.land import land
from orchestration.night import Night, base_periods

_CONTROL = {
    "landed_sheets": "One row per submission and dataset: what became of its sheet. | 每份提交每个数据集:工作表是否入湖。",
    "landed_columns": "One row per column recognised in a submission. | 每份提交中识别出的每一列。",
    "problems": "One row per unreadable cell or structural problem. | 每个读不通的单元格或结构问题。",
}


def _spec(table: str, description: str, schema: dg.TableSchema) -> dg.AssetSpec:
    return dg.AssetSpec(
        landed_key(table),
        deps=[SUBMISSIONS],
        group_name="land",
        owners=ENGINEERS,
        kinds={"python", "parquet"},
        description=description,
        metadata={"dagster/column_schema": schema},
        partitions_def=MONTHS,
    )


def _dataset_spec(card: Card) -> dg.AssetSpec:
    words = {column.name: column.description for column in card.landed_columns}
    return _spec(card.dataset, card.description, column_schema(lake.dataset_schema(card), words))


def _control_spec(table: str) -> dg.AssetSpec:
    return _spec(table, _CONTROL[table], column_schema(lake.BATCHED_CONTROL[table]))


@dg.multi_asset(
    specs=[
        *[_dataset_spec(card) for card in load_cards().values()],
        *[_control_spec(table) for table in _CONTROL],
    ],
    partitions_def=MONTHS,
    backfill_policy=ONE_RUN,
    pool=WRITER,
)
def landed_datasets(
    context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]
) -> Iterator[dg.MaterializeResult]:
    months = context.partition_keys
    periods = base_periods(night.home, months)
    night.run("land", land, periods=periods, progress=night.progress("land"))
    for table in [*load_cards(), *_CONTROL]:
        rows = rows_by_month(lake.row_counts(night.home, table))
        for month in months:
            context.add_asset_metadata(
                {"dagster/partition_row_count": rows.get(month, 0)}, landed_key(table), month
            )
        yield dg.MaterializeResult(
            asset_key=landed_key(table), metadata={"dagster/row_count": sum(rows.values())}
        )
