"""By what a submission was landed: digests of the cards and of the code that reads workbooks.

A batch's manifest keeps them, so that what earlier cards landed can be told from what today's would. Words that describe,
and what the model makes of a column, land nothing and are left out.

Belongs here: the digests. Does not belong here: what is landed again (``reland``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache

from orchestration.cards import Card
from orchestration.files import content_digest
from orchestration.home import PROJECT_ROOT

_SAYS_NOTHING = ("description", "fact", "carry", "title")
_READS = (
    "orchestration/land/*.py",
    "orchestration/receive/readers/*.py",
    "orchestration/layout.py",
    "orchestration/personal.py",
    "orchestration/workbook.py",
)
_DIGITS = 16


def card_digests(cards: Mapping[str, Card]) -> dict[str, str]:
    """By dataset, a digest of everything on the card that decides what is landed."""
    return {dataset: _digest(card) for dataset, card in cards.items()}


def _digest(card: Card) -> str:
    said = asdict(card)
    for entry in (said, *said["columns"]):
        for name in _SAYS_NOTHING:
            entry.pop(name, None)
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


@cache
def reader_digest() -> str:
    """A digest of the code by which workbooks are read and cells understood."""
    paths = sorted({path for pattern in _READS for path in PROJECT_ROOT.glob(pattern)})
    return content_digest(paths)[:_DIGITS]
