"""Publishes the audited warehouse: a new file takes the place of the old one in a single rename.

A reader that holds the old file keeps reading it until it closes it. Nothing is published while a province-wide
error stands, or while an earlier publication that was put back holds. What is published (``sources``): the schemas ``marts``
(dimensions, facts, reports) and ``quality`` (rules, verdicts, failures, decisions, waivers, sheets and columns as landed,
publications), in a storage format that BI tools' older DuckDB opens, and the same tables as Parquet. Each publication is an
entry of the ledger, and the last are kept.

Belongs here: whether the build is published. Does not belong here: how it was computed or judged, and how a file is put in
place (``swap``).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import duckdb

from expectations import catalogue
from orchestration import clock
from orchestration.audit.warehouse import open_build, period_states, standing_verdicts
from orchestration.home import Home
from orchestration.publish.contents import fingerprint, read_parts
from orchestration.publish.held import PublishHeld, held_by
from orchestration.publish.ledger import Entry, changed_figures, last_number, write_entry
from orchestration.publish.made import keep_made
from orchestration.publish.manifest import is_whole, read_manifest
from orchestration.publish.sources import publications, sources
from orchestration.publish.swap import alone, finish, next_file, swap_in
from orchestration.publish.warehouse import STORAGE_VERSION, write_file


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

    Raises PublishHeld while an earlier publication is put back, PublishBlocked when a province-wide error stands or was not
    examined, FileNotFoundError without a build.
    """
    started = time.monotonic()
    with alone(home):
        finish(home)
        if held := held_by(home):
            raise PublishHeld(held)
        if reasons := blocking_reasons(home):
            raise PublishBlocked(reasons)
        changed = _publish(home)
        tables = read_manifest(home.published)["tables"]
    rows = {table: said["rows"] for table, said in tables.items()}
    return Publication(home.warehouse, rows, time.monotonic() - started, changed)


def _publish(home: Home) -> bool:
    """Whether anything is published: nothing where what stands holds the same."""
    with duckdb.connect() as connection:
        tables = sources(connection, home, home.build)
        parts = {table.full_name: read_parts(connection, table) for table in tables}
        made = fingerprint(tables, parts, STORAGE_VERSION)
        standing = read_manifest(home.published)
        if standing and standing["fingerprint"] == made and is_whole(home.published, standing):
            return False
        entry = _enter(connection, home, made)
        ledger = publications(home, entry.number)
        parts[ledger.full_name] = read_parts(connection, ledger)
        write_file(connection, [*tables, ledger], next_file(home))
    swap_in(home, [part for table in parts.values() for part in table])
    return True


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


def _enter(connection: duckdb.DuckDBPyConnection, home: Home, made: str) -> Entry:
    """Lays the ledger's next entry down. Its second is that in which readers get the file, or the one before."""
    number = last_number(home) + 1
    figures = changed_figures(connection, home, "build.marts.rpt_figures", number)
    [(known_until,)] = connection.execute("select known_until from build.intermediate.int_moment").fetchall()
    entry = Entry(
        number=number,
        published_at=clock.second(home),
        known_until=known_until.replace(tzinfo=UTC),
        fingerprint=made,
        figures_changed=figures.num_rows,
    )
    write_entry(home, entry, figures)
    keep_made(home, number)
    return entry
