"""Whether a printed figure is what the warehouse holds, at the precision it is printed with; and the likely slip where it is not.

Belongs here: comparing one figure. Does not belong here: which figure it is compared with, and sums within the text
(``statements``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from orchestration.indicators import Indicator
from orchestration.periods import parse_period
from orchestration.report.verify.numbers import SCALES
from orchestration.report.verify.published import Standing
from orchestration.report.verify.quantities import Quantity

CONFIRMED, CONTRADICTED, INCONSISTENT, UNKNOWN = "confirmed", "contradicted", "inconsistent", "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``coarse``: right, though printed with fewer digits than the indicator is declared with."""

    verdict: str
    reason: str = ""
    coarse: bool = False


def compare(quantity: Quantity, indicator: Indicator, standing: Standing) -> Verdict:
    """A level held against the warehouse's value."""
    if quantity.kind == "range":
        return Verdict(UNKNOWN, "文中是一个区间,不是一个数")
    match quantity.bound:
        case "level":
            right = quantity.low <= standing.value < quantity.high
            return Verdict(CONFIRMED) if right else Verdict(CONTRADICTED, "数量级不符")
        case "more":
            return _bounded(quantity, standing.value, Decimal(1))
        case "less":
            return _bounded(quantity, standing.value, Decimal(-1))
        case "about":
            right = abs(standing.value - quantity.value) <= _step(quantity)
            return Verdict(CONFIRMED) if right else _wrong(quantity, standing)
    return _exact(quantity, indicator, standing)


def compare_change(
    quantity: Quantity, indicator: Indicator, standing: Standing, words: str, opening: str = ""
) -> Verdict:
    """A change said (较上月增加120户, 同比增长3.2%) held against the period it is said against; ``words`` are those before it,
    ``opening`` those that open its sentence (与上月相比,…), for where its own name no period."""
    against = _against(words, standing) or _against(opening, standing)
    if not against:
        return Verdict(UNKNOWN, "没有说明与哪一期相比,或不是这项指标的上一期")
    year = against == "year"
    if indicator.kind == "ytd" and not year:
        return Verdict(UNKNOWN, "这项指标是当年累计;与上一期相比的增减,可能说的是本期发生数")
    before, period = (
        (standing.year_before_value, standing.year_before_period)
        if year
        else (standing.previous_value, standing.previous_period)
    )
    if before is None:
        return Verdict(UNKNOWN, f"数据仓库没有{'上年同期' if year else '上期'}的数,无从比较")
    moved = standing.value - before
    if quantity.scale in ("%", "‰", "成"):
        if not before:
            return Verdict(UNKNOWN, f"{period} 为0,没有增幅")
        moved = moved / before
    fallen = any(word in words for word in ("减", "降", "少", "回落", "跌"))
    said = -quantity.value if fallen else quantity.value
    shown = _shown(quantity, moved)
    right = rounded_as(quantity, moved) == rounded_as(quantity, said)
    return Verdict(CONFIRMED) if right else Verdict(CONTRADICTED, f"与 {period} 相比应为{shown}")


_YEAR_BEFORE = re.compile(r"同比|(?:上年|去年)同期|(?:上年|去年)同[月周]")
_PREVIOUS = re.compile(r"环比|[较比与](?:上|前)(?:一)?(?:个)?(?P<cadence>月|周|季|半年|期)")
_CADENCES = {"月": "month", "周": "week", "季": "quarter", "半年": "half_year"}


def _against(words: str, standing: Standing) -> str:
    """year | previous | "": which of a figure's earlier periods a comparison names; the last one named counts."""
    said = [*_YEAR_BEFORE.finditer(words), *_PREVIOUS.finditer(words)]
    if not said:
        return ""
    last = max(said, key=lambda match: match.start())
    if last.re is _YEAR_BEFORE:
        return "year"
    own = parse_period(standing.reporting_period).cadence
    return "previous" if _CADENCES.get(last["cadence"] or "", own) == own else ""


def _exact(quantity: Quantity, indicator: Indicator, standing: Standing) -> Verdict:
    value = standing.value
    if not quantity.scale and not quantity.decimals:
        right = quantity.value == value
        return Verdict(CONFIRMED) if right else _wrong(quantity, standing)
    if standing.printed is not None and quantity.value == standing.printed:
        return Verdict(CONFIRMED)
    if rounded_as(quantity, value) != quantity.value:
        return _wrong(quantity, standing)
    return Verdict(CONFIRMED, *_coarseness(quantity, indicator, standing))


def _coarseness(quantity: Quantity, indicator: Indicator, standing: Standing) -> tuple[str, bool]:
    """Whether digits are missing that are no dropped zeros."""
    if quantity.scale != indicator.scale or quantity.decimals >= indicator.decimals:
        return "", False
    declared = standing.value / SCALES[quantity.scale]
    full = declared.quantize(Decimal(1).scaleb(-indicator.decimals), ROUND_HALF_UP)
    if full == quantity.number:
        return "", False
    return f"按约数印,规定印 {standing.display}", True


def _bounded(quantity: Quantity, value: Decimal, way: Decimal) -> Verdict:
    """50多个 is 51 to 59, 近60个 is 51 to 59: true of a value further off too, but then nobody would say it so."""
    off = (value - quantity.value) * way
    inclusive = quantity.bound_word in ("以上", "不低于", "不少于", "至少", "以下", "不超过", "不高于")
    if off < 0 or (off == 0 and not inclusive and quantity.bound_word not in ("近", "")):
        return Verdict(CONTRADICTED, "数据仓库的数不在所说的范围内")
    if off < _step(quantity):
        return Verdict(CONFIRMED)
    if quantity.bound_word in ("多", "余", "近", "几"):
        return Verdict(CONTRADICTED, "数据仓库的数不在所说的范围内")
    return Verdict(UNKNOWN, "所说的界限成立,但与数据仓库的数相差较大")


def _step(quantity: Quantity) -> Decimal:
    """One unit of the last digit of a number that is not 0: 10 of 50, 1000 of 1.2万."""
    digits = quantity.number.normalize()
    return SCALES.get(quantity.scale, Decimal(1)) * Decimal(1).scaleb(int(digits.as_tuple().exponent))


def rounded_as(quantity: Quantity, value: Decimal) -> Decimal:
    """The value as the article would print it, in base units."""
    return _cut(quantity, value, ROUND_HALF_UP)


def _cut(quantity: Quantity, value: Decimal, rounding: str) -> Decimal:
    unit = SCALES.get(quantity.scale, Decimal(1))
    return (value / unit).quantize(Decimal(1).scaleb(-quantity.decimals), rounding) * unit


def _shown(quantity: Quantity, value: Decimal) -> str:
    number = (value / SCALES.get(quantity.scale, Decimal(1))).quantize(
        Decimal(1).scaleb(-quantity.decimals), ROUND_HALF_UP
    )
    return f"{number:+f}{quantity.scale}{quantity.measure}"


def _wrong(quantity: Quantity, standing: Standing) -> Verdict:
    return Verdict(CONTRADICTED, _slip(quantity, standing.value))


def _slip(quantity: Quantity, value: Decimal) -> str:
    """The likely slip, in Chinese; "" where none is likely."""
    if not value or not quantity.value:
        return ""
    if _cut(quantity, value, ROUND_DOWN) == quantity.value:
        return "似为截断,应四舍五入"
    for power, words in ((4, "万"), (8, "亿")):
        factor = Decimal(10**power)
        if (
            rounded_as(quantity, value * factor) == quantity.value
            or rounded_as(quantity, value / factor) == quantity.value
        ):
            return f"相差一个“{words}”,似为单位错"
    for power in (1, 2, 3):
        factor = Decimal(10**power)
        if (
            rounded_as(quantity, value * factor) == quantity.value
            or rounded_as(quantity, value / factor) == quantity.value
        ):
            return "小数点或位数似有误"
    said, held = _digits(quantity.value), _digits(rounded_as(quantity, value))
    if len(said) == len(held) and sorted(said) == sorted(held):
        return "数字似有颠倒"
    return ""


def _digits(value: Decimal) -> str:
    return "".join(map(str, value.normalize().as_tuple().digits))
