"""The register of submissions, read without a trace: ``Register`` itself would make what is missing.

Belongs here: the questions of several checks. Does not belong here: judging the answers.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime

from orchestration.doctor.sqlite import opened
from orchestration.home import Home


def asked(home: Home, sql: str) -> list[tuple]:
    """The rows of a query; none without a register. Raises sqlite3.DatabaseError for a damaged one."""
    if not home.register.exists():
        return []
    with closing(opened(home.register)) as database:
        return database.execute(sql).fetchall()


def first_received(home: Home) -> datetime | None:
    return _moment(home, "min")


def last_received(home: Home) -> datetime | None:
    return _moment(home, "max")


def _moment(home: Home, which: str) -> datetime | None:
    try:
        rows = asked(home, f"select {which}(received_at) from arrivals")
    except sqlite3.DatabaseError:
        return None  # the check of the register says so
    return datetime.fromisoformat(rows[0][0]) if rows and rows[0][0] else None
