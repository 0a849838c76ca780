"""The file that readers open: written whole beside the one they have, in a storage format that older DuckDB reads.

Belongs here: writing such a file, with the comments of its tables and columns. Does not belong here: which rows they have
(``sources``), and putting the file in place (``publish``, ``putback``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.files import sync_file
from orchestration.publish.sources import Source, quoted

# The oldest DuckDB whose readers are served.
STORAGE_VERSION = "v1.4.0"


def write_file(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], path: Path) -> None:
    """Writes a file such as readers open; durable on return. The connection holds what the sources ask."""
    connection.execute(f"attach '{quoted(path)}' as next (storage_version '{STORAGE_VERSION}')")
    for schema in sorted({source.schema for source in sources}):
        connection.execute(f"create schema next.{schema}")
    for source in sources:
        target = f"next.{source.full_name}"
        connection.execute(f"create table {target} as {source.query}")
        if source.comment:
            connection.execute(f"comment on table {target} is {_literal(source.comment)}")
        for column, comment in _said_of(connection, source).items():
            connection.execute(f'comment on column {target}."{column}" is {_literal(comment)}')
    connection.execute("checkpoint next")
    connection.execute("detach next")
    sync_file(path)


def _said_of(connection: duckdb.DuckDBPyConnection, source: Source) -> dict[str, str]:
    """Comments of the columns that are there: what the lake wrote long ago may lack a column described today."""
    columns = {column for column, *_ in connection.execute(f"describe {source.query}").fetchall()}
    return {column: comment for column, comment in source.column_comments.items() if column in columns}


def _literal(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
