"""Who sees which rows: row-level security as ``superset/security.yml`` declares it, one role for each county and city and for the bureau.

Belongs here: the roles, their clauses, and the datasets these guard. Does not belong here: telling Superset of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from bi.source import Source, load_source
from orchestration.home import Home
from orchestration.units import ReportingUnits, Unit


@dataclass(frozen=True, slots=True)
class Role:
    """Who holds the role ``name`` may open ``datasets`` alone, and sees of each the rows on which ``clause`` (SQL) holds."""

    name: str
    clause: str
    datasets: tuple[str, ...]
    unit_code: str


def roles(home: Home | None = None, source: Source | None = None) -> list[Role]:
    """A role for each county, then for each city, of the home's list of units; then the bureau's."""
    units = ReportingUnits((home or Home.current()).units_csv)
    source = source or load_source()
    said = yaml.safe_load((source.folder / "security.yml").read_text(encoding="utf-8"))["roles"]
    kinds = {"county": units.counties, "city": units.cities, "bureau": (units.province,)}
    return [role for kind, held_by in kinds.items() for role in _roles(said[kind], held_by, source)]


def _roles(said: dict[str, str], units: Iterable[Unit], source: Source) -> list[Role]:
    return [
        Role(
            said["name"].format(code=unit.code, name=unit.name),
            said["clause"].format(code=unit.code),
            tuple(source.datasets),
            unit.code,
        )
        for unit in units
    ]
