"""Checking before sending, of workbooks that a night would not judge or would not take."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from pipeline_edits import LANTIAN

from orchestration.audit.check import check_files
from orchestration.audit.receipts.receipt import Receipt
from orchestration.home import Home

PERIOD_CELL = "B5"


def _of_period(home: Home, folder: Path, **cells: str) -> Receipt:
    """What is said of Lantian's workbook of 2021-08 under another period on its cover."""
    path = folder / "报表.xlsx"
    shutil.copyfile(next(home.inbox.glob(f"{LANTIAN}_*")), path)
    workbook = openpyxl.load_workbook(path)
    for cell, text in cells.items():
        workbook["封面"][cell] = text
    workbook.save(path)
    [receipt] = check_files(home, [path])
    return receipt


@pytest.mark.parametrize(
    "cells", [{"B5": "2020-08"}, {"B5": "2021-Q3", "B6": "季调度"}], ids=["before 2021", "quarterly"]
)
def test_what_a_night_does_not_land_is_not_judged_before_sending_either(
    small_province: Home, tmp_path: Path, cells: dict[str, str]
):
    receipt = _of_period(small_province, tmp_path, **cells)
    assert (receipt.status, receipt.datasets, receipt.problems) == ("待审核", (), ())
    assert len(receipt.notes) == 1


def test_a_workbook_of_a_week_is_judged_on_what_is_owed_weekly_and_by_the_days_of_the_week(
    small_province: Home, tmp_path: Path
):
    receipt = _of_period(small_province, tmp_path, **{PERIOD_CELL: "2021-W35", "B6": "周统计"})
    assert {answer.dataset: answer.state for answer in receipt.datasets} == {
        "monitored_households": "closed",
        "stated_totals": "closed",
    }
    assert any("2021-W35 已于 2021-09-14 关闭" in note for note in receipt.notes)
    assert any("2张表内写的是2021-08;封面是2021-W35,先核对封面" in note for note in receipt.notes)


def test_a_cover_of_another_month_is_told_first_that_all_sheets_speak_of_theirs(
    small_province: Home, tmp_path: Path
):
    receipt = _of_period(small_province, tmp_path, **{PERIOD_CELL: "2021-06"})
    assert receipt.summary.startswith("退回:11张表中接收0张,期已关闭,")
    assert any("11张表内写的是2021-08;封面是2021-06,先核对封面" in note for note in receipt.notes)
    assert [p.sheet for p in receipt.problems if p.rule == "S-NOTE"] == ["封面"]
