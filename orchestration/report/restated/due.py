"""Which notices of restatement a home should have, and which of them are missing.

A notice that is there is never written anew: it was read. Light: a night asks it before it loads anything. Belongs here:
that question, and where notices lie. Does not belong here: what they say.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.home import Home
from orchestration.periods import day_of
from orchestration.publish.ledger import Entry, entries

FOLDER = "restatements"
FORMS = ("md", "docx", "html")


def restating(home: Home) -> list[Entry]:
    """The publications that restated something, in their order; none where nothing is published, or by an old program."""
    if not home.warehouse.exists():
        return []
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        if not connection.execute(_KNOWS_PUBLICATIONS).fetchall():
            return []
        numbers = {number for (number,) in connection.execute(_NUMBERS).fetchall()}
    return [entry for entry in entries(home) if entry.number in numbers]


def notice_files(home: Home, publication: Entry) -> list[Path]:
    """Where the notice of a publication lies: ``<publication>_<day>.md``, ``.docx``, ``.html``."""
    name = f"{publication.number:05d}_{day_of(publication.restated_at)}"
    return [home.bulletins / FOLDER / f"{name}.{form}" for form in FORMS]


def page_of(home: Home, publication: Entry) -> Path:
    return next(path for path in notice_files(home, publication) if path.suffix == ".html")


def notices_due(home: Home) -> bool:
    """Whether a publication restated something and has no notice."""
    return any(missing_files(home, entry) for entry in restating(home))


def missing_files(home: Home, publication: Entry) -> list[Path]:
    """The files of a publication's notice that are not there."""
    return [path for path in notice_files(home, publication) if not path.exists()]


_KNOWS_PUBLICATIONS = """
    select 1 from duckdb_columns()
    where (schema_name, table_name, column_name) = ('marts', 'rpt_restatements', 'publication')"""
_NUMBERS = "select distinct publication from marts.rpt_restatements"
