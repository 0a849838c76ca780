"""What a failure spoils for others, and what it rests on itself: the keys by which causes are looked up.

A key is (kind, …): ``workbook``; ``sheet`` and ``rows`` of a dataset; ``column`` (as a whole) and ``values`` (some of
it); ``cell``; ``row``; ``figure``, and ``ratio`` for the figures it is made of; ``listing`` of 汇总表; ``held back``, a
sheet that is. Belongs here: reading keys off one failure. Does not belong here: which of them count (``causes``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from orchestration.audit.receipts.figures import computed, figures_of, inputs, ratio_parts
from orchestration.audit.receipts.problems import Failure
from orchestration.cards import load_cards

Key = tuple[str | int, ...]

# Rules that look a row up in another register: that register, and the columns by which it is found or counted.
LOOKED_UP = {
    "R-FUND-23": ("projects", ("document_no", "arranged_on")),
    "R-LOAN-4-2": ("monitored_households", ("household_no",)),
    "R-LOAN-4-3": ("monitored_households", ("household_no", "category")),
    "R-LOAN-4-4": ("monitored_households", ("household_no", "eliminated_month")),
    "R-PROJ-4-10": ("fund_spending", ("document_no",)),
}


def spoils(failure: Failure) -> Iterator[Key]:
    """What may be wrong elsewhere because of this failure."""
    dataset = failure.dataset
    if dataset is None:
        yield ("workbook",)
        return
    columns = _columns(failure)
    if not columns:
        yield ("sheet", dataset)
    for column in columns:
        yield ("column", dataset, column)
        yield ("values", dataset, column)
    yield from (("cell", dataset, cell) for cell in failure.cells)
    if failure.row is not None:
        yield ("row", dataset, failure.row)
    if failure.rule_code == "S-KEY":
        yield ("rows", dataset)
        again = re.search(r"与第(\d+)行重复", failure.expected)
        if again:
            yield ("row", dataset, int(again[1]))
    if dataset == "stated_totals" and "indicator" in columns:
        yield ("listing",)
    for figure in figures_of(failure):
        yield ("figure", figure)
        yield ("ratio", figure)
    if failure.severity == "error":
        yield ("held back", load_cards()[dataset].sheet if dataset in load_cards() else dataset)


def rests_on(failure: Failure) -> Iterator[Key]:
    """What this failure would not be, had it not been spoilt."""
    yield ("workbook",)
    dataset = failure.dataset
    if dataset is not None:
        yield ("sheet", dataset)
        yield from (("column", dataset, column) for column in _columns(failure))
        yield from (("cell", dataset, cell) for cell in failure.cells)
        if failure.row is not None:
            yield ("row", dataset, failure.row)
    if failure.rule_code == "R-SUM-7":
        yield ("listing",)
    if failure.rule_code == "R-REP-2":
        yield from (("held back", sheet) for sheet in failure.found.partition(":")[2].split("、"))
    for figure in figures_of(failure):
        yield ("figure", figure)
        yield from (("ratio", part) for part in ratio_parts(figure))
        if computed(failure):
            yield from _registers(inputs(figure))
    if failure.rule_code in LOOKED_UP:
        register, names = LOOKED_UP[failure.rule_code]
        yield from _registers([(register, None), *((register, name) for name in names)])


def _registers(read: Iterable[tuple[str, str | None]]) -> Iterator[Key]:
    """Of registers that are read as a whole (no column) and of columns of theirs."""
    for dataset, column in read:
        if column is None:
            yield ("sheet", dataset)
            yield ("rows", dataset)
        else:
            yield ("column", dataset, column)
            yield ("values", dataset, column)


def _columns(failure: Failure) -> tuple[str, ...]:
    """The card's columns a failure is about: those of its cells, and those a structural finding names in its
    words, for a missing column has no cell."""
    if failure.dataset not in load_cards() or not failure.rule_code.startswith("S-"):
        return failure.columns
    quoted = set(re.findall("“([^”]*)”", f"{failure.found} {failure.expected}"))
    named = [column for column, headers in _headers(failure.dataset) if not quoted.isdisjoint(headers)]
    return tuple(dict.fromkeys((*failure.columns, *named)))


@cache
def _headers(dataset: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Each column of a sheet with all its headers: asked for every failure, of which there may be many."""
    columns = load_cards()[dataset].sheet_columns
    return tuple((column.name, frozenset((column.header_text, *column.headers))) for column in columns)
