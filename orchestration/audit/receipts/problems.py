"""Failures as problems: the same trouble in many places is one item with its ranges, words and remedy.

Belongs here: what a problem is and how places are gathered into it. Does not belong here: which problem follows
from which (``causes``), nor how a problem is printed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache

from expectations import catalogue
from orchestration.audit.structure import MESSAGE, STRUCTURE
from orchestration.cards import load_cards
from orchestration.ranges import column_of, merge
from orchestration.workbook import column_letter

MOST_PLACES = 200
SEVERITIES = ("error", "warning", "notice")

_KIND_OF_HINT = re.compile(r"[^::]*")

Letters = Mapping[str, Mapping[str, str]]  # dataset → column letter → column of the card


@dataclass(frozen=True, slots=True)
class Failure:
    """One bad place of one submission, as ``lake.FAILURES`` has it, its texts masked already.

    ``dataset`` is None for what concerns the workbook as a whole. ``columns`` are the card's columns of ``cells``,
    ``row_key`` the business key of the row, ``waived_until`` the last day of a waiver of its rule.
    """

    rule_code: str
    severity: str
    dataset: str | None
    sheet: str | None
    row: int | None
    cells: tuple[str, ...]
    found: str
    expected: str
    difference: str | None = None
    hint: str | None = None
    columns: tuple[str, ...] = ()
    row_key: str | None = None
    waived_until: str | None = None


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What a rule says to a clerk. ``message_zh`` has the placeholders ``{found}`` and ``{expected}``."""

    code: str
    severity: str
    title_zh: str
    message_zh: str
    remedy_zh: str


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a problem: its cells (none when no single cell is at fault) and what is wrong there."""

    cells: tuple[str, ...]
    found: str
    expected: str
    difference: str | None
    hint: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """The same trouble in ``count`` places; texts are the first place's. At most MOST_PLACES are listed.

    ``cells`` are ranges. ``caused`` is what follows from this problem, itself without anything caused.
    """

    rule: str
    severity: str
    dataset: str | None
    sheet: str | None
    cells: tuple[str, ...]
    count: int
    title: str
    found: str
    expected: str
    difference: str | None
    message: str
    remedy: str
    hint: str | None
    waived_until: str | None
    places: tuple[Place, ...]
    caused: tuple[Problem, ...] = ()

    def to_json(self) -> dict:
        """As a problem stands in ``receipt.json``; lists for tuples, the caused ones without ``caused``."""
        entry = {name: getattr(self, name) for name in _PLAIN_FIELDS}
        entry["cells"] = list(self.cells)
        entry["places"] = [{**asdict(place), "cells": list(place.cells)} for place in self.places]
        entry["caused"] = [
            {name: value for name, value in problem.to_json().items() if name != "caused"}
            for problem in self.caused
        ]
        return entry


_PLAIN_FIELDS = tuple(name for name in Problem.__slots__ if name not in ("places", "caused"))


@cache
def rule_words() -> dict[str, RuleWords]:
    """The words of every rule by code: the business rules' own, and those of the structural ones."""
    rules = [
        RuleWords(rule.code, rule.severity, rule.title_zh, rule.message_zh, rule.remedy_zh)
        for rule in catalogue().values()
    ]
    structure = [
        RuleWords(rule.code, rule.severity, rule.title_zh, MESSAGE, rule.remedy_zh)
        for rule in STRUCTURE.values()
    ]
    return {words.code: words for words in (*rules, *structure)}


def letters_of(landed_columns: Iterable[Mapping]) -> dict[str, dict[str, str]]:
    """Which column of the card stands under which letter, from one submission's rows of ``lake.LANDED_COLUMNS``."""
    letters: dict[str, dict[str, str]] = {}
    for row in landed_columns:
        if row["column_letter"]:
            letters.setdefault(row["dataset"], {})[row["column_letter"]] = row["column_name"]
    return letters


def read_failures(
    rows: Iterable[Mapping],
    *,
    letters: Letters | None = None,
    row_keys: Mapping[tuple[str, int], str] | None = None,
    waived: Mapping[str, str] | None = None,
) -> list[Failure]:
    """One submission's rows of ``lake.FAILURES``. Without the ``letters`` of a dataset, those of the template
    are taken; ``row_keys`` by dataset and row; ``waived``: the last day of each rule's waiver."""
    return [_failure(row, letters or {}, row_keys or {}, waived or {}) for row in rows]


def _failure(
    row: Mapping, letters: Letters, row_keys: Mapping[tuple[str, int], str], waived: Mapping[str, str]
) -> Failure:
    dataset, cells = row["dataset"], tuple((row["cells"] or "").split(",")) if row["cells"] else ()
    columns = letters.get(dataset) or _template_letters().get(dataset, {})
    names = [columns[column_of(cell)] for cell in cells if column_of(cell) in columns]
    return Failure(
        rule_code=row["rule_code"],
        severity=row["severity"],
        dataset=dataset,
        sheet=row["source_sheet"],
        row=row["source_row"],
        cells=cells,
        found=row["found"] or "",
        expected=row["expected"] or "",
        difference=row["difference"],
        hint=row["hint"],
        columns=tuple(dict.fromkeys(names)),
        row_key=row_keys.get((dataset, row["source_row"])),
        waived_until=waived.get(row["rule_code"]),
    )


@cache
def _template_letters() -> dict[str, dict[str, str]]:
    return {
        name: {column_letter(index): column.name for index, column in enumerate(card.sheet_columns)}
        for name, card in load_cards().items()
    }


def group(
    failures: Iterable[Failure],
    words: Mapping[str, RuleWords] | None = None,
    sheets: Sequence[str] = (),
) -> list[Problem]:
    """One problem for each rule, sheet and set of columns, and for a structural rule each expectation.

    In order: errors, warnings, notices; within them by sheet (in the order of ``sheets``, the others after), then
    by the first row. ``words`` default to ``rule_words``.
    """
    words = words or rule_words()
    groups: dict[tuple, list[Failure]] = {}
    for failure in sorted(failures, key=lambda failure: position(failure, sheets)):
        groups.setdefault(trouble(failure), []).append(failure)
    # Sorted before they were gathered, so groups come by their first place.
    return [problem_of(places, words) for places in groups.values()]


def position(failure: Failure, sheets: Sequence[str]) -> tuple:
    """Where a failure comes in a receipt. A finding of a whole sheet comes before those of its rows, what cannot
    be read in a row before what its figures say."""
    rank = SEVERITIES.index(failure.severity)
    sheet = sheets.index(failure.sheet) if failure.sheet in sheets else len(sheets)
    business = not failure.rule_code.startswith("S-")
    return rank, sheet, failure.sheet or "", failure.row or 0, business, failure.rule_code, failure.cells


def trouble(failure: Failure) -> tuple:
    """What the failures of one problem have in common."""
    columns = frozenset(column_of(cell) for cell in failure.cells)
    expectation = ""
    if failure.rule_code in STRUCTURE:
        # 与第7行重复 and 与第9行重复 are the same trouble; two missing columns are not.
        expectation = re.sub(r"\d+", "#", failure.expected) if failure.cells else failure.expected
    return (
        failure.rule_code,
        failure.severity,
        failure.dataset,
        failure.sheet,
        columns,
        expectation,
        failure.waived_until,
    )


def problem_of(failures: Sequence[Failure], words: Mapping[str, RuleWords]) -> Problem:
    """The problem of failures that have their ``trouble`` in common, in order."""
    first = failures[0]
    said = words.get(first.rule_code) or _unknown(first)
    hints = [failure.hint for failure in failures if failure.hint]
    return Problem(
        rule=first.rule_code,
        severity=first.severity,
        dataset=first.dataset,
        sheet=first.sheet,
        cells=tuple(merge(cell for failure in failures for cell in failure.cells)),
        count=len(failures),
        title=said.title_zh,
        found=first.found,
        expected=first.expected,
        difference=first.difference,
        message=_message(failures, said.message_zh),
        remedy=said.remedy_zh,
        hint=_common_hint(hints, len(failures)),
        waived_until=first.waived_until,
        places=tuple(
            Place(f.cells, f.found, f.expected, f.difference, f.hint) for f in failures[:MOST_PLACES]
        ),
    )


def _unknown(failure: Failure) -> RuleWords:
    """A rule withdrawn since it was judged still has its texts."""
    return RuleWords(failure.rule_code, failure.severity, failure.rule_code, MESSAGE, "")


def _message(failures: Sequence[Failure], template: str) -> str:
    """The rule's message of the first place; where others read otherwise, their number stands after its value."""
    first = failures[0]
    found, expected = first.found, first.expected
    many = f"(等{len(failures)}处)"
    if len({failure.found for failure in failures}) > 1 and found:
        found += many
    elif len({failure.expected for failure in failures}) > 1:
        expected += many
    message = template.format(found=found, expected=expected)
    return message if found else message.lstrip(",，;；")  # of a blank cell there is nothing to be quoted


def _common_hint(hints: Sequence[str], places: int) -> str | None:
    """The first hint of the commonest kind (a unit, a swap, an edit), with the number of places that have such a
    one when it is not the same everywhere."""
    if not hints:
        return None
    kinds = [_KIND_OF_HINT.match(hint)[0] for hint in hints]
    [(kind, count)] = Counter(kinds).most_common(1)
    first = hints[kinds.index(kind)]
    return (
        first if count == places and len(set(hints)) == 1 else f"{first}(等{count}处)" if count > 1 else first
    )
