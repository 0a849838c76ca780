"""DuckDB for Great Expectations: a SQLAlchemy dialect on a connection that is already open.

Belongs here: that dialect, which takes a quarter of a second to load. Does not belong here: what is asked of it (``engine``).
"""

from __future__ import annotations

import duckdb
from duckdb_sqlalchemy import ConnectionWrapper, Dialect

# Connections lent to Great Expectations, by the name that stands in its connection string.
LENT: dict[str, duckdb.DuckDBPyConnection] = {}


class LentDuckDB(Dialect):
    """DuckDB for Great Expectations, on a connection that is already open.

    Great Expectations closes a connection before it fetches; SQLAlchemy then rolls back and DuckDB drops the
    rows. So transactions do nothing here. Each connection is a cursor of the lent one: it sees in-memory tables
    and opens no file, so no lock is taken and closing it closes nothing else.
    """

    supports_statement_cache = False

    def connect(self, *arguments: object, **parameters: object) -> ConnectionWrapper:
        return ConnectionWrapper(LENT[str(parameters["database"])].cursor())

    def do_begin(self, dbapi_connection: object) -> None:
        """Nothing: see the class."""

    def do_commit(self, dbapi_connection: object) -> None:
        """Nothing: see the class."""

    def do_rollback(self, dbapi_connection: object) -> None:
        """Nothing: see the class."""
