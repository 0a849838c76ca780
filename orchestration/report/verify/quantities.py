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
from orchestration.report.verify.measures import (
    AFTER,
    BEFORE,
    BOUNDS_AFTER,
    BOUNDS_BEFORE,
    COUNTING_MEASURE,
    MEASURE,
    NO_BOUND,
)
from orchestration.report.verify.numbers import SHARES, in_digits, in_words, printed
from orchestration.report.verify.periods_said import PeriodSaid, periods_said
from orchestration.report.verify.places import Place, places_said
from orchestration.report.verify.text import Text
from orchestration.report.verify.unfigures import unfigures


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
    found = _found(plain)
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


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    number: Decimal
    decimals: int
    scale: str
    measure: str
    in_words: bool
    bound: str = "exact"
    bound_word: str = ""
    upto: _Found | None = None  # the last number of a range
    value: Decimal | None = None  # of a fraction


_SCALE = r"个百分点|个千分点|百分点|万亿|千亿|百亿|十亿|千万|百万|十万|亿|万|%|‰|倍(?!增)|成(?![立为效功果员本长交绩熟品年就份分色都群])|千(?![瓦米克])|百"
_ARABIC = r"(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_CHINESE = r"(?:百分之|千分之|万分之)?[零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?"
_MORE = r"多|余|来|几"
_DIGITS = re.compile(
    rf"(?P<sign>(?:(?<=[\u3400-\u9fff:,(])|(?<![^\s]))[-−])?(?<![\d.])(?P<number>{_ARABIC})(?P<inner>{_MORE})?(?P<scale>{_SCALE})?"
    rf"(?P<more>{_MORE})?(?P<measure>{MEASURE})?(?P<level>级(?!别))?"
)
_WORDS = re.compile(
    rf"(?P<share>百分之|千分之)(?P<rate>[零〇一二两三四五六七八九十百]+(?:点[零〇一二三四五六七八九]+)?)"
    rf"|(?P<below>[二三四五六七八九十百]+)分之(?P<above>[一二两三四五六七八九十]+)"
    rf"|(?P<several>数|上|成|好几|几)?(?P<number>[零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?)(?P<inner>{_MORE})?(?P<scale>万|亿|倍|成|个百分点)?"
    rf"(?:(?P<level>级(?!别))|(?P<more>{_MORE})?(?P<measure>{COUNTING_MEASURE}))"
    rf"|(?P<bare>[二两三四五六七八九])(?P<tenths>成)(?![立为效功果员本长交绩熟品年就份分色都群])"
    rf"|(?P<times>[零〇一二两三四五六七八九十百]+)(?P<fold>倍|个百分点)(?!增)"
)
_TO = re.compile(r"(?:至|到|[-—–~～]{1,2})")
_JOINED = re.compile(r"\s?(?:[、/]|和|及|与|以及)?\s?|(?:多|余)?[、和及与]")
_SHARING = re.compile(r"[、/]|和|及|与|以及")
_YEARLIKE = re.compile(r"(?:19|20)\d{2}")


def _found(plain: str) -> list[_Found]:
    shut = unfigures(plain)
    found: list[_Found] = []
    at = 0
    for start, end in [*shut, (len(plain), len(plain))]:
        found += _between(plain, at, max(at, start))
        at = max(at, end)
    found.sort(key=lambda one: one.start)
    return _shared(plain, _ranges(plain, found))


def _between(plain: str, start: int, end: int) -> list[_Found]:
    digits = [
        one
        for match in _DIGITS.finditer(plain, start, end)
        if (one := _from_digits(plain, match)) is not None
    ]
    taken = {at for one in digits for at in range(one.start, one.end)}
    words = [
        one
        for match in _WORDS.finditer(plain, start, end)
        if not taken & set(range(*match.span())) and (one := _from_words(plain, match)) is not None
    ]
    return [*digits, *words]


def _from_digits(plain: str, match: re.Match[str]) -> _Found | None:
    written = match["number"]
    number, decimals = in_digits(written.replace("，", ","))
    if match["sign"]:
        number = -number
    scale, measure = match["scale"] or "", match["measure"] or ""
    end = match.end()
    if match["level"] and not (scale and not measure):
        end = match.start("level")
    if scale in ("百", "千") and not measure:
        end, scale = match.end("number"), ""
    if scale in SHARES and measure:
        end, measure = match.end("scale"), ""
    if scale == "倍":
        end, measure = match.end("scale"), ""
    more = match["inner"] or match["more"] or ""
    if more and not (scale or measure):
        end, more = match.end("number"), ""
    if not scale and not measure and _bare_is_none(written, plain, end):
        return None
    if match["level"] and scale and not measure:
        return _Found(match.start(), end, number, decimals, scale, "", False, "level", "级")
    bound, word = _bounds(plain, match.start(), end, more)
    return _Found(match.start(), end, number, decimals, scale, measure, False, bound, word)


def _bare_is_none(written: str, plain: str, end: int) -> bool:
    """A number that counts nothing: a year, a telephone or a code; a small figure alone on its line is a page."""
    digits = written.replace(",", "").replace("，", "")
    return (
        bool(_YEARLIKE.fullmatch(written))
        or (digits.isdigit() and len(digits) >= 9)
        or (digits[0] == "0" and len(digits) > 1 and digits.isdigit())
    )


def _from_words(plain: str, match: re.Match[str]) -> _Found | None:
    start, end = match.span()
    if match["share"]:
        number = in_words(match["rate"])
        scale = "%" if match["share"] == "百分之" else "‰"
    elif match["below"]:
        return _fraction(plain, match)
    elif match["bare"] or match["times"]:
        number, scale = in_words(match["bare"] or match["times"]), match["tenths"] or match["fold"]
        if plain[start - 1 : start] in tuple(_PART_OF_WORD):
            return None
    else:
        return _counted(plain, match)
    if number is None:
        return None
    bound, word = _bounds(plain, start, end, "")
    return _Found(start, end, number[0], number[1], scale, "", True, bound, word)


def _fraction(plain: str, match: re.Match[str]) -> _Found | None:
    below, above = in_words(match["below"]), in_words(match["above"])
    if below is None or above is None or not below[0]:
        return None
    bound, word = _bounds(plain, match.start(), match.end(), "")
    share = above[0] / below[0]
    return _Found(match.start(), match.end(), share, 0, "分之", "", True, bound, word, value=share)


# Before a numeral in words: it is then part of another word (统一, 第一, 每一, 同一, 其一, 万一).
_PART_OF_WORD = "第统同每某另哪这那之唯逐专单划归如万其初周星期礼拜者旬国有进合说按下上头末无任"
_ONE_AT_END = re.compile(r"(?=[,，。;；、!?)\n]|\Z)")
_BARE_STEPS = "百千万亿"


def _counted(plain: str, match: re.Match[str]) -> _Found | None:
    """A numeral in words with its measure word. 一个 counts only where it ends a clause (典型案例一个。)."""
    written, several, level = match["number"], match["several"] or "", match["level"]
    start, end = match.span()
    if several == "成" and not set(written) <= set(_BARE_STEPS):
        several = ""
        start = match.start("number")
    if several == "上" and not set(written) <= set("十百千万亿"):
        several, start = "", match.start("number")
    before = plain[start - 1 : start]
    number = in_words(written)
    if number is None or (before and before in _PART_OF_WORD and not several):
        return None
    scale, measure = match["scale"] or "", match["measure"] or ""
    more = match["inner"] or match["more"] or ""
    bound, word = _bounds(plain, start, end, more)
    if level:
        return (
            _Found(start, end, *_split(written, number), "", True, "level", "级")
            if set(written) & set(_BARE_STEPS)
            else None
        )
    if several:
        return _Found(
            start, end, *number, scale, measure, True, "more" if several in ("上", "成") else "level", several
        )
    if set(written) <= set(_BARE_STEPS) and bound == "exact":
        return None
    if (
        written == "一"
        and not more
        and not scale
        and not (measure not in ("人", "类", "种", "条", "项", "场") and _ONE_AT_END.match(plain, end))
    ):
        return None
    if more == "几":
        bound, word = "more", "几"
    return _Found(
        start,
        end,
        *_split(written, number)[:2],
        _split(written, number)[2] or scale,
        measure,
        True,
        bound,
        word,
    )


def _split(written: str, number: tuple[Decimal, int]) -> tuple[Decimal, int, str]:
    """千亿 is one 千亿; any other number in words is whole."""
    if written in ("百万", "千万", "百亿", "千亿", "万亿", "十亿", "十万", "亿", "万", "千", "百"):
        return Decimal(1), 0, written
    return *number, ""


def _bounds(plain: str, start: int, end: int, more: str) -> tuple[str, str]:
    if more:
        return "more", more
    later = AFTER.match(plain, end)
    if later:
        return BOUNDS_AFTER[later[0]], later[0]
    head = plain[max(0, start - 6) : start]
    earlier = BEFORE.search(head)
    if earlier and not NO_BOUND.search(head[: earlier.end(1)]):
        return BOUNDS_BEFORE[earlier[1]], earlier[1]
    return "exact", ""


def _ranges(plain: str, found: list[_Found]) -> list[_Found]:
    """3至5个, 10%—15%: one figure from the first number to the last, when the first has no unit or the same one."""
    joined: list[_Found] = []
    for one in found:
        first = joined[-1] if joined else None
        if (
            first is not None
            and first.upto is None
            and _TO.fullmatch(plain[first.end : one.start])
            and first.bound == "exact"
            and (first.scale in ("", one.scale) and first.measure in ("", one.measure))
            and first.number <= one.number
            and plain[max(0, first.start - 1) : first.start] not in ("从", "由")
        ):
            start_scaled = replace(first, scale=one.scale, measure=one.measure)
            joined[-1] = replace(
                start_scaled, end=one.end, upto=one, bound=one.bound, bound_word=one.bound_word
            )
        else:
            joined.append(one)
    return joined


def _shared(plain: str, found: list[_Found]) -> list[_Found]:
    """1.41、1.51、0.30万户: the numbers before 、 have the scale and measure word of the last one."""
    shared = list(found)
    for index in range(len(shared) - 2, -1, -1):
        one, later = shared[index], shared[index + 1]
        if (
            one.measure
            or one.scale in SHARES
            or one.in_words
            or later.in_words
            or not (later.measure or later.scale)
        ):
            continue
        if _SHARING.fullmatch(plain[one.end : later.start]):
            shared[index] = replace(one, scale=one.scale or later.scale, measure=later.measure)
    return shared


_RELATION = re.compile(r"其中|合计|总计|共计|累计|分别|各|共")
_CHANGE = re.compile(
    r"(?:增加|减少|增长|下降|提高|上升|降低|提升|回落|新增|净增|多|少|增|减|涨|降)(?:了|约|近|超过|逾)?\Z"
)
_CHANGE_TO = re.compile(r"(?:至|到|为)\Z")
_COMPARED = re.compile(r"同比|环比|较|比[上去前年]|相比")


def _quantity(
    text: Text, parts: Structure, one: _Found, earlier: _Found | None, later: _Found | None, *, run: int
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
        low=first.low,
        high=last.high,
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


def _kind(one: _Found, near: str, before: str) -> str:
    if one.upto:
        return "range"
    if one.scale in ("个百分点", "百分点", "个千分点"):
        return "change"
    said = near[: -len(one.bound_word)] if one.bound_word and near.endswith(one.bound_word) else near
    if _CHANGE.search(said) and (_COMPARED.search(before) or not said.endswith(("新增", "净增"))):
        return "change"
    return "level"


def _relation(parts: Structure, one: _Found, near: str) -> str:
    """The word said of it: in the words since the figure before; 其中 and 分别 at the clause's start hold to its end."""
    own = [match[0] for match in _RELATION.finditer(near)]
    if own:
        return own[-1]
    start, _ = parts.clause_span(parts.clause(one.start))
    governing = [m[0] for m in _RELATION.finditer(parts.plain, start, one.start) if m[0] in ("其中", "分别")]
    return governing[-1] if governing else ""
