"""What is published, part by part, as digests: a part is what one Parquet file holds, a table or one period of it.

By them a publication knows whether anything changed, and which files to write anew: one query a table, however many
periods there are. Belongs here: dividing tables into parts, and digests. Does not belong here: files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from orchestration.publish.sources import Source

PERIOD = "reporting_period"
# Read whole, and few rows a period: the periods themselves are one.
_DIMENSION = "dim_"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a table. ``period``: the reporting period of its rows; ``divided`` is false where it is the whole table.

    ``digest`` changes when any value, column or type does; the order of rows does not matter."""

    table: str
    divided: bool
    period: str | None
    rows: int
    digest: str

    @property
    def name(self) -> str:
        """The table's name, without its schema."""
        return self.table.split(".")[1]


def read_parts(connection: duckdb.DuckDBPyConnection, source: Source) -> list[Part]:
    """The parts of a table, in the order of their periods. A table without rows is one part."""
    columns = [column[:2] for column in connection.execute(f"describe {source.query}").fetchall()]
    divided = not source.name.startswith(_DIMENSION) and PERIOD in dict(columns)
    period = PERIOD if divided else "cast(null as varchar)"
    rows = connection.execute(
        f"select {period} as _period, count(*), sum(cast(hash(rows) as hugeint)) "
        f"from ({source.query}) as rows group by all order by _period nulls last"
    ).fetchall()
    return [
        Part(source.full_name, divided, period, count, _digest(columns, count, total))
        for period, count, total in rows
    ] or [Part(source.full_name, False, None, 0, _digest(columns, 0, None))]


def fingerprint(sources: Iterable[Source], parts: Mapping[str, list[Part]], storage: str) -> str:
    """Changes when any published value, column, type or comment does, or the storage format."""
    digest = hashlib.sha256(storage.encode())
    for source in sources:
        said = (source.full_name, source.comment, source.column_comments)
        digest.update(repr((said, [part.digest for part in parts[source.full_name]])).encode())
    return digest.hexdigest()


def _digest(columns: list[tuple[str, str]], rows: int, total: int | None) -> str:
    return hashlib.sha256(repr((columns, rows, total)).encode()).hexdigest()
