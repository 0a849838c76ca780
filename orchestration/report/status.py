"""Who is due, late, failing and accepted, as a published warehouse says it: ``marts.rpt_submission_status`` as objects.

Belongs here: reading, and which units want something. Does not belong here: deciding any status (dbt does), and the
screen (``status_screen``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.report.query import query

# What somebody still has to do something about.
WANTING = ("overdue", "returned", "partly_accepted", "pending")


class NoStatus(Exception):
    """The published warehouse knows of no reporting in that period. The message says so in Chinese."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One dataset that a unit owes, and where it stands; moments are UTC."""

    unit_code: str
    unit_name: str
    city_code: str | None
    dataset: str
    sheet: str
    status: str
    status_zh: str
    reason_zh: str | None
    due_on: date
    close_on: date
    received_at: datetime | None
    on_time: bool | None
    tries: int
    warnings: int
    waived: int
    submission_id: str | None

    @property
    def is_wanting(self) -> bool:
        return self.status in WANTING


@dataclass(frozen=True, slots=True)
class Completeness:
    """How complete and punctual a unit's reporting is, over all datasets; rates are fractions of 1."""

    unit_code: str
    unit_name: str
    kind: str
    expected: int
    received: int
    accepted: int
    on_time: int
    returned: int
    overdue: int
    exempt: int
    completeness: Decimal | None
    on_time_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Status:
    """The reporting of one period: the province, its cities in code order, and what every unit owes."""

    period: str
    due_on: date
    province: Completeness
    cities: tuple[Completeness, ...]
    standings: tuple[Standing, ...]

    def wanting(self) -> dict[str, list[Standing]]:
        """By unit code: what is overdue, was returned, is held back in its latest version, or waits for judgement."""
        found: dict[str, list[Standing]] = {}
        for standing in self.standings:
            if standing.is_wanting:
                found.setdefault(standing.unit_code, []).append(standing)
        return found


def read_status(warehouse: Path, period: str | None = None) -> Status:
    """The status of a period, by default the latest month, or week where there are no months, that anyone has reported
    on. Raises NoStatus."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        wanted = period or _latest(connection)
        standings = [Standing(*row) for row in query(connection, _STANDINGS, period=wanted)]
        if not standings:
            raise NoStatus(
                f"已发布的数据仓库里没有 {wanted} 的报送情况;应报的是已有单位报送的月、周,以及最后一个月的下一个月"
            )
        counts = [Completeness(*row) for row in query(connection, _COMPLETENESS, period=wanted)]
        [(due_on,)] = query(
            connection, "select due_on from marts.dim_period where reporting_period = $period", period=wanted
        )
    return Status(
        period=wanted,
        due_on=due_on,
        province=next(count for count in counts if count.kind == "province"),
        cities=tuple(count for count in counts if count.kind == "city"),
        standings=tuple(standings),
    )


def of_unit(status: Status, unit_code: str) -> list[Standing]:
    """What one unit owes. Raises NoStatus for a unit that sends nothing itself (a city)."""
    standings = [standing for standing in status.standings if standing.unit_code == unit_code]
    if not standings:
        raise NoStatus(f"{unit_code} 在 {status.period} 没有应报的数据集:应报单位是各县(区)和省局")
    return standings


def as_json(status: Status, unit_code: str | None = None) -> dict[str, Any]:
    """What ``zhenxing status --json`` prints: of one unit its datasets, else the province, its cities and every dataset."""
    if unit_code:
        standings = of_unit(status, unit_code)
        return {"period": status.period, "unit_code": unit_code, "datasets": [_plain(s) for s in standings]}
    return {
        "period": status.period,
        "due_on": status.due_on.isoformat(),
        "province": _plain(status.province),
        "cities": [_plain(city) for city in status.cities],
        "wanting": sorted(status.wanting()),
        "datasets": [_plain(standing) for standing in status.standings],
    }


def _plain(entry: Standing | Completeness) -> dict[str, Any]:
    return {name: _text(value) for name, value in asdict(entry).items()}


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds") + "Z"
    if isinstance(value, (date, Decimal)):
        return str(value)
    return value


def _latest(connection: duckdb.DuckDBPyConnection) -> str:
    rows = connection.execute("""
        select reporting_period from marts.dim_period
        where reporting_period in (select reporting_period from marts.rpt_submission_status)
            and reporting_period in (select reporting_period from marts.dim_submission)
        order by cadence = 'month' desc, end_on desc limit 1""").fetchall()
    if not rows:
        raise NoStatus("已发布的数据仓库里还没有任何月报、周报")
    return rows[0][0]


_STANDINGS = """
    select s.unit_code, u.unit_name, u.city_code, s.dataset, s.sheet, s.status, s.status_zh, s.reason_zh, s.due_on,
           s.close_on, s.received_at, s.on_time, s.tries, s.warnings, s.waived, s.submission_id
    from marts.rpt_submission_status as s
    join marts.dim_reporting_unit as u using (unit_code)
    where s.reporting_period = $period
    order by s.unit_code, s.dataset"""

_COMPLETENESS = """
    select c.unit_code, u.unit_name, c.kind, c.expected, c.received, c.accepted, c.on_time, c.returned, c.overdue,
           c.exempt, c.completeness, c.on_time_rate
    from marts.rpt_completeness as c
    join marts.dim_reporting_unit as u using (unit_code)
    where c.reporting_period = $period and c.dataset = 'all'
    order by c.unit_code"""
