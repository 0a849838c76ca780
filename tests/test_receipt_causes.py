"""Root causes: what follows from what, and that every failure is said exactly once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations import catalogue
from expectations.identities import load_identities
from orchestration.audit.receipts.causes import LINKS, fold
from orchestration.audit.receipts.figures import figures_of, inputs
from orchestration.audit.receipts.problems import SEVERITIES, Failure, Problem, rule_words
from orchestration.audit.structure import STRUCTURE
from orchestration.cards import load_cards
from orchestration.indicators import load_indicators
from orchestration.workbook import column_letter

LOANS, TOTALS = "microcredit", "stated_totals"


def _letter(dataset: str, column: str) -> str:
    names = [c.name for c in load_cards()[dataset].sheet_columns]
    return column_letter(names.index(column))


def _severity(code: str) -> str:
    known = {**STRUCTURE, **catalogue()}
    return known[code].severity if code in known else "error"


def _failure(
    code: str, dataset: str | None, row: int | None = None, *columns: str, **values: object
) -> Failure:
    """A failure at these columns of a row, with the cells a template's sheet would have there."""
    sheet = load_cards()[dataset].sheet if dataset else None
    cells = tuple(f"{_letter(dataset, column)}{row}" for column in columns)
    failure = Failure(code, _severity(code), dataset, sheet, row, cells, "found", "expected", columns=columns)
    return replace(failure, **values)


def _rule(code: str, row: int = 7, **values: object) -> Failure:
    """A business rule's failure on a row, at the cells the rule declares."""
    rule = catalogue()[code]
    return _failure(code, rule.dataset, row, *rule.cells, **values)


def _total(figure: str, row: int = 5, **values: object) -> Failure:
    found = f"{load_indicators()[figure].label} 12户"
    return _failure("R-SUM-3", TOTALS, row, "value", found=found, **values)


def _identity(code: str, name: str, row: int = 5) -> Failure:
    identity = next(i for i in load_identities() if i.identity == name)
    found = f"{identity.title_zh}:分类之和 12"
    return _failure(code, TOTALS, row, "value", found=found)


def _tree(*failures: Failure) -> list[tuple[str, list[str]]]:
    return [
        (problem.rule, sorted(caused.rule for caused in problem.caused)) for problem in fold(list(failures))
    ]


def test_a_cell_that_cannot_be_read_explains_the_rules_that_name_it():
    unread = _failure("S-TYPE", LOANS, 7, "amount")
    assert _tree(_rule("R-LOAN-1-1"), unread) == [("S-TYPE", ["R-LOAN-1-1"])]
    assert _tree(_rule("R-LOAN-1-1", 8), unread) == [("S-TYPE", []), ("R-LOAN-1-1", [])]
    assert _tree(_rule("R-LOAN-2-1"), unread) == [("S-TYPE", []), ("R-LOAN-2-1", [])]


@pytest.mark.parametrize(
    "missing",
    [
        _failure("S-SHEET", LOANS, found="现有工作表:封面", expected="应有工作表“扶贫小额信贷”"),
        _failure("S-EMPTY", LOANS, found="没有数据行", expected="填报数据"),
        _failure("S-HEADER", LOANS, found="找不到表头行", expected="表头应含:乡镇"),
        _failure("S-HEADER", LOANS, 4, found="", expected="应有列“贷款金额(元)”"),
        _failure(
            "S-UNIT", LOANS, 4, "amount", found="贷款金额(万元)", expected="贷款金额(元);本列数据未读入"
        ),
    ],
    ids=lambda failure: f"{failure.rule_code} {failure.expected}",
)
def test_a_sheet_or_column_not_read_explains_the_totals_and_rules_that_rest_on_it(missing):
    failures = [_total("microcredit_amount"), _rule("R-LOAN-1-1"), missing]
    assert _tree(*failures) == [(missing.rule_code, ["R-LOAN-1-1", "R-SUM-3"])]


def test_a_missing_column_explains_no_total_that_is_not_computed_from_it():
    missing = _failure("S-HEADER", LOANS, 4, found="", expected="应有列“到期日期”")
    assert ("R-SUM-3", []) in _tree(_total("microcredit_amount"), missing)
    assert ("R-SUM-3", []) in _tree(_total("monitored_households_total"), missing)


def test_swapped_columns_explain_what_is_found_in_both_and_the_rules_on_them():
    swapped = _failure("S-SWAPPED", LOANS, 4, "purpose", "bank")
    failures = [
        swapped,
        *[_failure("S-ALLOWED", LOANS, row, "purpose") for row in range(6, 9)],
        _rule("R-LOAN-5"),
        _failure("S-TYPE", LOANS, 6, "amount"),
    ]
    assert _tree(*failures) == [("S-SWAPPED", ["R-LOAN-5", "S-ALLOWED"]), ("S-TYPE", [])]
    assert [caused.count for caused in fold(failures)[0].caused] == [3, 1]


def test_a_wrong_workbook_explains_everything_in_it():
    wrong = _failure("S-WORKBOOK", None, severity="error")
    assert _tree(_rule("R-LOAN-1-1"), wrong, _total("microcredit_amount")) == [
        ("S-WORKBOOK", ["R-LOAN-1-1", "R-SUM-3"])
    ]


@pytest.mark.parametrize("code", ["S-NOTE", "S-TEMPLATE"])
def test_a_note_and_an_old_template_are_roots_that_explain_nothing(code):
    said = _failure(code, LOANS if code == "S-NOTE" else None, severity="warning")
    assert _tree(_rule("R-LOAN-1-1"), said) == [("R-LOAN-1-1", []), (code, [])]


def test_a_registers_error_explains_the_total_computed_from_its_column():
    assert _tree(_total("microcredit_amount"), _rule("R-LOAN-1-1")) == [("R-LOAN-1-1", ["R-SUM-3"])]
    assert _tree(_total("microcredit_amount"), _failure("S-RANGE", LOANS, 7, "amount")) == [
        ("S-RANGE", ["R-SUM-3"])
    ]


def test_a_registers_error_in_another_column_does_not_explain_the_total():
    assert _tree(_total("microcredit_amount"), _rule("R-LOAN-2-1")) == [("R-LOAN-2-1", []), ("R-SUM-3", [])]


def test_a_wrong_total_beside_a_clean_register_is_a_root():
    assert _tree(_total("microcredit_amount")) == [("R-SUM-3", [])]


@pytest.mark.parametrize("code", ["S-KEY", "S-REQUIRED", "S-TYPE"])
def test_a_household_number_that_is_wrong_in_its_register_explains_the_loan_that_does_not_find_it(code):
    wrong = _failure(code, "monitored_households", 9, "household_no")
    assert _tree(_rule("R-LOAN-4-2"), wrong) == [(code, ["R-LOAN-4-2"])]
    more = [_rule("R-LOAN-4-2", row) for row in (7, 8)]
    assert _tree(*more, wrong) == [("R-LOAN-4-2", []), (code, [])]


def test_a_project_entered_twice_explains_the_document_that_counts_one_more():
    twice = _failure("S-KEY", "projects", 9, "project_no", expected="与第6行重复,同一项目编号只应有一行")
    assert _tree(_rule("R-FUND-23"), twice) == [("S-KEY", ["R-FUND-23"])]


def test_a_register_without_rows_explains_what_is_not_found_in_it():
    empty = _failure("S-EMPTY", "projects", found="没有数据行", expected="填报数据")
    assert _tree(*(_rule("R-FUND-23", row) for row in (6, 7)), empty) == [("S-EMPTY", ["R-FUND-23"])]


def test_of_two_swaps_on_one_row_the_one_whose_numbers_lie_further_apart_is_the_root():
    labour = _rule("R-RES-21", found="劳动力人数 257人", expected="不大于实际入住人数 141人")
    people = _rule("R-RES-26", found="实际入住人数 141人", expected="不少于实际入住户数 486户")
    swaps = [
        replace(each, hint=f"两格疑填反:{each.cells[0]} 与 {each.cells[1]}") for each in (labour, people)
    ]
    assert _tree(*swaps) == [("R-RES-26", ["R-RES-21"])]


def test_no_other_unit_is_proposed_of_a_total_that_differs_because_of_its_register():
    total = _total(
        "microcredit_amount", hint="疑似计量单位错:B5 差10000倍,数值不变时计量单位应为元而不是万元"
    )
    loan = _rule("R-LOAN-22", hint="疑似计量单位错:I列“贷款金额” 与 R列“贷款余额” 恰差10000倍")
    [problem] = fold([total, loan])
    assert [(caused.rule, caused.hint) for caused in problem.caused] == [("R-SUM-3", None)]


def test_a_registers_warning_does_not_explain_an_error():
    warning = replace(_rule("R-LOAN-1-1"), severity="warning")
    assert _tree(_total("microcredit_amount"), warning) == [("R-SUM-3", []), ("R-LOAN-1-1", [])]


def test_a_repeated_row_explains_its_registers_totals_and_the_rules_over_several_rows():
    repeated = _failure("S-KEY", LOANS, 9, "contract_no", expected="与第7行重复,同一借款合同编号只应有一行")
    failures = [_rule("R-LOAN-1-2", 7), _rule("R-LOAN-1-2", 9), _rule("R-LOAN-1-2", 12), repeated]
    tree = fold([*failures, _total("microcredit_households")])
    assert [(p.rule, p.count, [(c.rule, c.count) for c in p.caused]) for p in tree] == [
        ("S-KEY", 1, [("R-LOAN-1-2", 2), ("R-SUM-3", 1)]),
        ("R-LOAN-1-2", 1, []),
    ]


def test_a_wrong_total_explains_the_totals_it_contradicts_and_what_the_bureau_finds():
    failures = [
        _identity("R-SUM-4", "I01"),
        _failure("R-STAT-1", TOTALS, 9, found="监测对象总户数 12", severity="warning"),
        _failure(
            "R-ID-2", TOTALS, found="三类监测对象户数之和等于总户数(汇总表):左边 12", severity="warning"
        ),
        _failure("R-YTD-1", TOTALS, found="监测对象总户数 12", severity="warning"),
        _failure("R-OUT-1", TOTALS, found="监测对象总户数 12户(近6期:9、9、9)", severity="warning"),
        _total("monitored_households_total", 9),
    ]
    followed = ["R-ID-2", "R-OUT-1", "R-STAT-1", "R-SUM-4", "R-YTD-1"]
    assert _tree(*failures) == [("R-SUM-3", followed)]


def test_what_follows_from_what_follows_stands_under_the_root():
    failures = [_identity("R-SUM-4", "I01"), _total("monitored_households_total")]
    unread = _failure("S-SHEET", "monitored_households")
    assert _tree(*failures, unread) == [("S-SHEET", ["R-SUM-3", "R-SUM-4"])]


def test_totals_that_contradict_each_other_do_not_follow_from_a_missing_register():
    unread = _failure("S-SHEET", "monitored_households")
    assert _tree(_identity("R-SUM-4", "I01"), unread) == [("R-SUM-4", []), ("S-SHEET", [])]


def test_a_ratio_follows_from_the_total_it_is_made_of():
    ratio = next(i for i in load_indicators().values() if i.of)
    failures = [_total(ratio.key, 4), _total(ratio.of[0], 9)]
    [root] = fold(failures)
    assert (root.found, [caused.found for caused in root.caused]) == (failures[1].found, [failures[0].found])


def test_a_total_in_a_wrong_unit_or_of_an_unknown_name_explains_what_is_said_of_it():
    wrong_unit = _failure("R-SUM-2", TOTALS, 5, "unit", found="监测对象总户数的计量单位为人")
    unknown = _failure("R-SUM-1", TOTALS, 6, "indicator")
    lacking = _failure("R-SUM-7", TOTALS, found="未列:监测对象总户数", severity="warning")
    assert _tree(_total("monitored_households_total"), wrong_unit, unknown, lacking) == [
        ("R-SUM-2", ["R-SUM-3"]),
        ("R-SUM-1", ["R-SUM-7"]),
    ]


def test_a_sheet_held_back_explains_that_it_is_wanting():
    wanting = _failure(
        "R-REP-2", TOTALS, found=f"尚缺:{load_cards()[LOANS].sheet}、项目库", severity="warning"
    )
    assert _tree(wanting, _rule("R-LOAN-2-1")) == [("R-LOAN-2-1", ["R-REP-2"])]


def test_on_one_row_the_rule_of_fewer_cells_explains_the_one_that_holds_them_all():
    failures = [_rule("R-LOAN-2-2"), _rule("R-LOAN-21")]
    assert _tree(*failures) == [("R-LOAN-21", ["R-LOAN-2-2"])]


def test_on_one_row_a_cell_in_common_alone_explains_nothing():
    assert _tree(_rule("R-LOAN-1-1"), _rule("R-LOAN-22")) == [("R-LOAN-1-1", []), ("R-LOAN-22", [])]


@pytest.mark.parametrize("hint", ["疑似计量单位错:I7 约差10000倍", "两格疑填反:I7 与 S7"])
def test_on_one_row_a_hint_at_the_common_cell_explains_the_other_rule(hint):
    failures = [_rule("R-LOAN-1-1"), _rule("R-LOAN-22", hint=hint)]
    assert _tree(*failures) == [("R-LOAN-22", ["R-LOAN-1-1"])]


def test_of_two_swaps_on_one_row_the_one_that_meets_more_of_its_failures_explains_the_rest():
    failures = [
        _rule("R-RES-21", hint="两格疑填反:H7 与 I7"),
        _rule("R-RES-24"),
        _rule("R-RES-26", hint="两格疑填反:G7 与 H7"),
    ]
    [root] = fold(failures)
    assert (root.rule, root.hint) == ("R-RES-26", "两格疑填反:G7 与 H7")
    assert [(caused.rule, caused.hint) for caused in root.caused] == [("R-RES-21", None), ("R-RES-24", None)]


def test_a_hint_at_another_cell_explains_nothing():
    hinted = _rule("R-LOAN-22", hint="疑似计量单位错:S7 约差10000倍")
    assert len(_tree(_rule("R-LOAN-1-1"), hinted)) == 2


def test_two_rules_on_the_very_same_cells_are_one_root():
    failures = [_rule("R-MON-6-3"), _rule("R-MON-6-2")]
    assert _tree(*failures) == [("R-MON-6-2", ["R-MON-6-3"])]


def test_an_error_on_one_row_explains_a_warning_at_its_own_cells():
    failures = [_rule("R-PROD-21"), _rule("R-PROD-20")]
    assert _tree(*failures) == [("R-PROD-20", ["R-PROD-21"])]


def test_a_total_in_a_wrong_unit_of_its_own_is_a_root_beside_a_spoilt_register():
    total = _total("microcredit_amount", hint="疑似计量单位错:B25 约差10000倍")
    assert len(_tree(total, _rule("R-LOAN-1-1"))) == 2
    slipped = _rule("R-LOAN-1-1", hint="疑似计量单位错:I7 约差10000倍")
    assert _tree(total, slipped) == [("R-LOAN-1-1", ["R-SUM-3"])]


def test_no_edit_is_proposed_of_a_total_that_its_register_explains():
    total = _total("microcredit_amount", hint="最小改动:B25 由 12 改为 13")
    [root] = fold([total, _rule("R-LOAN-1-1")])
    assert root.caused[0].hint is None
    assert fold([total])[0].hint == total.hint


def test_a_count_that_is_out_by_more_rows_than_are_at_fault_is_a_root():
    spoilt = [_failure("S-REQUIRED", LOANS, row, "household_no") for row in (7, 8)]
    within = _total("microcredit_households", difference="-2户")
    beyond = _total("microcredit_households", difference="0.0003万户")
    assert _tree(within, *spoilt) == [("S-REQUIRED", ["R-SUM-3"])]
    assert _tree(beyond, *spoilt) == [("S-REQUIRED", []), ("R-SUM-3", [])]


def test_only_the_places_that_follow_are_folded():
    unread = _failure("S-TYPE", LOANS, 7, "amount")
    roots = fold([unread, *[_rule("R-LOAN-1-1", row) for row in range(6, 10)]])
    assert [(problem.rule, problem.count) for problem in roots] == [("R-LOAN-1-1", 3), ("S-TYPE", 1)]
    assert roots[1].caused[0].cells == ("I7", "J7")


def test_every_link_names_rules_that_exist():
    codes = {*rule_words(), "S-SWAPPED", "S-RENAMED", "S-WORKBOOK", "S-NOTE"}
    for link in LINKS:
        for start in (*link.causes, *link.effects):
            assert any(code.startswith(start) for code in codes), start


def test_every_figure_and_identity_is_known_by_the_words_of_its_rules():
    for key, indicator in load_indicators().items():
        assert figures_of(_failure("R-SUM-3", TOTALS, 5, "value", found=f"{indicator.label} 1户")) == (key,)
        if indicator.dataset in load_cards():
            assert inputs(key)[0] == (indicator.dataset, None)
    for identity in load_identities():
        found = f"{identity.title_zh}:前者 1"
        figures = figures_of(_failure("R-SUM-5", TOTALS, 5, "value", found=found))
        assert {*identity.left, identity.right} <= set(figures)


_FOUND = st.sampled_from(
    ["监测对象总户数 12户", "三类监测对象户数之和等于总户数:分类之和 3", "小额信贷当年累计投放 3万元", "x"]
)
_HINTS = st.sampled_from([None, "疑似计量单位错:I7 恰差10000倍", "两格疑填反:I6 与 J6"])


@st.composite
def any_failure(draw) -> Failure:
    code = draw(st.sampled_from(sorted(rule_words())))
    dataset = draw(st.sampled_from([None, LOANS, TOTALS, "monitored_households", "projects"]))
    row = draw(st.none() | st.integers(6, 9))
    names = [column.name for column in load_cards()[dataset].sheet_columns] if dataset else []
    columns = draw(st.lists(st.sampled_from(names), max_size=3, unique=True)) if names and row else []
    expected = draw(st.sampled_from(["应有列“贷款金额(元)”", "与第6行重复", "x"]))
    failure = _failure(code, dataset, row, *columns, found=draw(_FOUND), expected=expected, hint=draw(_HINTS))
    return replace(failure, severity=draw(st.sampled_from(SEVERITIES)))


def _all(problems: list[Problem]) -> list[Problem]:
    return [problem for root in problems for problem in (root, *root.caused)]


@given(st.lists(any_failure(), max_size=25))
def test_no_failure_is_lost_or_said_twice(failures):
    said = _all(fold(failures))
    assert sum(problem.count for problem in said) == len(failures)
    assert sum(len(problem.places) for problem in said) == len(failures)
    assert sorted(f.rule_code for f in failures) == sorted(p.rule for p in said for _ in p.places)


@given(st.lists(any_failure(), max_size=25))
def test_no_error_disappears_under_something_milder(failures):
    for root in fold(failures):
        rank = SEVERITIES.index(root.severity)
        assert all(SEVERITIES.index(caused.severity) >= rank for caused in root.caused)
        assert all(not caused.caused for caused in root.caused)


@given(st.lists(any_failure(), max_size=25), st.randoms(use_true_random=False))
def test_roots_come_by_severity_whatever_the_order_of_the_failures(failures, random):
    shuffled = list(failures)
    random.shuffle(shuffled)
    ranks = [SEVERITIES.index(problem.severity) for problem in fold(shuffled)]
    assert ranks == sorted(ranks)
