"""All that an export says of one unit and period, as the published file holds it.

Belongs here: what was read, and asking it. Does not belong here: reading (``reading``), rows and columns (``tables``), any
format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from orchestration.cards import UNIT_FACTORS
from orchestration.layout import stated_unit
from orchestration.periods import Period
from orchestration.report.bulletin.material import Coverage, Missing
from orchestration.units import Unit

_MARKS = ("万", "亿")


@dataclass(frozen=True, slots=True)
class Publication:
    """The publication that was read. Both moments are UTC."""

    number: int
    published_at: datetime
    known_until: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """An indicator as it was defined in the period (``marts.dim_indicator_versions``); texts that it lacks are ''.

    ``section``: its title; ``source``: the sheets it is computed from; ``unit``, ``scale`` and ``decimals`` as in
    ``orchestration.indicators``."""

    key: str
    label: str
    section: str
    kind: str
    unit: str
    scale: str
    measure_word: str
    decimals: int
    style: str
    formula: str
    definition: str
    owner: str
    source: str
    fact: str
    valid_from: str
    valid_until: str

    def stated(self, unit_kind: str) -> tuple[str, int]:
        """The unit and decimals in which a province, or any unit below it, states the figure."""
        return stated_unit(self, "province" if unit_kind == "province" else "county")


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of ``marts.rpt_figures``: ``value`` and the values beside it exact in base unit, a ratio as a fraction of 1."""

    unit_code: str
    key: str
    value: Decimal | None
    display: str
    printed_value: Decimal | None
    is_adjusted: bool
    in_province_value: Decimal | None
    as_of: date | None
    source_period: str
    previous_period: str | None
    previous_value: Decimal | None
    previous_change: Decimal | None
    year_before_period: str | None
    year_before_value: Decimal | None
    is_partial: bool = False  # some unit's report is not in it
    is_alike: bool = False  # the period before reaches as far, so that a difference means something


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule that a report in force does not pass and that does not hold it back: a warning, or an error that is waived."""

    period: str
    unit_code: str
    dataset: str
    rule_code: str
    severity: str
    title: str
    failed: int
    checked: int
    waived_until: date | None


@dataclass(frozen=True, slots=True)
class Contents:
    """An export before any format. ``places``: the unit, then its cities, then its counties, as far as they have figures;
    ``entries`` in the dictionary's order."""

    unit: Unit
    issuer: str
    period: Period
    publication: Publication
    places: tuple[Unit, ...]
    entries: tuple[Entry, ...]
    figures: Mapping[tuple[str, str], Figure]
    coverage: tuple[Coverage, ...] = ()
    missing: tuple[Missing, ...] = ()
    flags: tuple[Flag, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # of units by code
    sheets: Mapping[str, str] = field(default_factory=dict)  # of datasets by name

    @property
    def as_of(self) -> date:
        """The last day that any of the unit's own figures covers; the period's when none says."""
        days = [f.as_of for (code, _), f in self.figures.items() if code == self.unit.code and f.as_of]
        return max(days, default=self.period.end)

    def figure(self, unit: Unit, entry: Entry) -> Figure | None:
        """The figure, where there is a value."""
        found = self.figures.get((unit.code, entry.key))
        return found if found and found.value is not None else None

    def of_kind(self, kind: str) -> tuple[Unit, ...]:
        """The cities, or counties, below the unit."""
        return tuple(place for place in self.places if place.kind == kind and place is not self.unit)

    def name(self, code: str) -> str:
        return self.names.get(code, code)

    def sheet(self, dataset: str) -> str:
        return self.sheets.get(dataset, dataset)


def in_unit(value: Decimal, unit: str) -> Decimal:
    """A value in base unit, in the unit it is stated in, exactly: 32200 in 万户 is 3.22; 0.7042 in % is 70.42."""
    return value / Decimal(UNIT_FACTORS[unit][1])


def stated_unit_of(figure: Figure, entry: Entry, unit_kind: str) -> tuple[str, int]:
    """The unit and decimals of a figure on 汇总表. The province's as printed: 万户, or 户 where 万户 would show but zeros."""
    declared = entry.stated(unit_kind)
    if unit_kind != "province" or figure.printed_value is None:
        return declared
    mark = figure.display.removesuffix(entry.measure_word)[-1:]
    if mark == entry.scale or not entry.scale or mark == "%":
        return declared
    unit = f"{mark}{entry.unit}" if mark in _MARKS else entry.unit
    return unit, entry.decimals if mark in _MARKS or entry.unit == "元" else 0


def stated_value(figure: Figure, entry: Entry, unit_kind: str) -> Decimal:
    """What the unit states on 汇总表, in that unit: of the province as the bulletin prints it, of others and of a figure
    printed in words the exact value; rounded half up to those decimals."""
    printed = figure.printed_value if unit_kind == "province" else None
    value = figure.value if printed is None else printed
    unit, decimals = stated_unit_of(figure, entry, unit_kind)
    return in_unit(value, unit).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
