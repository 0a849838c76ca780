"""Finds the figures of a plain text: number, scale, measure word, bounds; ranges, compounds and shared scales.

Belongs here: where a figure stands and how it is written. Does not belong here: the words around it (``quantities``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from orchestration.report.verify.measures import (
    AFTER,
    BEFORE,
    BOUNDS_AFTER,
    BOUNDS_BEFORE,
    COUNTING_MEASURE,
    MEASURE,
    NO_BOUND,
)
from orchestration.report.verify.numbers import SCALES, SHARES, in_digits, in_words
from orchestration.report.verify.unfigures import unfigures


@dataclass(frozen=True, slots=True)
class Found:
    """A figure of a plain text, in its offsets."""

    start: int
    end: int
    number: Decimal
    decimals: int
    scale: str
    measure: str
    in_words: bool
    bound: str = "exact"
    bound_word: str = ""
    upto: Found | None = None  # the last number of a range
    value: Decimal | None = None  # of a fraction


_SCALE = r"个百分点|个千分点|百分点|万亿|千亿|百亿|十亿|千万|百万|十万|亿|万|%|‰|倍(?!增)|成(?![立为效功果员本长交绩熟品年就份分色都群])|千(?![瓦米克])|百"
_ARABIC = r"(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_MORE = r"多|余|来|几"
_DIGITS = re.compile(
    rf"(?P<sign>(?:(?<=[\u3400-\u9fff:,(])|(?<![^\s]))[-−])?(?<![\d.])(?P<number>{_ARABIC})(?P<inner>{_MORE})?(?P<scale>{_SCALE})?"
    rf"(?P<more>{_MORE})?(?P<measure>{MEASURE})?(?P<level>级(?!别))?"
)
_WORDS = re.compile(
    rf"(?P<share>百分之|千分之)(?P<rate>[零〇一二两三四五六七八九十百]+(?:点[零〇一二三四五六七八九]+)?)"
    rf"|(?P<below>(?<![零〇一二两三四五六七八九十百千万亿])[二三四五六七八九十百]{{1,6}})分之(?P<above>[一二两三四五六七八九十]+)"
    rf"|(?P<several>数|上|成|好几|几)?(?<![零〇一二两三四五六七八九十百千万亿])(?P<number>[零〇一二两三四五六七八九十百千万亿]{{1,24}}(?:点[零〇一二三四五六七八九]+)?)(?P<inner>{_MORE})?(?P<scale>万|亿|倍|成|个百分点)?"
    rf"(?:(?P<level>级(?!别))|(?P<more>{_MORE})?(?P<measure>{COUNTING_MEASURE}))"
    rf"|(?P<bare>[二两三四五六七八九])(?P<tenths>成)(?![立为效功果员本长交绩熟品年就份分色都群])"
    rf"|(?P<times>(?<![零〇一二两三四五六七八九十百千万亿])[零〇一二两三四五六七八九十百]{{1,12}})(?P<fold>倍|个百分点)(?!增)"
)
_TO = re.compile(r"(?:至|到|[-—–~～]{1,2})")
_SHARING = re.compile(r"[、/]|和|及|与|以及")
# 1.项目, 2、资金: the number of an item.
_ITEM = re.compile(r"[.、](?=[\u3400-\u9fff])(?![一二两三四五六七八九十])")
_YEARLIKE = re.compile(r"(?:19|20)\d{2}")


def find(plain: str) -> list[Found]:
    shut = unfigures(plain)
    found: list[Found] = []
    at = 0
    for start, end in [*shut, (len(plain), len(plain))]:
        found += _between(plain, at, max(at, start))
        at = max(at, end)
    found.sort(key=lambda one: one.start)
    return _shared(plain, _ranges(plain, _compounds(found)))


def _between(plain: str, start: int, end: int) -> list[Found]:
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


def _from_digits(plain: str, match: re.Match[str]) -> Found | None:
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
        return Found(match.start(), end, number, decimals, scale, "", False, "level", "级")
    bound, word = _bounds(plain, match.start(), end, more)
    return Found(match.start(), end, number, decimals, scale, measure, False, bound, word)


def _bare_is_none(written: str, plain: str, end: int) -> bool:
    """A number that counts nothing: a year, a telephone or a code; a small figure alone on its line is a page."""
    digits = written.replace(",", "").replace("，", "")
    if _ITEM.match(plain, end) and len(digits) <= 2:
        return True
    return (
        bool(_YEARLIKE.fullmatch(written))
        or (digits.isdigit() and len(digits) >= 9)
        or (digits[0] == "0" and len(digits) > 1 and digits.isdigit())
    )


def _from_words(plain: str, match: re.Match[str]) -> Found | None:
    start, end = match.span()
    if match["share"]:
        number = in_words(match["rate"])
        scale = "%" if match["share"] == "百分之" else "‰"
    elif match["below"]:
        return _fraction(plain, match)
    elif match["bare"] or match["times"]:
        number, scale = in_words(match["bare"] or match["times"]), match["tenths"] or match["fold"]
        if plain[start - 1 : start] in _ORDINAL:
            return None
    else:
        return _counted(plain, match)
    if number is None:
        return None
    bound, word = _bounds(plain, start, end, "")
    return Found(start, end, number[0], number[1], scale, "", True, bound, word)


def _fraction(plain: str, match: re.Match[str]) -> Found | None:
    below, above = in_words(match["below"]), in_words(match["above"])
    if below is None or above is None or not below[0]:
        return None
    bound, word = _bounds(plain, match.start(), match.end(), "")
    share = above[0] / below[0]
    return Found(match.start(), match.end(), share, 0, "分之", "", True, bound, word, value=share)


# Before a numeral in words: it is then an ordinal or a day (第三个, 初三, 周二); before 一 it is part of another word.
_ORDINAL = frozenset("第初周")
_PART_OF_WORD = frozenset("统同每某另哪这那之唯逐专单划归如万其进说按下上头末任")
_ONE_AT_END = re.compile(r"(?=[,，。;；、!?)\n]|\Z)")
_BARE_STEPS = frozenset("百千万亿")
# 一 with one of these ends a clause without counting (成为一类, 拧成一条).
_VAGUE = frozenset(("人", "类", "批", "种", "条", "项", "场", "块", "口", "张"))


def _counted(plain: str, match: re.Match[str]) -> Found | None:
    """A numeral in words with its measure word, or with 级 (千亿级)."""
    written, several, start = match["number"], match["several"] or "", match.start()
    if several in ("上", "成") and not set(written) <= _BARE_STEPS:
        several, start = "", match.start("number")
    number = in_words(written)
    within = _ORDINAL | _PART_OF_WORD if written == "一" else _ORDINAL
    if number is None or (not several and plain[start - 1 : start] in within):
        return None
    more = match["inner"] or match["more"] or ""
    scale, measure, end = match["scale"] or "", match["measure"] or "", match.end()
    bound, word = _bounds(plain, start, end, more)
    if several:
        bound, word = ("more" if several in ("上", "成") else "level"), several
    elif match["level"]:
        bound, word = "level", "级"
    if not _counts(plain, match, start, bound):
        return None
    number, decimals, whole = _split(written, number)
    return Found(start, end, number, decimals, whole or scale, measure, True, bound, word)


def _counts(plain: str, match: re.Match[str], start: int, bound: str) -> bool:
    """百, 千 and 万 count only with a bound (万元户 does not), 级 only after them, 一 only where it ends a clause."""
    written, measure = match["number"], match["measure"] or ""
    if match["level"]:
        return bool(set(written) & _BARE_STEPS)
    if set(written) <= _BARE_STEPS:
        return bound != "exact"
    if written != "一" or match["scale"] or match["inner"] or match["more"]:
        return True
    each = "每" in plain[max(0, start - 4) : start]
    return not each and measure not in _VAGUE and _ONE_AT_END.match(plain, match.end()) is not None


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


def _compounds(found: list[Found]) -> list[Found]:
    """3亿2千万元 is 3.2亿元: amounts that touch, each of a smaller scale than the one before it."""
    joined: list[Found] = []
    for one in found:
        first = joined[-1] if joined else None
        if (
            first is None
            or first.end != one.start
            or first.measure
            or first.in_words
            or one.in_words
            or not first.scale
        ):
            joined.append(one)
            continue
        factor, part = SCALES[first.scale], SCALES[one.scale]
        if first.scale in SHARES or one.scale in SHARES or part >= factor or one.number * part >= factor:
            joined.append(one)
            continue
        number = first.number + one.number * part / factor
        decimals = (factor / part).adjusted() + one.decimals
        whole = replace(one, start=first.start, number=number, decimals=decimals, scale=first.scale)
        joined[-1] = replace(whole, bound=one.bound if one.bound != "exact" else first.bound)
    return joined


def _ranges(plain: str, found: list[Found]) -> list[Found]:
    """3至5个, 10%—15%: one figure from the first number to the last, when the first has no unit or the same one."""
    joined: list[Found] = []
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


def _shared(plain: str, found: list[Found]) -> list[Found]:
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
