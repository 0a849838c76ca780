"""The audit of submissions: what is due, what a verdict says, and that nothing is judged twice or lost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from audit_support import (
    BUREAU_SUBMISSION,
    COUNTY,
    COUNTY_SUBMISSION,
    FIRST_ROW,
    PERIOD,
    clean_rows,
    land,
    letter_of,
    read,
)

import expectations
from expectations import catalogue
from orchestration import lake
from orchestration.audit import decisions, judging
from orchestration.audit.files import audit_files
from orchestration.home import Home

FILE_RULES = [rule for rule in catalogue().values() if rule.scope == "file"]


def _spoilt() -> dict:
    rows = clean_rows()
    rows["microcredit"][0]["amount"] = Decimal(60000)
    return rows


def test_each_landed_sheet_is_judged_by_every_rule_of_its_dataset(home: Home):
    land(home, clean_rows())
    audited = audit_files(home)
    verdicts = read(home, "verdicts")
    assert {(v["rule_code"], v["dataset"]) for v in verdicts} == {(r.code, r.dataset) for r in FILE_RULES}
    assert {v["outcome"] for v in verdicts} == {"passed"}
    assert (audited.rules, audited.passed, audited.failed) == (len(FILE_RULES), len(FILE_RULES), 0)
    loans = next(v for v in verdicts if v["rule_code"] == "R-LOAN-1-1")
    assert (loans["submission_id"], loans["unit_code"], loans["checked"]) == (COUNTY_SUBMISSION, COUNTY, 3)


def test_a_failure_names_the_cells_by_the_letters_of_its_own_sheet(home: Home):
    land(home, _spoilt())
    audited = audit_files(home)
    [failure] = [f for f in read(home, "failures") if f["rule_code"] == "R-LOAN-1-1"]
    # Columns 贷款金额 and 是否追加贷款 are the ninth and tenth of the sheet; its first data row is 6.
    assert failure["cells"] == "I6,J6"
    assert (failure["found"], failure["difference"]) == ("60000元", "10000元")
    assert failure["submission_id"] == COUNTY_SUBMISSION
    assert "R-LOAN-1-1" in {verdict["rule_code"] for verdict in audited.blocking}


def test_an_error_holds_back_its_own_dataset_alone(home: Home):
    rows = clean_rows()
    rows["stated_totals"][0]["value"] = Decimal(999)
    land(home, rows)
    assert {verdict["dataset"] for verdict in audit_files(home).blocking} == {"stated_totals"}


def test_judging_again_adds_nothing(home: Home):
    land(home, _spoilt())
    first = audit_files(home)
    files_then = sorted(lake.partition(home, "verdicts", PERIOD).glob("*"))
    second = audit_files(home)
    assert sorted(lake.partition(home, "verdicts", PERIOD).glob("*")) == files_then
    assert second.judged == 0
    assert (second.rules, second.failed) == (first.rules, first.failed)


def test_a_new_rule_version_is_judged_and_the_old_verdict_stays(home: Home, monkeypatch):
    land(home, _spoilt())
    audit_files(home)
    rules = dict(catalogue())
    rules["R-LOAN-1-1"] = replace(
        rules["R-LOAN-1-1"], version=2, query=rules["R-LOAN-1-1"].query.replace("> 50000", "> 70000")
    )
    for module in (judging, decisions, expectations):
        monkeypatch.setattr(module, "catalogue", lambda: rules)
    audited = audit_files(home)
    verdicts = [v for v in read(home, "verdicts") if v["rule_code"] == "R-LOAN-1-1"]
    assert sorted((v["rule_version"], v["outcome"]) for v in verdicts) == [(1, "failed"), (2, "passed")]
    assert audited.judged == 1
    assert "R-LOAN-1-1" not in {verdict["rule_code"] for verdict in audited.blocking}


def test_a_rule_that_could_not_run_is_asked_again(home: Home, monkeypatch):
    land(home, clean_rows())
    sound = dict(catalogue())
    broken = sound | {"R-EMP-2": replace(sound["R-EMP-2"], query="select nothing from nowhere")}
    monkeypatch.setattr(judging, "catalogue", lambda: broken)
    audited = audit_files(home)
    assert audited.could_not_run == 1
    assert [verdict["rule_code"] for verdict in audited.blocking] == ["R-EMP-2"]
    monkeypatch.setattr(judging, "catalogue", lambda: sound)
    audited = audit_files(home)
    assert (audited.judged, audited.could_not_run) == (1, 0)
    outcomes = [v["outcome"] for v in read(home, "verdicts") if v["rule_code"] == "R-EMP-2"]
    assert sorted(outcomes) == ["could_not_run", "passed"]


def test_what_landing_found_becomes_a_verdict_with_its_cell(home: Home):
    problem = {
        "submission_id": COUNTY_SUBMISSION,
        "unit_code": COUNTY,
        "dataset": "microcredit",
        "rule_code": "S-TYPE",
        "source_sheet": "扶贫小额信贷",
        "source_row": 6,
        "column_name": "amount",
        "cell": "I6",
        "found": "五万",
        "expected": "数",
    }
    warning = {**problem, "rule_code": "S-HIDDEN", "cell": None, "found": "第9行", "column_name": None}
    land(home, clean_rows(), problems=(problem, warning))
    audited = audit_files(home)
    [verdict] = [v for v in read(home, "verdicts") if v["rule_code"] == "S-TYPE"]
    assert (verdict["scope"], verdict["severity"], verdict["failed"]) == ("structure", "error", 1)
    [failure] = [f for f in read(home, "failures") if f["rule_code"] == "S-TYPE"]
    assert (failure["cells"], failure["found"]) == ("I6", "五万")
    assert {v["rule_code"] for v in audited.blocking} == {"S-TYPE"}
    assert {v["rule_code"] for v in audited.failing} == {"S-TYPE", "S-HIDDEN"}
    assert audit_files(home).judged == 0


def test_what_landing_found_in_a_number_gets_its_likely_cause_too(home: Home):
    rows = clean_rows()
    first = rows["projects"][0]
    rows["projects"] = [{**first, "project_no": f"P{number}"} for number in range(5)]
    rows["projects"][2]["total_funds"] = first["total_funds"] * 10_000
    cell = f"{letter_of('projects', 'total_funds')}{FIRST_ROW + 2}"
    problem = {
        "submission_id": COUNTY_SUBMISSION,
        "unit_code": COUNTY,
        "dataset": "projects",
        "rule_code": "S-RANGE",
        "source_sheet": "项目库",
        "source_row": FIRST_ROW + 2,
        "column_name": "total_funds",
        "cell": cell,
        "found": "12000000",
        "expected": "不大于100000万元",
    }
    land(home, rows, problems=(problem,))
    audit_files(home)
    [failure] = [f for f in read(home, "failures") if f["rule_code"] == "S-RANGE"]
    assert failure["hint"] == f"疑似计量单位错:{cell} 恰差10000倍,应填万元而不是元"


def test_a_finding_no_rule_explains_stops_the_audit(home: Home):
    problem = {"submission_id": COUNTY_SUBMISSION, "dataset": "projects", "rule_code": "S-NEW"}
    land(home, clean_rows(), problems=(problem,))
    with pytest.raises(ValueError, match="S-NEW"):
        audit_files(home)


def test_a_batch_that_was_not_committed_is_not_judged(home: Home):
    land(home, clean_rows())
    lake.manifest_path(home, PERIOD, "batch").unlink()
    assert audit_files(home).rules == 0


def test_an_audit_killed_between_its_two_files_leaves_no_failure_behind(home: Home):
    land(home, _spoilt())
    audit_files(home)
    for path in lake.partition(home, "verdicts", PERIOD).glob("*.parquet"):
        path.unlink()
    audit_files(home)
    failures = [f for f in read(home, "failures") if f["rule_code"] == "R-LOAN-1-1"]
    assert len(failures) == 1


def test_the_bureau_and_the_county_are_judged_in_one_pass(home: Home):
    land(home, clean_rows())
    audit_files(home)
    assert {v["submission_id"] for v in read(home, "verdicts")} == {COUNTY_SUBMISSION, BUREAU_SUBMISSION}


def test_the_catalogue_is_written_with_structural_rules(home: Home):
    audit_files(home)
    rules = lake.pq.read_table(lake.single_file(home, "rules")).to_pylist()
    assert {rule["engine"] for rule in rules} == {"great_expectations", "card"}
    assert {rule["rule_code"] for rule in rules} > set(catalogue())
