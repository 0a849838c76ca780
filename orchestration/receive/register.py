"""The submission register (SQLite): what came, from whom, for which period, which version, and when.

Belongs here: the tables and their transactions. Does not belong here: reading files, deciding which
submission is current (the model does, from version and received_at).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

_SCHEMA = """
create table if not exists submissions (
    submission_id text primary key,
    sha256 text not null unique,
    file_name text not null,
    archive_path text not null,
    format text,
    unit_code text,
    unit_name text,
    reporting_period text,
    cadence text,
    version integer,
    received_at text not null,
    nil_datasets text not null,
    problem_code text,
    problem_text text,
    problem_cells text
) strict;
create table if not exists arrivals (
    path text not null,
    size integer not null,
    mtime_ns integer not null,
    sha256 text not null references submissions (sha256),
    received_at text not null,
    primary key (path, size, mtime_ns)
) strict;
"""


@dataclass(frozen=True, slots=True)
class Submission:
    """One distinct content received. With a ``problem_code`` it is kept but takes no further part.

    ``archive_path`` is relative to the archive. ``received_at`` is UTC. ``format`` is None for what could
    not be read; unit, period, cadence and version are None as far as its cover did not say them.
    """

    submission_id: str
    sha256: str
    file_name: str
    archive_path: str
    format: str | None
    unit_code: str | None
    unit_name: str | None
    reporting_period: str | None
    cadence: str | None
    version: int | None
    received_at: datetime
    nil_datasets: tuple[str, ...] = ()
    problem_code: str | None = None
    problem_text: str | None = None
    problem_cells: str | None = None  # of 封面, joined by commas


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file as it lay in the inbox; the same content may arrive many times."""

    path: str  # relative to the inbox
    size: int
    mtime_ns: int
    sha256: str
    received_at: datetime


_COLUMNS = tuple(field.name for field in fields(Submission))


class Register:
    """A context manager around the register's file. Each call is one transaction."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, timeout=60, isolation_level=None)
        self._database.execute("pragma synchronous = full")
        self._database.execute("pragma foreign_keys = on")
        self._database.executescript(_SCHEMA)
        self._add_columns()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def _add_columns(self) -> None:
        """A register begun before a column was there gets it, empty."""
        present = {row[1] for row in self._database.execute("pragma table_info(submissions)")}
        for name in _COLUMNS:
            if name not in present:
                self._database.execute(f"alter table submissions add column {name} text")

    def submissions(self) -> list[Submission]:
        """Every distinct content received, in order of receipt."""
        rows = self._database.execute(
            f"select {', '.join(_COLUMNS)} from submissions order by received_at, submission_id"
        )
        return [_submission(row) for row in rows]

    def arrivals(self) -> list[Arrival]:
        """Every file that arrived, in order of receipt, same bytes included."""
        rows = self._database.execute(
            "select path, size, mtime_ns, sha256, received_at from arrivals order by received_at, path"
        )
        return [Arrival(*row[:-1], datetime.fromisoformat(row[-1])) for row in rows]

    def knows_file(self, path: str, size: int, mtime_ns: int) -> bool:
        """Whether this very file was taken before, so that an unchanged inbox is not read again."""
        found = self._database.execute(
            "select 1 from arrivals where path = ? and size = ? and mtime_ns = ?", (path, size, mtime_ns)
        )
        return found.fetchone() is not None

    def by_sha256(self, sha256: str) -> Submission | None:
        row = self._database.execute(
            f"select {', '.join(_COLUMNS)} from submissions where sha256 = ?", (sha256,)
        ).fetchone()
        return _submission(row) if row else None

    def record(self, submissions: Iterable[Submission], arrivals: Iterable[Arrival]) -> None:
        """Adds all or nothing. Content judged before (a refused file sent again) gets its new answer."""
        replaced = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "sha256")
        marks = ", ".join("?" * len(_COLUMNS))
        self._database.execute("begin immediate")
        try:
            self._database.executemany(
                f"insert into submissions ({', '.join(_COLUMNS)}) values ({marks})"
                f" on conflict (sha256) do update set {replaced}",
                [_row(submission) for submission in submissions],
            )
            self._database.executemany(
                "insert or ignore into arrivals values (?, ?, ?, ?, ?)",
                [(*astuple(arrival)[:-1], _text(arrival.received_at)) for arrival in arrivals],
            )
        except BaseException:
            self._database.execute("rollback")
            raise
        self._database.execute("commit")


def _row(submission: Submission) -> tuple:
    values = {name: getattr(submission, name) for name in _COLUMNS}
    values["received_at"] = _text(submission.received_at)
    values["nil_datasets"] = ",".join(submission.nil_datasets)
    return tuple(values.values())


def _submission(row: tuple) -> Submission:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["received_at"] = datetime.fromisoformat(values["received_at"])
    values["nil_datasets"] = tuple(filter(None, values["nil_datasets"].split(",")))
    return Submission(**values)


def _text(moment: datetime) -> str:
    """UTC with microseconds always, so that texts sort as moments."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
