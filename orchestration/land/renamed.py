"""Guesses which unknown header is a missing column under another name: by its words and by where it stands.

A guess names both and is said to the sender; the column's data is not read, for a guess is not a fact. Pure.
Belongs here: the likeness of headers. Does not belong here: headers a card knows (headers).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from orchestration.cards import Column

ALIKE = 0.6  # of SequenceMatcher.ratio: 务工人数 and 就业人数 are 0.5, 监测对象类型 and 监测对象类别 are 0.83
SAME_GROUP = 0.1
IN_PLACE = 0.5  # standing in the missing column's gap counts as much as half of its letters
# What clerks add themselves: never a column of the card by its place alone.
_OWN_WORDS = frozenset({"序号", "备注", "说明", "编号", "核对", "是否核实"})


@dataclass(frozen=True, slots=True)
class Unknown:
    """A header no column of the card answers to: its place, its words (``plain``, without unit), its group."""

    index: int
    words: str
    group: str


def renamed_columns(
    unknown: Sequence[Unknown],
    columns: Sequence[Column],
    found: Mapping[str, int],
    plain_headers: Mapping[str, tuple[str, ...]],
    plain_groups: Mapping[str, str],
) -> dict[int, Column]:
    """The missing column that each unknown header probably is, by the header's index; each column once.

    ``found``: 0-based index of each card column on the sheet. ``plain_headers``: every accepted header of each
    column, and ``plain_groups`` its group, as ``headers.plain`` gives them.
    """
    gaps = _gaps(columns, found)
    pairs = []
    for header in unknown:
        for column in columns:
            if column.name in found:
                continue
            likeness = max(_likeness(header.words, words) for words in plain_headers[column.name])
            in_place = _fills(header, gaps[column.name], unknown)
            if likeness >= ALIKE or in_place:
                same_group = bool(header.group) and header.group == plain_groups[column.name]
                score = likeness + IN_PLACE * in_place + SAME_GROUP * same_group
                pairs.append((-score, header.index, column))
    pairs.sort(key=lambda pair: pair[:2])
    chosen: dict[int, Column] = {}
    for _, index, column in pairs:
        if index not in chosen and column not in chosen.values():
            chosen[index] = column
    return chosen


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


@dataclass(frozen=True, slots=True)
class _Gap:
    """Where a missing column should stand: between its nearest neighbours found, and how many are missing there."""

    after: int
    before: int
    missing: tuple[str, ...]

    def place(self, name: str) -> int:
        return self.missing.index(name)


def _gaps(columns: Sequence[Column], found: Mapping[str, int]) -> dict[str, tuple[_Gap, str]]:
    """Each missing column's gap, with its own name."""
    gaps: dict[str, tuple[_Gap, str]] = {}
    run: list[str] = []
    after = -1
    end = max(found.values(), default=-1) + 1 + len(columns)
    for column in [*columns, None]:
        if column is not None and column.name not in found:
            run.append(column.name)
            continue
        before = end if column is None else found[column.name]
        gaps.update({name: (_Gap(after, before, tuple(run)), name) for name in run})
        run, after = [], before
    return gaps


def _fills(header: Unknown, gap: tuple[_Gap, str], unknown: Sequence[Unknown]) -> bool:
    """Whether the header stands exactly where the column is missing: as many unknown headers as missing columns
    stand between the neighbours, and it is the one in the column's turn."""
    between, name = gap
    if header.words in _OWN_WORDS:
        return False
    standing = sorted(other.index for other in unknown if between.after < other.index < between.before)
    if len(standing) != len(between.missing) or header.index not in standing:
        return False
    return standing.index(header.index) == between.place(name)
