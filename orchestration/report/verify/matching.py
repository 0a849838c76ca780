"""Which indicator a figure of an article means, by the words around it and never by its value.

A name may stand before the figure (开工率99.61%), behind it (138名挂职干部) or before an earlier one of its run
(3.22万户、9.77万人). Where two indicators fit alike, or a word beside the name makes it mean less, none is chosen.

Belongs here: words and their places. Does not belong here: the words themselves (the dictionary), whose figure and of which
period it is (``bearings``), and whether it is right (``verdicts``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from orchestration.report.verify.clauses import Structure, structure
from orchestration.report.verify.lexicon import Entry, lexicon, narrowing_words
from orchestration.report.verify.quantities import Quantity
from orchestration.report.verify.text import Text

# How far a name may stand behind its figure: 7个绿色农产品标准化集成示范基地.
_FARTHEST = 8
_TAIL = 40

_STOPS = re.compile(r"[,、。;:!?|\n]|\((?=[^()]*\d)|…")
# What may stand between a name and its figure, or before a figure that goes on with the name of the one before.
_BETWEEN = re.compile(
    r"总规模|总户数|总人数|总数|总量|规模|数量|数额|人数|户数|个数|金额|人口|累计|目前|现有|达到|达|合计|共计|总计|共|计|分别|各|约|近|超过|超|逾|突破|"
    r"不低于|不少于|至少|增至|增长至|增加到|降至|减少到|上升至|提高到|下降到|回落至|其中|为|是|有|已|的|数|等|至|到|和|及|与|以及|即|[\s、()“”:]"
)
_CHANGED = re.compile(
    r"(?:(?:同比|环比|分别|比|较|与)[^,。;]{0,12}?)?(?:相比)?(?:增加|减少|增长|下降|提高|上升|降低|提升|回落|新增|净增|多|少|增|减|涨|降)(?:了|约|近|超过|逾)?"
)


@dataclass(frozen=True, slots=True)
class Match:
    """A figure and the indicator it means. Without ``key``, ``reason`` says why in Chinese, and ``candidates`` which it may be.
    ``start`` … ``end``: the plain span of figure and name together."""

    quantity: Quantity
    key: str | None
    start: int
    end: int
    candidates: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of the plain text that may name the figure; ``behind``: it stands behind it."""

    start: int
    end: int
    behind: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """An entry found in a span: how many characters of it are the entry's, how near is the word it needs beside it."""

    entry: Entry
    start: int
    end: int
    covered: int
    apart: int
    narrowed: str

    @property
    def rank(self) -> tuple[int, int]:
        return (-self.covered, self.apart)


def match(text: Text, quantities: Sequence[Quantity], entries: Sequence[Entry] | None = None) -> list[Match]:
    """One match for each figure, in order."""
    matcher = _Matcher(text.plain, quantities, lexicon() if entries is None else entries)
    return [matcher.match(index) for index in range(len(quantities))]


class _Matcher:
    """Goes through an article's figures once, in order: a figure without a name goes on with the one before it."""

    def __init__(self, plain: str, quantities: Sequence[Quantity], entries: Sequence[Entry]):
        self.plain = plain
        self.quantities = quantities
        self.entries = entries
        self.parts: Structure = structure(plain, [(q.start, q.end) for q in quantities])
        self.matches: list[Match] = []
        self.leads: list[_Span | None] = []  # the words before each figure, or those it goes on with
        self.taken = 0  # up to where names behind earlier figures reach

    def match(self, index: int) -> Match:
        quantity = self.quantities[index]
        lead, inherited = self._lead(index)
        self.leads.append(lead)
        found = (
            self._changed(index, lead, inherited)
            if quantity.kind == "change"
            else self._level(index, lead, inherited)
        )
        self.matches.append(found)
        return found

    def _level(self, index: int, lead: _Span | None, inherited: bool) -> Match:
        quantity = self.quantities[index]
        if answered := self._respectively(index):
            return self._chosen(quantity, [answered])
        behind = self._readings(quantity, self._tail(index))
        before = self._readings(quantity, lead) if lead else []
        if inherited:
            told = {m.key for m in self.matches if m.quantity.run == quantity.run}
            before = [reading for reading in before if reading.entry.key not in told]
        if not behind and not before:
            behind = self._readings(quantity, self._tail(index), lone=True)
        found = sorted([*behind, *before], key=lambda reading: reading.rank)
        if not found:
            return Match(quantity, None, quantity.start, quantity.end, reason="没有认出是哪项指标")
        best = [reading for reading in found if reading.rank == found[0].rank]
        chosen = self._chosen(quantity, self._of_numerator(index, found[0], found) or best)
        if chosen.key and found[0] in behind:
            self.taken = max(self.taken, found[0].end)
        return chosen

    def _chosen(self, quantity: Quantity, best: Sequence[_Reading]) -> Match:
        keys = tuple(dict.fromkeys(reading.entry.key for reading in best))
        start = min(quantity.start, *(reading.start for reading in best))
        end = max(quantity.end, *(reading.end for reading in best))
        if quantity.start - start > 60:
            start = quantity.start
        if len(keys) > 1:
            return Match(quantity, None, start, end, keys, "可能是几项指标中的一项,分不清")
        if best[0].narrowed:
            return Match(quantity, None, start, end, keys, f"有限定语“{best[0].narrowed}”,与指标口径不同")
        return Match(quantity, keys[0], start, end)

    def _changed(self, index: int, lead: _Span | None, inherited: bool) -> Match:
        """A change is said of the indicator named beside it, else of the figure before it in the sentence."""
        quantity = self.quantities[index]
        if lead and not inherited and (best := self._named_for_change(quantity, lead)):
            return self._chosen(quantity, best)
        earlier = [m for m in self.matches if m.quantity.sentence == quantity.sentence]
        if quantity.relation == "分别":
            meant = self._in_turn(quantity, earlier)
        else:
            alike = [m for m in earlier if not quantity.measure or m.quantity.measure == quantity.measure]
            meant = alike[-1] if alike else None
        if meant and meant.key:
            return Match(quantity, meant.key, meant.start, quantity.end)
        return Match(quantity, None, quantity.start, quantity.end, reason="没有认出是哪项指标的增减")

    def _named_for_change(self, quantity: Quantity, lead: _Span) -> list[_Reading]:
        """The indicator that the words name; where several do, those counted in the change's own unit."""
        named = sorted(self._readings(quantity, lead, any_unit=True), key=lambda reading: reading.rank)
        best = [reading for reading in named if reading.rank == named[0].rank]
        return [reading for reading in best if reading.entry.counts(quantity)] or best

    def _in_turn(self, quantity: Quantity, earlier: Sequence[Match]) -> Match | None:
        """3.22万户、9.77万人,分别增长2.37%、2.38%: each change is of the figure at its own place in the run before."""
        run = [q for q in self.quantities if q.run == quantity.run]
        before = [match for match in earlier if match.quantity.run != quantity.run]
        last = [match for match in before if match.quantity.run == before[-1].quantity.run]
        return last[run.index(quantity)] if len(last) == len(run) else None

    def _lead(self, index: int) -> tuple[_Span | None, bool]:
        """The words before a figure in its clause, and whether they are those of an earlier figure."""
        quantity = self.quantities[index]
        start, _ = self.parts.clause_span(self.parts.clause(quantity.start))
        earlier = self.quantities[index - 1] if index else None
        if earlier and earlier.end > start:
            start = earlier.end
        if self.taken <= quantity.start:
            start = max(start, self.taken)
        opened = self.plain.rfind("(", start, quantity.start)
        if opened > self.plain.rfind(")", start, quantity.start):
            start = opened + 1
        said = self.plain[start : quantity.start]
        if quantity.kind == "change":
            said = _CHANGED.sub("", said)
        if _BETWEEN.sub("", said):
            return _Span(start, quantity.start), False
        goes_on = earlier and earlier.sentence == quantity.sentence and not self._named_behind(index - 1)
        return (self.leads[index - 1] if goes_on else None), True

    def _named_behind(self, index: int) -> bool:
        return self.matches[index].end > self.quantities[index].end

    def _tail(self, index: int) -> _Span:
        """The words behind a figure up to the next stop; they may run over the next figure (两个产值千亿级目标)."""
        end = self.quantities[index].end
        stop = _STOPS.search(self.plain, end, end + _TAIL)
        return _Span(end, stop.start() if stop else min(len(self.plain), end + _TAIL), behind=True)

    def _readings(
        self, quantity: Quantity, span: _Span, *, any_unit: bool = False, lone: bool = False
    ) -> list[_Reading]:
        """``lone``: no other name is near, so that one right behind is the figure's though the next figure follows it."""
        fitting = (entry for entry in self.entries if any_unit or entry.counts(quantity))
        read = (self._reading(quantity, entry, span, lone) for entry in fitting)
        return [reading for reading in read if reading]

    def _reading(self, quantity: Quantity, entry: Entry, span: _Span, lone: bool) -> _Reading | None:
        spots = [spot for name in entry.names for spot in self._spots(name, span)]
        spots = [spot for spot in spots if self._near(quantity, spot, span, lone)]
        if not spots:
            return None
        apart = self._apart(quantity, entry, span)
        if apart is None:
            return None
        beside = [spot for word in entry.context for spot in self._spots(word, span)]
        covered = {at for start, end in (*spots, *beside) for at in range(start, end)}
        bounds = [at for spot in spots for at in spot]
        return _Reading(
            entry,
            min(bounds),
            max(bounds),
            len(covered),
            apart,
            self._narrowing(quantity, entry, span, covered),
        )

    def _spots(self, word: str, span: _Span) -> list[tuple[int, int]]:
        return [match.span() for match in _form(word).finditer(self.plain, span.start, span.end)]

    def _near(self, quantity: Quantity, spot: tuple[int, int], span: _Span, lone: bool) -> bool:
        """Whether a name stands where a figure's name stands."""
        if span.behind:
            anothers = self._begins_at(spot[1]) and not (lone and spot[0] == span.start)
            if spot[0] - span.start > _FARTHEST or anothers:
                return False
            later = self._next(quantity)
            return later is None or spot[0] < later.start
        return True

    def _begins_at(self, at: int) -> bool:
        """Whether another figure follows at once: the name is that one's, 工作队8228支驻村工作人员25155名."""
        return any(q.start - at in (0, 1) and not self.plain[at : q.start].strip() for q in self.quantities)

    def _next(self, quantity: Quantity) -> Quantity | None:
        return next((q for q in self.quantities if q.start >= quantity.end), None)

    def _apart(self, quantity: Quantity, entry: Entry, span: _Span) -> int | None:
        """How far off the nearest word is that must be said beside the name; None where none is."""
        if not entry.context:
            return 0
        first, _ = self.parts.paragraph_span(self.parts.paragraph(quantity.start))
        _, last = self.parts.clause_span(self.parts.clause(quantity.start))
        spots = [
            spot for word in entry.context for spot in self._spots(word, _Span(first, max(last, span.end)))
        ]
        gaps = [
            quantity.start - end if end <= quantity.start else start - quantity.end for start, end in spots
        ]
        return min((max(gap, 0) for gap in gaps), default=None)

    def _narrowing(self, quantity: Quantity, entry: Entry, span: _Span, covered: set[int]) -> str:
        """A word beside the name, not of it, that makes it mean less; or words before the figure that nobody explains."""
        for word in narrowing_words():
            at = self.plain.find(word, span.start, span.end)
            while at >= 0:
                prevented = self.plain.endswith(_PREVENTED, 0, at)
                if not prevented and not covered.issuperset(range(at, at + len(word))):
                    return word
                at = self.plain.find(word, at + 1, span.end)
        if span.behind or quantity.kind == "change":
            return ""
        if below := _BELOW.search(self.plain, span.start, min(covered)):
            return below[0]
        last = max(covered)
        between = _BETWEEN.sub("", self.plain[last + 1 : min(span.end, quantity.start)])
        if len(between) > 1:
            return between
        tail = self._tail(self.quantities.index(quantity))
        later = self._next(quantity)
        return _qualified(self.plain[tail.start : min(tail.end, later.start if later else tail.end)], entry)

    def _respectively(self, index: int) -> _Reading | None:
        """甲、乙、丙分别为1、2、3: the name at the figure's own place in the list."""
        quantity = self.quantities[index]
        if quantity.relation != "分别":
            return None
        run = [q for q in self.quantities if q.run == quantity.run]
        start, _ = self.parts.sentence_span(quantity.sentence)
        listed = _Span(max(start, self._sentence_figures_end(run[0])), run[0].start)
        names = self._names_in(listed, run[0])
        if len(run) < 2 or len(names) != len(run):
            return None
        read = names[run.index(quantity)]
        return read if read.entry.counts(quantity) else None

    def _sentence_figures_end(self, quantity: Quantity) -> int:
        ends = [q.end for q in self.quantities if q.sentence == quantity.sentence and q.end <= quantity.start]
        return max(ends, default=0)

    def _names_in(self, span: _Span, quantity: Quantity) -> list[_Reading]:
        """The indicators named in a span in their order, of each place the longest name."""
        spots = [
            (start, end, entry)
            for entry in self.entries
            if entry.counts(quantity)
            for name in entry.names
            for start, end in self._spots(name, span)
        ]
        named: list[_Reading] = []
        for start, end, entry in sorted(spots, key=lambda spot: (spot[0], -spot[1])):
            if not named or start >= named[-1].end:
                named.append(_Reading(entry, start, end, end - start, 0, ""))
        return named

    def _of_numerator(self, index: int, best: _Reading, found: Sequence[_Reading]) -> list[_Reading]:
        """完成目标数80.83%、78.08%: ratios of one name are those of the figures said just before, each of its own."""
        alike = [r for r in found if r.covered == best.covered and r.entry.indicator.of]
        if len({r.entry.key for r in alike}) < 2:
            return []
        quantity = self.quantities[index]
        clause_start, _ = self.parts.clause_span(self.parts.clause(quantity.start))
        run = [q for q in self.quantities if q.run == quantity.run]
        of = {r.entry.indicator.of[0]: r for r in alike}
        said = [
            of[m.key]
            for m in self.matches
            if m.key in of
            and m.quantity.paragraph == quantity.paragraph
            and m.quantity.end <= max(run[0].start, clause_start)
        ]
        return [said[-len(run) :][run.index(quantity)]] if len(said) >= len(run) else []


# 防返贫, 防止返贫: what is prevented narrows nothing.
_PREVENTED = ("防", "防止")
# A village or township right before a name: less than any unit that reports.
_BELOW = re.compile(
    r"[\u3400-\u9fff]{1,6}(?:镇|街道|社区|(?<![城])乡|(?<![乡驻农贫全各政])村)(?:现有|共有|有|共|现|的)?\Z"
)
# What may follow a figure and says nothing of what it counts.
_AFTER = re.compile(r"^(?:以上|以下|左右|上下|多|余|的|左右|[\s”\")])+|^\(.*$")


def _qualified(tail: str, entry: Entry) -> str:
    """Words right behind a figure whose name stands before it: they say more of it than the name does (1200户享受低保)."""
    said = _AFTER.sub("", tail)
    return "" if any(said.startswith(word) for word in entry.context) else said


_ANY_MAGNITUDE = "[十百千万亿]{1,3}级"
_MAGNITUDE = re.compile(_ANY_MAGNITUDE)


@cache
def _form(word: str) -> re.Pattern[str]:
    """A word with whatever brackets, blanks and quotation marks stand between its characters; a magnitude in it (千亿级) is a
    figure, and so any other stands for it."""
    units = _MAGNITUDE.sub(lambda _: "级", word)
    letters = [_ANY_MAGNITUDE if letter == "级" and units != word else re.escape(letter) for letter in units]
    return re.compile(r"[()\s“”\"]*".join(letters))
