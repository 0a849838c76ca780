"""How receipts are scored against the answer sheet, and what they score on the small province."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.mistakes import BEGIN, END, markdown, measure, write_page
from bench.scoring import besides, refused_though_clean, score
from orchestration.audit.check import check_files
from orchestration.home import PROJECT_ROOT, Home
from sample.command import Options, run
from sample.mistakes.answers import Answer, read_answers

DATA = PROJECT_ROOT / "sample" / "data"
FILE = "611024_山阳县_2021-08.xlsx"
LOAN = Answer(
    unit_code="611024",
    file=FILE,
    kind="loan_above_limit",
    name_zh="首贷超过5万元",
    category="超出界限",
    expected_severity="error",
    dataset="microcredit",
    sheet="扶贫小额信贷",
    cells="I7",
    rules="R-LOAN-1-1",
    follows="R-LOAN-3",
    also="汇总表!B25",
    what_was_done="贷款金额改为60000",
)


def problem(rule="R-LOAN-1-1", sheet="扶贫小额信贷", cells=("I7", "J7"), severity="error", caused=()) -> dict:
    dataset = "stated_totals" if sheet == "汇总表" else "microcredit"
    return {
        "rule": rule,
        "severity": severity,
        "dataset": dataset,
        "sheet": sheet,
        "cells": list(cells),
        "places": [{"cells": list(cells)}],
        "waived_until": None,
        "caused": list(caused),
    }


def receipts(*problems: dict, status="partly_accepted") -> dict[str, dict]:
    return {FILE: {"file": FILE, "status_code": status, "problems": list(problems)}}


def outcome(*problems: dict, answer=LOAN) -> tuple[bool, bool, bool]:
    (found,) = score([answer], receipts(*problems))
    return found.found, found.root, found.located


def test_a_problem_of_the_rule_in_the_row_is_found_at_the_root_and_located():
    assert outcome(problem()) == (True, True, True)


def test_a_range_that_holds_the_cell_touches_it_and_does_not_locate_it():
    assert outcome(problem(cells=["I5:I90"])) == (True, True, False)


def test_another_rule_another_sheet_and_another_row_are_no_answer():
    assert outcome(problem("R-LOAN-5")) == (False, False, False)
    assert outcome(problem(sheet="项目库")) == (False, False, False)
    assert outcome(problem(cells=["I8"])) == (False, False, False)


def test_a_folded_problem_is_found_and_no_root():
    assert outcome(problem("S-TYPE", caused=[problem()])) == (True, False, True)


def test_an_error_that_is_only_warned_of_is_not_found():
    assert outcome(problem(severity="warning")) == (False, False, False)


def test_a_place_that_shows_the_mistake_too_is_found():
    answer = replace(LOAN, rules="R-SUM-3")
    assert outcome(problem("R-SUM-3", "汇总表", ["B25"]), answer=answer) == (True, True, False)


def test_a_mistake_of_the_whole_file_is_found_by_its_rule_alone():
    answer = replace(LOAN, sheet="", cells="", rules="U-HTML", also="", expected_severity="unreadable")
    assert outcome(problem("U-HTML", None, []), answer=answer) == (True, True, True)


def test_what_only_looks_wrong_is_found_when_nothing_is_held_against_it():
    answer = replace(LOAN, expected_severity="clean", rules="")
    assert outcome(answer=answer) == (True, True, True)
    assert outcome(problem(sheet="项目库"), answer=answer) == (True, True, True)
    assert outcome(problem("S-TYPE"), answer=answer) == (False, False, False)


def test_a_file_without_a_receipt_is_a_mistake_not_found():
    assert not score([LOAN], {})[0].found


def test_errors_are_answers_consequences_or_foreign():
    told = receipts(
        problem(),
        problem("R-LOAN-3", cells=["D7", "I7"]),
        problem("R-SUM-3", "汇总表", ["B25"]),
        problem("R-SUM-3", "汇总表", ["B9"]),
        problem("R-LOAN-24", severity="warning"),
    )
    judged = besides([LOAN], told)
    assert (judged.answering, judged.following) == (1, 2)
    assert judged.foreign == ((FILE, "R-SUM-3", "汇总表", "B9"),)
    assert judged.precision == 0.75


def test_a_sound_file_that_is_refused_is_told():
    told = {"sound.xlsx": {"status_code": "returned", "problems": []}, **receipts(problem())}
    assert refused_though_clean([LOAN], told) == ["sound.xlsx"]


def test_a_warning_alone_does_not_excuse_a_refusal():
    warned = replace(LOAN, expected_severity="warning")
    assert refused_though_clean([warned], receipts()) == [FILE]
    assert refused_though_clean([replace(warned, follows="R-SUM-3")], receipts()) == []


def test_the_page_keeps_what_stands_around_the_table(tmp_path):
    page = tmp_path / "receipts.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write_page(page, markdown(measure([LOAN], receipts(problem()), 1.0)))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before")
    assert text.endswith("after\n")
    assert "| 首贷超过5万元 | 超出界限 | 须改正 | 1 | 1 | 1 | 1 |" in text
    assert "old" not in text


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> tuple[list[Answer], dict[str, dict]]:
    """The answers of the small province with mistakes, and what checking its files says."""
    home = Home(tmp_path_factory.mktemp("mistaken"))
    (home.root / "reporting_units.csv").write_bytes((DATA / "small_units.csv").read_bytes())
    run(home, Options(targets=DATA / "small_targets.csv", mistakes=True), as_json=True)
    paths: list[Path] = sorted(path for path in home.inbox.iterdir() if path.is_file())
    told = dict(zip((path.name for path in paths), check_files(home, paths), strict=True))
    answers = read_answers(home.root / "var" / "sample" / "answers_2021-08.csv")
    return answers, {name: receipt.to_json() for name, receipt in told.items()}


def test_no_error_of_the_small_province_passes_unseen(small):
    result = measure(*small, 0.0)
    assert [outcome.answer.kind for outcome in result.unseen] == []
    assert [outcome.answer.kind for outcome in result.held] == []


def test_no_sound_workbook_of_the_small_province_is_refused(small):
    assert refused_though_clean(*small) == []
    assert besides(*small).foreign == ()
