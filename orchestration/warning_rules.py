"""The declared warnings: ``dbt_project/models/marts/rpt_warnings.yml``, read without dbt.

Belongs here: reading the declaration. Does not belong here: finding warnings (dbt does) and writing them down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

from orchestration.home import DBT_PROJECT
from orchestration.yaml_file import read_yaml

DECLARATION = DBT_PROJECT / "models" / "marts" / "rpt_warnings.yml"


@dataclass(frozen=True, slots=True)
class WarningRule:
    """One kind of warning. ``cells``: columns of the unit's own sheet where the figures stand, in the row of the warning or,
    where it is ``spread`` over several, from it on. ``differs``: from which rule
    on data it differs, and how. ``days``: from the end of the period in which it was raised until someone must have looked."""

    code: str
    title: str
    level: str
    subject: str  # household | township | county
    source: str
    strength: str  # sourced | unsourced
    ask: str
    cells: tuple[str, ...]
    days: int
    days_source: str
    dataset: str | None = None
    spread: bool = False
    differs: str | None = None
    parameters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IncomeLine:
    """The income line of a province and year, 元 a head and year."""

    province: str  # two digits
    year: int
    amount: Decimal
    source: str


@cache
def load_warnings(path: Path = DECLARATION) -> dict[str, WarningRule]:
    """Every kind of warning by code, in the declared order."""
    meta = _meta(path)
    return {entry["code"]: _rule(entry, meta["deadlines"][entry["subject"]]) for entry in meta["warnings"]}


@cache
def income_lines(path: Path = DECLARATION) -> tuple[IncomeLine, ...]:
    """The lines by province and year: what is not listed is not known."""
    return tuple(
        IncomeLine(str(line["province"]), line["year"], Decimal(line["amount"]), line["source"])
        for line in _meta(path)["income_lines"]
    )


def levels(path: Path = DECLARATION) -> tuple[str, ...]:
    """The levels from the weakest to the strongest."""
    return tuple(_meta(path)["levels"])


def _rule(entry: Mapping, deadline: Mapping) -> WarningRule:
    return WarningRule(
        code=entry["code"],
        title=entry["title"],
        level=entry["level"],
        subject=entry["subject"],
        source=entry["source"],
        strength=entry["strength"],
        ask=entry["ask"],
        cells=tuple(entry["cells"]),
        days=deadline["days"],
        days_source=deadline["source"],
        dataset=entry.get("dataset"),
        spread=entry.get("spread", False),
        differs=entry.get("differs"),
        parameters=entry.get("parameters", {}),
    )


def _meta(path: Path) -> dict:
    return read_yaml(path)["models"][0]["config"]["meta"]
