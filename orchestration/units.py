"""Reporting units: the province, its cities and counties, by GB/T 2260 code, with former codes and names.

A unit that was renamed keeps its row, with its former code and name beside the new ones. One that was merged into another,
or divided, ends: its row stays, with the last month for which it reports and the unit that goes on after it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.home import DBT_PROJECT

PROVINCES = DBT_PROJECT / "seeds" / "provinces.csv"

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_SEPARATORS = re.compile("[;\uff1b]")


class UnitsError(Exception):
    """A list of units that contradicts itself. The message names the file and what is wrong, in Chinese."""


@dataclass(frozen=True, slots=True)
class Unit:
    """``valid_from`` and ``valid_to``: the first and the last month (YYYY-MM) for which it reports, None where it always did
    and still does. ``successor_code``: who goes on after it ended."""

    code: str
    name: str
    kind: str  # province | city | county
    city_code: str | None = None
    city_name: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    successor_code: str | None = None

    def in_force(self, month: str) -> bool:
        """Whether it reports for a month (YYYY-MM), and for weeks that end in it."""
        return (self.valid_from or month) <= month <= (self.valid_to or month)


class ReportingUnits:
    """Finds a unit by what a workbook says of it: new or old code, number or text, new or former name.

    Raises UnitsError.
    """

    def __init__(self, path: Path):
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
        counties = [_county(row) for row in rows]
        _check(counties, path)
        province = f"{counties[0].code[:2]}0000"
        self.province = Unit(province, _province_names().get(province, province), "province")
        cities = {c.city_code: Unit(c.city_code, c.city_name or "", "city") for c in counties if c.city_code}
        self.counties = tuple(counties)
        self.cities = tuple(cities.values())
        self._by_code = {unit.code: unit for unit in (self.province, *self.cities, *self.counties)}
        # A name goes on with whoever bears it now.
        lasting = sorted(self._by_code.values(), key=lambda unit: unit.valid_to is None)
        self._by_name = {unit.name: unit for unit in lasting}
        for row, unit in zip(rows, counties, strict=True):
            for code in _several(row.get("previous_code")):
                self._by_code.setdefault(code, unit)
            for name in _several(row.get("previous_name")):
                self._by_name.setdefault(name, unit)
            self._by_name.setdefault(f"{unit.city_name}{unit.name}", unit)

    def counties_of(self, month: str) -> tuple[Unit, ...]:
        """The counties that report for a month (YYYY-MM)."""
        return tuple(unit for unit in self.counties if unit.in_force(month))

    def not_reporting(self, unit: Unit, month: str) -> str | None:
        """Why a unit does not report for a month, and who does, in Chinese; None when it does report."""
        if unit.in_force(month):
            return None
        if unit.valid_to is not None and month > unit.valid_to:
            after = self.successor(unit, month)
            said = f"{unit.name}({unit.code})只报到 {unit.valid_to}"
            return f"{said},此后由{after.name}({after.code})报送" if after else f"{said},此后不再报送"
        before = [
            other for other in self.counties if other.in_force(month) and self.successor(other, None) == unit
        ]
        named = "、".join(f"{other.name}({other.code})" for other in before)
        said = f"{unit.name}({unit.code})自 {unit.valid_from} 起报送"
        return f"{said},此前各期由{named}分别报送" if named else said

    def successor(self, unit: Unit, month: str | None) -> Unit | None:
        """Who goes on after a unit in a month; without a month, directly after it."""
        after = self._by_code.get(unit.successor_code or "")
        while month is not None and after is not None and not after.in_force(month) and after.successor_code:
            after = self._by_code.get(after.successor_code)
        return after

    def by_code(self, code: str | None) -> Unit | None:
        """``610122``, ``610122.0``, ``610122000000``, ``156610122`` and a former code all find 610122."""
        digits = (code or "").strip().removesuffix(".0")
        if len(digits) == 12 and digits.endswith("000000"):
            digits = digits[:6]
        if len(digits) == 9 and digits.startswith("156"):
            digits = digits[3:]
        return self._by_code.get(digits)

    def by_name(self, name: str | None) -> Unit | None:
        return self._by_name.get((name or "").strip())

    def codes_of(self, code: str) -> tuple[str, ...]:
        """The code in force of a unit and its former ones, by any of them; what is no unit's code stands for itself."""
        unit = self._by_code.get(code)
        if unit is None:
            return (code,)
        former = (known for known, other in self._by_code.items() if other == unit and known != unit.code)
        return (unit.code, *former)

    def code_map(self) -> dict[str, str]:
        """Every accepted code, old or new, to the code in force."""
        return {code: unit.code for code, unit in self._by_code.items()}


@cache
def reporting_units(path: Path) -> ReportingUnits:
    """The units of a list, read once in a process: for workers, which are given the list's path."""
    return ReportingUnits(path)


@cache
def _province_names() -> dict[str, str]:
    with PROVINCES.open(encoding="utf-8", newline="") as handle:
        return {row["code"]: row["name"] for row in csv.DictReader(handle)}


def _county(row: Mapping[str, str]) -> Unit:
    said = {
        name: (row.get(name) or "").strip() or None for name in ("valid_from", "valid_to", "successor_code")
    }
    return Unit(row["code"], row["name"], "county", row["city_code"], row["city_name"], **said)


def _several(text: str | None) -> list[str]:
    """A unit may have had several codes and names, joined by semicolons."""
    return [part.strip() for part in _SEPARATORS.split(text or "") if part.strip()]


def _check(counties: Sequence[Unit], path: Path) -> None:
    by_code = {unit.code: unit for unit in counties}
    for unit in counties:
        if wrong := _wrong(unit, by_code):
            raise UnitsError(f"{path.name}:{unit.name}({unit.code}){wrong}")


def _wrong(unit: Unit, by_code: Mapping[str, Unit]) -> str | None:
    for name, month in (("valid_from", unit.valid_from), ("valid_to", unit.valid_to)):
        if month is not None and not _MONTH.fullmatch(month):
            return f"的 {name} 应为月份,如 2021-09,实为“{month}”"
    if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
        return "的 valid_to 早于 valid_from"
    return _wrong_successor(unit, by_code) if unit.successor_code else None


def _wrong_successor(unit: Unit, by_code: Mapping[str, Unit]) -> str | None:
    after = by_code.get(unit.successor_code or "")
    if after is None:
        return f"的 successor_code {unit.successor_code} 不在名录中"
    if unit.valid_to is None:
        return "写了 successor_code,没有写 valid_to"
    if after.valid_to is not None and after.valid_to <= unit.valid_to:
        return f"的接续单位{after.name}没有晚于它结束"
    return None
