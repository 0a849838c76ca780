"""The places a text names: 全省, 该县, the units it is given, the other provinces; and which is nearest to a figure.

Belongs here: names and where they stand. Does not belong here: whose the figure is (an actor such as 江苏省 is named too).
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from orchestration.report.verify.clauses import Structure
from orchestration.report.verify.text import simplified
from orchestration.units import PROVINCES


@dataclass(frozen=True, slots=True)
class Place:
    """A unit that an article may name: its code, its name (蓝田县), and shorter names (蓝田)."""

    code: str
    name: str
    short_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """All places named, in order. One that opens a clause (全省…, 截至8月底，全省…) speaks for what follows it in the
    paragraph until another clause opens with a place; one in the middle of a clause (赴甘肃省考察) for its clause alone."""

    starts: tuple[int, ...]
    names: tuple[str, ...]
    opens: tuple[bool, ...]
    parts: Structure

    def nearest(self, at: int) -> str | None:
        """The place that a figure stands under: the last one in its clause before it, else the last that opened one."""
        clause, paragraph = self.parts.clause(at), self.parts.paragraph(at)
        for index in range(bisect_left(self.starts, at) - 1, -1, -1):
            start = self.starts[index]
            if self.parts.paragraph(start) != paragraph:
                return None
            if self.opens[index] or self.parts.clause(start) == clause:
                return self.names[index]
        return None

    def before(self, at: int) -> tuple[str, ...]:
        """All places that the figure's sentence names before it."""
        start, _ = self.parts.sentence_span(self.parts.sentence(at))
        return self.names[bisect_left(self.starts, start) : bisect_left(self.starts, at)]


# What may stand before the place that opens a clause.
_LEAD = re.compile(
    r"(?:其中|目前|现在|当前|截[至止][^,]{1,12}|今年以来|今年|去年|上年|当年|\d{4}年|据了解|据悉|[\d]{1,2}月(?:份|底|末)?|[前上下]半年|[一二三四]季度|在)*[\s“(]*\Z"
)
# 在全省10个市中居第1位: a place one is ranked in, not one that is spoken of.
_AMONG = re.compile(r"在[^,。;\n]{2,16}(?:中|居|排|位列)")
_SUFFIXES = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")


def places_said(plain: str, parts: Structure, places: Sequence[Place]) -> Places:
    names = {name for place in places for name in (place.name, *place.short_names)} | set(_provinces())
    form = _form(frozenset(names))
    found = [(match.start(), match[0]) for match in form.finditer(plain)]
    opens: list[bool] = []
    for index, (start, _) in enumerate(found):
        earlier = found[index - 1] if index else None
        goes_on = earlier is not None and opens[-1] and earlier[0] + len(earlier[1]) == start
        opens.append(goes_on or _opens(parts, start))
    return Places(tuple(start for start, _ in found), tuple(name for _, name in found), tuple(opens), parts)


def _opens(parts: Structure, at: int) -> bool:
    start, _ = parts.clause_span(parts.clause(at))
    return (
        at - start <= 24
        and _LEAD.match(parts.plain, start, at) is not None
        and not _AMONG.match(parts.plain, at - 1)
    )


@cache
def _form(names: Iterable[str]) -> re.Pattern[str]:
    said = sorted({simplified(name) for name in names if len(name) > 1}, key=lambda name: (-len(name), name))
    return re.compile(
        "|".join((*map(re.escape, said), r"(?:全|我|该|本)(?:省|市|县|区|州|镇|乡|村|自治区)|全国"))
    )


@cache
def _provinces() -> tuple[str, ...]:
    with PROVINCES.open(encoding="utf-8", newline="") as handle:
        names = [row["name"] for row in csv.DictReader(handle)]
    short = [name.removesuffix(suffix) for name in names for suffix in _SUFFIXES if name.endswith(suffix)]
    return (*names, *(name for name in short if len(name) > 1 and not name.endswith(("族", "尔"))))
