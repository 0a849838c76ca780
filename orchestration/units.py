"""Reporting units: the province, its cities and counties, by GB/T 2260 code, with former codes and names."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.home import DBT_PROJECT

PROVINCES = DBT_PROJECT / "seeds" / "provinces.csv"


@dataclass(frozen=True, slots=True)
class Unit:
    code: str
    name: str
    kind: str  # province | city | county
    city_code: str | None = None
    city_name: str | None = None


class ReportingUnits:
    """Finds a unit by what a workbook says of it: new or old code, number or text, new or former name."""

    def __init__(self, path: Path):
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
        counties = [Unit(r["code"], r["name"], "county", r["city_code"], r["city_name"]) for r in rows]
        province = f"{counties[0].code[:2]}0000"
        self.province = Unit(province, _province_names().get(province, province), "province")
        cities = {c.city_code: Unit(c.city_code, c.city_name or "", "city") for c in counties if c.city_code}
        self.counties = tuple(counties)
        self.cities = tuple(cities.values())
        self._by_code = {unit.code: unit for unit in (self.province, *self.cities, *self.counties)}
        self._by_name = {unit.name: unit for unit in self._by_code.values()}
        for row, unit in zip(rows, counties, strict=True):
            if row.get("previous_code"):
                self._by_code.setdefault(row["previous_code"], unit)
            if row.get("previous_name"):
                self._by_name.setdefault(row["previous_name"], unit)
            self._by_name.setdefault(f"{unit.city_name}{unit.name}", unit)

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
