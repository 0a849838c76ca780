"""Until when a unit may report: due and close days of a period, with what the bureau has reopened.

The days after a period's end come from ``dbt_project/seeds/reporting_cadences.csv``, which dbt's calendar reads too.
Belongs here: calendar arithmetic. Does not belong here: what becomes of a late submission (``audit.decisions``).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from orchestration.home import DBT_PROJECT
from orchestration.periods import Period, parse_period
from orchestration.rulings import Reopening

_CADENCES = DBT_PROJECT / "seeds" / "reporting_cadences.csv"


@dataclass(frozen=True, slots=True)
class Window:
    """When a dataset is due and when its period closes, for a unit that sends on a certain day."""

    due_on: date
    close_on: date
    reopened: bool = False

    def takes(self, day: date) -> bool:
        return day <= self.close_on

    def in_time(self, day: date) -> bool:
        return day <= self.due_on


def window(period: str, unit_code: str, dataset: str, day: date, reopenings: Sequence[Reopening]) -> Window:
    """The window that counts on a day: the period's own while it is open, else the latest reopening under way."""
    due_days, close_days = cadence_days()[parse_period(period).cadence]
    end = parse_period(period).end
    own = Window(end + timedelta(days=due_days), end + timedelta(days=close_days))
    if own.takes(day):
        return own
    open_again = [
        reopening
        for reopening in reopenings
        if reopening.covers(unit_code, dataset, period) and reopening.opens_on <= day <= reopening.close_on
    ]
    if not open_again:
        return own
    latest = max(open_again, key=lambda reopening: reopening.close_on)
    return Window(latest.due_on, latest.close_on, reopened=True)


def due_day(period: Period) -> date:
    """The day by which a period is due, as long as the bureau has not reopened it."""
    return period.end + timedelta(days=cadence_days()[period.cadence][0])


def expected_by(period: Period) -> date:
    """The day by whose end a publication of a period must have come: that of the night after its due day."""
    return due_day(period) + timedelta(days=1)


@cache
def cadence_days() -> dict[str, tuple[int, int]]:
    """Days from a period's end until it is due, and until it closes, by cadence."""
    with _CADENCES.open(encoding="utf-8", newline="") as handle:
        return {
            row["cadence"]: (int(row["due_days"]), int(row["close_days"])) for row in csv.DictReader(handle)
        }
