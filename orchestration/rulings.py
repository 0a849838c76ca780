"""The bureau's rulings: waivers of rules, reopened periods and exemptions, dated and reasoned, in CSV files under
version control. ``*`` stands for all. Days are Asia/Shanghai.

Belongs here: reading the files and saying whom a ruling concerns. Does not belong here: what follows from it
(``audit.decisions``, ``deadlines``).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from orchestration.home import Home
from orchestration.periods import parse_period

EVERYONE = "*"


class RulingError(Exception):
    """A ruling that cannot be understood. The message names the file and the line, in Chinese."""


def concerns(ruled: str, value: str | None) -> bool:
    return ruled in (EVERYONE, value)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A rule is not held against a unit's submissions received from ``granted_on`` to ``expires_on``, both included."""

    rule_code: str
    unit_code: str
    reporting_period: str
    granted_on: date
    expires_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Reopening:
    """From ``opens_on`` to ``close_on`` the period takes submissions again; until ``due_on`` they are on time."""

    unit_code: str
    dataset: str
    reporting_period: str
    opens_on: date
    due_on: date
    close_on: date
    reason: str

    def covers(self, unit_code: str, dataset: str, period: str) -> bool:
        return (
            concerns(self.unit_code, unit_code)
            and concerns(self.dataset, dataset)
            and concerns(self.reporting_period, period)
        )


@dataclass(frozen=True, slots=True)
class Exemption:
    """A unit need not report a dataset from one month to another (without end when ``to_period`` is blank)."""

    unit_code: str
    dataset: str
    from_period: str
    to_period: str
    reason: str

    def covers(self, unit_code: str, dataset: str, period: str) -> bool:
        """A period of another cadence than the month goes with the month of its end."""
        month = f"{parse_period(period).end:%Y-%m}"
        return (
            concerns(self.unit_code, unit_code)
            and concerns(self.dataset, dataset)
            and self.from_period <= month <= (self.to_period or month)
        )


@dataclass(frozen=True, slots=True)
class Rulings:
    waivers: tuple[Waiver, ...] = ()
    reopenings: tuple[Reopening, ...] = ()
    exemptions: tuple[Exemption, ...] = ()


def load_rulings(home: Home) -> Rulings:
    """Every ruling of a home. Raises RulingError."""
    return Rulings(
        waivers=tuple(_read(home.waivers_csv, _waiver)),
        reopenings=tuple(_read(home.reopenings_csv, _reopening)),
        exemptions=tuple(_read(home.exemptions_csv, _exemption)),
    )


_Ruling = TypeVar("_Ruling")


def _read(path: Path, make: Callable[[dict[str, str]], _Ruling]) -> Iterable[_Ruling]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle), 2):
            try:
                yield make({name: (value or "").strip() for name, value in row.items() if name})
            except (KeyError, ValueError) as error:
                raise RulingError(f"{path.name} 第 {number} 行:{error}") from error


def _waiver(row: dict[str, str]) -> Waiver:
    granted, expires = _day(row, "granted_on"), _day(row, "expires_on")
    if expires < granted:
        raise ValueError("expires_on 早于 granted_on")
    return Waiver(
        rule_code=_given(row, "rule_code"),
        unit_code=_given(row, "unit_code"),
        reporting_period=_given(row, "reporting_period"),
        granted_on=granted,
        expires_on=expires,
        reason=_given(row, "reason"),
    )


def _reopening(row: dict[str, str]) -> Reopening:
    opens, due, close = _day(row, "opens_on"), _day(row, "due_on"), _day(row, "close_on")
    if not opens <= due <= close:
        raise ValueError("应有 opens_on ≤ due_on ≤ close_on")
    return Reopening(
        unit_code=_given(row, "unit_code"),
        dataset=_given(row, "dataset"),
        reporting_period=_given(row, "reporting_period"),
        opens_on=opens,
        due_on=due,
        close_on=close,
        reason=_given(row, "reason"),
    )


def _exemption(row: dict[str, str]) -> Exemption:
    return Exemption(
        unit_code=_given(row, "unit_code"),
        dataset=_given(row, "dataset"),
        from_period=_given(row, "from_period"),
        to_period=row.get("to_period", ""),
        reason=_given(row, "reason"),
    )


def _given(row: dict[str, str], name: str) -> str:
    if not row[name]:
        raise ValueError(f"{name} 不能为空")
    return row[name]


def _day(row: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(row[name])
    except ValueError as error:
        raise ValueError(f"{name} 应为日期,如 2021-09-30,实为“{row[name]}”") from error
