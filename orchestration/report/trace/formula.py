"""A formula of the indicator dictionary taken apart: what it aggregates, over which rows, from which columns.

Belongs here: reading the SQL of ``measure`` and ``where``. Does not belong here: running it (``rows``).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

_AGGREGATE = re.compile(r"\s*(count|sum|min|max)\s*\(\s*(distinct\s+)?(.+)\)\s*", re.IGNORECASE | re.DOTALL)
_TEXT = re.compile(r"'(?:[^']|'')*'")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
EVERY_ROW = "*"


@dataclass(frozen=True, slots=True)
class Formula:
    """``function`` of ``expression`` over the rows where ``where`` holds; both None for a measure of several aggregates,
    for which every row of the condition counts. ``expression`` is ``*`` where rows are counted."""

    measure: str
    where: str | None
    function: str | None
    distinct: bool
    expression: str | None

    @property
    def condition(self) -> str:
        """SQL: whether a row counts. An aggregate passes over nulls, so a row without a value does not."""
        parts = [f"({self.where})"] if self.where else []
        if self.expression not in (None, EVERY_ROW):
            parts.append(f"({self.expression}) is not null")
        return " and ".join(parts) or "true"

    @property
    def adds_up(self) -> bool:
        """Whether parts that share no rows add up to the whole: distinct things, least and largest do not."""
        return self.function in ("count", "sum") and not self.distinct

    def columns(self, known: Collection[str]) -> tuple[tuple[str, str], ...]:
        """(column, ``measure`` or ``condition``) of the known columns the formula names, each once, the measure's first."""
        measured = _named(self.measure, known)
        conditional = [name for name in _named(self.where or "", known) if name not in measured]
        return (*((name, "measure") for name in measured), *((name, "condition") for name in conditional))


def read_formula(measure: str, where: str | None) -> Formula:
    """Takes a measure and condition of the dictionary apart."""
    match = _AGGREGATE.fullmatch(measure)
    if match is None or not _balanced(match[3]):
        return Formula(measure, where, None, False, None)
    return Formula(measure, where, match[1].lower(), bool(match[2]), match[3].strip())


def _named(sql: str, known: Collection[str]) -> list[str]:
    words = _WORD.findall(_TEXT.sub("''", sql))
    return [word for word in dict.fromkeys(words) if word in known]


def _balanced(sql: str) -> bool:
    """Whether brackets close in order: ``sum(a) - sum(b)`` is not one sum of ``a) - sum(b``."""
    depth = 0
    for sign in _TEXT.sub("''", sql):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0
