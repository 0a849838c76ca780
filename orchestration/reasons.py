"""Why a night has something to do: for the tags of its runs.

Asked before the night publishes; afterwards the answer is that the publication stands. Belongs here: the question. Does not
belong here: which periods it concerns (``pending``), and Dagster.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from orchestration.home import Home
from orchestration.made_by import commit, digests
from orchestration.night import is_settled
from orchestration.pending import pending
from orchestration.publish.ledger import content_of, entries
from orchestration.publish.made import Made, differing, made_of
from orchestration.receive.register import Register, Submission

NEW_FILES, FIRST, UNFINISHED, DUE_DAY = (
    "new files",
    "first publication",
    "last night unfinished",
    "due day passed",
)
_NAMED = 8


def reasons(home: Home) -> list[str]:
    """In the order of their weight; empty where the publication stands and a run is somebody's wish."""
    found = [NEW_FILES] if unpublished(home) else []
    known = entries(home)
    if not known:
        found.append(FIRST)
    elif not is_settled(home):
        made = made_of(home, content_of(home, known[-1]).number)
        groups = [each.group for each in differing(made, Made(commit(), digests(home)))] if made else []
        found.append(f"changed: {', '.join(groups)}" if groups else UNFINISHED)
    if not found and pending(home).following:
        found.append(DUE_DAY)
    return found


def unpublished(home: Home) -> list[Submission]:
    """What was received since the last publication, in the order in which it came."""
    published = _published(home)
    with Register(home.register) as register:
        return [each for each in register.submissions() if each.submission_id not in published]


def say_units(submissions: Sequence[Submission]) -> str:
    """``611024 山阳县, 610122 蓝田县, +99``; a file that names no unit is not said."""
    units = dict.fromkeys(
        f"{each.unit_code} {each.unit_name or ''}".strip() for each in submissions if each.unit_code
    )
    more = [f"+{len(units) - _NAMED}"] if len(units) > _NAMED else []
    return ", ".join([*list(units)[:_NAMED], *more])


def _published(home: Home) -> set[str]:
    if not home.warehouse.exists():
        return set()
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return {
            row[0] for row in connection.execute("select submission_id from marts.dim_submission").fetchall()
        }
