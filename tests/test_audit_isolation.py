"""A workbook whose figures overflow a rule's arithmetic costs itself: the others are judged as if it were not there."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from pipeline_edits import LANTIAN, SHANYANG, SHIQUAN
from pipeline_support import Register, small_home, workbook_of, write_sample

from orchestration.audit.check import check_files
from orchestration.cards import load_cards

LARGEST = "999999999999"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """Of three workbooks checked together, by unit; Lantian's has the largest figures that are read."""
    home = small_home(tmp_path_factory.mktemp("isolation"))
    write_sample(home.inbox)
    largest = _with_largest_figures(workbook_of(home, LANTIAN))
    paths = [largest, workbook_of(home, SHIQUAN), workbook_of(home, SHANYANG)]
    return {answer.unit_code: answer.to_json() for answer in check_files(home, paths)}


def _with_largest_figures(path: Path) -> Path:
    workbook = openpyxl.load_workbook(path)
    for card in load_cards().values():
        if card.sheet in workbook.sheetnames:
            register = Register(workbook[card.sheet], card)
            for column in card.sheet_columns:
                if column.data_type.startswith("decimal"):
                    register.write(register.rows[0], column.name, LARGEST)
    workbook.save(path.with_name("largest.xlsx"))
    return path.with_name("largest.xlsx")


def test_rules_that_cannot_run_are_said_to_the_workbook_alone(answers: dict[str, dict]):
    unable = {problem["rule"] for problem in answers[LANTIAN]["problems"] if "未能运行" in problem["found"]}
    assert {"R-FUND-2", "R-PROJ-4-1"} <= unable


@pytest.mark.parametrize("unit", [SHIQUAN, SHANYANG])
def test_the_other_workbooks_are_accepted(answers: dict[str, dict], unit: str):
    assert (answers[unit]["status"], answers[unit]["problems"]) == ("接收", [])
