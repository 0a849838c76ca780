"""The indicator dictionary: ``dbt_project/models/marts/dim_indicator.yml``, read without dbt.

Each indicator the warehouse computes stands there once, with its formula, unit and printed precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from orchestration.home import DBT_PROJECT

DICTIONARY = DBT_PROJECT / "models" / "marts" / "dim_indicator.yml"


@dataclass(frozen=True, slots=True)
class Indicator:
    """``measure`` and ``where`` are SQL over the dataset's columns; ``of`` is (numerator, denominator)."""

    key: str
    label: str
    section: str
    kind: str  # stock | ytd | ratio | target
    unit: str  # base unit; "1" for a ratio
    scale: str  # what it is printed in: "", 万, 亿, %
    measure_word: str
    decimals: int
    style: str  # number | hanzi | magnitude | over_ten
    stated_by: tuple[str, ...]
    in_bulletin: bool
    dataset: str | None = None
    measure: str | None = None
    where: str | None = None
    data_through: str | None = None
    of: tuple[str, str] | None = None
    definition: str | None = None


@cache
def load_indicators(path: Path = DICTIONARY) -> dict[str, Indicator]:
    """Every indicator by key, in the bulletin's order."""
    model = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
    return {entry["key"]: _indicator(dict(entry)) for entry in model["config"]["meta"]["indicators"]}


def _indicator(entry: dict) -> Indicator:
    printed = entry.pop("print")
    of = entry.pop("of", None)
    return Indicator(
        scale=printed["scale"],
        measure_word=printed["measure"],
        decimals=printed["decimals"],
        style=printed.get("style", "number"),
        stated_by=tuple(entry.pop("stated_by")),
        in_bulletin=entry.pop("in_bulletin", True),
        of=tuple(of) if of else None,
        **entry,
    )
