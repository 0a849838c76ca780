"""Publishes the audited warehouse: a new file takes the place of the old one in a single rename.

A reader that holds the old file keeps reading it until it closes it. Nothing is published while a province-wide
error stands. What is published: the schemas ``marts`` (dimensions, facts, reports) and ``quality`` (rules,
verdicts, failures), in a storage format that BI tools' older DuckDB opens, and the same tables as Parquet.

Belongs here: what readers get, and how it is swapped in. Does not belong here: how it was computed or judged.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from expectations import catalogue
from orchestration import lake
from orchestration.audit.warehouse import open_build, period_states, standing_verdicts
from orchestration.home import Home
from orchestration.publish.comments import control_comments

# The oldest DuckDB whose readers are served.
STORAGE_VERSION = "v1.4.0"


class PublishBlocked(Exception):
    """A province-wide error stands. ``reasons`` are in Chinese, one per rule and period."""

    def __init__(self, reasons: list[str]):
        super().__init__(";".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Publication:
    """What readers find at ``path``: rows by ``schema.table``. ``changed`` is false when it stood already."""

    path: Path
    tables: dict[str, int]
    seconds: float
    changed: bool = True


def publish(home: Home) -> Publication:
    """Publishes the build, or says that the published file already holds the same.

    Raises PublishBlocked when a province-wide error stands or was not examined, FileNotFoundError without a build.
    """
    started = time.monotonic()
    if reasons := blocking_reasons(home):
        raise PublishBlocked(reasons)
    _clear_leftovers(home)
    with duckdb.connect() as connection:
        sources = _sources(connection, home)
        fingerprint = _fingerprint(connection, sources)
        standing = _standing(home)
        if standing and standing["fingerprint"] == fingerprint:
            rows = {table: entry["rows"] for table, entry in standing["tables"].items()}
            return Publication(home.warehouse, rows, time.monotonic() - started, changed=False)
        rows = _write_next(connection, sources, _next(home))
        _write_parquet(connection, sources, _next_parquet(home))
    _next(home).replace(home.warehouse)
    _swap_parquet(home, rows)
    _write_manifest(home, fingerprint, rows)
    return Publication(home.warehouse, rows, time.monotonic() - started)


def blocking_reasons(home: Home) -> list[str]:
    """Why nothing may be published now: error rules that fail, or were not examined, on the whole province."""
    with open_build(home) as connection:
        states = period_states(connection)
    return [
        f"{verdict['reporting_period']} {verdict['rule_code']} {catalogue()[verdict['rule_code']].title_zh}:"
        + ("未能审核" if verdict["outcome"] == "could_not_run" else f"{verdict['failed']}处不符")
        for verdict in standing_verdicts(home, states)
        if verdict["severity"] == "error" and verdict["outcome"] != "passed"
    ]


@dataclass(frozen=True, slots=True)
class _Source:
    """One table to publish: where its rows come from, and what is said of it."""

    schema: str
    name: str
    query: str
    comment: str | None
    column_comments: dict[str, str]

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"


def _sources(connection: duckdb.DuckDBPyConnection, home: Home) -> list[_Source]:
    """Every table of the build's marts, and the quality tables of the lake."""
    connection.execute(f"attach '{_quoted(home.build)}' as build (read_only)")
    tables = connection.execute("""
        select table_name, comment from duckdb_tables()
        where database_name = 'build' and schema_name = 'marts' order by table_name""").fetchall()
    marts = [
        _Source("marts", name, f"from build.marts.{name}", comment, _column_comments(connection, name))
        for name, comment in tables
    ]
    return marts + [_quality_source(home, name) for name in ("rules", "verdicts", "failures")]


def _column_comments(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    rows = connection.execute(
        """
        select column_name, comment from duckdb_columns()
        where database_name = 'build' and schema_name = 'marts' and table_name = ? and comment is not null""",
        [table],
    ).fetchall()
    return dict(rows)


def _quality_source(home: Home, name: str) -> _Source:
    comment, columns = control_comments()[name]
    if name == "rules":
        query = f"select * from read_parquet('{_quoted(lake.single_file(home, name))}')"
    else:
        # Failures count once their verdict is written; the audit's order of writing makes that the last thing.
        behind = "where verdict_id in (select verdict_id from " + _partitioned(home, "verdicts") + ")"
        query = f"select * from {_partitioned(home, name)} {behind if name == 'failures' else ''}"
    return _Source("quality", name, query, comment, columns)


def _partitioned(home: Home, table: str) -> str:
    return (
        f"read_parquet('{_quoted(home.lake / table)}/*/*.parquet', hive_partitioning = true, "
        "hive_types = {'reporting_period': varchar})"
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _fingerprint(connection: duckdb.DuckDBPyConnection, sources: list[_Source]) -> str:
    """Changes when any published value, column, type or comment does; the order of rows does not matter."""
    digest = hashlib.sha256(STORAGE_VERSION.encode())
    for source in sources:
        columns = connection.execute(f"describe {source.query}").fetchall()
        content = connection.execute(
            f"select count(*), sum(cast(hash(rows) as hugeint)) from ({source.query}) as rows"
        ).fetchone()
        digest.update(repr((source, [column[:2] for column in columns], content)).encode())
    return digest.hexdigest()


def _write_next(connection: duckdb.DuckDBPyConnection, sources: list[_Source], path: Path) -> dict[str, int]:
    """Writes the file that is to replace the published one; returns rows by table."""
    connection.execute(f"attach '{_quoted(path)}' as next (storage_version '{STORAGE_VERSION}')")
    for schema in sorted({source.schema for source in sources}):
        connection.execute(f"create schema next.{schema}")
    for source in sources:
        target = f"next.{source.full_name}"
        connection.execute(f"create table {target} as {source.query}")
        if source.comment:
            connection.execute(f"comment on table {target} is {_literal(source.comment)}")
        for column, comment in source.column_comments.items():
            connection.execute(f'comment on column {target}."{column}" is {_literal(comment)}')
    rows = {source.full_name: _count(connection, source) for source in sources}
    connection.execute("checkpoint next")
    connection.execute("detach next")
    _sync(path)
    return rows


def _count(connection: duckdb.DuckDBPyConnection, source: _Source) -> int:
    [(rows,)] = connection.execute(f"select count(*) from next.{source.full_name}").fetchall()
    return rows


def _literal(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def _write_parquet(connection: duckdb.DuckDBPyConnection, sources: list[_Source], folder: Path) -> None:
    folder.mkdir()
    for source in sources:
        path = folder / f"{source.name}.parquet"
        connection.execute(f"copy ({source.query}) to '{_quoted(path)}' (format parquet, compression zstd)")
        _sync(path)


def _swap_parquet(home: Home, rows: dict[str, int]) -> None:
    """Replaces each table's file whole. The manifest, written last, says when the set belongs together."""
    parquet = home.published / "parquet"
    names = [table.split(".")[1] for table in rows]
    for name in names:
        target = parquet / name / f"{name}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        (_next_parquet(home) / f"{name}.parquet").replace(target)
    _next_parquet(home).rmdir()
    for folder in parquet.iterdir():
        if folder.name not in names:
            shutil.rmtree(folder)


def _write_manifest(home: Home, fingerprint: str, rows: dict[str, int]) -> None:
    tables = {
        table: {"file": f"parquet/{name}/{name}.parquet", "rows": count, "sha256": _sha256(home, name)}
        for table, count in rows.items()
        for name in [table.split(".")[1]]
    }
    manifest = {
        "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "fingerprint": fingerprint,
        "warehouse": home.warehouse.name,
        "tables": tables,
    }
    temporary = home.published / "next.manifest.json"
    temporary.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _sync(temporary)
    temporary.replace(home.published / "manifest.json")


def _sha256(home: Home, name: str) -> str:
    with (home.published / "parquet" / name / f"{name}.parquet").open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _standing(home: Home) -> dict | None:
    """The manifest of what is published, when all of it is there."""
    path = home.published / "manifest.json"
    if not (path.exists() and home.warehouse.exists()):
        return None
    manifest = json.loads(path.read_text(encoding="utf-8"))
    files = [home.published / entry["file"] for entry in manifest["tables"].values()]
    return manifest if all(file.exists() for file in files) else None


def _next(home: Home) -> Path:
    return home.published / "next.duckdb"


def _next_parquet(home: Home) -> Path:
    return home.published / "next.parquet"


def _clear_leftovers(home: Home) -> None:
    """Removes what a killed publication left: it never got its name, so nobody reads it."""
    home.published.mkdir(parents=True, exist_ok=True)
    for leftover in home.published.glob("next.*"):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()


def _sync(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
