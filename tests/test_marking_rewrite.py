"""A workbook of another format comes back as .xlsx with the same values, its marks, and nothing that computes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from format_support import csv_bundle, soffice_convert, xlsb
from hypothesis import given, settings
from hypothesis import strategies as st
from land_support import card, good_row, sheet_of
from marking_support import error, parts, seen, small_workbook
from receive_support import ODD_WORKBOOKS, write_zip

from orchestration.audit.receipts.marking import mark_workbook
from orchestration.audit.receipts.marks.rewrite import write_marked
from orchestration.layout import header_rows
from orchestration.receive.readers import UnreadableFile, read_workbook
from orchestration.workbook import Sheet, Workbook

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"), max_size=8)
NUMBERS = st.from_regex(r"-?[0-9]{1,18}(\.[0-9]{1,6})?", fullmatch=True)

SAVES: dict[str, Callable[[Path, Path], Path]] = {
    "xls": lambda source, folder: soffice_convert(source, "xls:MS Excel 97", folder),
    "ods": lambda source, folder: soffice_convert(source, "ods", folder),
    "xlsb": xlsb,
    "CSV in UTF-8": lambda source, folder: csv_bundle(source, folder, "utf-8"),
    "CSV in GBK": lambda source, folder: csv_bundle(source, folder, "gbk"),
}


def _written(workbook: Workbook, path: Path, *marks) -> Path:
    write_marked(workbook, marks, path)
    return path


@pytest.mark.parametrize("name", SAVES)
def test_every_format_comes_back_with_its_values_and_marks(name: str, tmp_path: Path):
    source = SAVES[name](small_workbook(tmp_path / "source.xlsx"), tmp_path / "saved")
    marks = [error("项目库", "B2", "F9"), error(None, text="少一张表")]
    target = mark_workbook(source, marks, tmp_path / "marked.xlsx")
    before, after = read_workbook(source), read_workbook(target)
    assert [(s.name, s.hidden, s.rows) for s in after.sheets] == [
        (s.name, s.hidden, s.rows) for s in before.sheets
    ]
    assert sorted(s.merges for s in after.sheets) == sorted(s.merges for s in before.sheets)
    assert seen(target) == {
        ("项目库", "B2"): ("error", "【错误】应大于 0"),
        ("项目库", "F9"): ("error", "【错误】应大于 0"),
        ("封面", "A1"): ("error", "【错误】少一张表"),
    }


def test_nothing_in_it_computes(tmp_path: Path):
    texts = ["=1+1", "+1", "-1+2", "@SUM(A1)", "=cmd|' /C calc'!A0", "{=1}", "http://a.b", "\t=1", "ftp://x"]
    sheet = Sheet("表", {1: texts})
    target = _written(Workbook("xls", [sheet]), tmp_path / "a.xlsx", error("表", "A1", text="=1+1"))
    raw = parts(target)["xl/worksheets/sheet1.xml"]
    assert b"<f>" not in raw
    assert b"<hyperlink" not in raw
    assert read_workbook(target).sheets[0].rows == {1: texts}
    assert all(cell.data_type == "s" for cell in openpyxl.load_workbook(target).active[1])


def test_a_day_is_shown_as_a_day_where_the_card_says_so(tmp_path: Path):
    of = card("microcredit")
    row = {**good_row(of), "disbursed_on": "44409", "contract_no": "44409"}
    target = _written(Workbook("xls", [sheet_of(of, [row])]), tmp_path / "a.xlsx")
    names = [column.name for column in of.sheet_columns]
    first = header_rows(of).first_data
    shown = openpyxl.load_workbook(target).active
    assert f"{shown.cell(first, names.index('disbursed_on') + 1).value:%Y-%m-%d}" == "2021-08-01"
    assert shown.cell(first, names.index("contract_no") + 1).value == 44409
    assert read_workbook(target).sheets[0].rows[first][names.index("disbursed_on")] == "44409"


def test_a_number_that_lost_digits_does_not_come_back_as_a_true_text(tmp_path: Path):
    sheet = Sheet("表", {1: ["610122198001011000", "610122198001011234"]}, lossy_cells=frozenset({(1, 0)}))
    (read,) = read_workbook(_written(Workbook("xls", [sheet]), tmp_path / "a.xlsx")).sheets
    assert (read.rows, read.lossy_cells) == (sheet.rows, sheet.lossy_cells)


def test_merges_hidden_rows_and_hidden_sheets_are_kept(tmp_path: Path):
    hidden = Sheet("字典", {1: ["是"]}, hidden=True)
    merges = ((1, 0, 2, 2), (2, 2, 3, 3), (4, 0, 4, 0))  # the second overlaps, the third is no area
    sheet = Sheet(
        "表", {1: ["标题"], 3: ["甲"], 5: ["乙"]}, hidden_rows=frozenset({3, 4, 900_000}), merges=merges
    )
    target = _written(Workbook("ods", [hidden, sheet]), tmp_path / "a.xlsx", error("表", "C2"))
    first, second = read_workbook(target).sheets
    assert first == hidden
    assert second == Sheet("表", sheet.rows, hidden_rows=frozenset({3}), merges=((1, 0, 2, 2),))
    assert set(seen(target)) == {("表", "A1")}


def test_sheet_names_excel_does_not_take_are_changed_and_marks_still_find_them(tmp_path: Path):
    names = ["项目/库?", "项目_库_", "'引'", "很" * 40, "很" * 35, "History", ""]
    workbook = Workbook("csv_bundle", [Sheet(name, {1: ["甲"]}) for name in names])
    target = _written(workbook, tmp_path / "a.xlsx", error(names[0], "A1"), error(names[4], "B2"))
    titles = openpyxl.load_workbook(target).sheetnames
    assert len({title.lower() for title in titles}) == len(names)
    assert set(seen(target)) == {(titles[0], "A1"), (titles[4], "B2")}


def test_a_workbook_of_hidden_sheets_alone_opens(tmp_path: Path):
    workbook = Workbook("ods", [Sheet("甲", {1: ["1"]}, hidden=True), Sheet("乙", {}, hidden=True)])
    states = [sheet.sheet_state for sheet in openpyxl.load_workbook(_written(workbook, tmp_path / "a.xlsx"))]
    assert states == ["visible", "hidden"]


def test_an_empty_bundle_gets_its_marks_on_a_cover(tmp_path: Path):
    source = write_zip(tmp_path / "a.zip", {"封面.csv": "", "x.txt": "y"})
    target = mark_workbook(source, [error("项目库", text="应有工作表")], tmp_path / "marked.xlsx")
    assert seen(target) == {("封面", "A1"): ("error", "【错误】〔项目库〕应有工作表")}


@pytest.mark.parametrize(
    "name", sorted(path.name for path in ODD_WORKBOOKS.iterdir() if path.suffix != ".md")
)
def test_an_odd_workbook_is_marked_or_refused_as_unreadable(name: str, tmp_path: Path):
    target = tmp_path / "marked.xlsx"
    marks = [error(None, text="不是报送模板")]
    try:
        before = read_workbook(ODD_WORKBOOKS / name)
    except UnreadableFile as error_of_reading:
        with pytest.raises(UnreadableFile, match=error_of_reading.code):
            mark_workbook(ODD_WORKBOOKS / name, marks, target)
        return
    mark_workbook(ODD_WORKBOOKS / name, marks, target)
    assert [sheet.rows for sheet in read_workbook(target).sheets] == [sheet.rows for sheet in before.sheets]
    assert "不是报送模板".encode() in b"".join(parts(target).values())


@settings(max_examples=60)
@given(st.lists(st.lists(TEXTS | NUMBERS, min_size=1, max_size=5), max_size=5))
def test_what_is_written_anew_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]):
    sheet = Sheet("表", dict(enumerate(rows, 1)))
    target = _written(Workbook("xls", [sheet]), tmp_path_factory.mktemp("anew") / "a.xlsx", error("表", "C3"))
    read = read_workbook(target).sheets[0].rows
    for number, row in sheet.rows.items():
        found = read.get(number, [])
        assert found + [""] * (len(row) - len(found)) == row
