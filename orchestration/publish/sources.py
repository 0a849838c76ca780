"""What is published: the tables of a build's marts, and the quality tables, each as a query with its comments.

Belongs here: which rows readers get, and what is said of them. Does not belong here: writing and swapping files.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from orchestration import lake
from orchestration.home import Home
from orchestration.publish.comments import quality_comments
from orchestration.publish.ledger import folder


@dataclass(frozen=True, slots=True)
class Source:
    """One table to publish: where its rows come from, and what is said of it."""

    schema: str
    name: str
    query: str
    comment: str | None
    column_comments: dict[str, str]

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"


def sources(
    connection: duckdb.DuckDBPyConnection, home: Home, build: Path, judged_by: datetime | None = None
) -> list[Source]:
    """Every table of a build's marts, and the quality tables of the lake, up to a moment where one is given.

    Attaches the build as ``build``. The publications themselves are ``publications``.
    """
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"attach '{quoted(build)}' as build (read_only)")
    marts = tables_of(connection, "build", "marts")
    return marts + [_quality(name, query) for name, query in _quality_queries(home, judged_by).items()]


def tables_of(
    connection: duckdb.DuckDBPyConnection, database: str, schema: str | None = None
) -> list[Source]:
    """The tables of an attached database, or of one of its schemas, as they are, with what is said of them."""
    where = {"database": database, "schema": schema}
    said: dict[tuple[str, str], dict[str, str]] = {}
    for owner, table, column, comment in connection.execute(_COLUMN_COMMENTS, where).fetchall():
        said.setdefault((owner, table), {})[column] = comment
    return [
        Source(owner, name, f"from {database}.{owner}.{name}", comment, said.get((owner, name), {}))
        for owner, name, comment in connection.execute(_TABLES, where).fetchall()
    ]


_TABLES = """
    select schema_name, table_name, comment from duckdb_tables()
    where database_name = $database and schema_name = coalesce($schema, schema_name) order by all"""
_COLUMN_COMMENTS = """
    select schema_name, table_name, column_name, comment from duckdb_columns()
    where database_name = $database and schema_name = coalesce($schema, schema_name) and comment is not null
    order by schema_name, table_name, column_index"""


def publications(home: Home, until: int) -> Source:
    """The publications up to a number, which is that of the file they are published in."""
    files = quoted(folder(home) / "publications")
    query = (
        f"select number, {_utc('published_at')}, {_utc('known_until')}, fingerprint, figures_changed, puts_back, reason "
        "from (select cast(null as integer) as puts_back, cast(null as varchar) as reason where false union all by name "
        f"from read_parquet('{files}/*.parquet', union_by_name = true)) where number <= {until} order by number"
    )
    return _quality("publications", query)


def _quality(name: str, query: str) -> Source:
    return Source("quality", name, query, *quality_comments()[name])


def _quality_queries(home: Home, judged_by: datetime | None) -> dict[str, str]:
    rules = f"select * from read_parquet('{quoted(lake.single_file(home, 'rules'))}')"
    waivers = f"""
        select rule_code, coalesce(units.unit_code, ruled.unit_code) as unit_code, reporting_period,
               try_cast(granted_on as date) as granted_on, try_cast(expires_on as date) as expires_on, reason
        from read_csv('{quoted(home.waivers_csv)}', header = true, all_varchar = true,
                      delim = ',', quote = '"', escape = '"', strict_mode = false) as ruled
        left join build.intermediate.int_unit_codes as units on units.code = trim(ruled.unit_code)
        where rule_code is not null"""
    # A verdict that is not passed is waived where a waiver covers the day its submission was received.
    verdicts = f"""
        select v.*, max(w.expires_on) as waived_until
        from ({_until(home, "verdicts", "judged_at", judged_by)}) as v
        left join read_parquet('{quoted(lake.single_file(home, "submissions"))}') as s
            on s.submission_id = v.submission_id
        left join build.intermediate.int_unit_codes as units on units.code = v.unit_code
        left join ({waivers}) as w
            on v.outcome <> 'passed' and w.rule_code in ('*', v.rule_code)
            and w.unit_code in ('*', coalesce(units.unit_code, v.unit_code))
            and w.reporting_period in ('*', v.reporting_period)
            and cast(cast(s.received_at as timestamp) + interval 8 hour as date) between w.granted_on and w.expires_on
        group by all"""
    # Failures count once their verdict is written; the audit's order of writing makes that the last thing.
    failures = f"""
        select f.*, v.waived_until
        from {_lake(home, "failures")} as f
        join (select verdict_id, max(waived_until) as waived_until from ({verdicts}) group by verdict_id) as v
            using (verdict_id)"""
    # Which sheet held a dataset and where each column stood, so that a row of a fact leads to its cells.
    read = {"landed_sheets": f"landed.* replace ({_utc('changed_at')})", "landed_columns": "landed.*"}
    landed = {
        table: f"""
            select {columns}
            from {_lake(home, table)} as landed
            semi join build.marts.dim_submission using (submission_id)"""
        for table, columns in read.items()
    }
    return {
        "rules": rules,
        # In an order, for what was grouped and joined comes in any: the same content gives the same file.
        "verdicts": f"{verdicts} order by verdict_id",
        "failures": f"{failures} order by all",
        "decisions": _until(home, "decisions", "decided_at", judged_by),
        "waivers": waivers,
        **landed,
    }


def _until(home: Home, table: str, moment: str, until: datetime | None) -> str:
    """The rows of an append-only table that were added by a moment: those of its second, for seconds is what is said."""
    rows = f"select * from {_lake(home, table)}"
    if until is None:
        return rows
    end = until.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
    return f"{rows} where cast({moment} as timestamp) < timestamp '{end:%Y-%m-%d %H:%M:%S}'"


def _utc(column: str) -> str:
    """Moments are published as the marts have them: UTC, without a zone."""
    return f"cast({column} as timestamp) as {column}"


def _lake(home: Home, table: str) -> str:
    """Files written before a column was added hold null in it."""
    return (
        f"read_parquet('{quoted(home.lake / table)}/*/*.parquet', union_by_name = true, hive_partitioning = true, "
        "hive_types = {'reporting_period': varchar})"
    )


def quoted(path: Path) -> str:
    return str(path).replace("'", "''")
