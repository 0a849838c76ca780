"""A unit's own .xlsx comes back with its wrong cells coloured and commented, and nothing else changed."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from format_support import soffice_convert
from hypothesis import given, settings
from hypothesis import strategies as st
from land_support import UNITS
from marking_support import error, parts, seen, small_workbook

from orchestration.audit.receipts.marking import Mark, MarkTask, mark_file, mark_workbook
from orchestration.audit.receipts.marks.in_place import mark_in_place
from orchestration.audit.receipts.marks.placing import MAX_COMMENT_CHARACTERS, MAX_COMMENTS
from orchestration.cards import load_cards
from orchestration.receive.guard import run_guarded
from orchestration.receive.readers import UnreadableFile, read_workbook
from orchestration.receive.template import write_template

HOSTILE = "=cmd|' /C calc'!A0 <b>&amp; \x00\x1b\ud800 _x0041_ ]]> \"'\r\n第二行"
HOSTILE_SHOWN = "=cmd|' /C calc'!A0 <b>&amp; \ufffd\ufffd\ufffd _x0041_ ]]> \"'\n第二行"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return small_workbook(tmp_path / "source.xlsx")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    return write_template(UNITS.by_code("610122"), "2021-09", tmp_path / "template.xlsx", load_cards())


def _marked(source: Path, *marks: Mark) -> Path:
    """In place, or the test fails."""
    target = source.with_name("marked.xlsx")
    mark_in_place(source, marks, target)
    return target


def test_marked_cells_are_coloured_by_severity_and_commented(source: Path):
    marked = _marked(
        source,
        error("项目库", "B2", "B4:B5"),
        Mark("项目库", ("A3",), "warning", "与上期相差较大"),
        Mark("封面", ("B3",), "notice", "可以不填"),
    )
    comments = {("项目库", cell): ("error", "【错误】应大于 0") for cell in ("B2", "B4", "B5")}
    assert seen(marked) == {
        **comments,
        ("项目库", "A3"): ("warning", "【提示】与上期相差较大"),
        ("项目库", "B1"): (None, "按合同金额填写"),
        ("封面", "B3"): ("notice", "【告知】可以不填"),
    }


def test_several_marks_on_a_cell_are_joined_the_worst_first_and_colours_it(source: Path):
    marks = [
        Mark("项目库", ("B2",), severity, severity) for severity in ("notice", "error", "warning", "error")
    ]
    assert seen(_marked(source, *marks))["项目库", "B2"] == (
        "error",
        "【错误】error\n【提示】warning\n【告知】notice",
    )


def test_a_comment_of_the_workbook_stays_below_ours(source: Path):
    found = seen(_marked(source, error("项目库", "B1", "B2")))
    assert found["项目库", "B1"] == ("error", "【错误】应大于 0\n——\n按合同金额填写")
    assert found["项目库", "B2"] == ("error", "【错误】应大于 0")


def test_a_mark_without_cells_or_without_its_sheet_is_said_at_a_title(source: Path):
    found = seen(
        _marked(
            source,
            error("项目库", text="没有数据行"),
            error(None, text="少一张表"),
            error("驻村培训", "C7", text="应有工作表"),
        )
    )
    assert found["项目库", "A1"] == ("error", "【错误】没有数据行")
    assert found["封面", "A1"] == ("error", "【错误】少一张表\n【错误】〔驻村培训 C7〕应有工作表")


def test_a_sheet_is_found_by_its_words(source: Path):
    assert ("项目库", "A2") in seen(_marked(source, error(" 项 目 库", "A2")))


def test_a_merged_cell_is_marked_at_its_first(source: Path):
    assert set(seen(_marked(source, error("封面", "B1")))) == {("封面", "A1"), ("项目库", "B1")}


def test_all_other_parts_stay_byte_for_byte(source: Path):
    before, after = parts(source), parts(_marked(source, error("封面", "B3")))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"[Content_Types].xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"}
    assert set(after) - set(before) == {
        "xl/comments2.xml",
        "xl/drawings/vmlDrawing2.vml",
        "xl/worksheets/_rels/sheet1.xml.rels",
    }


def test_of_a_marked_sheet_only_the_marked_cells_change(source: Path):
    before = parts(source)["xl/worksheets/sheet2.xml"]
    after = parts(_marked(source, error("项目库", "B3")))["xl/worksheets/sheet2.xml"]
    assert re.sub(rb'(r="B3" s=)"[0-9]+"', rb'\1"1"', after) == re.sub(
        rb'(r="B3" s=)"[0-9]+"', rb'\1"1"', before
    )
    assert after != before


def test_the_style_of_a_marked_cell_is_its_own_but_for_the_fill(source: Path):
    before = openpyxl.load_workbook(source)["项目库"]
    after = openpyxl.load_workbook(_marked(source, error("项目库", "B2", "B300", "C2")))["项目库"]
    for cell in ("B2", "C2", "B300"):
        for look in ("number_format", "border", "protection", "alignment", "font"):
            of_column = before["B7"] if cell == "B300" else before[cell]
            assert repr(getattr(after[cell], look)) == repr(getattr(of_column, look))


def test_a_template_keeps_its_input_limits_comments_lists_and_lock(template: Path):
    cards = load_cards()
    marks = [error(card.sheet, "A9", "B4") for card in cards.values()]
    marked = _marked(template, *marks)
    before, after = openpyxl.load_workbook(template), openpyxl.load_workbook(marked)
    assert after.sheetnames == before.sheetnames
    for sheet in before:
        other = after[sheet.title]
        assert other.sheet_state == sheet.sheet_state
        assert other.protection.sheet == sheet.protection.sheet
        limits = [(v.sqref, v.type, v.formula1, v.formula2) for v in sheet.data_validations.dataValidation]
        assert [
            (v.sqref, v.type, v.formula1, v.formula2) for v in other.data_validations.dataValidation
        ] == limits
        for row in sheet.iter_rows():
            for cell in row:
                theirs = other[cell.coordinate]
                assert theirs.value == cell.value
                if cell.comment:
                    assert theirs.comment.text.endswith(cell.comment.text)
    assert read_workbook(marked) == read_workbook(template)


def test_marking_a_marked_workbook_again_adds_to_it(source: Path):
    once = _marked(source, error("项目库", "B2"))
    twice = mark_workbook(once, [error("项目库", "B2", "B3", text="又一处")], source.with_name("twice.xlsx"))
    found = seen(twice)
    assert found["项目库", "B2"][1] == "【错误】又一处\n——\n【错误】应大于 0"
    assert found["项目库", "B3"][1] == "【错误】又一处"


def test_what_comes_out_of_a_workbook_is_escaped(source: Path):
    target = _marked(source, error("项目库", "B2", "B1", text=HOSTILE))
    found = seen(target)
    raw = parts(target)["xl/comments1.xml"].decode()
    assert found["项目库", "B2"][1] == "【错误】" + HOSTILE_SHOWN.replace("_x0041_", "_x005F_x0041_")
    assert "<b>" not in raw
    assert read_workbook(target) == read_workbook(source)


def test_a_comment_is_cut_at_its_limit(source: Path):
    text = seen(_marked(source, error("项目库", "B2", text="长" * 5000)))["项目库", "B2"][1]
    assert len(text) == MAX_COMMENT_CHARACTERS
    assert text.endswith("……(从略,见回执)")


def test_beyond_the_limit_of_comments_cells_are_coloured_only(source: Path):
    found = seen(_marked(source, Mark("项目库", ("A2:A1900",), "warning", "w"), error("项目库", "D2:D1000")))
    commented = [cell for cell, (_, comment) in found.items() if comment.startswith("【")]
    assert len(commented) == MAX_COMMENTS
    assert sum(severity == "error" and bool(text) for severity, text in found.values()) == 999
    assert sum(severity == "warning" for severity, _ in found.values()) == 1899


def test_nothing_is_left_of_a_marking_that_failed(tmp_path: Path):
    source = tmp_path / "source.xlsx"
    source.write_bytes(b"PK\x03\x04 no zip")
    with pytest.raises(UnreadableFile):
        mark_workbook(source, [error("a", "A1")], tmp_path / "out" / "marked.xlsx")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("mark", [error("项目库", "7A"), Mark("项目库", ("A1",), "fatal", "")])
def test_an_impossible_mark_is_a_mistake_of_the_caller(source: Path, mark: Mark):
    with pytest.raises(ValueError, match=r"7A|fatal"):
        mark_workbook(source, [mark], source.with_name("marked.xlsx"))


def test_a_guarded_worker_marks_and_refuses_a_bomb(source: Path, tmp_path: Path):
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", b"<x/>" + b" " * (64 * 2**20))
    tasks = [
        MarkTask(path, (error("项目库", "B2"),), tmp_path / "out" / path.name) for path in (source, bomb)
    ]
    results = run_guarded(mark_file, tasks, workers=1, memory_bytes=2**30, seconds_per_item=60)
    assert [result.error_code for result in results] == [None, "U-BOMB"]
    assert ("项目库", "B2") in seen(tasks[0].target)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["source.xlsx"]


def test_libreoffice_opens_it_prints_it_and_keeps_the_marks(template: Path, tmp_path: Path):
    marked = _marked(template, error("扶贫小额信贷", "A4", "I9:I12"), error(None, text="少一张表"))
    saved = soffice_convert(marked, "xlsx", tmp_path / "saved")
    ours, theirs = seen(marked), seen(saved)
    assert {cell: found for cell, found in theirs.items() if found[0]} == {
        cell: found for cell, found in ours.items() if found[0]
    }
    assert set(theirs) == set(ours)
    assert soffice_convert(marked, "pdf", tmp_path / "saved").stat().st_size > 10_000


CELLS = st.tuples(st.integers(1, 12), st.integers(0, 6))
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=6) | st.integers(
    -999, 9**9
)


@settings(max_examples=60)
@given(
    cells=st.dictionaries(CELLS, VALUES, max_size=25),
    marks=st.lists(st.tuples(CELLS, st.sampled_from(["error", "warning", "notice"])), max_size=12),
)
def test_random_marks_change_nothing_else(cells: dict, marks: list):
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "source.xlsx", Path(folder) / "marked.xlsx"
        book = openpyxl.Workbook()
        for (row, column), value in cells.items():
            cell = book.active.cell(row, column + 1, value)
            cell.data_type = "s" if isinstance(value, str) else "n"
            cell.number_format = "0.00%" if column == 3 else "General"
        book.save(source)
        letters = "ABCDEFG"
        placed = [
            error(None if n % 2 else "Sheet", f"{letters[c]}{r}") for n, ((r, c), _) in enumerate(marks)
        ]
        placed = [Mark("Sheet", (f"{letters[c]}{r}",), severity, "某处") for (r, c), severity in marks]
        mark_in_place(source, placed, target)
        assert read_workbook(target) == read_workbook(source)
        worst: dict[str, str] = {}
        for (row, column), severity in sorted(
            marks, key=lambda m: ["notice", "warning", "error"].index(m[1])
        ):
            worst[f"{letters[column]}{row}"] = severity
        assert {cell: severity for (_, cell), (severity, _) in seen(target).items()} == worst
        before, after = openpyxl.load_workbook(source).active, openpyxl.load_workbook(target).active
        for row in before.iter_rows():
            for cell in row:
                theirs = after[cell.coordinate]
                assert (theirs.value, theirs.number_format) == (cell.value, cell.number_format)
                assert cell.coordinate in worst or theirs.fill.fill_type is None
