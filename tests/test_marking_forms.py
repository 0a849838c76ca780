"""An .xlsx of an unusual form is marked in place where that is safe, else written anew; either way with its values."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from format_support import dates_since_1904, soffice_convert_all, strict_ooxml
from marking_support import Parts, edited, error, parts, replaced, seen, small_workbook

from orchestration.audit.receipts.marking import mark_workbook
from orchestration.audit.receipts.marks.in_place import mark_in_place
from orchestration.audit.receipts.marks.spans import NotPlain
from orchestration.receive.readers import read_workbook

SHEET = "xl/worksheets/sheet2.xml"
COMMENTS = "xl/comments1.xml"
MARKS = (error("项目库", "B3", "D3", "C9", "A1", "B1"),)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _prefixed(content: Parts) -> None:
    """Every part of the spreadsheet with x: before its elements, as some libraries write."""
    for name in (SHEET, COMMENTS, "xl/styles.xml", "xl/workbook.xml"):
        text = re.sub(r"<(/?)(?=[A-Za-z])", r"<\1x:", content[name].decode())
        content[name] = text.replace("xmlns=", "xmlns:x=").encode()


def _packaging_prefixed(content: Parts) -> None:
    for name in [name for name in content if name.endswith(".rels") or name == "[Content_Types].xml"]:
        text = re.sub(r"<(/?)(?=[A-Za-z])", r"<\1p:", content[name].decode())
        content[name] = text.replace("xmlns=", "xmlns:p=").encode()


def _without_addresses(content: Parts) -> None:
    """Rows and cells that count on their order, all cells there."""
    cells = '<c t="inlineStr"><is><t>甲</t></is></c>' * 4
    _rows(content, f"<row>{cells}</row>" * 9)


def _with_gaps(content: Parts) -> None:
    """Some with, some without, and gaps between them."""
    _rows(content, '<row r="2"><c r="C2"><v>1</v></c><c/></row><row><c><v>3</v></c></row><row r="8"/><row/>')


def _rows(content: Parts, rows: str) -> None:
    text = content[SHEET].decode()
    content[SHEET] = re.sub("<sheetData>.*</sheetData>", f"<sheetData>{rows}</sheetData>", text).encode()


def _no_rows(content: Parts) -> None:
    text = content[SHEET].decode()
    content[SHEET] = re.sub("<sheetData>.*</sheetData>", "<sheetData/>", text).encode()


def _row_styles(content: Parts) -> None:
    text = content[SHEET].decode()
    content[SHEET] = text.replace('<row r="3"', '<row r="3" s="2" customFormat="1"').encode()


def _shared_formulas(content: Parts) -> None:
    first = '<c r="D2"><f t="shared" ref="D2:D3" si="0">B2*2</f><v>201</v></c></row>'
    second = '<c r="D3"><f t="shared" si="0"/><v>402</v></c></row>'
    text = content[SHEET].decode()
    text = re.sub(r'<c r="D3".*?</c>', "", text)
    text = re.sub(r'(<row r="2".*?)</row>', lambda m: m[1] + first, text)
    content[SHEET] = re.sub(r'(<row r="3".*?)</row>', lambda m: m[1] + second, text).encode()


def _threads(content: Parts) -> None:
    """The comment of B1 stands in for a conversation."""
    thread = (
        '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="B1" dT="2021-09-01T08:00:00.00" personId="{P}" id="{A}"><text>按合同</text>'
        '</threadedComment><threadedComment ref="C1" personId="{P}" id="{B}"><text>另一处</text>'
        "</threadedComment></ThreadedComments>"
    )
    content["xl/threadedComments/threadedComment1.xml"] = thread.encode()
    replaced(COMMENTS, ("<author>省局</author>", "<author>tc={A}</author>"))(content)
    kind = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    added = f'<Relationship Id="rId9" Type="{kind}" Target="../threadedComments/threadedComment1.xml"/></Relationships>'
    replaced("xl/worksheets/_rels/sheet2.xml.rels", ("</Relationships>", added))(content)


def _extensions(content: Parts) -> None:
    """What stands after the place of the legacy drawing, on a sheet without one."""
    replaced(
        "xl/worksheets/sheet1.xml",
        ("</worksheet>", '<extLst><ext uri="{x}"><a xmlns="urn:x"/></ext></extLst></worksheet>'),
    )(content)


def _other_prefixes_in_the_drawing(content: Parts) -> None:
    """As openpyxl writes it."""
    name = "xl/drawings/vmlDrawing1.vml"
    text = content[name].decode()
    for prefix in "vox":
        text = text.replace(f"<{prefix}:", f"<{prefix}1:").replace(f"</{prefix}:", f"</{prefix}1:")
        text = text.replace(f"xmlns:{prefix}=", f"xmlns:{prefix}1=").replace(f" {prefix}:", f" {prefix}1:")
    content[name] = text.encode()


def _targets_absolute(content: Parts) -> None:
    for name in [name for name in content if name.endswith("sheet2.xml.rels") or "workbook.xml.rels" in name]:
        text = content[name].decode().replace('Target="../', 'Target="/xl/')
        content[name] = re.sub(r'Target="(?=[a-z])', 'Target="/xl/', text).encode()


def _single_quotes(content: Parts) -> None:
    head, tail = content[SHEET].split(b"<sheetData>")
    rows, rest = tail.split(b"</sheetData>")
    content[SHEET] = head + b"<sheetData>" + rows.replace(b'"', b"'") + b"</sheetData>" + rest


IN_PLACE: dict[str, Callable[[Parts], None]] = {
    "prefixed": _prefixed,
    "packaging prefixed": _packaging_prefixed,
    "without addresses": _without_addresses,
    "no rows": _no_rows,
    "other prefixes in the drawing": _other_prefixes_in_the_drawing,
    "row styles": _row_styles,
    "shared formulas": _shared_formulas,
    "threads": _threads,
    "gaps between addresses": _with_gaps,
    "absolute targets": _targets_absolute,
    "single quotes": _single_quotes,
    "mark of UTF-8": lambda content: content.update({SHEET: b"\xef\xbb\xbf" + content[SHEET]}),
    "no box of the comment": lambda content: content.update(
        {SHEET: re.sub(rb"<legacyDrawing[^>]*>", b"", content[SHEET])}
    ),
}
ANEW: dict[str, Callable[[Parts], None]] = {
    "UTF-16": lambda content: content.update(
        {SHEET: content[SHEET].decode().replace("UTF-8", "UTF-16").encode("utf-16")}
    ),
    "comment in the rows": replaced(SHEET, ("<sheetData>", "<sheetData><!-- <row r='1'> -->")),
    "macros": replaced(
        "[Content_Types].xml",
        (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        ),
    ),
    "a style that is not there": replaced(SHEET, ('<c r="B3" s="3"', '<c r="B3" s="99"')),
    "a damaged comments part": lambda content: content.update({COMMENTS: b"<comments"}),
    "a drawing that is none": lambda content: content.update({"xl/drawings/vmlDrawing1.vml": b"VML"}),
}


@pytest.mark.parametrize("name", IN_PLACE)
def test_a_form_programs_write_is_marked_in_place(name: str, tmp_path: Path):
    source = edited(small_workbook(tmp_path / "source.xlsx"), IN_PLACE[name])
    target = tmp_path / "marked.xlsx"
    mark_in_place(source, MARKS, target)
    assert read_workbook(target) == read_workbook(source)
    _shows_the_marks(target)


def test_libreoffice_opens_each_of_these_forms_once_marked(tmp_path: Path):
    marked = []
    for number, change in enumerate(IN_PLACE.values()):
        source = edited(small_workbook(tmp_path / "source.xlsx"), change)
        marked.append(mark_workbook(source, MARKS, tmp_path / f"marked{number}.xlsx"))
    for saved in soffice_convert_all(marked, "ods", tmp_path / "ods"):
        assert [sheet.name for sheet in read_workbook(saved).sheets] == ["封面", "项目库", "字典"]


@pytest.mark.parametrize("name", ANEW)
def test_another_form_is_written_anew_with_its_values(name: str, tmp_path: Path):
    source = edited(small_workbook(tmp_path / "source.xlsx"), ANEW[name])
    with pytest.raises((NotPlain, LookupError, ValueError)):
        mark_in_place(source, MARKS, tmp_path / "marked.xlsx")
    target = mark_workbook(source, MARKS, tmp_path / "marked.xlsx")
    assert read_workbook(target) == read_workbook(source)
    _shows_the_marks(target)


@pytest.mark.parametrize("save", [strict_ooxml, dates_since_1904])
def test_strict_ooxml_and_dates_since_1904_are_marked(save: Callable[[Path, Path], Path], tmp_path: Path):
    source = save(small_workbook(tmp_path / "source.xlsx"), tmp_path)
    target = mark_workbook(source, MARKS, tmp_path / "marked.xlsx")
    assert read_workbook(target).sheets == read_workbook(source).sheets
    _shows_the_marks(target)


def _shows_the_marks(target: Path) -> None:
    found = seen(target)
    for cell in ("B3", "D3", "C9", "A1", "B1"):
        severity, comment = found["项目库", cell]
        assert severity == "error"
        assert comment.startswith("【错误】应大于 0")


def test_a_cell_made_in_a_formatted_row_has_the_style_of_the_row(tmp_path: Path):
    source = edited(small_workbook(tmp_path / "source.xlsx"), _row_styles)
    target = mark_workbook(source, [error("项目库", "G3")], tmp_path / "marked.xlsx")
    expected = openpyxl.load_workbook(source)["项目库"].row_dimensions[3]
    assert openpyxl.load_workbook(target)["项目库"]["G3"].number_format == expected.number_format


def test_of_conversations_the_one_at_a_marked_cell_becomes_a_plain_comment(tmp_path: Path):
    source = edited(small_workbook(tmp_path / "source.xlsx"), _threads)
    target = tmp_path / "marked.xlsx"
    mark_in_place(source, MARKS, target)
    threads = parts(target)["xl/threadedComments/threadedComment1.xml"].decode()
    assert re.findall('ref="([A-Z0-9]+)"', threads) == ["C1"]
    assert openpyxl.load_workbook(target)["项目库"]["B1"].comment.author == "报表审核"


def test_the_new_drawing_stands_where_the_schema_has_it(tmp_path: Path):
    source = edited(small_workbook(tmp_path / "source.xlsx"), _extensions)
    target = mark_workbook(source, [error("封面", "B3")], tmp_path / "marked.xlsx")
    text = parts(target)["xl/worksheets/sheet1.xml"].decode()
    assert text.index("<pageMargins") < text.index("<legacyDrawing") < text.index("<extLst>")


def test_macros_do_not_come_back(tmp_path: Path):
    def with_macros(content: Parts) -> None:
        ANEW["macros"](content)
        content["xl/vbaProject.bin"] = b"macro"

    source = edited(small_workbook(tmp_path / "source.xlsx"), with_macros)
    target = mark_workbook(source, MARKS, tmp_path / "marked.xlsx")
    assert "xl/vbaProject.bin" not in parts(target)
