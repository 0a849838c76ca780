"""Every figure of a text: its number, scale, measure word, value, precision, bounds, and where it stands.

Belongs here: what a figure is and how exactly it is said. Does not belong here: which indicator it means (``matching``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from orchestration.periods import Period
from orchestration.report.verify import clauses
from orchestration.report.verify.clauses import Structure, structure
from orchestration.report.verify.finding import Found, find
from orchestration.report.verify.numbers import printed
from orchestration.report.verify.periods_said import PeriodSaid, periods_said
from orchestration.report.verify.places import Place, places_said
from orchestration.report.verify.text import Text


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure as an article prints it. Offsets are those of ``Text.plain``; ``text`` is the original's own slice.

    ``low`` … ``high`` is the interval of base units that rounds to what is printed (a count is a point), whatever
    ``bound`` says; for a range (3至5个) it goes from its first number to its last.
    """

    start: int
    end: int
    text: str  # number, scale and measure word as the original writes them, mirror damage included
    number: Decimal  # 3.22; of a range the first; of 数百, 上万, 千亿级 the least
    scale: str  # "" 万 亿 百万 千亿 % ‰ 个百分点 成 倍; "分之" for a fraction, whose value alone says it
    measure: str  # 户, 人, 个, 元; "" after a share, or where none is written
    value: Decimal  # base units: 32200; a share of one: 0.9961
    low: Decimal
    high: Decimal
    decimals: int
    bound: str  # exact | more | less | about | level
    in_words: bool
    sentence: int
    clause: int
    before: str  # plain words of the clause up to the figure; in brackets those of the bracket
    after: str  # plain words of the clause up to the next figure
    period: PeriodSaid | None
    place: str | None  # the place named nearest before it in the sentence or paragraph, as written
    paragraph: int = 0
    near: str = ""  # plain words since the figure before it in the same clause, or since the clause's start
    bound_word: str = ""  # 多, 近, 超过, 以上, 级
    kind: str = "level"  # level | change (增加, 下降…个百分点) | range
    relation: str = ""  # 其中 | 共 | 合计 | 分别 said of it
    run: int = 0  # figures joined by 、和及 or by nothing bear the same number
    places: tuple[str, ...] = ()  # all places its sentence names before it, as written, in order


def read_quantities(text: Text, period: Period | None = None, places: Sequence[Place] = ()) -> list[Quantity]:
    """The figures of a text in order. ``period``: what 今年 and 8月底 are told from; without it they stay undated.
    ``places``: the units that may be named (``places.Place``), beside 全省, 全县 and the provinces."""
    plain = text.plain
    found = find(plain)
    parts = structure(plain, [(one.start, one.end) for one in found])
    said = periods_said(plain, parts, period)
    named = places_said(plain, parts, places)
    quantities: list[Quantity] = []
    run = 0
    for index, one in enumerate(found):
        earlier = found[index - 1] if index else None
        later = found[index + 1] if index + 1 < len(found) else None
        if earlier is None or not _JOINED.fullmatch(plain[earlier.end : one.start]):
            run += 1
        quantities.append(_quantity(text, parts, one, earlier, later, run=run))
    return [
        replace(q, period=said.governing(q.start), place=named.nearest(q.start), places=named.before(q.start))
        for q in quantities
    ]


# What stands between figures of one run.
_JOINED = re.compile(r"\s?(?:[、/]|和|及|与|以及)?\s?|(?:多|余)?[、和及与]")
_RELATION = re.compile(r"其中|合计|总计|共计|累计|分别|各|共")
_CHANGE = re.compile(
    r"(?:增加|减少|增长|下降|提高|上升|降低|提升|回落|新增|净增|多|少|增|减|涨|降)(?:了|约|近|超过|逾)?\Z"
)
_CHANGE_TO = re.compile(r"(?:至|到|为)\Z")
_COMPARED = re.compile(r"同比|环比|较|比[上去前年]|相比")


def _quantity(
    text: Text, parts: Structure, one: Found, earlier: Found | None, later: Found | None, *, run: int
) -> Quantity:
    first = printed(one.number, one.decimals, "" if one.value is not None else one.scale)
    last = printed(one.upto.number, one.upto.decimals, one.upto.scale) if one.upto else first
    clause = parts.clause(one.start)
    clause_start, clause_end = parts.clause_span(clause)
    until = later.start if later and later.start < clause_end else None
    before = clauses.before(parts, one.start)
    near = text.plain[max(clause_start, earlier.end if earlier else 0) : one.start].strip(" \n\t、()")
    return Quantity(
        start=one.start,
        end=one.end,
        text=text.slice(one.start, one.end),
        number=one.number,
        scale=one.scale,
        measure=one.measure,
        value=first.value,
        low=first.value if one.bound == "level" else first.low,
        high=first.value * 10 if one.bound == "level" else last.high,
        decimals=one.decimals,
        bound=one.bound,
        in_words=one.in_words,
        sentence=parts.sentence(one.start),
        clause=clause,
        before=before,
        after=clauses.after(parts, one.end, until),
        period=None,
        place=None,
        paragraph=parts.paragraph(one.start),
        near=near,
        bound_word=one.bound_word,
        kind=_kind(one, near, before),
        relation=_relation(parts, one, near),
        run=run,
    )


def _kind(one: Found, near: str, before: str) -> str:
    if one.upto:
        return "range"
    if one.scale in ("个百分点", "百分点", "个千分点"):
        return "change"
    said = near[: -len(one.bound_word)] if one.bound_word and near.endswith(one.bound_word) else near
    if _CHANGE.search(said) and (_COMPARED.search(before) or not said.endswith(("新增", "净增"))):
        return "change"
    return "level"


def _relation(parts: Structure, one: Found, near: str) -> str:
    """The word said of it: in the words since the figure before; 其中 and 分别 at the clause's start hold to its end."""
    own = [match[0] for match in _RELATION.finditer(near)]
    if own:
        return own[-1]
    clause = parts.clause(one.start)
    start, _ = parts.clause_span(clause)
    if clause and parts.plain[slice(*parts.clause_span(clause - 1))].strip(" ,:\n") == "其中":
        return "其中"
    governing = [m[0] for m in _RELATION.finditer(parts.plain, start, one.start) if m[0] in ("其中", "分别")]
    return governing[-1] if governing else ""
