"""What a published file holds, in the form of dbt's catalogue: its tables, columns, types and rows.

dbt would ask the build for it, and compile every model once more to do so; readers have the published file. Belongs here:
that form. Does not belong here: what the tables mean (dbt's manifest).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.report.query import query

DATABASE = "warehouse"  # the published file, as readers attach it


@dataclass(frozen=True, slots=True)
class Table:
    """A published table: its comment, its rows, and each column with its type and comment."""

    schema: str
    name: str
    comment: str
    rows: int
    columns: tuple[tuple[str, str, str], ...]


def published_tables(warehouse: Path) -> list[Table]:
    """Every table of a published file, by schema and name."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = query(
            connection,
            "select schema_name, table_name, coalesce(comment, '') from duckdb_tables() where not internal order by 1, 2",
        )
        columns: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for schema, table, *column in query(
            connection,
            "select schema_name, table_name, column_name, data_type, coalesce(comment, '') from duckdb_columns() "
            "where not internal order by schema_name, table_name, column_index",
        ):
            columns.setdefault((schema, table), []).append(tuple(column))
        return [
            Table(schema, name, comment, _rows(connection, schema, name), tuple(columns[schema, name]))
            for schema, name, comment in tables
        ]


def _rows(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> int:
    [(rows,)] = query(connection, f'select count(*) from "{schema}"."{table}"')
    return rows


def catalogue_entry(table: Table, unique_id: str) -> dict[str, Any]:
    """One table as dbt's catalogue has it."""
    return {
        "unique_id": unique_id,
        "metadata": {
            "type": "BASE TABLE",
            "database": DATABASE,
            "schema": table.schema,
            "name": table.name,
            "comment": table.comment,
            "owner": None,
        },
        "columns": {
            name: {"name": name, "type": data_type, "index": index, "comment": comment}
            for index, (name, data_type, comment) in enumerate(table.columns, 1)
        },
        "stats": {
            "has_stats": _stat("has_stats", "", True, "", shown=False),
            "row_count": _stat("row_count", "行数", table.rows, "本次发布中的行数"),
            "column_count": _stat("column_count", "列数", len(table.columns), "本次发布中的列数"),
        },
    }


def _stat(key: str, label: str, value: object, description: str, *, shown: bool = True) -> Mapping[str, Any]:
    return {"id": key, "label": label, "value": value, "description": description, "include": shown}
