"""Who owes what at a moment: what is published, less what has come since.

The published warehouse says where each unit stood when it was made; what was registered later is not asked for again, and a
period that it does not know yet (a week that nobody has reported on) is owed by all who owe its cadence. Belongs here: that
question. Does not belong here: what follows from it, and deciding any status (dbt does).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from orchestration.cards import load_cards
from orchestration.deadlines import due_day, window
from orchestration.home import Home
from orchestration.indicators import BASE_CADENCES
from orchestration.periods import Period, day_of, parse_period, previous
from orchestration.receive.register import Register
from orchestration.rulings import Rulings, load_rulings
from orchestration.units import ReportingUnits, Unit

# For how long after the last period that was reported a cadence goes on: weekly reports may be given up.
_GOES_ON = {"week": timedelta(days=60), "month": timedelta(days=400)}


@dataclass(frozen=True, slots=True)
class Owed:
    """What one unit owes of one period by one day: sheets of which nothing came, and sheets that were returned.

    ``sheets`` counts what it owes of the period in all.
    """

    period: str
    unit: Unit
    due_on: date
    close_on: date
    missing: tuple[str, ...]
    returned: tuple[str, ...]
    sheets: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing at all has come."""
        return len(self.missing) == self.sheets


def owed(home: Home) -> list[Owed]:
    """What units owe of the periods that the published warehouse knows, by period, unit and due day. Nothing published: none."""
    if not home.warehouse.exists():
        return []
    units = ReportingUnits(home.units_csv)
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        rows = connection.execute(_OWED).fetchall()
        judged = {name for (name,) in connection.execute(_JUDGED).fetchall()}
    waiting = _waiting(home, units, judged)
    grouped: dict[tuple[str, str, date], list[tuple]] = defaultdict(list)
    for period, code, due_on, *rest in rows:
        if (period, code) not in waiting:
            grouped[(period, code, due_on)].append(rest)
    return [
        Owed(
            period,
            units.by_code(code) or Unit(code, code, "county"),
            due_on,
            max(close_on for close_on, *_ in sheets),
            tuple(sheet for _, sheet, status, _ in sheets if status != "returned"),
            tuple(sheet for _, sheet, status, _ in sheets if status == "returned"),
            sheets[0][3],
        )
        for (period, code, due_on), sheets in sorted(grouped.items())
    ]


def owed_of_new(home: Home, today: date, until: date) -> list[Owed]:
    """What all units owe of periods that are due from today to a day and that the warehouse does not know yet, of cadences
    that are under way. Raises RulingError."""
    if not home.warehouse.exists():
        return []
    known, ends = _known(home)
    units = ReportingUnits(home.units_csv)
    waiting = _waiting(home, units, set())
    rulings = load_rulings(home)
    return [
        one
        for cadence in BASE_CADENCES
        if cadence in ends and today - ends[cadence] <= _GOES_ON[cadence]
        for period in _due_between(cadence, today, until)
        if period.key not in known
        for unit in (units.province, *units.counties_of(f"{period.end:%Y-%m}"))
        if (period.key, unit.code) not in waiting
        for one in _of_cards(period, unit, today, rulings)
    ]


def cadences_under_way(home: Home, today: date) -> dict[str, date]:
    """The cadences on which units report, and the end of the last period of each that is published."""
    _, ends = _known(home)
    return {cadence: end for cadence, end in ends.items() if today - end <= _GOES_ON[cadence]}


def _due_between(cadence: str, today: date, until: date) -> Iterator[Period]:
    """Periods of a cadence that are due from a day to another."""
    period = _holding(cadence, until)
    while due_day(period) >= today:
        if due_day(period) <= until:
            yield period
        period = previous(period)


def _holding(cadence: str, day: date) -> Period:
    year, week, _ = day.isocalendar()
    return parse_period(f"{year}-W{week:02d}" if cadence == "week" else f"{day:%Y-%m}")


def _of_cards(period: Period, unit: Unit, today: date, rulings: Rulings) -> list[Owed]:
    """What a unit owes of a period of which nothing has come, by due day."""
    cards = [card for card in load_cards().values() if card.owed_by(unit.kind, period.cadence)]
    owing = [
        card
        for card in cards
        if not any(exemption.covers(unit.code, card.dataset, period.key) for exemption in rulings.exemptions)
    ]
    by_day: dict[tuple[date, date], list[str]] = defaultdict(list)
    for card in owing:
        days = window(period.key, unit.code, card.dataset, today, rulings.reopenings)
        by_day[(days.due_on, days.close_on)].append(card.sheet)
    return [
        Owed(period.key, unit, due_on, close_on, tuple(sheets), (), len(owing))
        for (due_on, close_on), sheets in by_day.items()
    ]


def _waiting(home: Home, units: ReportingUnits, judged: set[str]) -> set[tuple[str, str]]:
    """Periods and units of which something readable came that is not judged yet."""
    if not home.register.exists():
        return set()
    with Register(home.register) as register:
        registered = register.submissions()
    return {
        (s.reporting_period or "", unit.code)
        for s in registered
        if s.problem_code is None and s.submission_id not in judged and (unit := units.by_code(s.unit_code))
    }


def waiting_since(home: Home, landable: Sequence[str]) -> dict[str, date]:
    """The submissions named that are in no publication, and the day on which each came."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        judged = {name for (name,) in connection.execute(_JUDGED).fetchall()}
    with Register(home.register) as register:
        return {
            s.submission_id: day_of(s.received_at)
            for s in register.submissions()
            if s.submission_id in landable and s.submission_id not in judged
        }


def _known(home: Home) -> tuple[set[str], dict[str, date]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        known = {period for (period,) in connection.execute(_PERIODS).fetchall()}
        ends = dict(connection.execute(_LAST_ENDS).fetchall())
    return known, ends


_OWED = """
    with standings as (
        select *, count(*) filter (where status <> 'exempt') over (partition by reporting_period, unit_code) as sheets
        from marts.rpt_submission_status
    )
    select reporting_period, unit_code, due_on, close_on, sheet, status, sheets from standings
    where status in ('not_due', 'overdue', 'returned') order by reporting_period, unit_code, due_on, dataset"""
_JUDGED = "select submission_id from marts.dim_submission where status <> 'pending'"
_PERIODS = "select distinct reporting_period from marts.rpt_submission_status"
_LAST_ENDS = """
    select cadence, max(end_on) from marts.dim_period
    where cadence in ('week', 'month') and reporting_period in (select reporting_period from marts.rpt_figures)
    group by cadence"""
