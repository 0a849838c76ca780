"""The published tables as PostgreSQL has them: types, comments, keys and indexes, as statements. Pure.

Belongs here: reading what a published file declares, and how that is said to PostgreSQL. Does not belong here: who may
read which rows (``access``), and executing (``load``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

# What readers select, join and are restricted by: an index on each of these columns, in every table that has it.
INDEXED = ("unit_code", "reporting_period", "figure_key", "submission_id")

_TYPES = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "DOUBLE": "double precision",
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its type as DuckDB names it."""

    name: str
    type: str
    comment: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """A published table."""

    schema: str
    name: str
    comment: str | None
    columns: tuple[Column, ...]

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def published_tables(connection: duckdb.DuckDBPyConnection) -> list[Table]:
    """Every table of an open published file, by schema and name."""
    columns: dict[tuple[str, str], list[Column]] = {}
    for schema, table, *column in connection.execute(_COLUMNS).fetchall():
        columns.setdefault((schema, table), []).append(Column(*column))
    return [
        Table(schema, name, comment, tuple(columns[schema, name]))
        for schema, name, comment in connection.execute(_TABLES).fetchall()
    ]


_TABLES = "select schema_name, table_name, comment from duckdb_tables() where not internal order by all"
_COLUMNS = """
    select schema_name, table_name, column_name, data_type, comment
    from duckdb_columns() where not internal order by schema_name, table_name, column_index"""


def creation(table: Table, schema: str) -> Iterator[str]:
    """The statements that make a table in a schema, with its comments. Raises ValueError for a type without a place."""
    target = f"{schema}.{name(table.name)}"
    columns = ", ".join(f"{name(column.name)} {_type(table, column)}" for column in table.columns)
    yield f"create table {target} ({columns})"
    if table.comment:
        yield f"comment on table {target} is {literal(table.comment)}"
    for column in table.columns:
        if column.comment:
            yield f"comment on column {target}.{name(column.name)} is {literal(column.comment)}"


def indexes(table: Table, schema: str, keys: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The statements that index a full table: its key, where dbt tests one, and each column of ``INDEXED``.

    The first column of the key needs no index of its own.
    """
    target = f"{schema}.{name(table.name)}"
    key = keys.get(table.full_name, ())
    if key:
        yield f"create unique index on {target} ({', '.join(map(name, key))})"
    for column in INDEXED:
        if column in table.column_names and column not in key[:1]:
            yield f"create index on {target} ({name(column)})"


def _type(table: Table, column: Column) -> str:
    if decimal := _DECIMAL.fullmatch(column.type):
        return f"numeric({decimal[1]},{decimal[2]})"
    if column.type not in _TYPES:
        raise ValueError(f"{table.full_name}.{column.name}: PostgreSQL is given no {column.type}")
    return _TYPES[column.type]


def name(identifier: str) -> str:
    """An identifier as PostgreSQL takes it, whatever it holds."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
