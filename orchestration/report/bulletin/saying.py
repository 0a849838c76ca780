"""How days, periods and amounts are said in Chinese.

Belongs here: words for one day, one period, one amount. Does not belong here: sentences (``sentences``), and how a
figure itself is printed (the warehouse does that).
"""

from __future__ import annotations

import calendar
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from orchestration.decimals import exact_text
from orchestration.indicators import Indicator
from orchestration.periods import Period, parse_period, previous

_QUARTERS = "一二三四"
_BEFORE = {"week": "上周", "month": "上月", "quarter": "上季度", "half_year": "上半年", "year": "上年"}
_SCALES = (("亿", Decimal(10**8)), ("万", Decimal(10**4)))


def say_period(period: Period) -> str:
    """``2021年8月``, ``2021年第35周``, ``2021年三季度``, ``2021年上半年``, ``2021年``."""
    year = period.key[:4]
    return f"{year}年" if period.cadence == "year" else f"{year}年{_within_year(period)}"


def say_short(period: Period) -> str:
    """The period without its year, as a bulletin speaks of its own: ``8月``, ``本周``, ``三季度``, ``全年``."""
    match period.cadence:
        case "week":
            return "本周"
        case "year":
            return "全年"
        case _:
            return _within_year(period)


def say_before(period: Period, other: str) -> str:
    """An earlier period of the same cadence, seen from this one: ``上月``; one further back by its name."""
    earlier = parse_period(other)
    if previous(period).key != other:
        return say_period(earlier)
    if period.cadence == "half_year" and earlier.end.year != period.end.year:
        return "上年下半年"
    return _BEFORE[period.cadence]


def _within_year(period: Period) -> str:
    match period.cadence:
        case "week":
            return f"第{int(period.key[6:])}周"
        case "month":
            return f"{period.start.month}月"
        case "quarter":
            return f"{_QUARTERS[int(period.key[6]) - 1]}季度"
        case _:
            return f"{'上' if period.start.month == 1 else '下'}半年"


def say_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def say_until(day: date, year: int) -> str:
    """``截至8月底``; another year than the bulletin's is named, and a day within a month is said in full."""
    named = "" if day.year == year else f"{day.year}年"
    return f"截至{named}{day.month}月{'底' if _ends_month(day) else f'{day.day}日'}"


def say_span(day: date, year: int) -> str:
    """From the year's first day to that day: ``今年1月至7月``."""
    named = "今年" if day.year == year else f"{day.year}年"
    if not _ends_month(day):
        return f"{named}1月1日至{day.month}月{day.day}日"
    return f"{named}1月" if day.month == 1 else f"{named}1月至{day.month}月"


def say_amount(amount: Decimal, indicator: Indicator) -> str:
    """An amount of an indicator's unit, in the scale it reaches: ``745户``, ``1.52万人``, ``9.46亿元``. A ratio in percent."""
    if indicator.scale == "%":
        return f"{say_number(amount * 100, indicator.decimals)}%"
    word, factor = _scale(amount, indicator)
    return f"{say_number(amount / factor, indicator.decimals)}{word}{indicator.measure_word}"


def say_number(number: Decimal, decimals: int) -> str:
    """Half up to so many decimals, without trailing zeros."""
    return say_exact(number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def say_exact(value: Decimal) -> str:
    """All digits, without trailing zeros or an exponent."""
    return exact_text(value)


def _scale(amount: Decimal, indicator: Indicator) -> tuple[str, Decimal]:
    allowed = {"亿": _SCALES, "万": _SCALES[1:]}.get(indicator.scale, ())
    return next(((word, factor) for word, factor in allowed if abs(amount) >= factor), ("", Decimal(1)))


def _ends_month(day: date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]
