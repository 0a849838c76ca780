"""Which periods a sample is asked for, and when its scene plays for them.

Belongs here: reading ``2021-06..2021-08,2021-W35``, and which period the goals are met in. Does not belong here: dates of
events (dates), and what is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from orchestration.indicators import BASE_CADENCES
from orchestration.periods import Period, in_time, parse_period, previous
from sample.dates import Scene


def parse_periods(text: str) -> list[Period]:
    """Months and weeks, or spans of them, joined by commas, in the order in which they end. Raises ValueError, in
    Chinese."""
    asked = {period for part in text.split(",") for period in _span(part.strip())}
    if len({period.start.year for period in asked if period.cadence == "month"}) > 1:
        raise ValueError(f"{text}:月份须在同一年内(当年累计从 1 月起算)")
    return in_time(asked)


def main_period(periods: Sequence[Period]) -> Period:
    """The period in which the goals are met: the last month, else the last week."""
    return next(reversed([p for p in periods if p.cadence == "month"] or list(periods)))


def scene_of(periods: Sequence[Period], seed: int) -> Scene:
    """The scene ends with the last month asked for. Weeks alone play after the last month that was over when the last of
    them ended, so that they go with that month's own sample; weeks later than the scene's end let it go on."""
    main, last = main_period(periods), max(period.end for period in periods)
    return Scene(main.end if main.cadence == "month" else _last_month_over(last), seed, until=last)


def _last_month_over(day: date) -> date:
    tomorrow = day + timedelta(days=1)
    return tomorrow.replace(day=1) - timedelta(days=1)


def _span(text: str) -> list[Period]:
    first, _, last = text.partition("..")
    try:
        start, end = parse_period(first), parse_period(last or first)
    except ValueError as error:
        raise ValueError(
            f"报告期 {text!r} 无法识别,应如 2021-08、2021-W35、2021-06..2021-08 或 2021-08,2021-W34..2021-W35"
        ) from error
    if start.cadence not in BASE_CADENCES or end.cadence not in BASE_CADENCES:
        raise ValueError(f"{text}:只有周和月有报表,季度以上由月报汇总得出")
    if start.cadence != end.cadence or start > end:
        raise ValueError(f"{text}:区间须为由早到晚的月份,或由早到晚的周")
    periods = [end]
    while periods[-1] != start:
        periods.append(previous(periods[-1]))
    return periods
