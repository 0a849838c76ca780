"""Days and months of the sample year: every event is dated inside the span the periods cover."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random


@dataclass(frozen=True, slots=True)
class Scene:
    """When the sample plays, the year to date up to ``end``, and the seed of all its chance.

    ``until``: the day until which the register of households goes on after ``end``, for weeks later than the last month.
    """

    end: date
    seed: int
    until: date | None = None

    def rng(self, *names: str) -> Random:
        """Chance of its own for every name: nothing drawn elsewhere moves it."""
        return Random("/".join((str(self.seed), *names)))

    @property
    def start(self) -> date:
        return date(self.end.year, 1, 1)

    @property
    def oldest(self) -> date:
        """The earliest birthday of the people of the registers, of whom none is older than 63 or younger than 23."""
        return date(self.end.year - 62, 1, 1)

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def at(self, thousandths: int) -> date:
        """The day so many thousandths into the span."""
        return self.start + timedelta(days=self.days * thousandths // 1000)

    def between(self, rng: Random, first: date, last: date) -> date:
        """A random day from first to last; last when they are the wrong way round."""
        return first + timedelta(days=rng.randint(0, (last - first).days)) if first < last else last

    def workday(self, rng: Random, first: date, last: date) -> date:
        """A random Monday to Friday, unless the span holds none."""
        day = self.between(rng, first, last)
        back = day - timedelta(days=max(day.weekday() - 4, 0))
        return back if back >= first else day


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_plus(month: str, months: int) -> str:
    return month_of(add_months(first_day(month), months))


def first_day(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


def months_between(first: str, last: str) -> list[str]:
    """Every month from first to last, both included."""
    months = [first]
    while months[-1] < last:
        months.append(month_plus(months[-1], 1))
    return months
