"""Whether the register is whole: by SQLite's own check, and by the snapshot of it that the lake keeps.

Belongs here: that check. Does not belong here: the register (``receive.register``).
"""

from __future__ import annotations

import sqlite3

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration import lake
from orchestration.home import Home
from orchestration.land.land import submissions_table
from orchestration.receive.register import Register, Submission
from orchestration.scrub.damage import REGISTER, Damage


def registered_or_damaged(home: Home) -> tuple[list[Submission], list[Damage]]:
    """Every submission registered, and what is wrong with the register. Of one that cannot be read there is none."""
    if not home.register.exists():
        return [], _lost(home)
    try:
        problem = _integrity(home)
        with Register(home.register) as register:
            registered = register.submissions()
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:
        return [], [_damage(home, f"不能读取({type(error).__name__})")]
    if problem:
        return registered, [_damage(home, f"SQLite 自检不通过:{problem}")]
    changed = _changed_since_landed(home, registered)
    return registered, [_damage(home, f"与登记簿快照不符:{'、'.join(changed)}")] if changed else []


def _damage(home: Home, of: str) -> Damage:
    return Damage(home.register.relative_to(home.root).as_posix(), REGISTER, of, found="")


def _lost(home: Home) -> list[Damage]:
    """A home whose lake knows submissions had a register."""
    if not _snapshot(home):
        return []
    return [Damage(home.register.relative_to(home.root).as_posix(), REGISTER, "登记簿")]


def _integrity(home: Home) -> str | None:
    with sqlite3.connect(home.register) as database:
        [first] = database.execute("pragma integrity_check(1)").fetchone()
        orphan = database.execute("pragma foreign_key_check").fetchone()
    database.close()
    if first != "ok":
        return first
    return "来件没有对应的报表" if orphan else None


def _changed_since_landed(home: Home, registered: list[Submission]) -> list[str]:
    """Submissions that took part when the snapshot was written and read otherwise now, for they never change."""
    now = {row["submission_id"]: row for row in submissions_table(registered).to_pylist()}
    return [
        row["submission_id"]
        for row in _snapshot(home)
        if row["problem_code"] is None and now.get(row["submission_id"]) != row
    ]


def _snapshot(home: Home) -> list[dict]:
    path = lake.single_file(home, "submissions")
    if not path.exists():
        return []
    try:
        return pq.read_table(path, schema=lake.SUBMISSIONS).to_pylist()
    except (pa.ArrowException, OSError):
        return []  # it is held against its own sum
