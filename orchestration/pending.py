"""What a night must work on, by reporting period: the question that every trigger asks, and the answer as requests.

Months and weeks stand in one order, that of the day on which they end. Belongs here: which periods, in which runs. Does not
belong here: running them (``nightly``, ``triggers``), and what a stage does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import duckdb

from orchestration.home import Home
from orchestration.night import is_landable, is_settled
from orchestration.periods import SHANGHAI, in_time, parse_period
from orchestration.receive.register import Register, Submission


class NoSuchPeriods(ValueError):
    """What was asked for are no periods, or nobody has reported on any of them."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Periods in the order of time. ``touched`` have something to be landed or judged; ``following`` are published and
    reported on anew: from the earliest concerned, every one on which anyone reported. Both empty: the publication stands."""

    touched: tuple[str, ...] = ()
    following: tuple[str, ...] = ()


class Part(StrEnum):
    """Which part of the night a run is."""

    WHOLE = "whole"
    LANDING = "landing"  # landing and the audit of workbooks
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Request:
    """One run over these periods, which stand side by side among those reported on."""

    part: Part
    periods: tuple[str, ...]


def pending(home: Home) -> Pending:
    """What a night must work on after receiving.

    A submission is pending until the published warehouse has judged it. When a rule, a model, a ruling of the bureau or
    other code has changed since the last publication, every period is touched. A period whose due day has passed since is
    concerned too, so that what is not there becomes overdue by itself; it has nothing to land. A file without a period
    (unreadable) is published with the latest one, as is a due day of a period that nobody has reported on. What nobody
    reports on (quarters and longer, for they are rolled up), and what lies before the first month, is registered and
    starts no night.
    """
    registered = _registered(home)
    reported = _reported(registered)
    if not reported:
        return Pending()
    if not is_settled(home):
        return Pending(reported, reported)
    published = _published(home)
    waiting = [s for s in registered if _is_pending(s, published.get(s.submission_id))]
    touched = {s.reporting_period if is_landable(s) else reported[-1] for s in waiting}
    concerned = touched | {period if period in reported else reported[-1] for period in _come_due(home)}
    return Pending(_among(reported, touched), since(reported, concerned))


def requests(asked: Pending, reported: Sequence[str]) -> tuple[Request, ...]:
    """The runs of a night after receiving, in their order. One, where all that follows is also touched.

    Dagster's runs cover a range of partitions, so what is touched apart is landed by a run for each stretch: nothing that
    lies between is shown as worked on.
    """
    if not asked.following:
        return ()
    if asked.touched == asked.following:
        return (Request(Part.WHOLE, asked.following),)
    landing = [Request(Part.LANDING, stretch) for stretch in stretches(asked.touched, reported)]
    return (*landing, Request(Part.REST, asked.following))


def stretches(periods: Collection[str], reported: Sequence[str]) -> list[tuple[str, ...]]:
    """Periods as runs of neighbours among those reported on."""
    found: list[list[str]] = []
    beside = False
    for period in reported:
        if period in periods:
            if beside:
                found[-1].append(period)
            else:
                found.append([period])
        beside = period in periods
    return [tuple(stretch) for stretch in found]


def since(reported: Sequence[str], periods: Iterable[str]) -> tuple[str, ...]:
    """From the earliest of these on, every period reported on: its year-to-date figures stand on those before."""
    wanted = set(periods)
    first = next((place for place, period in enumerate(reported) if period in wanted), len(reported))
    return tuple(reported[first:])


def within(reported: Sequence[str], asked: str) -> tuple[str, ...]:
    """Those reported on that end within ``2021-08``, ``2021-01..2021-12``, ``2021-W30..2021-W35``, ``2021-Q3`` or ``2021``.
    With months and longer go the weeks that end in them. Raises NoSuchPeriods."""
    first, _, last = asked.partition("..")
    try:
        start, end = parse_period(first.strip()), parse_period((last or first).strip())
    except ValueError as error:
        raise NoSuchPeriods(
            f"{asked!r} 不是报告期;应如 2021-08、2021-01..2021-12、2021-W35 或 2021"
        ) from error
    if start.cadence != end.cadence or start > end:
        raise NoSuchPeriods(f"{asked}:起止须为同一种报告期,由早到晚")
    found = tuple(
        period.key
        for period in map(parse_period, reported)
        if start.start <= period.end <= end.end and (start.cadence != "week" or period.cadence == "week")
    )
    if not found:
        raise NoSuchPeriods(f"{asked} 没有报表")
    return found


def base_periods(home: Home) -> tuple[str, ...]:
    """The months and weeks that anyone has reported on, in the order in which they end."""
    return _reported(_registered(home))


def _reported(registered: Iterable[Submission]) -> tuple[str, ...]:
    found = {s.reporting_period for s in registered if is_landable(s)}
    return tuple(period.key for period in in_time(parse_period(key) for key in found))


def _among(reported: Sequence[str], periods: Collection[str]) -> tuple[str, ...]:
    return tuple(period for period in reported if period in periods)


def _registered(home: Home) -> list[Submission]:
    with Register(home.register) as register:
        return register.submissions()


def _is_pending(submission: Submission, status: str | None) -> bool:
    return status is None or (status == "pending" and is_landable(submission))


def _published(home: Home) -> dict[str, str]:
    """The status of each submission in the published warehouse."""
    if not home.warehouse.exists():
        return {}
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return dict(connection.execute("select submission_id, status from marts.dim_submission").fetchall())


def _come_due(home: Home) -> list[str]:
    """What the published warehouse says is not due, though the day has passed since."""
    if not home.warehouse.exists():
        return []
    today = datetime.now(SHANGHAI).date()
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select distinct reporting_period from marts.rpt_submission_status "
            "where status = 'not_due' and due_on < ?",
            [today],
        ).fetchall()
    return [period for (period,) in rows]
