"""What has become of a figure, in words: 较上月增加745户、增长2.37%; a ratio in percentage points.

Belongs here: saying one difference. Does not belong here: which differences are said (``narrative``).
"""

from __future__ import annotations

from decimal import Decimal

from orchestration.indicators import Indicator, load_indicators
from orchestration.periods import Period, parse_period
from orchestration.report.bulletin.figures import Earlier, Figure
from orchestration.report.bulletin.saying import say_amount, say_number

_WORDS_ONLY = (
    "hanzi",
    "magnitude",
    "over_ten",
)  # printed in words: a difference would say more than the figure


def say_change(figure: Figure, earlier: Earlier | None) -> str:
    """``增加745户、增长2.37%``, ``减少12户、下降0.4%``, ``持平``, ``提高1.2个百分点``; '' where nothing can be compared."""
    indicator = load_indicators().get(figure.key)
    if indicator is None or earlier is None or figure.value is None or indicator.style in _WORDS_ONLY:
        return ""
    if not is_alike(figure, earlier):
        return ""
    change = figure.value - earlier.value
    if indicator.scale == "%":
        return say_points(change, indicator)
    if change == 0:
        return "持平"
    rate = say_rate(change, earlier.value)
    more = change > 0
    amount = f"{'增加' if more else '减少'}{say_amount(abs(change), indicator)}"
    return f"{amount}、{'增长' if more else '下降'}{rate}" if rate else amount


def say_change_of_a_year(figure: Figure, period: Period) -> str:
    """The change since the same period last year; '' where the two do not reach as far into their years."""
    earlier = figure.year_before
    reaches = [day.month for day in (figure.as_of, earlier and earlier.as_of) if day]
    if period.cadence != "week" and len(set(reaches)) > 1:
        return ""
    return say_change(figure, earlier)


def is_alike(figure: Figure, earlier: Earlier) -> bool:
    """Whether two figures can be compared: two sums over as many months, not two months beside three."""
    return figure.kind != "flow" or figure.source_periods == earlier.source_periods


def say_points(change: Decimal, indicator: Indicator) -> str:
    """A difference of ratios: ``提高1.2个百分点``; ``基本持平`` where less than would be printed."""
    points = say_number(abs(change) * 100, indicator.decimals)
    if points == "0":
        return "持平" if change == 0 else "基本持平"
    return f"{'提高' if change > 0 else '下降'}{points}个百分点"


def say_rate(change: Decimal, base: Decimal) -> str:
    """The change by what it was, in percent; '' of nothing, and where less than a hundredth."""
    if base <= 0:
        return ""
    rate = say_number(abs(change) / base * 100, 2)
    return "" if rate == "0" else f"{rate}%"


def say_increment(figure: Figure, period: Period) -> str:
    """What a year-to-date figure has grown by in the period: ``增加2.3亿元``; '' where that is not known or nothing.

    In the first period of a year that is the figure itself, which has been said."""
    indicator = load_indicators().get(figure.key)
    if indicator is None or figure.value is None or figure.previous is None or period.cadence == "year":
        return ""
    if parse_period(figure.previous.period).end.year != period.end.year:
        return ""
    change = figure.value - figure.previous.value
    if change == 0:
        return ""
    return f"{'增加' if change > 0 else '减少'}{say_amount(abs(change), indicator)}"
