"""What must hold between figures, read from where it is declared: ``dbt_project/models/audit/audit_identities.yml``.

The same declarations drive the audit view over the whole province and the file rules on 汇总表.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from orchestration.home import DBT_PROJECT
from orchestration.indicators import load_indicators

IDENTITIES = DBT_PROJECT / "models" / "audit" / "audit_identities.yml"


@dataclass(frozen=True, slots=True)
class Identity:
    """The sum of the figures ``left`` is ``equal`` to, or ``at_most``, the figure ``right`` times ``times``.

    ``times`` is a whole number, or the key of a ratio's figure. A ``hard`` identity is never false in a true
    report; a ``soft`` one may be.
    """

    identity: str
    title_zh: str
    relation: str  # equal | at_most
    strength: str  # hard | soft
    left: tuple[str, ...]
    right: str
    times: int | str = 1


@cache
def load_identities(path: Path = IDENTITIES) -> tuple[Identity, ...]:
    """The declared identities, then one for each ratio of the indicator dictionary."""
    model = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
    declared = [
        Identity(**{**entry, "left": tuple(entry["left"])}) for entry in model["config"]["meta"]["identities"]
    ]
    ratios = [
        Identity(
            identity=indicator.key,
            title_zh=f"{indicator.label}等于其分子除以分母",
            relation="equal",
            strength="hard",
            left=(indicator.of[0],),
            right=indicator.of[1],
            times=indicator.key,
        )
        for indicator in load_indicators().values()
        if indicator.of
    ]
    return (*declared, *ratios)
