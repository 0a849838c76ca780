"""Root causes: a failure that follows from another is folded under it, so that a clerk mends the first one first.

A failure spoils things (a cell, a column, a sheet, a row, a figure) and rests on things. One that rests on what
another has spoilt follows from it, if LINKS joins the two rules; of failures of one row, ROW_ORDER says which
comes first. Nothing is dropped: every failure is a place of a root or of something caused.

Belongs here: what explains what. Does not belong here: what a failure spoils and rests on (``bearings``), and what
a problem is (``problems``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from orchestration.audit import hint_words
from orchestration.audit.receipts.bearings import LOOKED_UP, Key, rests_on, spoils
from orchestration.audit.receipts.figures import counted_apart, times_apart
from orchestration.audit.receipts.problems import (
    SEVERITIES,
    Failure,
    Problem,
    RuleWords,
    group,
    position,
    problem_of,
    rule_words,
    trouble,
)


@dataclass(frozen=True, slots=True)
class Link:
    """Failures of the rules ``causes`` explain those of ``effects`` that rest on what they spoilt of this kind.

    Rules are given by the beginning of their codes. A cause is never milder than what it explains: an error
    must not disappear under a warning.
    """

    causes: tuple[str, ...]
    effects: tuple[str, ...]
    kind: str


_SHEETS = ("S-SHEET", "S-HEADER", "S-EMPTY", "S-WORKBOOK", "S-RENAMED", "S-UNIT")
_COLUMNS = ("S-HEADER", "S-RENAMED", "S-UNIT")
_CELLS = ("S-LOSSY", "S-REQUIRED", "S-TYPE", "S-ALLOWED", "S-RANGE", "S-ID", "S-PHONE")
_TOTALS = ("R-SUM-3", "R-SUM-7", "R-STAT-1", "R-ID-2", "R-YTD-1", "R-OUT-")
_BETWEEN_TOTALS = ("R-SUM-4", "R-SUM-5", "R-SUM-6")
_BUREAU = ("R-FUND-4-2", "R-PROD-40", "R-MON-14")
# Rules that look at several rows of a register together, so that a row entered twice makes them fail.
_OVER_ROWS = (
    "R-LOAN-1-2",
    "R-LOAN-3",
    "R-IND-3",
    "R-FUND-33",
    "R-EW-23",
    "R-PROD-25",
    "R-PROD-32",
    "R-TEAM-3-",
    "R-TEAM-22",
)
_ANY, _CELL_FINDINGS = ("S-", "R-"), (*_CELLS, "S-KEY")

# In order of precedence: the first link that explains a failure is the one that is shown.
LINKS = (
    Link(("S-WORKBOOK",), _ANY, "workbook"),
    Link(("S-SWAPPED",), ("R-", *_CELL_FINDINGS), "column"),
    Link(_SHEETS, ("R-", *_CELL_FINDINGS), "sheet"),
    Link(_COLUMNS, ("R-", *_CELL_FINDINGS), "column"),
    Link(_CELLS, ("R-",), "cell"),
    Link(("S-KEY",), (*_OVER_ROWS, "R-SUM-3", *_BETWEEN_TOTALS), "row"),
    Link(("R-SUM-1", "R-SUM-2"), ("R-SUM-3", *_BETWEEN_TOTALS), "row"),
    Link(("R-SUM-2",), ("R-SUM-3", *_BETWEEN_TOTALS, *_TOTALS), "figure"),
    Link(("R-SUM-1", *_CELL_FINDINGS), ("R-SUM-7",), "listing"),
    # What a register says wrongly makes the totals differ that are computed from it …
    Link(_CELLS, _TOTALS, "values"),
    Link(("S-KEY",), _TOTALS, "rows"),
    Link(("R-",), _TOTALS, "values"),
    Link(("R-",), _BUREAU, "cell"),
    # … and that rows are not found in it: they stand there under a wrong number, or twice.
    Link(_CELLS, tuple(LOOKED_UP), "values"),
    Link(("S-KEY",), tuple(LOOKED_UP), "rows"),
    # A wrong total contradicts the other totals, whatever the registers say.
    Link(("R-SUM-3",), ("R-SUM-3",), "ratio"),
    Link(("R-SUM-3",), (*_BETWEEN_TOTALS, *_TOTALS), "figure"),
    Link(_BETWEEN_TOTALS, ("R-ID-2",), "figure"),
    Link(_ANY, ("R-REP-2",), "held back"),
)


@dataclass(frozen=True, slots=True)
class RowOrder:
    """Of two business rules that fail on one row with a cell in common: when one explains the other."""

    reason: str
    explains: Callable[[Failure, Failure], bool]


def _hints_at(words: str) -> Callable[[Failure, Failure], bool]:
    """The cause's hint says so of a cell that both rules name."""
    return lambda cause, effect: (
        bool(cause.hint)
        and words in cause.hint
        and bool(set(re.findall(r"\b[A-Z]+[0-9]+\b", cause.hint, re.ASCII)) & set(effect.cells))
    )


# In order of precedence. Where none of these holds, both failures are roots: a cell in common is no cause yet.
ROW_ORDER = (
    RowOrder("计量单位错", _hints_at(hint_words.SCALE)),
    RowOrder("两格填反", _hints_at(hint_words.SWAPPED)),
    RowOrder("单元格包含在后者之中", lambda cause, effect: set(cause.cells) <= set(effect.cells)),
    RowOrder(
        "更重,且包含后者的全部单元格",
        lambda cause, effect: _rank(cause) < _rank(effect) and set(effect.cells) <= set(cause.cells),
    ),
)


def fold(
    failures: Sequence[Failure],
    words: Mapping[str, RuleWords] | None = None,
    sheets: Sequence[str] = (),
) -> list[Problem]:
    """The problems of one submission, root causes first, each with what follows from it.

    ``words`` default to ``rule_words``; ``sheets`` are the workbook's sheet names in its order. Ordered as
    ``problems.group`` does. The counts of all roots and of all they caused add up to the failures given.
    """
    words = words or rule_words()
    ordered = sorted(failures, key=lambda failure: position(failure, sheets))
    roots = _Explained(ordered).roots()
    following: dict[int, list[Failure]] = {}
    for index, root in enumerate(roots):
        if root != index:
            following.setdefault(root, []).append(_following(ordered[index], ordered[root]))
    gathered: dict[tuple, list[int]] = {}
    for index, root in enumerate(roots):
        if root == index:
            gathered.setdefault(trouble(ordered[index]), []).append(index)
    return [_with_caused(indexes, ordered, following, words, sheets) for indexes in gathered.values()]


def _with_caused(
    indexes: Sequence[int],
    ordered: Sequence[Failure],
    following: Mapping[int, list[Failure]],
    words: Mapping[str, RuleWords],
    sheets: Sequence[str],
) -> Problem:
    caused = [failure for index in indexes for failure in following.get(index, ())]
    problem = problem_of([ordered[index] for index in indexes], words)
    return replace(problem, caused=tuple(group(caused, words, sheets)))


def _following(failure: Failure, root: Failure) -> Failure:
    """What follows, without a proposal that its root makes idle: an edit of a total that differs because of its
    register, or a second hint at one row."""
    register = failure.rule_code.startswith(_TOTALS) and not root.rule_code.startswith("R-SUM-")
    edit = register and (failure.hint or "").startswith((hint_words.SMALLEST, hint_words.SCALE))
    row = root.hint and (failure.dataset, failure.sheet, failure.row) == (root.dataset, root.sheet, root.row)
    return replace(failure, hint=None) if edit or row else failure


class _Explained:
    """Failures by index, each with the index of what explains it, if anything does."""

    def __init__(self, failures: Sequence[Failure]):
        self.failures = failures
        self.cause: dict[int, int] = {}
        self._failing = Counter(failure.rule_code for failure in failures)
        self._spoils = [_by_kind(spoils(failure)) for failure in failures]
        self._rests_on = [_by_kind(rests_on(failure)) for failure in failures]
        self._rows_at_fault: dict[Key, set[int]] = {}
        for failure, keys in zip(failures, self._spoils, strict=True):
            for key in (*keys.get("values", ()), *keys.get("rows", ())):
                if failure.row is not None:
                    self._rows_at_fault.setdefault(key, set()).add(failure.row)
        for link in LINKS:
            self._apply(link)
        self._order_rows()

    def roots(self) -> list[int]:
        """For each failure the index of its root; its own when it is one."""
        return [self._root(index) for index in range(len(self.failures))]

    def _root(self, index: int) -> int:
        while index in self.cause:
            index = self.cause[index]
        return index

    def _explain(self, effect: int, cause: int) -> bool:
        """Notes a cause, unless it is milder or follows from the effect itself."""
        milder = _rank(self.failures[cause]) > _rank(self.failures[effect])
        if milder or self._root(cause) == effect:
            return False
        self.cause[effect] = cause
        return True

    def _apply(self, link: Link) -> None:
        spoilt: dict[Key, list[int]] = {}
        for index, failure in enumerate(self.failures):
            if failure.rule_code.startswith(link.causes):
                for key in self._spoils[index].get(link.kind, ()):
                    if _adds(spoilt.get(key), failure, self.failures):
                        spoilt.setdefault(key, []).append(index)
        if spoilt:
            for index, failure in enumerate(self.failures):
                if index not in self.cause and failure.rule_code.startswith(link.effects):
                    self._find(index, link.kind, spoilt)

    def _find(self, effect: int, kind: str, spoilt: Mapping[Key, list[int]]) -> None:
        code = self.failures[effect].rule_code
        for key in self._rests_on[effect].get(kind, ()):
            for cause in spoilt.get(key, ()):
                # No rule explains itself, but for the total that a ratio is made of.
                other = code != self.failures[cause].rule_code or kind == "ratio"
                if other and self._suffices(effect, cause, kind) and self._explain(effect, cause):
                    return

    def _suffices(self, effect: int, cause: int, kind: str) -> bool:
        """Whether single rows at fault can be why a total differs: not when the total's own unit is the trouble,
        nor when it counts more rows too many or too few than are at fault. Nor can they be why more rows are not
        found in their register than are at fault there."""
        if kind not in ("values", "rows"):
            return True
        hints = self.failures[cause].hint or "", self.failures[effect].hint or ""
        if hint_words.SCALE in hints[1] and hint_words.SCALE not in hints[0]:
            return False
        keys = [key for each in ("values", "rows") for key in self._rests_on[effect].get(each, ())]
        rows = set().union(*(self._rows_at_fault.get(key, ()) for key in keys))
        code = self.failures[effect].rule_code
        apart = self._failing[code] if code in LOOKED_UP else counted_apart(self.failures[effect])
        return apart is None or apart <= len(rows)

    def _order_rows(self) -> None:
        rows: dict[tuple, list[int]] = {}
        for index, failure in enumerate(self.failures):
            if failure.row and failure.cells and failure.rule_code.startswith("R-"):
                rows.setdefault((failure.dataset, failure.sheet, failure.row), []).append(index)
        for indexes in rows.values():
            if len(indexes) > 1:
                self._order_row(indexes)

    def _order_row(self, indexes: Sequence[int]) -> None:
        """A cell in common and the first reason of ROW_ORDER. Of two that explain each other, the one that has
        cells in common with more failures of the row does; of equals the one whose numbers lie further apart."""
        failures = [self.failures[index] for index in indexes]
        met = {
            index: sum(bool({*mine.cells} & {*other.cells}) for other in failures)
            for index, mine in zip(indexes, failures, strict=True)
        }
        indexes = sorted(indexes, key=lambda index: (-met[index], -times_apart(self.failures[index]), index))
        for order in ROW_ORDER:
            for place, effect in enumerate(indexes):
                if effect not in self.cause:
                    self._find_in_row(order, place, indexes)

    def _find_in_row(self, order: RowOrder, place: int, indexes: Sequence[int]) -> None:
        effect = indexes[place]
        mine = self.failures[effect]
        for other_place, cause in enumerate(indexes):
            other = self.failures[cause]
            explains = cause != effect and {*mine.cells} & {*other.cells} and order.explains(other, mine)
            outranked = other_place > place and order.explains(mine, other)
            if explains and not outranked and self._explain(effect, cause):
                return


def _rank(failure: Failure) -> int:
    return SEVERITIES.index(failure.severity)


def _by_kind(keys: Iterator[Key]) -> dict[str, list[Key]]:
    kinds: dict[str, list[Key]] = {}
    for key in keys:
        kinds.setdefault(key[0], []).append(key)
    return kinds


def _adds(known: Sequence[int] | None, failure: Failure, failures: Sequence[Failure]) -> bool:
    """Whether a further cause of a key can explain what the known ones cannot: a second of the same rule cannot,
    but a second rule can, for no rule explains itself."""
    return not known or (len(known) == 1 and failures[known[0]].rule_code != failure.rule_code)
