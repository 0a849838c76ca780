"""Two tries of one unit and period: which places are mended, which still stand, which are new.

A place is known again by its rule, dataset, columns and the business key of its row, for rows move between tries;
where a row has no key, by its cells, and where nothing has a cell, by what was said. Belongs here: that matching.
Does not belong here: which cells were changed (``changes``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.audit.receipts.problems import Failure, Problem, RuleWords, group
from orchestration.audit.structure import STRUCTURE
from orchestration.ranges import column_of


@dataclass(frozen=True, slots=True)
class Comparison:
    """Problems of the earlier try that are gone, and of the later one those that stood before or did not."""

    fixed: list[Problem]
    standing: list[Problem]
    new: list[Problem]


def compare(
    before: Sequence[Failure],
    after: Sequence[Failure],
    words: Mapping[str, RuleWords] | None = None,
    sheets: Sequence[str] = (),
) -> Comparison:
    """Every failure of ``before`` is fixed or meets one of ``after``; every one of ``after`` stands or is new.

    Grouped and ordered as ``problems.group`` does. A place that moved stands where the later try has it.
    """
    known: dict[tuple, list[Failure]] = defaultdict(list)
    for failure in before:
        known[_same_place(failure)].append(failure)
    standing, new = [], []
    for failure in after:
        earlier = known.get(_same_place(failure))
        if earlier:
            earlier.pop()
            standing.append(failure)
        else:
            new.append(failure)
    left = {id(failure) for failures in known.values() for failure in failures}
    fixed = [failure for failure in before if id(failure) in left]
    return Comparison(*(group(chosen, words, sheets) for chosen in (fixed, standing, new)))


def _same_place(failure: Failure) -> tuple:
    """What a failure has in common with itself in another try."""
    rule = failure.rule_code, failure.dataset
    if failure.row_key is not None:
        # Columns by name where they are known: a sheet may have been put in order meanwhile.
        columns = failure.columns or tuple(column_of(cell) for cell in failure.cells)
        return (*rule, "key", failure.row_key, columns)
    if failure.cells:
        return (*rule, "cells", failure.cells)
    # Of a sheet, or of a total without a row: what was said, without the figures that a try changes.
    said = failure.expected if failure.rule_code in STRUCTURE else failure.found
    return (*rule, "words", re.sub(r"-?\d+(\.\d+)?", "#", said))
