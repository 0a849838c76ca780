"""Of which unit and which period a figure of an article speaks, and where the warehouse has that.

Belongs here: places and periods said, as a unit and a reporting period. Does not belong here: words of time and place as such
(``periods_said``, ``places``), and which indicator a figure means (``matching``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from orchestration.indicators import BASE_CADENCES, load_indicators
from orchestration.periods import Period, parse_period
from orchestration.report.verify.clauses import Structure, structure
from orchestration.report.verify.periods_said import PeriodSaid
from orchestration.report.verify.places import Place, Places, places_said
from orchestration.report.verify.published import Published, Standing
from orchestration.report.verify.quantities import Quantity
from orchestration.units import ReportingUnits, Unit

_OWN_PROVINCE = ("全省", "我省", "该省", "本省")
_LEVELS = {"市": "city", "县": "county", "区": "county"}
_POINTING = "全我该本"
_SUFFIXES = ("市", "县", "区")
_LINE = re.compile(r"[^\n]+")
_LONGEST_TITLE = 50
_NO_TITLE = ("。", ",", ";", ":")


@dataclass(frozen=True, slots=True)
class Whose:
    """The unit a figure is of, or why that cannot be said."""

    unit_code: str | None
    reason: str = ""


def unit_places(units: ReportingUnits) -> list[Place]:
    """The province's units as an article may name them: in full, and without 市, 县, 区 where two characters are left."""
    return [_place(unit) for unit in (units.province, *units.cities, *units.counties)]


def _place(unit: Unit) -> Place:
    suffixes = ("省", *_SUFFIXES)
    short = next((unit.name.removesuffix(s) for s in suffixes if unit.name.endswith(s)), unit.name)
    return Place(unit.code, unit.name, (short,) if len(short) > 1 and short != unit.name else ())


class Bearings:
    """Where an article stands: what it is about, and the place of each figure in it."""

    def __init__(self, plain: str, quantities: Sequence[Quantity], units: ReportingUnits, unit: Unit | None):
        self.plain = plain
        self.units = units
        self.parts: Structure = structure(plain, [(q.start, q.end) for q in quantities])
        named = unit_places(units)
        self.codes = {name: place.code for place in named for name in (*place.short_names, place.name)}
        self.said: Places = places_said(plain, self.parts, named)
        self.subject = Whose(unit.code) if unit else self._subject()

    def whose(self, quantity: Quantity) -> Whose:
        """By the place that stands in the figure's own words, else the last one that opened a clause of the paragraph, else
        what the article is about."""
        own = self._in_own_words(quantity)
        if own is not None:
            return own
        paragraph = self.parts.paragraph(quantity.start)
        for index in range(len(self.said.starts) - 1, -1, -1):
            start = self.said.starts[index]
            if start >= quantity.start or not self.said.opens[index]:
                continue
            if self.parts.paragraph(start) != paragraph:
                break
            if not self._acts_on_us(index):
                return self._meant(index)
        return self.subject

    def opening(self, quantity: Quantity) -> str:
        """The words that open the figure's sentence, when a clause of their own: 与上月相比,…"""
        start, _ = self.parts.sentence_span(quantity.sentence)
        _, end = self.parts.clause_span(self.parts.clause(start))
        return self.plain[start:end] if end <= quantity.start else ""

    def _in_own_words(self, quantity: Quantity) -> Whose | None:
        """A place in the clause before the figure; examples that end in 等 (富平奶山羊等12个) are none."""
        start, _ = self.parts.clause_span(self.parts.clause(quantity.start))
        words = self.plain[start : quantity.start]
        if words.endswith("等"):
            return None
        inside = [i for i, at in enumerate(self.said.starts) if start <= at < quantity.start]
        pointing = [i for i in inside if self._is_ours(i)]
        if pointing:
            return self._meant(pointing[-1])
        opened = [i for i in inside if self.said.opens[i] and not self._acts_on_us(i)]
        if opened:
            return self._meant(opened[-1])
        others = [i for i in inside if self.codes.get(self.said.names[i]) is None and not self.said.opens[i]]
        return Whose(None, f"所说的地点不明(“{self.said.names[others[-1]]}”)") if others else None

    def _is_ours(self, index: int) -> bool:
        return self.said.names[index] in _OWN_PROVINCE or self.said.names[index][0] in _POINTING

    def _acts_on_us(self, index: int) -> bool:
        """江苏省已向我省选派: a place that opens a clause which then names ours is who acts, not whom the figures are of."""
        clause = self.parts.clause(self.said.starts[index])
        after = [
            i
            for i in range(index + 1, len(self.said.starts))
            if self.parts.clause(self.said.starts[i]) == clause
        ]
        ours = any(self._is_ours(i) or self.said.names[i] in self.codes for i in after)
        return ours and self.said.names[index] not in self.codes and not self._is_ours(index)

    def _meant(self, index: int) -> Whose:
        name = self.said.names[index]
        if name in self.codes:
            return Whose(self.codes[name])
        if name == "全国":
            return Whose(None, "说的是全国")
        if name[0] in _POINTING:
            return self._pointed_at(index, name)
        return Whose(None, f"说的是{name}")

    def _pointed_at(self, index: int, name: str) -> Whose:
        """全省, 我县: the article's own subject where it is of that level, else the unit of that level named last."""
        if name in _OWN_PROVINCE:
            return self.subject if self.subject.unit_code is None else Whose(self.units.province.code)
        kind = _LEVELS.get(name[-1])
        if self._is(self.subject.unit_code, kind):
            return self.subject
        for earlier in range(index - 1, -1, -1):
            code = self.codes.get(self.said.names[earlier])
            if self._is(code, kind):
                return Whose(code)
        return Whose(None, f"没有说明“{name}”是哪里")

    def _is(self, code: str | None, kind: str | None) -> bool:
        unit = self.units.by_code(code) if code else None
        return unit is not None and unit.kind == kind

    def _subject(self) -> Whose:
        """What the article is about: the unit its title names, else the province, unless it speaks of another place more than
        of ours, or oftener of 全县 than of 全省."""
        names = Counter(self.said.names)
        ours = sum(count for name, count in names.items() if name in self.codes)
        others = Counter({n: c for n, c in names.items() if n not in self.codes and n[0] not in _POINTING})
        if others and others.most_common(1)[0][1] > ours:
            return Whose(None, f"说的是{others.most_common(1)[0][0]}")
        titled = self._titled()
        if titled:
            return Whose(titled)
        levels = Counter(
            {
                name: count
                for name, count in names.items()
                if name[0] in _POINTING and _LEVELS.get(name[-1]) and name not in _OWN_PROVINCE
            }
        )
        if levels.total() <= sum(names[name] for name in _OWN_PROVINCE):
            return Whose(self.units.province.code)
        kinds = {_LEVELS[name[-1]] for name in levels}
        for kind in ("county", "city"):
            found = {self.codes[n] for n in names if self._is(self.codes.get(n), kind)}
            if kind in kinds and len(found) == 1:
                return Whose(found.pop())
        return Whose(None, "没有说明是哪个市、县的文章")

    def _titled(self) -> str | None:
        """The unit that the title names: one alone, or the last of units that lie one in the other (西安市蓝田县)."""
        first = next((match for match in _LINE.finditer(self.plain) if match[0].strip()), None)
        if first is None or len(first[0].strip()) > _LONGEST_TITLE or first[0].rstrip().endswith(_NO_TITLE):
            return None
        named = [
            self.codes[name]
            for name, start in zip(self.said.names, self.said.starts, strict=True)
            if first.start() <= start < first.end() and name in self.codes
        ]
        for wider, narrower in pairwise(named):
            if wider != narrower and wider.rstrip("0") != narrower[: len(wider.rstrip("0"))]:
                return None
        return named[-1] if named else None


@dataclass(frozen=True, slots=True)
class Found:
    """The published figure that an article's figure speaks of, or why there is none."""

    standing: Standing | None
    reason: str = ""


def find(
    published: Published,
    unit_code: str,
    key: str,
    period: Period,
    said: PeriodSaid | None,
    *,
    compared: bool = False,
) -> Found:
    """The figure of the period said; where none is said, or it is the one reported on, that of the article's period.
    ``compared``: a change is said of it, and so which periods it is about."""
    own = published.figure(unit_code, key, period.key)
    day = said.end if said and said.kind not in ("now", "to_date") else None
    if said is not None and said.kind in ("span", "earlier", "as_of", "day") and said.end is None:
        return Found(None, f"看不出“{said.text}”是哪一期")
    rows = published.of(unit_code, key)
    kind = _kind(key)
    if kind == "flow":
        return _compared(own, rows) if compared and said is None else _flowed(rows, said)
    if kind == "ytd" and said is not None and _part_of_year(said):
        return Found(None, f"“{said.text}”是一段时间,这项指标是当年累计")
    if own and (day is None or day in (own.as_of, period.end) or _year_under_way(said, period)):
        return Found(own)
    if own is None and (day is None or day == period.end):
        return Found(None, f"数据仓库没有这个单位 {period.key} 的这项指标")
    rows = [row for row in rows if row.as_of == day or _ends(row) == day]
    chosen = next((row for row in rows if said and _starts(row) == said.start), rows[0] if rows else None)
    return Found(chosen) if chosen else Found(None, f"数据仓库没有“{said.text if said else ''}”的这项指标")


def _flowed(rows: Sequence[Standing], said: PeriodSaid | None) -> Found:
    """What flowed in a time is the figure of just that time: of a period of those days, or of the year up to its last day."""
    if said is None or said.start is None:
        return Found(None, "没有说明是哪段时间内发生的")
    for row in rows:
        if said.start == _starts(row) and said.end in (row.as_of, _ends(row)):
            return Found(row) if _whole(row) else Found(None, f"数据仓库只有“{said.text}”中一部分月份的数")
    return Found(None, f"数据仓库没有“{said.text}”这段时间的这项指标")


def _compared(own: Standing | None, rows: Sequence[Standing]) -> Found:
    """A flow that a change is said of: it and the ones it may be compared with must be of all their months."""
    others = [
        row for row in rows if own and row.reporting_period in (own.previous_period, own.year_before_period)
    ]
    if own is None or not all(map(_whole, (own, *others))):
        return Found(None, "数据仓库没有所比两期全部月份的数")
    return Found(own)


def _whole(row: Standing) -> bool:
    """Whether a sum of months is that of every month from the period's first up to its own day."""
    span = parse_period(row.reporting_period)
    if span.cadence in BASE_CADENCES:
        return True
    return row.source_periods >= row.as_of.month - span.start.month + 1


def _kind(key: str) -> str:
    """The kind of an indicator; of a ratio, that of its numerator."""
    indicator = load_indicators()[key]
    return load_indicators()[indicator.of[0]].kind if indicator.of else indicator.kind


def _part_of_year(said: PeriodSaid) -> bool:
    """A span that does not begin with the year: 8月份, 三季度, 上周."""
    return (
        said.kind in ("span", "earlier")
        and said.start is not None
        and (said.start.month, said.start.day) != (1, 1)
    )


def _year_under_way(said: PeriodSaid | None, period: Period) -> bool:
    """2021年 in a report of August 2021 is the year so far."""
    year = period.end.year
    return said is not None and said.start == date(year, 1, 1) and said.end == date(year, 12, 31)


def _starts(row: Standing) -> date:
    return parse_period(row.reporting_period).start


def _ends(row: Standing) -> date:
    return parse_period(row.reporting_period).end
