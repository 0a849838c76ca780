"""A blank cell: what a rule declares it makes of one is what its query does."""

from __future__ import annotations

from decimal import Decimal

import pytest
from audit_support import FIRST_ROW, clean_rows, workspace
from test_expectations_rules import CASES, FILE_RULES, Case, M, on

from expectations.rule import MISSING, Rule
from orchestration.cards import load_cards

# Violations whose optional cells are blank, for rules whose usual case has them filled.
UNANSWERED = {"R-MON-6-3": on(M, 0, identified_month="2021-09")}

# Rules that name a row, and so cells. A whole sheet at fault has no cell to leave blank.
BY_ROW = [code for code, case in CASES.items() if not case.whole_sheet]


def _named(rule: Rule, case: Case, row: int, blank: dict[str, object]) -> bool:
    """Whether the rule names a row of its dataset in a violating workbook, once cells of the row are changed."""
    rows = clean_rows()
    for (dataset, index), cells in case.edits.items():
        rows[dataset][index].update(cells)
    derived = {c.name for c in load_cards()[rule.dataset].columns if c.derived_from in blank}
    rows[rule.dataset][row].update({**blank, **dict.fromkeys(derived)})
    with workspace(rows, case.period) as connection:
        return FIRST_ROW + row in {named[2] for named in connection.execute(rule.query).fetchall()}


def _row(rule: Rule, case: Case) -> int:
    return (case.bad or tuple(row for dataset, row in case.edits if dataset == rule.dataset))[0]


def _optional(rule: Rule) -> list[str]:
    card = load_cards()[rule.dataset]
    return [name for name in rule.cells if not card.column(name).required]


def _addends(rule: Rule) -> set[str]:
    return {*rule.sum.parts, *rule.sum.minus} if rule.missing == "as_zero" else set()


@pytest.mark.parametrize("code", BY_ROW)
def test_a_blank_cell_that_is_required_is_left_to_landing(code: str):
    rule, case = FILE_RULES[code], CASES[code]
    for name in set(rule.cells) - {*_optional(rule), *_addends(rule)}:
        assert not _named(rule, case, _row(rule, case), {name: None}), name


@pytest.mark.parametrize("code", [code for code in BY_ROW if FILE_RULES[code].missing == "skip_any"])
def test_a_row_with_any_blank_is_not_judged(code: str):
    rule, case = FILE_RULES[code], CASES[code]
    for name in _optional(rule):
        assert not _named(rule, case, _row(rule, case), {name: None}), name


@pytest.mark.parametrize("code", [code for code in BY_ROW if FILE_RULES[code].missing == "skip_all"])
def test_a_row_is_judged_with_one_blank_and_not_with_all(code: str):
    rule, case = FILE_RULES[code], CASES[code]
    row = _row(rule, case)
    assert len(_optional(rule)) > 1
    assert any(_named(rule, case, row, {name: None}) for name in _optional(rule))
    assert not _named(rule, case, row, dict.fromkeys(_optional(rule)))


@pytest.mark.parametrize("code", [code for code in BY_ROW if FILE_RULES[code].missing == "as_zero"])
def test_a_blank_addend_counts_as_nothing(code: str):
    rule, case = FILE_RULES[code], CASES[code]
    row = _row(rule, case)
    for name in _addends(rule):
        assert _named(rule, case, row, {name: None}) == _named(rule, case, row, {name: Decimal(0)}), name
    clean = Case({(rule.dataset, row): {}})
    [first, *_] = rule.sum.parts
    rows = clean_rows()[rule.dataset][row]
    without_first = {first: None, rule.sum.total: rows[rule.sum.total] - rows[first]}
    assert not _named(rule, clean, row, without_first)


@pytest.mark.parametrize("code", [c for c in BY_ROW if FILE_RULES[c].missing in ("as_answer", "fail")])
def test_a_row_is_judged_although_its_optional_cells_are_blank(code: str):
    rule = FILE_RULES[code]
    case = UNANSWERED.get(code, CASES[code])
    assert _optional(rule)
    assert _named(rule, case, _row(rule, case), dict.fromkeys(_optional(rule)))


@pytest.mark.parametrize("code", [code for code in BY_ROW if FILE_RULES[code].missing == "fail"])
def test_a_blank_alone_is_the_fault(code: str):
    rule = FILE_RULES[code]
    row = _row(rule, CASES[code])
    clean = Case({(rule.dataset, row): {}})
    assert not _named(rule, clean, row, {})
    for name in _optional(rule):
        assert _named(rule, clean, row, {name: None}), name


def test_every_strategy_is_used_and_only_these():
    assert {rule.missing for rule in FILE_RULES.values()} == MISSING.keys()
