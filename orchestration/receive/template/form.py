"""What every sheet of one template shares. Belongs here: nothing but that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.periods import Period
from orchestration.receive.template.carry import Carried
from orchestration.receive.template.styles import Styles
from orchestration.units import Unit


@dataclass(frozen=True, slots=True)
class Form:
    """Whose workbook for which period, its look, the cell ranges of its drop-downs, and what it starts from."""

    unit: Unit
    period: Period
    styles: Styles
    lists: Mapping[tuple[str, ...], str]
    carried: Carried | None
