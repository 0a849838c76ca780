"""What a targets file leaves out: taken from the article at the scale of what it gives, and made possible with it.

Belongs here: figures nobody gave. A given figure is never changed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from orchestration.indicators import load_indicators
from sample.relations import COMPLETIONS, LIMITS, START_RATE, SUMS, UNKNOWN, rounded
from sample.targets import BESIDES, Target

# Kept as they are when other figures are scaled: they do not grow with the size of a province.
_UNSCALED = {START_RATE, "industry_output_target_level", "industry_output_target_items", *COMPLETIONS}


def fill(given: Mapping[str, Target], defaults: Mapping[str, Target]) -> dict[str, Target]:
    """``given`` and, for every topic it lacks, a figure of ``defaults`` at the scale of the section's given figures,
    else of all given figures. A figure nobody gave may move by all of itself to fit the others."""
    printed = dict(given)
    sections = {topic: indicator.section for topic, indicator in load_indicators().items()}
    ratios = _ratios(given, defaults, sections)
    missing = {topic for topic in (*defaults, *BESIDES) if topic not in given}
    for topic in (*defaults, *BESIDES):
        if topic in _UNSCALED and topic in missing:
            printed[topic] = defaults[topic]
        elif topic in missing:
            base = defaults[topic].value if topic in defaults else Decimal(BESIDES[topic])
            near = ratios.get(sections.get(topic, ""), ratios.get("", [Decimal(1)]))
            printed[topic] = _free(rounded(base * sorted(near)[len(near) // 2]))
    _fill_rates(printed, missing)
    for limit in LIMITS:
        _fit(printed, missing, limit)
    for total, parts in SUMS:
        if total in missing:
            printed[total] = _free(sum((printed[part].value for part in parts), Decimal(0)))
    _fit_products(printed, missing)
    return printed


def _ratios(
    given: Mapping[str, Target], defaults: Mapping[str, Target], sections: Mapping[str, str]
) -> dict[str, list[Decimal]]:
    """Given to default, by section, and of all under ''."""
    ratios: dict[str, list[Decimal]] = {}
    for topic, target in given.items():
        if topic not in _UNSCALED and topic in defaults and defaults[topic].value:
            for key in (sections[topic], ""):
                ratios.setdefault(key, []).append(target.value / defaults[topic].value)
    return ratios


def _free(value: Decimal) -> Target:
    return Target(value, max(value, Decimal(1)))


def _fill_rates(printed: dict[str, Target], missing: set[str]) -> None:
    """A rate nobody gave may be any; a start rate given tells the missing side of it."""
    arranged, started = printed["projects_arranged"].value, printed["projects_started"].value
    rate = printed[START_RATE].value
    if START_RATE in missing:
        pass
    elif "projects_started" in missing:
        printed["projects_started"] = Target(rounded(arranged * rate), Decimal(0))
    elif "projects_arranged" in missing and rate:
        printed["projects_arranged"] = Target(rounded(started / rate), Decimal(0))
    for rate_topic in (START_RATE, *COMPLETIONS):
        if rate_topic in missing:
            printed[rate_topic] = Target(printed[rate_topic].value, UNKNOWN)


def _fit(printed: dict[str, Target], missing: set[str], limit: tuple[str, str, int, int | None]) -> None:
    """Moves the side nobody gave to where the other can be."""
    figure, per, least, most = limit
    value, count = printed[figure].value, printed[per].value
    if figure in missing and not (per in missing and value and not count):
        highest = value if most is None else count * most
        printed[figure] = _free(min(max(value, count * least), highest if count else Decimal(0)))
    elif per in missing:
        lowest = Decimal(bool(value)) if most is None else (value / most).to_integral_value(ROUND_CEILING)
        highest = value // least if least else max(count, lowest)
        printed[per] = _free(min(max(count, lowest), highest))


def _fit_products(printed: dict[str, Target], missing: set[str]) -> None:
    """Every supplier that was not submitted has a product that was not: the total of products must allow it."""
    submitted, total = "recognised_products_submitted", "recognised_products_total"
    others = (
        printed["recognised_product_suppliers_total"].value
        - printed["recognised_product_suppliers_submitted"].value
    )
    short = printed[submitted].value + others - printed[total].value
    if short > 0 and total in missing:
        printed[total] = _free(printed[total].value + short)
    elif short > 0 and submitted in missing:
        printed[submitted] = _free(max(printed[submitted].value - short, Decimal(0)))
