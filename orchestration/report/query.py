"""Questions to the published file, with their values written into the SQL.

DuckDB imports pandas before it binds a parameter (0.3 seconds), which takes longer than most answers of a command. Belongs here:
writing values as literals. Does not belong here: what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb

Value = str | Sequence[str] | None

_PLACE = re.compile(r"\$([a-z_]+)")


def query(connection: duckdb.DuckDBPyConnection, sql: str, **values: Value) -> list[tuple]:
    """Rows of a query; ``$name`` in it stands for a text, a list of texts or null. Raises KeyError for a name without a value."""
    return connection.execute(_PLACE.sub(lambda match: _literal(values[match[1]]), sql)).fetchall()


def _literal(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"cast([{', '.join(_literal(each) for each in value)}] as varchar[])"
