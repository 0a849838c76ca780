"""Loads what is published into PostgreSQL: beside what readers have, then in its place in one transaction.

Everything of ``marts`` and ``quality`` is loaded into ``marts_next`` and ``quality_next`` in one transaction, so that a
killed load leaves nothing. The swap takes every table that readers have, for an instant, and renames: no reader finds
new tables beside old ones, neither in a query nor in a transaction. What was replaced is dropped afterwards.

Belongs here: the order of things. Does not belong here: what the statements say (``tables``, ``access``), and
the question whether a load is due (``stamp``).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from orchestration.home import Home
from orchestration.progress import Progress
from orchestration.publish.postgres import access, tables
from orchestration.publish.postgres.address import VARIABLE, Address, PostgresFailed, address
from orchestration.publish.postgres.keys import unique_keys
from orchestration.publish.postgres.session import Session, connected
from orchestration.publish.postgres.stamp import NEXT, OLD, OURS, found_schemas, published_schemas, stamp
from orchestration.publish.postgres.tables import Table, literal

BATCH_ROWS = 50_000
# Below PostgreSQL's deadlock_timeout of one second: no reader who waits for the swap is ever taken for deadlocked.
LOCK_MILLISECONDS = 700
# How long the swap is tried again while readers hold what they read.
PATIENCE_SECONDS = 120.0
# Any number, the same for all who load.
_ONE_LOADER = 7_210_831

_CANCELLED, _LOCKED, _DEADLOCK = "57014", "55P03", "40P01"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What PostgreSQL holds: rows by ``schema.table``. ``changed`` is false when it held just that already."""

    place: str
    stamp: str
    tables: dict[str, int]
    seconds: float
    changed: bool = True


def load_marts(home: Home, *, progress: Progress | None = None, patience: float = PATIENCE_SECONDS) -> Loaded:
    """Makes PostgreSQL hold what is published. Killed anywhere and run again, the outcome is the same.

    Raises PostgresFailed; readers then still have what they had.
    """
    started = time.monotonic()
    asked = address()
    if asked is None:
        raise PostgresFailed(f"没有设置 {VARIABLE}")
    if not home.warehouse.exists():
        raise PostgresFailed(f"还没有发布过数据仓库({home.warehouse})")
    with duckdb.connect(str(home.warehouse), read_only=True) as published, connected(asked) as session:
        published.execute("set TimeZone = 'UTC'")
        schemas = published_schemas(published)
        wanted = stamp(published)
        _alone(session, asked)
        found = dict(session.rows(found_schemas(schemas)))
        _ours(found, asked)
        _drop(session, [name for name in found if name not in schemas])
        if {name: found.get(name) for name in schemas} == dict.fromkeys(schemas, wanted):
            return Loaded(asked.place, wanted, {}, time.monotonic() - started, changed=False)
        rows = _load_next(session, published, wanted, progress)
        _swap(session, asked, schemas, patience)
        _drop(session, [schema + OLD for schema in schemas if schema in found])
    return Loaded(asked.place, wanted, rows, time.monotonic() - started)


def prepare(session: Session) -> None:
    """Makes the groups and the table of units by login, where they are not there yet."""
    groups = ", ".join(literal(group) for group in access.GROUPS)
    existing = [role for (role,) in session.rows(f"select rolname from pg_roles where rolname in ({groups})")]
    with session.transaction():
        session.execute(";\n".join(access.preparation(existing)))


def _alone(session: Session, asked: Address) -> None:
    """Holds the database's lock on loading; the server releases it with the connection."""
    [(got,)] = session.rows(f"select pg_try_advisory_lock({_ONE_LOADER})")
    if not got:
        raise PostgresFailed(f"PostgreSQL({asked.place})正由另一个进程装载")


def _ours(found: dict[str, str | None], asked: Address) -> None:
    for schema, comment in found.items():
        if not (comment or "").startswith(OURS):
            raise PostgresFailed(
                f"PostgreSQL({asked.place})里已有不是本程序建的模式 {schema},不予替换;请另建一个库"
            )


def _load_next(
    session: Session, published: duckdb.DuckDBPyConnection, comment: str, progress: Progress | None
) -> dict[str, int]:
    """Fills the schemas beside those that readers have; returns rows by table."""
    prepare(session)
    declared = tables.published_tables(published)
    keys = unique_keys()
    rows = {}
    with session.transaction():
        for schema in dict.fromkeys(table.schema for table in declared):
            session.execute(
                f"create schema {schema}{NEXT}; comment on schema {schema}{NEXT} is {literal(comment)}"
            )
            session.execute(";\n".join(access.schema_grants(schema + NEXT)))
        for number, table in enumerate(declared):
            if progress:
                progress(table.full_name, number, len(declared))
            rows[table.full_name] = _load_table(session, published, table, keys)
    return rows


def _load_table(
    session: Session, published: duckdb.DuckDBPyConnection, table: Table, keys: dict[str, tuple[str, ...]]
) -> int:
    schema = table.schema + NEXT
    session.execute(";\n".join(tables.creation(table, schema)))
    batches = published.execute(f"from {table.full_name}").to_arrow_reader(BATCH_ROWS)
    rows = session.append(schema, table.name, batches)
    finish = [*tables.indexes(table, schema, keys), *access.policies(table, schema, f"marts{NEXT}")]
    session.execute(";\n".join(finish))
    session.execute(f"analyze {schema}.{tables.name(table.name)}")
    return rows


def _swap(session: Session, asked: Address, schemas: Sequence[str], patience: float) -> None:
    """Puts the next schemas in the place of those that readers have, when for an instant nobody reads."""
    until = time.monotonic() + patience
    pause = 0.1
    while True:
        try:
            with session.transaction():
                _take(session, schemas)
                for schema in schemas:
                    session.execute(_renaming(schema))
            return
        except PostgresFailed as error:
            if error.state not in (_CANCELLED, _LOCKED, _DEADLOCK):
                raise
            if time.monotonic() + pause > until:
                raise PostgresFailed(
                    f"PostgreSQL({asked.place})没有换上新数据:有人一直占用旧表(多为没有结束的事务),读者仍用上一次的;"
                    "下一晚再试"
                ) from None
        time.sleep(pause)
        pause = min(2 * pause, 2.0)


def _take(session: Session, schemas: Sequence[str]) -> None:
    """Locks every table that readers have. The bound is on all locks together, or a reader could wait for longer."""
    names = ", ".join(literal(schema) for schema in schemas)
    held = session.rows(
        f"select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ({names}) order by 1"
    )
    if held:
        bound = f"'{LOCK_MILLISECONDS}ms'"
        session.execute(f"set local lock_timeout = {bound}; set local statement_timeout = {bound}")
        session.execute(f"lock table {', '.join(table for (table,) in held)} in access exclusive mode")
        session.execute("set local statement_timeout = 0")


def _renaming(schema: str) -> str:
    return f"""
        do $$ begin
            if exists (select from pg_namespace where nspname = '{schema}') then
                alter schema {schema} rename to {schema}{OLD};
            end if;
            alter schema {schema}{NEXT} rename to {schema};
        end $$"""


def _drop(session: Session, schemas: Sequence[str]) -> None:
    """Drops what was replaced, or what a killed load left. Nobody reads it: it has no name that readers know."""
    if schemas:
        session.execute(f"drop schema if exists {', '.join(schemas)} cascade")
