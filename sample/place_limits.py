"""Figures that count counties and cities cannot exceed the reporting units there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from orchestration.units import ReportingUnits
from sample.targets import Target, TargetError, label


def cap_to_units(targets: dict[str, Target], units: ReportingUnits) -> list[str]:
    """Lowers the default figures that count places to what ``units`` has. Returns what was lowered, in Chinese."""
    lowered = []
    for topic, limit in _place_limits(units).items():
        if topic in targets and targets[topic].value > limit:
            lowered.append(f"{label(topic)} {targets[topic].value} → {limit}")
            targets[topic] = Target(Decimal(limit), Decimal(0))
    return lowered


def check_places(goals: Mapping[str, int], units: ReportingUnits) -> None:
    """Raises TargetError when more places are to be visited than the units have."""
    problems = [
        f"{label(topic)} {goals[topic]} 多于报送单位所能有的 {limit}"
        for topic, limit in _place_limits(units).items()
        if goals[topic] > limit
    ]
    cities, counties = goals["supervision_cities_visited"], goals["supervision_counties_visited"]
    sizes = sorted(Counter(county.code[:4] for county in units.counties).values(), reverse=True)
    if counties > sum(sizes[:cities]):
        problems.append(f"{counties} 个县(区)不可能都在 {cities} 个市内(最多 {sum(sizes[:cities])} 个)")
    if problems:
        raise TargetError(problems)


def _place_limits(units: ReportingUnits) -> dict[str, int]:
    counties = len(units.counties)
    return {
        "supervision_cities_visited": len({county.code[:4] for county in units.counties}),
        "supervision_counties_visited": counties,
        "supervision_reports_county": counties,
        "coop_pilot_counties_recommended": counties,
    }
