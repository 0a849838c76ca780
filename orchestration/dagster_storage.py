"""Dagster's event log with its SQLite connections kept: a night's 800 events take a third of the time.

The stock storage makes an engine and a connection for every event, so each statement is compiled anew and each
event ends with a checkpoint. This class keeps both for the databases in use; files, tables and transactions are
the stock ones, so either class reads what the other wrote. It stands on the stock class's ``_connect``, and
Dagster is pinned exactly.

Belongs here: that difference. Does not belong here: settings (``dagster_home``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage
from dagster._core.storage.sqlite import create_db_conn_string
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine

BUSY_SECONDS = 60
KEPT = 4  # the index of all runs, and the runs being written or looked at


class KeptSqliteEventLogStorage(SqliteEventLogStorage):
    """One engine with one connection for each shard in use: a run's database, or the index of all runs."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None):
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: dict[str, Any]
    ) -> KeptSqliteEventLogStorage:
        return cls(inst_data=inst_data, **config_value)

    def dispose(self) -> None:
        super().dispose()
        while self._engines:
            self._engines.popitem()[1].dispose()

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
            with engine.begin() as connection:
                yield connection

    def _engine(self, shard: str) -> Engine:
        """The shard's engine, the one longest unused making room for it."""
        engine = self._engines.pop(shard, None) or create_engine(
            create_db_conn_string(self._base_dir, shard),
            pool_size=1,
            connect_args={"timeout": BUSY_SECONDS},
        )
        self._engines[shard] = engine
        if len(self._engines) > KEPT:
            self._engines.pop(next(iter(self._engines))).dispose()
        return engine
