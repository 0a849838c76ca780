"""The lake's control tables of some periods on a DuckDB connection, of the batches that count.

Belongs here: loading. Does not belong here: what is asked of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration import lake
from orchestration.home import Home


def load_control(connection: duckdb.DuckDBPyConnection, home: Home, periods: Sequence[str]) -> None:
    """Temporary tables named as in the lake: submissions, landed_sheets, landed_columns, verdicts, failures, decisions."""
    batches = [batch for batch in lake.batches(home) if batch.period in periods]
    for table in ("landed_sheets", "landed_columns"):
        paths = [lake.table_file(home, table, batch.period, batch.batch) for batch in batches]
        read_files(connection, home, table, [path for path in paths if path.exists()])
    for table in lake.RUN_CONTROL:
        paths = [path for period in periods for path in lake.partition(home, table, period).glob("*.parquet")]
        read_files(connection, home, table, sorted(paths))
    connection.execute(
        "create temp table submissions as from read_parquet($path) where submission_id in "
        "(select submission_id from landed_sheets)",
        {"path": str(lake.single_file(home, "submissions"))},
    )


def read_files(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    table: str,
    paths: Sequence[Path],
    name: str | None = None,
) -> None:
    """The files as a temporary table, with the table's columns of today where an older file lacks some."""
    files = [lake.table_file(home, table, lake.NO_PERIOD, "schema"), *paths]
    connection.execute(
        f"create temp table {name or table} as "
        "from read_parquet($files, union_by_name = true, hive_partitioning = false)",
        {"files": [str(path) for path in files]},
    )
