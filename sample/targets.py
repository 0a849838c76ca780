"""The figures the province must add up to, as they are printed: read from CSV.

A printed figure stands for an interval: its value ± half a unit of its last digit.
Belongs here: reading. Does not belong here: what is left out (filling.py), making figures exact (goals.py).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from orchestration.indicators import load_indicators

DEFAULT = Path(__file__).parent / "data" / "targets.csv"

# Besides the article's figures, a targets file may give these; at the article's scale they are as here
# (2116 sites, 27.3万户 in them at most).
BESIDES = {
    "resettlement_sites_total": 2116,
    "resettlement_households": 267_000,
    "risk_screened_households": 1_640_000,
}


class TargetError(Exception):
    """Targets that cannot be met. ``problems`` are lines in Chinese, one per contradiction."""

    def __init__(self, problems: list[str]):
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Target:
    """A printed figure: its value in base unit and half a unit of its last printed digit (0 = exact)."""

    value: Decimal
    half: Decimal


def read_targets(path: Path) -> dict[str, Target]:
    """Topic → Target. Raises TargetError for unknown topics, doubles and what is no number."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    if not rows or not {"topic", "value_base"} <= rows[0].keys():
        raise TargetError([f"{path.name}: 需要 topic 和 value_base 两列"])
    known = load_indicators().keys() | BESIDES.keys()
    targets: dict[str, Target] = {}
    problems = []
    for row in rows:
        topic = (row["topic"] or "").strip()
        target = _target(row)
        if topic not in known:
            problems.append(f"{topic}: 指标目录中没有这一项")
        elif topic in targets:
            problems.append(f"{topic}: 出现两次")
        elif target is None:
            problems.append(f"{topic}: 数值 {row['value_base']!r} 不是非负数")
        else:
            targets[topic] = target
    if problems:
        raise TargetError(problems)
    return targets


def label(topic: str) -> str:
    indicator = load_indicators().get(topic)
    return f"{indicator.label}({topic})" if indicator else topic


def _target(row: Mapping[str, str]) -> Target | None:
    try:
        value = Decimal((row["value_base"] or "").strip())
        half = Decimal((row.get("precision_half_unit_base") or "0").strip() or "0")
    except InvalidOperation:
        return None
    return Target(value, half) if value.is_finite() and value >= 0 and half >= 0 else None
