"""Every word of a status is the same on the screen, on a receipt and in the warehouse; what is documented is what there is."""

from __future__ import annotations

import csv
import re

import pytest

from orchestration.audit.structure import STRUCTURE
from orchestration.home import DBT_PROJECT, PROJECT_ROOT
from orchestration.words import DATASET_STATE, FILE_STATUS, REPORTING_STATUS

LIFE = (PROJECT_ROOT / "docs" / "submissions.md").read_text(encoding="utf-8")


def _words_of(model: str, case: str) -> dict[str, str]:
    """What a model's ``case`` says, by code."""
    sql = (DBT_PROJECT / "models" / "marts" / f"{model}.sql").read_text(encoding="utf-8")
    [body] = re.findall(rf"case {case}\s(.*?)\send", sql, re.DOTALL)
    return dict(re.findall(r"when '(\w+)' then '([^']+)'", body))


def test_the_warehouse_names_the_status_of_a_file_as_receipts_do():
    said = _words_of("dim_submission", "status")
    # Superseded is a file's second name on the night's screen; the warehouse has a column of its own for it.
    assert said == {code: word for code, word in FILE_STATUS.items() if code != "superseded"}


def test_the_warehouse_names_where_a_unit_stands_in_these_words():
    assert _words_of("rpt_submission_status", "status") == REPORTING_STATUS


def test_the_warehouse_names_the_reason_in_the_words_of_the_dataset():
    said = _words_of("rpt_submission_status", "latest_state")
    assert said == {state: DATASET_STATE[state] for state in ("missing", "closed")}


def test_the_life_of_a_submission_names_every_status():
    words = {*REPORTING_STATUS.values()} - {REPORTING_STATUS["pending"]}
    assert [word for word in sorted(words) if word not in LIFE] == []


@pytest.mark.parametrize("name", ["waivers", "reopenings", "exemptions"])
def test_the_columns_of_a_ruling_are_documented_as_they_are(name: str):
    with (DBT_PROJECT / "seeds" / "rulings" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        columns = next(csv.reader(handle))
    [row] = re.findall(rf"^\| `{name}\.csv` \|.*\| ([^|]+) \|$", LIFE, re.MULTILINE)
    assert row.split(", ") == columns


def test_every_structural_rule_is_found_by_landing_and_no_other():
    """Landing names its findings by their codes, in its sources: one that nothing finds would be an empty promise."""
    sources = (PROJECT_ROOT / "orchestration" / "land").glob("*.py")
    named = {
        code for path in sources for code in re.findall(r"\bS-[A-Z]+(?:-[A-Z]+)?\b", path.read_text("utf-8"))
    }
    assert named == STRUCTURE.keys()
