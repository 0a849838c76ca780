"""All that the bulletins of one period are made of, read once: figures of every unit, their history, who has not reported.

Belongs here: reading, and asking what was read. Does not belong here: words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.indicators import load_indicators
from orchestration.periods import Period, parse_period, previous
from orchestration.report.bulletin.figures import Figure, read_figures
from orchestration.report.query import query
from orchestration.units import ReportingUnits, Unit

HISTORY_OF = "monitored_households_total"  # the one indicator of every cadence
HISTORY_LENGTH = 12
_IN_FORCE = ("accepted", "nil_return", "partly_accepted", "exempt")


@dataclass(frozen=True, slots=True)
class Past:
    """The figure of an earlier period (or this one); no value where none was published."""

    period: Period
    value: Decimal | None
    display: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the reports that a unit's figures stand on are in force, of one dataset in one month or week."""

    period: str
    dataset: str
    expected: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Missing:
    """A report that is not in force: who owes it, and how it stands."""

    period: str
    unit_code: str
    dataset: str
    sheet: str
    status_zh: str


@dataclass(frozen=True, slots=True)
class Material:
    """One period: figures by unit and key, in the dictionary's order; ``missing`` over all units."""

    period: Period
    units: ReportingUnits
    figures: Mapping[str, Mapping[str, Figure]]
    history: Mapping[str, tuple[Past, ...]] = field(default_factory=dict)
    coverage: Mapping[str, tuple[Coverage, ...]] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()

    def of(self, unit: Unit) -> Mapping[str, Figure]:
        return self.figures.get(unit.code, {})

    def parts(self, unit: Unit) -> tuple[Unit, ...]:
        """What the table of a unit is broken down by: a province's cities, a city's counties."""
        if unit.kind == "province":
            return self._with_figures(self.units.cities)
        return self.counties(unit)

    def counties(self, unit: Unit) -> tuple[Unit, ...]:
        """A unit's counties that have figures; where no county has any, its cities. None of a county."""
        if unit.kind == "county":
            return ()
        within = [c for c in self.units.counties if unit.kind == "province" or c.city_code == unit.code]
        return self._with_figures(within) or (self.parts(unit) if unit.kind == "province" else ())

    def peers(self, unit: Unit) -> tuple[Unit, ...]:
        """The units of the same kind in the province, with figures; none of the province."""
        return self._with_figures(
            {"city": self.units.cities, "county": self.units.counties}.get(unit.kind, ())
        )

    def value(self, unit: Unit, key: str) -> Decimal | None:
        figure = self.of(unit).get(key)
        return None if figure is None else figure.value

    def lacking(self, unit: Unit) -> list[Missing]:
        """Reports of the unit or its parts that are not in force."""
        return [missing for missing in self.missing if self._is_within(missing.unit_code, unit)]

    def partial(self, unit: Unit, figure: Figure) -> Coverage | None:
        """What a figure stands on, where that is not all it should stand on."""
        dataset = dataset_of(figure.key)
        for coverage in self.coverage.get(unit.code, ()):
            concerns = figure.kind == "flow" or coverage.period == figure.source_period
            if coverage.dataset == dataset and concerns and coverage.accepted < coverage.expected:
                return coverage
        return None

    def _with_figures(self, units: Iterable[Unit]) -> tuple[Unit, ...]:
        return tuple(unit for unit in units if self.figures.get(unit.code))

    def _is_within(self, unit_code: str, unit: Unit) -> bool:
        if unit.kind == "province" or unit_code == unit.code:
            return True
        found = self.units.by_code(unit_code)
        return found is not None and found.city_code == unit.code


def dataset_of(key: str) -> str | None:
    """The dataset that an indicator is computed from; a ratio's by its numerator."""
    indicator = load_indicators().get(key)
    if indicator is None:
        return None
    return dataset_of(indicator.of[0]) if indicator.of else indicator.dataset


def read_material(warehouse: Path, period: Period, units: ReportingUnits) -> Material:
    """The published warehouse on one period. Raises NoFigures for a file too old."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = read_figures(connection, period.key)
        bases = _bases(period, found)
        return Material(
            period=period,
            units=units,
            figures={unit: {figure.key: figure for figure in listed} for unit, listed in found.items()},
            history=_history(connection, period),
            coverage=_coverage(connection, bases),
            missing=tuple(
                Missing(*row) for row in query(connection, _MISSING, bases=bases, in_force=_IN_FORCE)
            ),
        )


def _bases(period: Period, found: Mapping[str, list[Figure]]) -> list[str]:
    """The months or weeks that units reported on: of a quarter, its months as far as figures are taken from them."""
    if period.cadence in ("week", "month"):
        return [period.key]
    last = max((figure.source_period for listed in found.values() for figure in listed), default="")
    bases, month = [], parse_period(f"{period.end:%Y-%m}")
    while month.start >= period.start:
        if month.key <= last:
            bases.append(month.key)
        month = previous(month)
    return bases[::-1]


def _history(connection: duckdb.DuckDBPyConnection, period: Period) -> dict[str, tuple[Past, ...]]:
    """Of each unit, without gaps from the first period that has a figure, at most ``HISTORY_LENGTH`` of them."""
    span = [period]
    while len(span) < HISTORY_LENGTH:
        span.insert(0, previous(span[0]))
    rows = query(connection, _HISTORY, key=HISTORY_OF, periods=[past.key for past in span])
    found: dict[str, dict[str, tuple[Decimal, str]]] = {}
    for unit_code, key, value, display in rows:
        found.setdefault(unit_code, {})[key] = (value, display)
    return {unit: _without_gaps(span, known) for unit, known in found.items()}


def _without_gaps(span: list[Period], known: Mapping[str, tuple[Decimal, str]]) -> tuple[Past, ...]:
    first = next(n for n, period in enumerate(span) if period.key in known)
    return tuple(Past(period, *known.get(period.key, (None, "无数据"))) for period in span[first:])


def _coverage(connection: duckdb.DuckDBPyConnection, bases: list[str]) -> dict[str, tuple[Coverage, ...]]:
    found: dict[str, list[Coverage]] = {}
    for unit_code, *row in query(connection, _COVERAGE, bases=bases):
        found.setdefault(unit_code, []).append(Coverage(*row))
    return {unit: tuple(listed) for unit, listed in found.items()}


_HISTORY = """
    select unit_code, reporting_period, value, display_zh
    from marts.rpt_figures
    where figure_key = $key and list_contains($periods, reporting_period) and value is not null"""

_COVERAGE = """
    select unit_code, reporting_period, dataset, expected, accepted
    from marts.rpt_completeness
    where list_contains($bases, reporting_period) and dataset <> 'all'
    order by all"""

_MISSING = """
    select reporting_period, unit_code, dataset, sheet, status_zh
    from marts.rpt_submission_status
    where list_contains($bases, reporting_period) and not list_contains($in_force, status)
    order by all"""
