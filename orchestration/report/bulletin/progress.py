"""How far work has come: completion beside the time gone, who is behind, and where figures changed most.

Belongs here: choosing and ordering units. Does not belong here: words.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orchestration.indicators import load_indicators
from orchestration.report.bulletin.figures import Earlier, Figure
from orchestration.report.bulletin.material import Material
from orchestration.units import Unit

MOST = 5  # units named of a kind


@dataclass(frozen=True, slots=True)
class Completion:
    """A share of the year's target that a unit has reached, beside the share of the year gone by then."""

    unit: Unit
    figure: Figure
    time_gone: Decimal

    @property
    def is_behind(self) -> bool:
        return self.figure.value < min(self.time_gone, Decimal(1))


@dataclass(frozen=True, slots=True)
class Change:
    """What a unit's figure is, what it was, and the difference, which is not nought."""

    unit: Unit
    figure: Figure
    earlier: Earlier
    difference: Decimal


def time_gone(day: date) -> Decimal:
    """The share of its year gone at the end of a day, exact."""
    return Decimal(day.timetuple().tm_yday) / (366 if calendar.isleap(day.year) else 365)


def is_completion(key: str) -> bool:
    """Whether an indicator is the share of a yearly target that is reached."""
    dictionary = load_indicators()
    indicator = dictionary.get(key)
    return bool(indicator and indicator.of and dictionary[indicator.of[1]].kind == "target")


def completions(unit: Unit, figures: Mapping[str, Figure]) -> list[Completion]:
    return [
        Completion(unit, figure, time_gone(figure.as_of))
        for figure in figures.values()
        if figure.value is not None and figure.as_of and is_completion(figure.key)
    ]


def behind(material: Material, units: Iterable[Unit], key: str) -> list[Completion]:
    """The units whose completion is below the share of the year gone, the lowest first."""
    found = [c for unit in units for c in completions(unit, material.of(unit)) if c.figure.key == key]
    return sorted((c for c in found if c.is_behind), key=lambda c: (c.figure.value, c.unit.code))


def lower_than(material: Material, unit: Unit, units: Iterable[Unit], key: str) -> list[tuple[Unit, Figure]]:
    """The units whose figure is below that of ``unit``, the lowest first."""
    own = material.value(unit, key)
    if own is None:
        return []
    having = [(other, material.of(other)[key]) for other in units if material.value(other, key) is not None]
    return sorted(
        (pair for pair in having if pair[1].value < own), key=lambda pair: (pair[1].value, pair[0].code)
    )


def place(material: Material, unit: Unit, key: str) -> tuple[int, int] | None:
    """A unit's place among those of its kind that have the figure, the highest first, and how many they are."""
    own = material.value(unit, key)
    others = [v for peer in material.peers(unit) if (v := material.value(peer, key)) is not None]
    if own is None or len(others) < 2:
        return None
    return 1 + sum(value > own for value in others), len(others)


def largest_changes(material: Material, unit: Unit, key: str) -> list[Change]:
    """The counties of a unit (cities where no county has figures) that rose most since the previous period, then those
    that fell most, at most ``MOST`` of each."""
    changes = []
    for part in material.counties(unit):
        figure = material.of(part).get(key)
        if figure is None or figure.value is None or figure.previous is None:
            continue
        difference = figure.value - figure.previous.value
        if difference:
            changes.append(Change(part, figure, figure.previous, difference))
    ranked = sorted(changes, key=lambda change: (-abs(change.difference), change.unit.code))
    rises = [change for change in ranked if change.difference > 0]
    falls = [change for change in ranked if change.difference < 0]
    return [*rises[:MOST], *falls[:MOST]]
