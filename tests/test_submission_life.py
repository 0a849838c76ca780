"""The life of submissions over three nights of a small province: checked, sent, answered, corrected, sent again.

Night 1: everyone's first workbook. Night 2: Lantian's second version has errors in three registers; Shanyang sends
versions 2 and 3 at once; Shiquan's file comes again unchanged under another name; a file that is no workbook comes.
Night 3: Lantian mends one error, leaves one and makes a new one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import openpyxl
import pytest
from pipeline_edits import FULL_FIRST_LOAN, LANTIAN, MARGINAL_OF_FOUR, SHANYANG, SHIQUAN, put
from pipeline_support import PERIOD, Register, night, send_version, small_home, workbook_of, write_sample

from orchestration.audit.check import check_files
from orchestration.cards import load_cards
from orchestration.home import WARNING_LIST, Home

LOANS, HOUSEHOLDS = "microcredit", "monitored_households"
HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>'
OWN_SHEET = "我县自用"


@dataclass(repr=False)
class Life:
    home: Home
    receipts: dict[int, dict[str, dict]]  # by night, then by submission file
    checked: dict
    cells: dict[int, dict[str, str]]
    statuses: dict[int, dict[str, str]]  # of marts.dim_submission, by night, then by submission id
    in_force: dict[int, dict[tuple[str, str], int]]  # version by unit and dataset


def spoil_loans_and_households(register: Register) -> str:
    return register.write(register.rows[1], "head_id_no", "610122197001")


def keep_own_notes(workbook: openpyxl.Workbook) -> None:
    workbook.create_sheet(OWN_SHEET)["A1"] = HOSTILE


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    home = small_home(tmp_path_factory.mktemp("life"))
    write_sample(home.inbox)
    found = Life(home, {}, {}, {}, {}, {})
    _live(found, 1)
    found.cells[2] = send_version(
        home,
        LANTIAN,
        2,
        {
            LOANS: put("amount", 60000, FULL_FIRST_LOAN),
            HOUSEHOLDS: spoil_loans_and_households,
            "projects": lambda register: register.write(register.rows[0], "pooled_on", HOSTILE),
        },
        keep_own_notes,
    )
    send_version(home, SHANYANG, 2, {HOUSEHOLDS: put("members", 5, MARGINAL_OF_FOUR)})
    send_version(home, SHANYANG, 3, {HOUSEHOLDS: put("members", 3, MARGINAL_OF_FOUR)})
    shutil.copyfile(workbook_of(home, SHIQUAN), home.inbox / "石泉县再报.xlsx")
    (home.inbox / "说明.xlsx").write_bytes("不是表格".encode())
    [checked] = check_files(home, [home.inbox / f"{LANTIAN}_蓝田县_{PERIOD}_v2.xlsx"])
    found.checked = checked.to_json()
    _live(found, 2)
    found.cells[3] = send_version(
        home,
        LANTIAN,
        3,
        {HOUSEHOLDS: spoil_loans_and_households, LOANS: put("term_months", 48, FULL_FIRST_LOAN)},
        keep_own_notes,
    )
    _live(found, 3)
    return found


def _live(life: Life, number: int) -> None:
    night(life.home)
    read = [json.loads(path.read_text(encoding="utf-8")) for path in life.home.receipts.rglob("receipt.json")]
    life.receipts[number] = {receipt["file"]: receipt for receipt in read}
    with duckdb.connect(str(life.home.warehouse), read_only=True) as connection:
        life.statuses[number] = dict(
            connection.execute("select submission_id, status from marts.dim_submission").fetchall()
        )
        life.in_force[number] = {
            (unit, dataset): version
            for unit, dataset, version in connection.execute(
                "select s.unit_code, r.dataset, s.version from marts.rpt_submission_status as r "
                f"join marts.dim_submission as s using (submission_id) where r.reporting_period = '{PERIOD}'"
            ).fetchall()
        }


def _file(unit: str, name: str, version: int = 1) -> str:
    return f"{unit}_{name}_{PERIOD}{'' if version == 1 else f'_v{version}'}.xlsx"


V1, V2, V3 = (_file(LANTIAN, "蓝田县", version) for version in (1, 2, 3))


def _rules(problems: list[dict]) -> list[str]:
    return [problem["rule"] for problem in problems if problem["severity"] == "error"]


def test_every_file_received_has_a_receipt(life: Life):
    assert set(life.receipts[1]) == {
        path.name for path in life.home.inbox.iterdir() if "_v" not in path.name
    } - {
        "石泉县再报.xlsx",
        "说明.xlsx",
    }
    assert len(life.receipts[2]) == 8


def test_a_clean_file_is_accepted_and_nothing_is_marked(life: Life):
    receipt = life.receipts[1][V1]
    assert (receipt["status"], receipt["problems"], receipt["changes"]) == ("接收", [], None)
    assert receipt["on_time"] is True
    marked = {path.name for path in (life.home.receipts / PERIOD / SHIQUAN).glob("*.xlsx")}
    assert marked <= {WARNING_LIST}


def test_a_receipt_says_what_the_warehouse_says(life: Life):
    for number, receipts in life.receipts.items():
        said = {r["submission_id"]: r["status_code"] for r in receipts.values() if r["unit_code"]}
        assert said == {key: life.statuses[number][key] for key in said}


def test_a_failing_dataset_is_held_back_and_the_rest_goes_through(life: Life):
    receipt = life.receipts[2][V2]
    assert receipt["status"] == "部分接收"
    held_back = {answer["dataset"] for answer in receipt["datasets"] if answer["state"] == "returned"}
    # 汇总表 still states what the first version's loans add up to.
    assert held_back == {LOANS, HOUSEHOLDS, "projects", "stated_totals"}
    in_force = {dataset: version for (unit, dataset), version in life.in_force[2].items() if unit == LANTIAN}
    assert {dataset for dataset, version in in_force.items() if version == 1} == held_back
    assert {dataset for dataset, version in in_force.items() if version == 2} == set(in_force) - held_back


def test_each_error_is_one_item_at_the_cell_that_was_changed(life: Life):
    roots = {
        problem["rule"]: problem
        for problem in life.receipts[2][V2]["problems"]
        if problem["severity"] == "error"
    }
    assert set(roots) == {"R-LOAN-1-1", "S-ID", "S-TYPE"}
    for rule, dataset in (("R-LOAN-1-1", LOANS), ("S-ID", HOUSEHOLDS), ("S-TYPE", "projects")):
        assert life.cells[2][dataset] in roots[rule]["cells"]


def test_a_stated_total_that_follows_from_a_wrong_loan_is_folded_under_it(life: Life):
    loan = next(p for p in life.receipts[2][V2]["problems"] if p["rule"] == "R-LOAN-1-1")
    assert [problem["rule"] for problem in loan["caused"]] == ["R-SUM-3"]


def test_a_check_before_sending_gives_the_verdict_of_the_night(life: Life):
    receipt = life.receipts[2][V2]
    names = ("status", "datasets", "problems", "due_on", "on_time", "unit_code", "version", "sha256")
    assert {name: life.checked[name] for name in names} == {name: receipt[name] for name in names}
    assert life.checked["checked_at_bureau"] and not receipt["checked_at_bureau"]


def test_the_file_with_the_higher_version_counts_and_the_other_is_answered_too(life: Life):
    lower, higher = (life.receipts[2][_file(SHANYANG, "山阳县", version)] for version in (2, 3))
    assert any("第3版" in note for note in lower["notes"])
    assert higher["notes"] == []
    assert life.in_force[2][SHANYANG, HOUSEHOLDS] == 3


def test_an_identical_file_is_answered_unchanged(life: Life):
    receipt = life.receipts[2][_file(SHIQUAN, "石泉县")]
    assert [note for note in receipt["notes"] if "未作变更" in note and "石泉县再报.xlsx" in note]
    assert receipt["submission_id"] == life.receipts[1][_file(SHIQUAN, "石泉县")]["submission_id"]


def test_a_file_that_is_no_workbook_is_returned_with_its_reason(life: Life):
    receipt = life.receipts[2]["说明.xlsx"]
    assert (receipt["status"], receipt["unit_code"], receipt["datasets"]) == ("退回", None, [])
    assert receipt["problems"][0]["rule"] == "U-TEXT"
    assert receipt["problems"][0]["remedy"]


def test_a_resubmission_opens_with_what_is_fixed_standing_and_new(life: Life):
    changes = life.receipts[3][V3]["changes"]
    assert changes["against"] == life.receipts[2][V2]["submission_id"]
    assert {name: _rules(changes[name]) for name in ("standing", "new")} == {
        "standing": ["S-ID"],
        "new": ["R-LOAN-2-1"],
    }
    assert {"R-LOAN-1-1", "S-TYPE"} <= set(_rules(changes["fixed"]))


def test_a_resubmission_lists_the_cells_that_changed_and_hides_personal_ones(life: Life):
    changed = {(cell["sheet"], cell["cell"]): cell for cell in life.receipts[3][V3]["changes"]["cells"]}
    loan = changed["扶贫小额信贷", life.cells[2][LOANS]]
    assert (loan["before"], loan["after"]) == ("60000", "50000")
    against_first = life.receipts[3][V2]["changes"]["cells"]
    [number] = [
        cell
        for cell in against_first
        if cell["cell"] == life.cells[2][HOUSEHOLDS] and "监测" in cell["sheet"]
    ]
    assert "610122197001" not in json.dumps(number, ensure_ascii=False)


def test_the_answer_to_the_last_file_lies_in_the_folder_of_the_unit(life: Life):
    folder = life.home.receipts / PERIOD / LANTIAN
    names = {path.name for path in folder.iterdir()}
    assert names == {"receipt.json", "receipt.html", V3.replace(".xlsx", "_回执.xlsx"), "earlier"}
    assert json.loads((folder / "receipt.json").read_text(encoding="utf-8"))["file"] == V3
    assert {path.name for path in (folder / "earlier").iterdir()} == {
        life.receipts[3][name]["submission_id"] for name in (V1, V2)
    }


def test_the_marked_workbook_names_the_trouble_at_its_cell_and_keeps_the_own_sheet(life: Life):
    marked = openpyxl.load_workbook(_marked(life, V2))
    cell = marked["扶贫小额信贷"][life.cells[2][LOANS]]
    assert "首贷金额不超过5万元" in cell.comment.text
    assert cell.fill.fill_type == "solid"
    assert marked[OWN_SHEET]["A1"].value == HOSTILE


def _marked(life: Life, name: str) -> Path:
    folder = life.home.receipts / PERIOD / LANTIAN / "earlier" / life.receipts[3][name]["submission_id"]
    [path] = folder.glob("*.xlsx")
    return path


def test_text_of_a_workbook_is_escaped_on_the_page(life: Life):
    page = (_marked(life, V2).parent / "receipt.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_no_personal_value_reaches_a_receipt_or_the_warehouse(life: Life):
    personal = _personal_values(workbook_of(life.home, LANTIAN))
    assert len(personal) > 100
    pages = [p for p in life.home.receipts.rglob("*") if p.suffix in (".json", ".html")]
    tables = [
        p for p in (life.home.root / "var").rglob("*") if p.suffix in (".parquet", ".duckdb", ".log", ".db")
    ]
    for path in (*pages, *tables):
        content = path.read_bytes()
        assert not [value for value in personal if value.encode() in content], path


def _personal_values(path: Path) -> set[str]:
    """Every name, ID and phone number of a workbook that is long enough not to be met by chance."""
    workbook = openpyxl.load_workbook(path)
    values: set[str] = set()
    for card in load_cards().values():
        hidden = [column.name for column in card.sheet_columns if column.personal in ("id_number", "phone")]
        if hidden and card.sheet in workbook.sheetnames:
            register = Register(workbook[card.sheet], card)
            values |= {register.text(row, name) for row in register.rows for name in hidden}
    return {value for value in values if len(value) >= 11}


def test_a_night_with_nothing_new_writes_no_receipt(life: Life):
    before = _content(life.home.receipts)
    night(life.home)
    assert _content(life.home.receipts) == before


def _content(folder: Path) -> Mapping[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }
