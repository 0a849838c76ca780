"""The periods a text speaks of: 截至8月底, 今年1月至7月, 2021年, 目前, 去年; and which of them a place in it stands under.

Belongs here: words of time and their scope. Does not belong here: reporting periods as such (``orchestration.periods``).
"""

from __future__ import annotations

import calendar
import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date

from orchestration.periods import Period, containing, month_of, parse_period, previous
from orchestration.report.verify.clauses import Structure
from orchestration.report.verify.numbers import in_words


@dataclass(frozen=True, slots=True)
class PeriodSaid:
    """A period as a text says it.

    ``kind``: now (目前, no dates) | as_of (截至8月底; a stock or what was summed up to then) | span (1月至7月, 2021年, 上半年)
    | day (10月13日, of its clause alone) | to_date (今年以来, 当年累计) | earlier (去年, 上月: a span before the one reported on).
    Days are inclusive; None where the text and the given period do not tell them: which week 本周 is, in a report of a month.
    """

    kind: str
    start: date | None
    end: date | None
    text: str


@dataclass(frozen=True, slots=True)
class Periods:
    """All periods said, with their places; a period governs from where it is said until another one is."""

    starts: tuple[int, ...]
    said: tuple[PeriodSaid, ...]
    limits: tuple[int, ...]
    floors: tuple[int, ...]  # where paragraphs begin

    def governing(self, at: int) -> PeriodSaid | None:
        for index in range(bisect_left(self.starts, at) - 1, -1, -1):
            if at < self.limits[index]:
                return self.said[index]
            if self.starts[index] < self.floors[bisect_left(self.floors, at + 1) - 1]:
                return None
        return None


_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,2})"
_YEAR = r"(?P<year>(?:19|20)\d{2}|[一二][零〇一二三四五六七八九]{3}|今|本|当|去|上|前)"
_FORMS = (
    (
        "as_of",
        re.compile(
            rf"截[至止](?:到|于)?(?:目前|(?:{_YEAR}年)?(?:(?P<month>{_NUMBER})月(?:(?P<day>{_NUMBER}|[一二三]?十[一二三四五六七八九]?)[日号]|份?(?P<edge>底|末|初)?)?)?(?P<yearend>底|末)?)"
        ),
    ),
    ("as_of", re.compile(rf"{_YEAR}年(?P<yearend>底|末)|(?P<month>{_NUMBER})月(?:份)?(?P<edge>底|末)")),
    ("to_date", re.compile(r"(?P<year>今|本|当)年以来|年初以来|当年累计|今年累计|本年累计|年内")),
    (
        "span",
        re.compile(
            rf"(?:{_YEAR}年)?(?:前|头)?(?P<first>{_NUMBER})(?:月(?:份)?)?[至到\-—–~～](?P<last>{_NUMBER})月(?:份)?"
        ),
    ),
    ("span", re.compile(rf"(?:{_YEAR}年)?前(?P<count>{_NUMBER})个?月")),
    (
        "span",
        re.compile(
            rf"(?:{_YEAR}年)?(?:第?(?P<quarter>[一二三四1-4])季度|(?P<half>[上下])半年|前三(?P<three>季度))"
        ),
    ),
    (
        "span",
        re.compile(
            rf"(?:{_YEAR}年)?(?P<month>{_NUMBER})月(?:份)?(?:(?P<day>{_NUMBER}|[一二三]?十[一二三四五六七八九]?)[日号])?(?![底末])"
        ),
    ),
    ("span", re.compile(rf"{_YEAR}年(?:度|全年)?")),
    (
        "relative",
        re.compile(
            r"(?P<which>上|本|当)(?:个)?(?P<cadence>月|季度|季|周|半年|期)(?:份)?(?P<edge>底|末)?(?![度岁边长薪均])"
        ),
    ),
    ("now", re.compile(r"目前|现有|现已|当前|至今|如今|现在")),
)
# After a comparison the period said is the one compared with: 较去年, 比上月, 与2020年相比.
_COMPARED = re.compile(r"(?:较|比|与|和|同|于|自|从)\Z")
_CADENCES = {"周": "week", "月": "month", "季": "quarter", "季度": "quarter", "半年": "half_year"}
_LENGTHS = ("week", "month", "quarter", "half_year", "year")
# What may stand before a span of time that opens a clause.
_LEAD = re.compile(r"[\s“(]*(?:其中|全[省市县国]|[我该本][省市县]|在|自|从)?[,]?")


def periods_said(plain: str, parts: Structure, period: Period | None) -> Periods:
    """The periods of a text; a span in the middle of a clause (申报2021年全国试点) is that clause's alone. Any other governs the figures after it up to the next period said, at most to the end of its
    sentence; one that opens a paragraph's sentence (今年1月至7月,…) governs that paragraph until another is said."""
    found: dict[int, tuple[int, str, PeriodSaid]] = {}
    taken = [False] * (len(plain) + 1)
    for kind, form in _FORMS:
        for match in form.finditer(plain):
            start, end = match.span()
            if start == end or any(taken[start:end]) or _part_of_number(plain, start, end):
                continue
            taken[start:end] = [True] * (end - start)
            if _COMPARED.search(plain, max(0, start - 1), start):
                continue
            found[start] = (end, kind, _dated(kind, match, period))
    starts = sorted(found)
    limits = []
    for start in starts:
        _, sentence_end = parts.sentence_span(parts.sentence(start))
        _, paragraph_end = parts.paragraph_span(parts.paragraph(start))
        opens = not plain[parts.sentence_span(parts.sentence(start))[0] : start].strip()
        _, clause_end = parts.clause_span(parts.clause(start))
        said = found[start][2]
        within = said.kind == "day" or (
            said.kind in ("span", "earlier")
            and not _LEAD.fullmatch(plain, parts.clause_span(parts.clause(start))[0], start)
        )
        limits.append(clause_end if within else paragraph_end if opens else sentence_end)
    return Periods(tuple(starts), tuple(found[start][2] for start in starts), tuple(limits), parts.paragraphs)


def _part_of_number(plain: str, start: int, end: int) -> bool:
    return plain[start].isdigit() and plain[start - 1 : start] in tuple("0123456789./-") and start > 0


def _dated(kind: str, match: re.Match[str], period: Period | None) -> PeriodSaid:
    said = {name: value for name, value in match.groupdict().items() if value}
    year = _year(said.get("year"), period)
    if match[0].endswith("目前"):
        return PeriodSaid("now", None, period.end if period else None, match[0])
    if kind == "now":
        return PeriodSaid("now", None, period.end if period else None, match[0])
    if kind == "relative":
        return _relative(said, match[0], period)
    if kind == "to_date":
        return PeriodSaid(kind, date(year, 1, 1) if year else None, period.end if period else None, match[0])
    span = _span(said, year)
    if kind == "as_of":
        return PeriodSaid(kind, None, span[1], match[0])
    earlier = (
        period is not None
        and span[1] is not None
        and span[1] < period.start
        and said.get("year") in ("去", "上", "前")
    )
    told = "day" if "day" in said else "earlier" if earlier else "span"
    return PeriodSaid(told, *span, match[0])


def _relative(said: dict[str, str], text: str, period: Period | None) -> PeriodSaid:
    """本周, 上月, 本季度末: the period of that cadence which the one reported on is, or ends in; a part of it is not told."""
    here = period and _of_cadence(said["cadence"], period)
    if here and said["which"] == "上":
        here = previous(here)
    if "edge" in said:
        return PeriodSaid("as_of", None, here.end if here else None, text)
    kind = "earlier" if said["which"] == "上" else "span"
    return PeriodSaid(kind, *((here.start, here.end) if here else (None, None)), text)


def _of_cadence(word: str, period: Period) -> Period | None:
    """The week, month, quarter or half-year in which a period ends, where it is not longer than that."""
    if word == "期" or _CADENCES[word] == period.cadence:
        return period
    if _LENGTHS.index(_CADENCES[word]) < _LENGTHS.index(period.cadence):
        return None
    month = parse_period(month_of(period))
    return next((p for p in (month, *containing(month)) if p.cadence == _CADENCES[word]), None)


def _year(written: str | None, period: Period | None) -> int | None:
    own = period.end.year if period else None
    if written is None or written in "今本当":
        return own
    if written in "去上前":
        return None if own is None else own - (2 if written == "前" else 1)
    value = "".join(
        str("零一二三四五六七八九".find("零" if c == "〇" else c)) if not c.isdigit() else c for c in written
    )
    return int(value)


def _span(said: dict[str, str], year: int | None) -> tuple[date | None, date | None]:
    if year is None:
        return None, None
    if "first" in said:
        first, last = _month(said["first"]), _month(said["last"])
    elif "count" in said:
        first, last = 1, _month(said["count"])
    elif "quarter" in said:
        quarter = "一二三四".find(said["quarter"]) + 1 or int(said["quarter"])
        first, last = quarter * 3 - 2, quarter * 3
    elif "half" in said:
        first, last = (1, 6) if said["half"] == "上" else (7, 12)
    elif "three" in said:
        first, last = 1, 9
    elif "month" in said:
        first = last = _month(said["month"])
    else:
        first, last = 1, 12
    if first is None or last is None or last < first:
        return None, None
    end = date(year, last, calendar.monthrange(year, last)[1])
    if "day" in said and "month" in said:
        return _day(year, first, said["day"])
    return date(year, first, 1), date(year, first, 1) if said.get("edge") == "初" else end


def _day(year: int, month: int, written: str) -> tuple[date | None, date | None]:
    value = int(written) if written.isdigit() else int((in_words(written) or (0, 0))[0])
    if not 1 <= value <= calendar.monthrange(year, month)[1]:
        return None, None
    return date(year, month, value), date(year, month, value)


def _month(written: str) -> int | None:
    value = int(written) if written.isdigit() else int((in_words(written) or (0, 0))[0])
    return value if 1 <= value <= 12 else None
