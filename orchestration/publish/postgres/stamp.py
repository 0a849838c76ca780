"""Which publication PostgreSQL holds: said by the comment of its schemas, so that nothing else needs to be remembered.

Belongs here: that comment, and whether it is the one the published file would have. Light: a night with nothing to do
asks it. Does not belong here: loading.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from functools import cache
from pathlib import Path

import duckdb

from orchestration.files import content_digest
from orchestration.home import Home
from orchestration.periods import SHANGHAI
from orchestration.publish.postgres.address import PostgresFailed, address

# Every schema of ours has such a comment; one without is somebody else's, and is left alone.
OURS = "振兴数据仓库,第 "
NEXT, OLD = "_next", "_old"


def postgres_due(home: Home) -> bool:
    """Whether PostgreSQL, where one is named, holds something else than the published file, or does not answer."""
    try:
        asked = address()
    except PostgresFailed:
        return True
    if asked is None or not home.warehouse.exists():
        return False
    from orchestration.publish.postgres.session import connected  # noqa: PLC0415 - nobody else pays for the driver

    with duckdb.connect(str(home.warehouse), read_only=True) as published:
        wanted = stamp(published)
        schemas = published_schemas(published)
    try:
        with connected(asked) as session:
            session.execute("set statement_timeout = '3s'")
            found = dict(session.rows(found_schemas(schemas)))
    except PostgresFailed:
        return True
    return found != dict.fromkeys(schemas, wanted)


def published_schemas(published: duckdb.DuckDBPyConnection) -> list[str]:
    """The schemas of an open published file."""
    return [schema for (schema,) in published.execute(_SCHEMAS).fetchall()]


def stamp(published: duckdb.DuckDBPyConnection) -> str:
    """The comment of schemas that hold what this published file holds, loaded by the program of today."""
    [(number, published_at, fingerprint)] = published.execute(_LAST).fetchall()
    moment = published_at.replace(tzinfo=UTC).astimezone(SHANGHAI)
    return f"{OURS}{number} 次发布({moment:%Y-%m-%d %H:%M:%S});{fingerprint[:12]}/{_program()[:12]}"


def found_schemas(schemas: Sequence[str]) -> str:
    """The query for those that exist, and for what a killed load left of them, each with its comment."""
    names = ", ".join(f"'{schema}{suffix}'" for schema in schemas for suffix in ("", NEXT, OLD))
    return (
        f"select nspname, obj_description(oid, 'pg_namespace') from pg_namespace where nspname in ({names})"
    )


@cache
def _program() -> str:
    """A digest of what loads."""
    return content_digest(sorted(Path(__file__).parent.glob("*.py")))


_SCHEMAS = "select distinct schema_name from duckdb_tables() where not internal order by 1"
_LAST = "select number, published_at, fingerprint from quality.publications order by number desc limit 1"
