"""Reporting periods: 2021-08 (month), 2021-W35 (ISO week), 2021-Q3, 2021-H1, 2021; and days where the bureau is. Pure calendar
arithmetic."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_FORMS = (
    ("week", re.compile(r"(\d{4})-W(\d{2})")),
    ("month", re.compile(r"(\d{4})-(\d{2})")),
    ("quarter", re.compile(r"(\d{4})-Q([1-4])")),
    ("half_year", re.compile(r"(\d{4})-H([12])")),
    ("year", re.compile(r"(\d{4})")),
)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A reporting period with its first and last day."""

    start: date
    end: date
    key: str
    cadence: str  # week | month | quarter | half_year | year


def parse_period(text: str) -> Period:
    """``2021-08`` and the like. Raises ValueError naming the accepted forms."""
    for cadence, form in _FORMS:
        match = form.fullmatch(text)
        if match:
            numbers = [int(group) for group in match.groups()]
            start, end = _span(cadence, numbers[0], numbers[1] if len(numbers) > 1 else 1, text)
            return Period(start, end, text, cadence)
    raise ValueError(f"{text!r} is no reporting period; expected 2021-08, 2021-W35, 2021-Q3, 2021-H1 or 2021")


def previous(period: Period) -> Period:
    """The period of the same cadence that ends the day before this one begins."""
    day = period.start - timedelta(days=1)
    year, week, _ = day.isocalendar()
    keys = {
        "week": f"{year}-W{week:02d}",
        "month": f"{day:%Y-%m}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
        "half_year": f"{day.year}-H{1 if day.month <= 6 else 2}",
        "year": f"{day.year}",
    }
    return parse_period(keys[period.cadence])


def month_of(period: Period) -> str:
    """The month that works on a period: the one in which it ends (2021-W35 ends on 5 September 2021)."""
    return f"{period.end:%Y-%m}"


def containing(month: Period) -> tuple[Period, ...]:
    """The quarter, half-year and year that hold a month."""
    year, number = month.start.year, month.start.month
    keys = (f"{year}-Q{(number + 2) // 3}", f"{year}-H{1 if number <= 6 else 2}", f"{year}")
    return tuple(parse_period(key) for key in keys)


def in_time(periods: Iterable[Period]) -> list[Period]:
    """In the order in which they end, the shorter first; the keys of weeks and months have no such order as texts."""
    return sorted(periods, key=lambda period: (period.end, -period.start.toordinal()))


def day_of(moment: datetime) -> date:
    """The day of a moment where the bureau is."""
    return moment.astimezone(SHANGHAI).date()


def minute_of(moment: datetime) -> str:
    """A moment as the bureau's clock shows it: ``2021-09-05 18:30``."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _span(cadence: str, year: int, number: int, text: str) -> tuple[date, date]:
    try:
        if cadence == "week":
            monday = date.fromisocalendar(year, number, 1)
            return monday, monday + timedelta(days=6)
        months = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[cadence]
        first = (number - 1) * months + 1
        last = first + months - 1
        return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
    except (ValueError, calendar.IllegalMonthError) as error:
        raise ValueError(f"{text!r} is no reporting period: {error}") from error
