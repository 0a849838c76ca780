"""By which words an article means an indicator: names, the words that must be said beside them, and the units it counts in.

All of it stands in the indicator dictionary. Belongs here: the dictionary as words to look for. Does not belong here:
where in a text they are looked for (``matching``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.indicators import Indicator, load_indicators
from orchestration.report.verify.numbers import SHARES
from orchestration.report.verify.quantities import Quantity
from orchestration.report.verify.text import simplified

_NARROWING = Path(__file__).with_name("narrowing_words.txt")


@dataclass(frozen=True, slots=True)
class Entry:
    """An indicator as articles speak of it. ``names``: longest first; ``context``: one of these must be said near it;
    ``measures``: the measure words it may be counted in."""

    indicator: Indicator
    names: tuple[str, ...]
    context: tuple[str, ...]
    measures: frozenset[str]

    @property
    def key(self) -> str:
        return self.indicator.key

    def counts(self, quantity: Quantity) -> bool:
        """Whether a figure of this unit may be the indicator's at all."""
        if quantity.bound == "level":
            return self.indicator.style == "magnitude"
        if self.indicator.style == "magnitude":
            return False
        if quantity.scale in SHARES or quantity.scale == "分之":
            return self.indicator.unit == "1"
        if quantity.scale == "倍":
            return False
        return self.indicator.unit != "1" and quantity.measure in self.measures


@cache
def lexicon() -> tuple[Entry, ...]:
    """Every indicator of the dictionary."""
    return entries(load_indicators())


def entries(indicators: Mapping[str, Indicator]) -> tuple[Entry, ...]:
    return tuple(_entry(indicator) for indicator in indicators.values())


def _entry(indicator: Indicator) -> Entry:
    names = {bare(name) for name in (indicator.label, *indicator.aliases)}
    return Entry(
        indicator,
        tuple(sorted(names, key=lambda name: (-len(name), name))),
        tuple(bare(word) for word in indicator.context),
        frozenset((indicator.measure_word, indicator.unit, *indicator.measures)),
    )


def bare(words: str) -> str:
    """Words without the brackets and blanks that some write and some do not: 县(区) is 县区."""
    return simplified(words).translate(_BRACKETS)


_BRACKETS = dict.fromkeys(map(ord, "()（） \u3000“”\"'"))


@cache
def narrowing_words() -> tuple[str, ...]:
    """Words beside a name that make it mean less than the indicator: 新增, 女性, 计划."""
    lines = _NARROWING.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))
