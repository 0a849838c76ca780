"""The moment at which something is received, judged, decided or published: now, and never before what the home remembers.

A machine's clock may be set back, by a day or a second. What is stamped afterwards still comes later than what came before it,
so that no build overlooks what was received, and no older verdict outranks a newer one. ``zhenxing doctor`` says that the clock
is wrong. Belongs here: that moment. Does not belong here: days, which are the calendar's (``periods``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import duckdb

from orchestration.home import Home
from orchestration.publish.ledger import entry_of, last_number
from orchestration.receive.register import Register

# The tables of the lake that say when, and the column that does.
_STAMPED = {"verdicts": "judged_at", "decisions": "decided_at", "landed_sheets": "changed_at"}


def moment(home: Home) -> datetime:
    """Now (UTC), or a microsecond after the latest moment in the home where the clock stands before that."""
    now = datetime.now(UTC)
    last = max(_remembered(home), default=now)
    return max(now, last + timedelta(microseconds=1))


def second(home: Home) -> datetime:
    """As ``moment``, in the whole seconds of a publication: later than that of the one before."""
    last = entry_of(home, last_number(home))
    now = moment(home).replace(microsecond=0)
    return now if last is None else max(now, last.published_at + timedelta(seconds=1))


def _remembered(home: Home) -> Iterator[datetime]:
    if home.register.exists():
        with Register(home.register) as register:
            yield from (arrival.received_at for arrival in register.arrivals()[-1:])
    if entry := entry_of(home, last_number(home)):
        yield from (entry.published_at, entry.known_until)
    with duckdb.connect() as connection:
        for table, column in _STAMPED.items():
            yield from _latest(connection, home, table, column)


def _latest(connection: duckdb.DuckDBPyConnection, home: Home, table: str, column: str) -> Iterator[datetime]:
    files = [str(path) for path in (home.lake / table).glob("reporting_period=*/*.parquet")]
    if files:
        # Files written before a column was there hold null in it; the schema file has every column.
        query = f"select epoch_us(max({column})) from read_parquet($files, union_by_name = true)"
        [(latest,)] = connection.execute(query, {"files": files}).fetchall()
        if latest is not None:
            yield datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=latest)
