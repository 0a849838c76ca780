"""Problems of a receipt: ranges, grouping of equal trouble, words, and that no place is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.audit.receipts.problems import (
    MOST_PLACES,
    Failure,
    group,
    letters_of,
    read_failures,
    rule_words,
)
from orchestration.audit.structure import STRUCTURE
from orchestration.cards import load_cards
from orchestration.ranges import expand, merge, phrase

cells = st.builds(
    lambda column, row: f"{column}{row}", st.sampled_from(["A", "F", "Z", "AA", "AB"]), st.integers(1, 40)
)

LOAN_SHEET = load_cards()["microcredit"].sheet


def _loan(row: int, amount: int, **values: object) -> Failure:
    failure = Failure(
        rule_code="R-LOAN-1-1",
        severity="error",
        dataset="microcredit",
        sheet=LOAN_SHEET,
        row=row,
        cells=(f"I{row}", f"J{row}"),
        found=f"{amount}元",
        expected="不超过50000元",
        difference=f"{amount - 50000}元",
    )
    return replace(failure, **values)


def _finding(code: str, cell: str | None, found: str, expected: str, **values: object) -> Failure:
    row = int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) if cell else None
    severity = STRUCTURE[code].severity
    at = (cell,) if cell else ()
    failure = Failure(code, severity, "microcredit", LOAN_SHEET, row, at, found, expected)
    return replace(failure, **values)


@given(st.lists(cells))
def test_ranges_hold_exactly_the_cells_given_each_once(given_cells):
    listed = list(expand(merge(given_cells)))
    assert sorted(listed) == sorted(set(given_cells))


@given(st.lists(cells))
def test_ranges_are_as_few_as_runs_down_a_column_allow(given_cells):
    ranges = merge(given_cells)
    present = set(given_cells)
    starts = [cell for cell in present if _above(cell) not in present]
    assert len(ranges) == len(starts)


def _above(cell: str) -> str:
    column = cell.rstrip("0123456789")
    return f"{column}{int(cell[len(column) :]) - 1}"


def test_ranges_come_by_column_and_then_by_row():
    assert merge(["F3", "AA1", "D7", "D5", "D6", "D9", "D5"]) == ["D5:D7", "D9", "F3", "AA1"]


def test_a_phrase_says_how_many_places_there_are():
    assert phrase(["D5:D912"], 512) == "D5:D912 (共 512 处)"
    assert phrase(["I7"]) == "I7"
    assert phrase([f"D{row}" for row in range(1, 20, 2)], 10) == "D1、D3、D5、D7、D9、D11等 (共 10 处)"


def test_what_is_no_address_is_refused():
    with pytest.raises(ValueError, match="no cell address"):
        merge(["D"])


def test_the_same_trouble_in_many_cells_is_one_problem_with_its_ranges():
    [problem] = group([_loan(row, 60000) for row in (9, 7, 8, 12)])
    assert problem.cells == ("I7:I9", "I12", "J7:J9", "J12")
    assert (problem.count, problem.title) == (4, "首贷金额不超过5万元")
    assert problem.message == "贷款金额 60000元,超过每户上限(不超过50000元)"
    assert [place.cells for place in problem.places] == [(f"I{r}", f"J{r}") for r in (7, 8, 9, 12)]


def test_several_values_are_said_by_the_first_and_their_number():
    [problem] = group([_loan(7, 60000), _loan(8, 70000)])
    assert (problem.found, problem.difference) == ("60000元", "10000元")
    assert problem.message == "贷款金额 60000元(等2处),超过每户上限(不超过50000元)"


def test_structural_findings_of_one_column_are_one_problem_and_of_two_columns_are_two():
    found = [_finding("S-TYPE", cell, "若干", "整数,如 1234") for cell in ("K6", "K7", "L6")]
    assert [problem.cells for problem in group(found)] == [("K6:K7",), ("L6",)]


def test_repeated_numbers_are_one_problem_whichever_row_they_repeat():
    found = [
        _finding("S-KEY", f"A{row}", f"L{row}", f"与第{row - 4}行重复,同一借款合同编号只应有一行")
        for row in (10, 12)
    ]
    assert [problem.count for problem in group(found)] == [2]


def test_two_missing_columns_are_two_problems():
    found = [_finding("S-HEADER", None, "", f"应有列“{name}”", row=5) for name in ("乡镇1", "乡镇2")]
    problems = group(found)
    assert [problem.message for problem in problems] == ["应有列“乡镇1”", "应有列“乡镇2”"]
    assert problems[0].cells == ()


def test_errors_come_before_warnings_and_notices_then_sheets_in_their_order_then_rows():
    other = _finding("S-TYPE", "K6", "若干", "整数,如 1234", dataset="projects", sheet="项目库")
    failures = [
        _finding("S-EXTRA", "Z5", "备注", "统计制度没有这一列,未读入", severity="notice"),
        _finding("S-PHONE", "K3", "3个字符", "11位手机号"),
        _loan(9, 60000),
        other,
        _finding("S-TYPE", "K6", "若干", "整数,如 1234"),
    ]
    problems = group(failures, sheets=["项目库", LOAN_SHEET])
    listed = [(problem.rule, problem.sheet) for problem in problems]
    assert listed == [
        ("S-TYPE", "项目库"),
        ("S-TYPE", LOAN_SHEET),
        ("R-LOAN-1-1", LOAN_SHEET),
        ("S-PHONE", LOAN_SHEET),
        ("S-EXTRA", LOAN_SHEET),
    ]


def test_of_many_places_the_count_is_exact_and_the_first_are_listed():
    [problem] = group([_loan(row, 60000) for row in range(6, 512)])
    assert problem.count == 506
    assert len(problem.places) == MOST_PLACES
    assert problem.cells == ("I6:I511", "J6:J511")


def test_a_waived_problem_says_until_when_and_stands_apart():
    problems = group([_loan(7, 60000, waived_until="2021-12-31"), _loan(8, 60000)])
    assert [(problem.waived_until, problem.count) for problem in problems] == [("2021-12-31", 1), (None, 1)]


def test_a_hint_that_all_places_share_is_the_problems_own():
    hint = "疑似计量单位错:I7 约差10000倍"
    assert group([_loan(7, 1, hint=hint)])[0].hint == hint
    edits = [_loan(row, 1, hint=f"最小改动:I{row} 由 1 改为 2") for row in (7, 8)]
    many = [*edits, _loan(9, 1, hint="两格疑填反:I9 与 J9"), _loan(10, 1)]
    assert group(many)[0].hint == "最小改动:I7 由 1 改为 2(等2处)"


def test_a_problem_as_json_has_the_fields_of_a_receipt():
    [problem] = group([_loan(7, 60000)])
    entry = replace(problem, caused=(problem,)).to_json()
    assert list(entry) == [
        "rule",
        "severity",
        "dataset",
        "sheet",
        "cells",
        "count",
        "title",
        "found",
        "expected",
        "difference",
        "message",
        "remedy",
        "hint",
        "waived_until",
        "places",
        "caused",
    ]
    assert entry["places"] == [
        {
            "cells": ["I7", "J7"],
            "found": "60000元",
            "expected": "不超过50000元",
            "difference": "10000元",
            "hint": None,
        }
    ]
    assert "caused" not in entry["caused"][0]


def test_rows_of_the_lake_are_read_with_their_columns_keys_and_waivers():
    row = {
        "rule_code": "R-LOAN-1-1",
        "severity": "error",
        "dataset": "microcredit",
        "source_sheet": LOAN_SHEET,
        "source_row": 7,
        "cells": "C7,D7",
        "found": "60000元",
        "expected": None,
        "difference": None,
        "hint": None,
    }
    landed = [
        {"dataset": "microcredit", "column_name": "amount", "column_letter": "C"},
        {"dataset": "microcredit", "column_name": "is_top_up", "column_letter": "D"},
    ]
    [failure] = read_failures(
        [row],
        letters=letters_of(landed),
        row_keys={("microcredit", 7): "L1"},
        waived={"R-LOAN-1-1": "2021-12-31"},
    )
    assert failure.columns == ("amount", "is_top_up")
    assert (failure.cells, failure.row_key, failure.waived_until) == (("C7", "D7"), "L1", "2021-12-31")
    assert failure.expected == ""
    # Without the sheet's letters, the template's: column C is 行政村.
    assert read_failures([row])[0].columns == ("village", "household_no")


def test_every_rule_has_its_words():
    words = rule_words()
    assert words["R-LOAN-1-1"].title_zh == "首贷金额不超过5万元"
    assert words["S-TYPE"].remedy_zh == STRUCTURE["S-TYPE"].remedy_zh


def test_a_rule_withdrawn_since_still_has_its_texts():
    [problem] = group([_loan(7, 60000, rule_code="R-GONE")])
    assert problem.message == "60000元;不超过50000元"


@given(
    st.lists(
        st.tuples(st.sampled_from(["S-TYPE", "S-PHONE", "R-LOAN-1-1", "R-GONE"]), cells, st.text(max_size=3))
    )
)
def test_no_place_is_lost_in_grouping(places):
    failures = [
        Failure(code, "error", "microcredit", LOAN_SHEET, 1, (cell,), found, "x")
        for code, cell, found in places
    ]
    assert sum(problem.count for problem in group(failures)) == len(failures)
