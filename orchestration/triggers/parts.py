"""Which assets each part of the night holds.

Belongs here: the cut between a request's assets. Does not belong here: which parts are asked for (``pending``).
"""

from __future__ import annotations

from collections.abc import Collection

import dagster as dg

from orchestration.cards import load_cards
from orchestration.dagster_common import FILE_VERDICTS, SUBMISSIONS, landed_key
from orchestration.lake import BATCHED_CONTROL
from orchestration.pending import Part


def keys_of(part: Part, every: Collection[dg.AssetKey]) -> list[dg.AssetKey]:
    """The assets of a part, in order, among all."""
    landing = {*(landed_key(table) for table in (*load_cards(), *BATCHED_CONTROL)), FILE_VERDICTS}
    after = set(every) - {SUBMISSIONS}
    return sorted({Part.WHOLE: after, Part.LANDING: after & landing, Part.REST: after - landing}[part])
