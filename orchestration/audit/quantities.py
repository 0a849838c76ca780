"""Numbers, dates and months in the texts of failures (``found``, ``expected``), in base units.

Belongs here: reading texts that rules wrote. Does not belong here: cells, which landing reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orchestration.cards import UNIT_FACTORS

_UNITS = "|".join(sorted([*UNIT_FACTORS, "个月"], key=len, reverse=True))  # 个月 is no 个
_QUANTITY = re.compile(
    rf"(?P<day>\d{{4}}-\d{{2}}-\d{{2}})|(?P<month>\d{{4}}-\d{{2}})(?!\d)|(?P<number>-?\d+(?:\.\d+)?)(?P<unit>{_UNITS})?"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value in its base unit, a day, or a month as its first day; ``text`` as it was written."""

    value: Decimal | date
    base: str | None
    text: str


def quantities(text: str | None) -> list[Quantity]:
    """Every quantity of a text, in order. What looks like a date and is none is left out."""
    found = []
    for match in _QUANTITY.finditer(text or ""):
        quantity = _quantity(match)
        if quantity:
            found.append(quantity)
    return found


def _quantity(match: re.Match[str]) -> Quantity | None:
    if match["number"]:
        base, factor = UNIT_FACTORS.get(match["unit"], (None, "1"))
        return Quantity(Decimal(match["number"]) * Decimal(factor), base, match[0])
    try:
        return Quantity(date.fromisoformat(match["day"] or f"{match['month']}-01"), None, match[0])
    except ValueError:
        return None
