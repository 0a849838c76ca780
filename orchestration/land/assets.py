"""Stage land in Dagster: each dataset's landed table, by reporting period. The work is in ``land.py``."""

from collections.abc import Iterator, Mapping

import dagster as dg

from orchestration import lake
from orchestration.cards import Card, Column, load_cards
from orchestration.dagster_common import (
    ENGINEERS,
    ONE_RUN,
    PERIODS,
    SUBMISSIONS,
    WRITER,
    column_lineage,
    column_schema,
    dataset_tag,
    landed_key,
)
from orchestration.home import Home
from orchestration.night import Night
from orchestration.publish.comments import lake_comments
from orchestration.run_tags import say_why
from orchestration.scrub.night import land_soundly

_CONTROL = {
    "landed_sheets": "One row per submission and dataset: what became of its sheet. | 每份提交每个数据集:工作表是否入湖。",
    "landed_columns": "One row per column recognised in a submission. | 每份提交中识别出的每一列。",
    "problems": "One row per unreadable cell or structural problem. | 每个读不通的单元格或结构问题。",
}


# Of every landed row: who sent it and where it stands.
_PLACE = {"submission_id": "submission_id", "unit_code": "unit_code"}
_ROW = ("source_sheet", "source_row")


def _spec(
    table: str,
    description: str,
    schema: dg.TableSchema,
    lineage: dg.TableColumnLineage,
    tags: Mapping[str, str],
) -> dg.AssetSpec:
    return dg.AssetSpec(
        landed_key(table),
        deps=[SUBMISSIONS],
        group_name="land",
        owners=ENGINEERS,
        kinds={"python", "parquet"},
        description=description,
        metadata={"dagster/column_schema": schema, "dagster/column_lineage": lineage},
        tags={"layer": "lake", **tags},
        partitions_def=PERIODS,
    )


def _dataset_spec(card: Card) -> dg.AssetSpec:
    words = {
        **lake_comments()["problems"],
        **{
            column.name: f"{column.description}\n\n← {cell_of(card, column)}"
            for column in card.landed_columns
        },
    }
    tags = {dataset_tag(card.dataset): "", "sent-by": card.submitted_by, "cadence": "-".join(card.cadences)}
    schema = column_schema(lake.dataset_schema(card), words)
    return _spec(card.dataset, card.description, schema, _dataset_lineage(card), tags)


def cell_of(card: Card, column: Column) -> str:
    """Where a column is read from: the sheet and the header on it, of a derived column that of the one it is derived from."""
    headed = column if column.header else card.column(str(column.derived_from))
    return f"{card.sheet}!{headed.header_text}"


def _dataset_lineage(card: Card) -> dg.TableColumnLineage:
    read = {column.name: cell_of(card, column) for column in card.landed_columns}
    return column_lineage(
        {
            name: [(SUBMISSIONS, source)]
            for name, source in {**_PLACE, **read, **dict.fromkeys(_ROW, card.sheet)}.items()
        }
    )


def _control_spec(table: str) -> dg.AssetSpec:
    """What is said of a workbook is read from the workbook as a whole."""
    schema, words = lake.BATCHED_CONTROL[table], lake_comments()[table]
    lineage = column_lineage(
        {name: [(SUBMISSIONS, _PLACE[name])] if name in _PLACE else [] for name in schema.names}
    )
    return _spec(table, _CONTROL[table], column_schema(schema, words), lineage, {})


@dg.multi_asset(
    specs=[
        *[_dataset_spec(card) for card in load_cards().values()],
        *[_control_spec(table) for table in _CONTROL],
    ],
    partitions_def=PERIODS,
    backfill_policy=ONE_RUN,
    pool=WRITER,
)
def landed_datasets(
    context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]
) -> Iterator[dg.MaterializeResult]:
    periods, home = context.partition_keys, night.home
    say_why(context, home, periods)
    night.run("land", land_soundly, periods=periods, progress=night.progress("land"))
    for table in [*load_cards(), *_CONTROL]:
        rows = lake.row_counts(home, table)
        for period in periods:
            landed = {
                "dagster/partition_row_count": rows.get(period, 0),
                "bytes": _bytes(home, table, period),
            }
            context.add_asset_metadata(landed, landed_key(table), period)
        yield dg.MaterializeResult(
            asset_key=landed_key(table),
            metadata={
                "dagster/row_count": sum(rows.values()),
                "dagster/uri": (home.lake / table).as_uri(),
                "seconds_of_stage": round(night.seconds["land"], 3),
            },
        )


def _bytes(home: Home, table: str, period: str) -> int:
    return sum(path.stat().st_size for path in lake.partition(home, table, period).glob("*.parquet"))
