"""Takes back what a column holds that was exchanged with a personal one: its names and numbers stand under a header
that is not theirs, and would be landed and repeated as what that header asks for.

Belongs here: the columns concerned and what is taken back. Does not belong here: finding exchanges (swapped).
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from orchestration import personal
from orchestration.cards import Card


def withhold(typed: pa.Table, problems: pa.Table, swapped: pa.Table, card: Card) -> tuple[pa.Table, pa.Table]:
    """``typed`` and ``problems`` (as of ``clean``) without the contents of such columns; ``swapped`` as of
    ``swapped_columns``. The sheet is refused for the exchange, so that no rule misses them."""
    for row in swapped.to_pylist():
        names = row["column_name"].split(",")
        if any(card.column(name).personal for name in names):
            for name in names:
                typed = _without(typed, row["submission_id"], name)
                problems = _hidden(problems, row["submission_id"], name)
    return typed, problems


def _without(typed: pa.Table, submission_id: str, name: str) -> pa.Table:
    index = typed.schema.get_field_index(name)
    if index < 0:
        return typed  # it is not landed
    own = pc.equal(typed["submission_id"], submission_id)
    field = typed.schema.field(index)
    return typed.set_column(index, field, pc.if_else(own, pa.scalar(None, field.type), typed[name]))


def _hidden(problems: pa.Table, submission_id: str, name: str) -> pa.Table:
    own = pc.and_(
        pc.equal(problems["submission_id"], submission_id),
        pc.fill_null(pc.equal(problems["column_name"], name), False),
    )
    index = problems.schema.get_field_index("found")
    found = pc.if_else(own, personal.HIDDEN, problems["found"])
    return problems.set_column(index, problems.schema.field(index), found)
