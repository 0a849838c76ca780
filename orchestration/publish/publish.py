"""Publishes the audited warehouse: a new file takes the place of the old one in a single rename.

A reader that holds the old file keeps reading it until it closes it. Nothing is published while a province-wide
error stands. What is published (``sources``): the schemas ``marts`` (dimensions, facts, reports) and ``quality`` (rules,
verdicts, failures, decisions, waivers, sheets and columns as landed, publications), in a storage format that BI tools'
older DuckDB opens, and the same tables as Parquet. Each publication is an entry of the ledger.

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
from orchestration.audit.warehouse import open_build, period_states, standing_verdicts
from orchestration.files import replace_bytes
from orchestration.home import Home
from orchestration.publish.ledger import Entry, changed_figures, entries, last_number, number_in, write_entry
from orchestration.publish.sources import Source, publications, quoted, sources

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
        tables = sources(connection, home, home.build)
        fingerprint = _fingerprint(connection, tables)
        standing = _standing(home)
        if standing and standing["fingerprint"] == fingerprint:
            rows = {table: entry["rows"] for table, entry in standing["tables"].items()}
            return Publication(home.warehouse, rows, time.monotonic() - started, changed=False)
        entry = _entered(home, fingerprint) or _enter(connection, home, fingerprint)
        tables.append(publications(home, entry.number))
        rows = write_file(connection, tables, _next(home))
        _write_parquet(connection, tables, _next_parquet(home))
    _next(home).replace(home.warehouse)
    _swap_parquet(home, rows)
    _write_manifest(home, entry, rows)
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


def _entered(home: Home, fingerprint: str) -> Entry | None:
    """The entry of the published file when it holds just this: a publication killed before its copies were complete."""
    number = number_in(home.warehouse)
    return next((e for e in entries(home) if e.number == number and e.fingerprint == fingerprint), None)


def _enter(connection: duckdb.DuckDBPyConnection, home: Home, fingerprint: str) -> Entry:
    """Lays the ledger's next entry down. Its second is that in which readers get the file, or the one before."""
    number = last_number(home) + 1
    figures = changed_figures(connection, home, "build.marts.rpt_figures", number)
    [(known_until,)] = connection.execute("select known_until from build.intermediate.int_moment").fetchall()
    entry = Entry(
        number=number,
        published_at=datetime.now(UTC).replace(microsecond=0),
        known_until=known_until.replace(tzinfo=UTC),
        fingerprint=fingerprint,
        figures_changed=figures.num_rows,
    )
    write_entry(home, entry, figures)
    return entry


def _fingerprint(connection: duckdb.DuckDBPyConnection, sources: list[Source]) -> str:
    """Changes when any published value, column, type or comment does; the order of rows does not matter."""
    digest = hashlib.sha256(STORAGE_VERSION.encode())
    for source in sources:
        columns = connection.execute(f"describe {source.query}").fetchall()
        content = connection.execute(
            f"select count(*), sum(cast(hash(rows) as hugeint)) from ({source.query}) as rows"
        ).fetchone()
        digest.update(repr((source, [column[:2] for column in columns], content)).encode())
    return digest.hexdigest()


def write_file(connection: duckdb.DuckDBPyConnection, sources: list[Source], path: Path) -> dict[str, int]:
    """Writes a file such as readers open; returns rows by table."""
    connection.execute(f"attach '{quoted(path)}' as next (storage_version '{STORAGE_VERSION}')")
    for schema in sorted({source.schema for source in sources}):
        connection.execute(f"create schema next.{schema}")
    for source in sources:
        target = f"next.{source.full_name}"
        connection.execute(f"create table {target} as {source.query}")
        if source.comment:
            connection.execute(f"comment on table {target} is {_literal(source.comment)}")
        for column, comment in _said_of(connection, source).items():
            connection.execute(f'comment on column {target}."{column}" is {_literal(comment)}')
    rows = {source.full_name: _count(connection, source) for source in sources}
    connection.execute("checkpoint next")
    connection.execute("detach next")
    _sync(path)
    return rows


def _said_of(connection: duckdb.DuckDBPyConnection, source: Source) -> dict[str, str]:
    """Comments of the columns that are there: what the lake wrote long ago may lack a column described today."""
    columns = {column for column, *_ in connection.execute(f"describe {source.query}").fetchall()}
    return {column: comment for column, comment in source.column_comments.items() if column in columns}


def _count(connection: duckdb.DuckDBPyConnection, source: Source) -> int:
    [(rows,)] = connection.execute(f"select count(*) from next.{source.full_name}").fetchall()
    return rows


def _literal(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def _write_parquet(connection: duckdb.DuckDBPyConnection, sources: list[Source], folder: Path) -> None:
    folder.mkdir()
    for source in sources:
        path = folder / f"{source.name}.parquet"
        connection.execute(f"copy ({source.query}) to '{quoted(path)}' (format parquet, compression zstd)")
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


def _write_manifest(home: Home, entry: Entry, rows: dict[str, int]) -> None:
    tables = {
        table: {"file": f"parquet/{name}/{name}.parquet", "rows": count, "sha256": _sha256(home, name)}
        for table, count in rows.items()
        for name in [table.split(".")[1]]
    }
    manifest = {
        "publication": entry.number,
        "published_at": entry.published_at.isoformat(timespec="seconds"),
        "known_until": entry.known_until.isoformat(),
        "fingerprint": entry.fingerprint,
        "warehouse": home.warehouse.name,
        "tables": tables,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    replace_bytes(home.published / "manifest.json", text.encode())


def _sha256(home: Home, name: str) -> str:
    with (home.published / "parquet" / name / f"{name}.parquet").open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _standing(home: Home) -> dict | None:
    """The manifest of what is published, when all of it is there: a killed publication leaves an older one's."""
    path = home.published / "manifest.json"
    if not (path.exists() and home.warehouse.exists()):
        return None
    manifest = json.loads(path.read_text(encoding="utf-8"))
    files = [home.published / entry["file"] for entry in manifest["tables"].values()]
    whole = number_in(home.warehouse) == manifest.get("publication") and all(file.exists() for file in files)
    return manifest if whole else None


def _next(home: Home) -> Path:
    return home.published / "next.duckdb"


def _next_parquet(home: Home) -> Path:
    return home.published / "next.parquet"


def _clear_leftovers(home: Home) -> None:
    """Removes what a killed publication left: it never got its name, so nobody reads it."""
    home.published.mkdir(parents=True, exist_ok=True)
    for leftover in (*home.published.glob("next.*"), *home.published.glob(".*.tmp")):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()


def _sync(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
