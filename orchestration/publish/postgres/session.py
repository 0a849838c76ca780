"""One connection to PostgreSQL through ADBC: statements, rows, Arrow appended to a table, transactions.

The driver's lower interface, for the one of Python's DB-API imports pandas, and a night with nothing to do asks a
question here. Belongs here: that, and errors in one line without a password. Does not belong here: what is said to
the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import adbc_driver_manager as adbc
import adbc_driver_postgresql
import pyarrow as pa

from orchestration.publish.postgres.address import Address, PostgresFailed

_SCHEMA = adbc.StatementOptions.INGEST_TARGET_DB_SCHEMA.value
_NO_PRIVILEGE = "42501"
_NOT_NOW = ("starting up", "shutting down", "in recovery mode", "too many", "connection slots")
# What goes wrong while rows arrive comes through Arrow, as an error of its own kind.
_ERRORS = (adbc.Error, pa.ArrowException, OSError)


class Session:
    """An open connection; each statement is a transaction of its own outside ``transaction``. See ``connected``."""

    def __init__(self, connection: adbc.AdbcConnection, address: Address):
        self._connection = connection
        self._address = address

    def execute(self, sql: str) -> None:
        """One statement, or several with ; between them. Raises PostgresFailed."""
        with self._statement() as statement:
            statement.set_sql_query(sql)
            statement.execute_update()

    def rows(self, sql: str) -> list[tuple]:
        """The rows of a query; its numbers of exact decimals come as texts. Raises PostgresFailed."""
        with self._statement() as statement:
            statement.set_sql_query(sql)
            stream, _ = statement.execute_query()
            table = pa.RecordBatchReader.from_stream(stream).read_all()
        return list(zip(*[column.to_pylist() for column in table.columns], strict=True))

    def append(self, schema: str, table: str, batches: pa.RecordBatchReader) -> int:
        """Adds Arrow rows to a table that is there, column by name; returns how many. Raises PostgresFailed."""
        options = {
            adbc.INGEST_OPTION_MODE: adbc.INGEST_OPTION_MODE_APPEND,
            adbc.INGEST_OPTION_TARGET_TABLE: table,
            _SCHEMA: schema,
        }
        with self._statement() as statement:
            statement.set_options(**options)
            statement.bind_stream(batches)
            return statement.execute_update()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing. Raises PostgresFailed."""
        with _spoken(self._address):
            self._connection.set_autocommit(False)
        try:
            yield
            with _spoken(self._address):
                self._connection.commit()
        except BaseException:
            # Where the connection is gone the transaction is too, and what went wrong first is what is said.
            with suppress(adbc.Error):
                self._connection.rollback()
                self._connection.set_autocommit(True)
            raise
        with _spoken(self._address):
            self._connection.set_autocommit(True)

    @contextmanager
    def _statement(self) -> Iterator[adbc.AdbcStatement]:
        with _spoken(self._address), adbc.AdbcStatement(self._connection) as statement:
            yield statement


@contextmanager
def connected(address: Address) -> Iterator[Session]:
    """A session, closed afterwards. Raises PostgresFailed within seconds where nobody answers."""
    try:
        database = adbc_driver_postgresql.connect(address.url)
        connection = adbc.AdbcConnection(database)
    except _ERRORS as error:
        raise PostgresFailed(
            f"连不上 PostgreSQL({address.place}):{_reason(error, address)}", unreachable=_is_away(str(error))
        ) from None
    with database, connection:
        yield Session(connection, address)


@contextmanager
def _spoken(address: Address) -> Iterator[None]:
    """The driver's errors as PostgresFailed. The chain is cut: it would carry the driver's words into every log."""
    try:
        yield
    except _ERRORS as error:
        said, state = _reason(error, address), getattr(error, "sqlstate", None)
        if state == _NO_PRIVILEGE:
            said += ";ZHENXING_POSTGRES_URL 的账号缺少权限,见 docs/postgresql.md"
        raise PostgresFailed(f"PostgreSQL({address.place})没有照办:{said}", state) from None


def _is_away(said: str) -> bool:
    """Whether a connection failed because no server takes it now; one that refuses the login or has no such database is there."""
    return "FATAL:" not in said or any(words in said for words in _NOT_NOW)


def _reason(error: Exception, address: Address) -> str:
    """What the server or libpq says, without the statement around it."""
    words = address.discreet(str(error))
    for mark in ("ERROR:", "FATAL:", "Failed to connect:"):
        _, found, after = words.partition(mark)
        if found:
            return after.strip().partition("\n")[0]
    return words.strip().partition("\n")[0]
