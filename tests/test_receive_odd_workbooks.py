"""Every hostile or unusual file gets its own clear answer, none is accepted, and the good ones do not notice."""

from __future__ import annotations

import shutil

import pytest
from receive_support import ODD_WORKBOOKS, inbox_of, write_submission

from orchestration.home import Home
from orchestration.receive.readers import UnreadableFile, read_workbook
from orchestration.receive.readers.unreadable import REASONS
from orchestration.receive.receive import receive
from orchestration.receive.register import Submission

REFUSED = {
    "calamine_gh548_incorrect_sst_unique_count.xls": "U-CORRUPT",
    "calamine_issue_594_dos.ods": "U-TOO-BIG",
    "calamine_pass_protected.ods": "U-PASSWORD",
    "calamine_pass_protected.xlsb": "U-PASSWORD",
    "calamine_pass_protected.xlsx": "U-PASSWORD",
    "calamine_too_small.xls": "U-TEXT",
    "msoffcrypto_example_password.xlsx": "U-PASSWORD",
    "msoffcrypto_xor_password_123456789012345.xls": "U-PASSWORD",
    "openpyxl_null_file.xlsx": "U-EMPTY",
    "poi_clusterfuzz-5816431116615680.xls": "U-CORRUPT",
    "poi_poc-shared-strings.xlsx": "U-CORRUPT",
    "poi_poc-xmlbomb.xlsx": "U-DOCTYPE",
    "poi_protected_passtika.xlsx": "U-PASSWORD",
    "poi_xor-encryption-abc.xls": "U-PASSWORD",
    "sheetjs_crlf.htm": "U-HTML",
    "sheetjs_password_2002_40_972000.xls": "U-PASSWORD",
    "sheetjs_phpexcel_bad_cfb_dir.xls": "U-CORRUPT",
    "sheetjs_wps_write.dbf": "U-DBF",
    "xlrd_corrupted_error.xls": "U-CORRUPT",
}
FILES = sorted(path.name for path in ODD_WORKBOOKS.iterdir() if path.suffix != ".md")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Submission]:
    """One night with every odd file and, among them, two good ones."""
    home = Home(tmp_path_factory.mktemp("odd"))
    inbox = inbox_of(home)
    for name in FILES:
        shutil.copy(ODD_WORKBOOKS / name, inbox / name)
    write_submission(inbox / "calamine_good.xlsx")
    write_submission(inbox / "poi_good.xlsx", note="another", version="2")
    return {submission.file_name: submission for submission in receive(home).new}


def test_every_file_of_the_night_is_answered(answers: dict[str, Submission]):
    assert set(answers) == {*FILES, "calamine_good.xlsx", "poi_good.xlsx"}


@pytest.mark.parametrize("name", FILES)
def test_an_odd_file_gets_its_own_answer(name: str, answers: dict[str, Submission]):
    answer = answers[name]
    assert answer.problem_code == REFUSED.get(name, "C-NOCOVER")
    assert answer.problem_text
    if name in REFUSED:
        assert answer.problem_text == "".join(REASONS[REFUSED[name]])


def test_the_good_files_of_that_night_do_not_notice(answers: dict[str, Submission]):
    good = [answers["calamine_good.xlsx"], answers["poi_good.xlsx"]]
    assert [submission.problem_code for submission in good] == [None, None]


@pytest.mark.parametrize("name", sorted(set(FILES) - set(REFUSED)))
def test_an_odd_file_without_a_cover_is_read_whole(name: str):
    workbook = read_workbook(ODD_WORKBOOKS / name)
    assert all(1 <= row <= 1_048_576 for sheet in workbook.sheets for row in sheet.rows)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_refused_file_raises_nothing_but_unreadable_file(name: str):
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(ODD_WORKBOOKS / name)
    assert caught.value.code == REFUSED[name]


def _rows(name: str, sheet: int = 0) -> dict[int, list[str]]:
    return read_workbook(ODD_WORKBOOKS / name).sheets[sheet].rows


def test_strict_ooxml_is_read_with_its_sheets():
    assert _rows("poi_SampleSS.strict.xlsx")[2] == ["2nd row", "2nd row 2nd column"]
    assert _rows("poi_SimpleStrict.xlsx", 1)[4] == ["1990-01-01"]


@pytest.mark.parametrize("name", ["calamine_date_1904.xlsx", "calamine_date_1904.xlsb"])
def test_dates_since_1904_become_serials_since_1900_and_durations_stay(name: str):
    assert _rows(name) == {1: ["44197", "15"], 2: ["44198", "16"], 3: ["10.6320601851852", "17"]}


@pytest.mark.parametrize("name", ["sheetjs_1904.xls", "sheetjs_1904.xlsx"])
def test_only_cells_shown_as_dates_are_shifted(name: str):
    assert [row[:2] for row in _rows(name).values()][:3] == [["1", "1463"], ["11", "1473"], ["111", "1573"]]


def test_error_cells_are_kept():
    texts = {text for row in _rows("calamine_errors.xlsx").values() for text in row}
    assert {"#DIV/0!", "#REF!", "#NAME?", "#N/A", "#VALUE!", "#NUM!", "#NULL!"} <= texts


def test_phonetic_runs_are_not_text():
    assert list(_rows("calamine_rph.xlsx").values()) == [["課きく\u3000毛こ"]]


def test_hidden_sheets_are_marked():
    book = read_workbook(ODD_WORKBOOKS / "calamine_OOM_alloc.xls")
    assert [sheet.name for sheet in book.sheets if sheet.hidden][:1] == ["Data"]
    assert book.sheet("Data").hidden_rows


def test_merges_are_addresses():
    assert read_workbook(ODD_WORKBOOKS / "sheetjs_merge_cells.xls").sheets[0].merges[:2] == (
        (1, 0, 2, 1),
        (1, 2, 2, 2),
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("poi_SampleSS.strict.xlsx", "严格 OOXML 格式"),
        ("calamine_date_1904.xlsx", "1904 日期系统"),
        ("sheetjs_1904.xls", "Excel 97-2003 或 WPS 工作簿(.xls、.et)、1904 日期系统"),
        ("sheetjs_wps_write.xls", "Excel 97-2003 或 WPS 工作簿"),
        ("calamine_number_rows_repeated.ods", "OpenDocument"),
    ],
)
def test_a_spreadsheet_without_a_cover_is_told_what_it_is(
    name: str, said: str, answers: dict[str, Submission]
):
    assert said in answers[name].problem_text
    assert "可见的工作表有“" in answers[name].problem_text
