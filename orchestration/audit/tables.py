"""Tables on a DuckDB connection: the lake's control tables of some periods, and rows at hand.

Belongs here: loading, and which decision stands. Does not belong here: what is asked of the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration import lake
from orchestration.home import Home


def load_control(connection: duckdb.DuckDBPyConnection, home: Home, periods: Sequence[str]) -> None:
    """Temporary tables named as in the lake: submissions, landed_sheets, landed_columns, verdicts, failures, decisions."""
    for table in ("landed_sheets", "landed_columns"):
        paths = [path for period in periods for path in lake.landed_files(home, table, period)]
        _read_files(connection, home, table, paths)
    for table in lake.RUN_CONTROL:
        paths = [path for period in periods for path in lake.partition(home, table, period).glob("*.parquet")]
        _read_files(connection, home, table, sorted(paths))
    connection.execute(
        "create temp table submissions as from read_parquet($path) where submission_id in "
        "(select submission_id from landed_sheets)",
        {"path": str(lake.single_file(home, "submissions"))},
    )


def create(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """A table of these rows, which every cursor of the connection sees."""
    connection.register("_rows", rows)
    connection.execute(f"create or replace table {name} as from _rows")
    connection.unregister("_rows")


def standing_decisions(home: Home, period: str = "*") -> list[dict]:
    """The decision that stands on each dataset of each submission, in one period or all: the last one made.
    Keys: submission_id, unit_code, dataset, state."""
    paths = sorted((home.lake / "decisions").glob(f"reporting_period={period}/*.parquet"))
    if not paths:
        return []
    with duckdb.connect() as connection:
        rows = connection.execute(
            """
            select submission_id, unit_code, dataset, state
            from read_parquet($files, union_by_name = true, hive_partitioning = false)
            qualify row_number() over (partition by submission_id, dataset order by decided_at desc) = 1""",
            {"files": [str(path) for path in paths]},
        )
        return rows.to_arrow_table().to_pylist()


def _read_files(connection: duckdb.DuckDBPyConnection, home: Home, table: str, paths: Sequence[Path]) -> None:
    """The files as a temporary table, with the table's columns of today where an older file lacks some."""
    files = [lake.table_file(home, table, lake.NO_PERIOD, "schema"), *paths]
    connection.execute(
        f"create temp table {table} as "
        "from read_parquet($files, union_by_name = true, hive_partitioning = false)",
        {"files": [str(path) for path in files]},
    )
