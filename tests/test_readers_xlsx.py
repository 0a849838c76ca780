"""The .xlsx reader gives what is stored: texts, addresses, numbers to Excel's 15 digits, nothing guessed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from receive_support import worksheet, write_zip, xlsx_parts

from orchestration.receive.readers import UnreadableFile, read_workbook, sheet_xml
from orchestration.receive.readers.cells import SheetContext
from orchestration.receive.readers.sheet_xml import read_sheet
from orchestration.workbook import Sheet

CONTEXT = SheetContext({"0": "甲", "1": "乙"}, frozenset(["1"]), frozenset(["2"]))
# What XML and Excel can hold: no control characters, no lone surrogates.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=3)


def _sheet(rows: str, **around: str) -> Sheet:
    return read_sheet(worksheet(rows, **around).encode(), "表", CONTEXT)


def _cell(cell: str) -> str:
    return _sheet(f'<row r="1">{cell}</row>').rows.get(1, [""])[0]


def _book(path: Path, rows: str, **parts: str) -> Sheet:
    return read_workbook(write_zip(path / "a.xlsx", xlsx_parts(worksheet(rows), **parts))).sheets[0]


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("5", "5"),
        ("5.0", "5"),
        ("0", "0"),
        ("-0", "0"),
        ("0.30000000000000004", "0.3"),
        ("1234.5600000000001", "1234.56"),
        ("1234.5599999999999", "1234.56"),
        ("2.2000000000000002", "2.2"),
        ("1E-3", "0.001"),
        ("1.5E+3", "1500"),
        ("-12.50", "-12.5"),
        ("42932000000", "42932000000"),
        ("999999999999999", "999999999999999"),
        ("1E+15", "1000000000000000"),
        ("1e-300", "0." + "0" * 299 + "1"),
        (" 7 ", "7"),
    ],
)
def test_a_number_is_text_without_exponent_or_noise(stored: str, text: str):
    assert _cell(f'<c r="A1"><v>{stored}</v></c>') == text


@pytest.mark.parametrize("stored", ["abc", "NaN", "Infinity", "1E+9999", "0x1F", "1,000", "--1"])
def test_a_numeric_cell_without_a_number_is_no_guess(stored: str):
    with pytest.raises(UnreadableFile):
        _cell(f'<c r="A1"><v>{stored}</v></c>')


@pytest.mark.parametrize(
    ("stored", "text"),
    [("0.70420000000000005", "70.42%"), ("1", "100%"), ("0.0435", "4.35%"), ("-0.1", "-10%")],
)
def test_a_percent_is_exact(stored: str, text: str):
    assert _cell(f'<c r="A1" s="1"><v>{stored}</v></c>') == text


@pytest.mark.parametrize(
    ("stored", "text"), [("42947", "44409"), ("0.5", "0.5"), ("0", "0"), ("42947.25", "44409.25")]
)
def test_a_date_since_1904_is_shifted_and_a_time_is_not(stored: str, text: str):
    assert _cell(f'<c r="A1" s="2"><v>{stored}</v></c>') == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="A1" t="s"><v>1</v></c>', "乙"),
        ('<c t="s" r="A1"><v>1</v></c>', "乙"),
        ('<c r="A1" t="inlineStr"><is><t>丙 &amp; 丁</t></is></c>', "丙 & 丁"),
        (
            '<c r="A1" t="inlineStr"><is><r><t>丙</t></r><r><t>丁</t></r><rPh><t>bing</t></rPh></is></c>',
            "丙丁",
        ),
        ('<c r="A1" t="str"><f>A2</f><v>得</v></c>', "得"),
        ('<c r="A1" t="str"><v>a&lt;b&#x4E2D;&#25991;</v></c>', "a<b中文"),
        ('<c r="A1" t="str"><v>一_x000D_\n二_x005F_x0041_</v></c>', "一\r\n二_x0041_"),
        ('<c r="A1" t="str"><v>_xD83D__xDE00_</v></c>', "\U0001f600"),
        ('<c r="A1" t="str"><v>_xD83D_</v></c>', "\ufffd"),
        ('<c r="A1" t="e"><v>#REF!</v></c>', "#REF!"),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c r="A1" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="A1" t="b"><v>0</v></c>', "FALSE"),
        ('<c r="A1" t="d"><v>2021-08-05T00:00:00.000Z</v></c>', "2021-08-05"),
        ('<c r="A1" t="d"><v>2021-08-05T10:30:00</v></c>', "2021-08-05T10:30:00"),
        ('<c r="A1"><f>SUM(A2:A3)</f><v>12</v></c>', "12"),
        ('<c r="A1"><f t="shared" si="0"/><v>12</v></c>', "12"),
        ('<c r="A1"><f>SUM(A2:A3)</f></c>', "=SUM(A2:A3)"),
        ('<c r="A1"><f>SUM(A2:A3)</f><v></v></c>', "=SUM(A2:A3)"),
        ('<c r="A1"><f>A2&amp;A3</f><v/></c>', "=A2&A3"),
        ('<c r="A1" s="1"/>', ""),
        ('<c r="A1" s="1"></c>', ""),
        ('<c r="A1" t="n"><v>7</v></c>', "7"),
    ],
)
def test_a_cell_of_every_type_is_read_as_stored(cell: str, text: str):
    assert _cell(cell) == text


def test_the_fast_and_the_strict_reader_agree(monkeypatch: pytest.MonkeyPatch):
    rows = (
        '<row r="2" spans="1:3"><c r="A2" t="s"><v>0</v></c><c r="C2" s="1"><v>0.5</v></c><c r="D2"/></row>'
        '<row r="3" hidden="1"/><row r="4"/><row r="7" hidden="1" ht="15"><c r="B7"><v>1E+17</v></c></row>'
        '<row r="9"><c r="A9" t="inlineStr"><is><t xml:space="preserve"> x </t></is></c></row><row r="10"/>'
    )
    merges = '<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="B3:B4"/></mergeCells>'
    fast = _sheet(rows, after=merges)
    monkeypatch.setattr(sheet_xml, "_UTF8", re.compile(b"(?!)"))
    strict = _sheet(rows, after=merges)
    assert fast == strict
    assert fast.rows == {2: ["甲", "", "50%"], 7: ["", "100000000000000000"], 9: [" x "]}
    assert fast.hidden_rows == {3, 7}
    assert fast.merges == ((1, 0, 1, 2), (3, 1, 4, 1))
    assert fast.lossy_cells == {(7, 1)}


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda xml: xml.replace("><", ">\n  <"),
        lambda xml: re.sub(r"<(/?)(worksheet|sheetData|row|c|v|is|t)\b", r"<\1x:\2", xml).replace(
            "xmlns=", "xmlns:x="
        ),
        lambda xml: re.sub(r' r="[A-Z]+\d+"', "", xml),
        lambda xml: re.sub(r' r="[A-Z]*\d+"', "", xml),
        lambda xml: xml.replace('"', "'"),
        lambda xml: xml.replace("<c ", "<c cm='1' "),
        lambda xml: xml.replace("</row>", "<!-- note --></row>"),
        lambda xml: xml.replace("<v>1</v>", "<v><![CDATA[1]]></v>"),
        lambda xml: '<?xml version="1.0" encoding="UTF-16"?>' + xml,
        lambda xml: xml.replace("spreadsheetml/2006/main", "spreadsheetml/2006/main").replace(
            "<row ", "<row\n"
        ),
        lambda xml: xml.replace(
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
        lambda xml: xml.replace("</c>", "<extLst/></c>"),
    ],
)
def test_every_spelling_of_the_same_sheet_reads_the_same(rewrite):
    xml = worksheet(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>丙</t></is></c><c r="B2" s="1"><v>0.5</v></c></row>'
    )
    spelled = rewrite(xml)
    encoding = "utf-16" if "UTF-16" in spelled else "utf-8"
    assert read_sheet(spelled.encode(encoding), "表", CONTEXT).rows == {1: ["1", "乙"], 2: ["丙", "50%"]}


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>9</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></row>',
        '<row r="1"><c r="A1"><v>1</v></c>',
        '<row r="0"><c r="A0"><v>1</v></c></row>',
        '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="AAAA1"><v>1</v></c></row>',
        '<row r="x"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>&nbsp;</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>&#0;</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row></row>',
        '<row r="1"/></row>',
        '<row r="1">',
        '<row r="1"/><c r="A1"><v>1</v></c></row>',
    ],
)
def test_a_sheet_that_contradicts_itself_is_refused(rows: str):
    with pytest.raises(UnreadableFile):
        _sheet(rows)


def test_cells_out_of_order_keep_their_addresses():
    assert _sheet('<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c></row>').rows == {1: ["1", "", "3"]}


def test_rows_out_of_order_are_put_in_order():
    rows = _sheet('<row r="3"><c r="A3"><v>3</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>').rows
    assert list(rows.items()) == [(1, ["1"]), (3, ["3"])]


def test_a_part_that_is_no_worksheet_is_refused():
    with pytest.raises(UnreadableFile):
        read_sheet(b"<chartsheet><sheetData></sheetData></chartsheet>", "x", CONTEXT)


def test_a_stray_cell_in_the_last_corner_costs_nothing():
    sheet = _sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>9</v></c></row>'
    )
    assert sheet.rows == {1: ["1"]}


def test_a_stray_cell_in_the_last_row_costs_one_row():
    assert _sheet('<row r="1048576"><c r="B1048576"><v>9</v></c></row>').rows == {1048576: ["", "9"]}


def test_a_false_dimension_changes_nothing():
    sheet = _sheet('<row r="1"><c r="A1"><v>1</v></c></row>', before='<dimension ref="A1:XFD1048576"/>')
    assert sheet.rows == {1: ["1"]}


def test_a_sheet_of_more_cells_than_any_register_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("orchestration.receive.readers.grid.MAX_CELLS", 1000)
    wide = "".join(f'<row r="{row}"><c r="ALL{row}"><v>1</v></c></row>' for row in range(1, 4))
    with pytest.raises(UnreadableFile) as caught:
        _sheet(wide)
    assert caught.value.code == "U-TOO-BIG"


@pytest.mark.parametrize("place", ["sheet", "strings"])
def test_a_document_type_is_refused_wherever_it_stands(place: str, tmp_path: Path):
    parts = xlsx_parts(
        worksheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'), strings="<si><t>x</t></si>"
    )
    name = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}[place]
    parts[name] = '<!DOCTYPE x [<!ENTITY a "b">]>' + parts[name]
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(write_zip(tmp_path / "a.xlsx", parts))
    assert caught.value.code == "U-DOCTYPE"


def test_shared_strings_join_runs_and_leave_phonetics_out(tmp_path: Path):
    strings = (
        "<si><t>甲</t></si><si/><si><r><t>乙</t></r><r><rPr><b/></rPr><t xml:space='preserve'> 丙</t></r>"
        "<rPh sb='0' eb='1'><t>yi</t></rPh></si>"
    )
    cells = "".join(f'<c r="{letter}1" t="s"><v>{n}</v></c>' for n, letter in enumerate("ABC"))
    assert _book(tmp_path, f'<row r="1">{cells}</row>', strings=strings).rows == {1: ["甲", "", "乙 丙"]}


@pytest.mark.parametrize(
    ("number_format", "shown"),
    [
        ('numFmtId="9"', "50%"),
        ('numFmtId="10"', "50%"),
        ('numFmtId="200"', "50%"),
        ('numFmtId="201"', "0.5"),
        ('numFmtId="0"', "0.5"),
    ],
)
def test_a_percent_format_is_one_that_shows_a_percent_sign(number_format: str, shown: str, tmp_path: Path):
    styles = (
        '<numFmts><numFmt numFmtId="200" formatCode="0.0#%;[Red]-0.0%"/>'
        '<numFmt numFmtId="201" formatCode="0.0&quot;%&quot;"/></numFmts><cellStyleXfs><xf numFmtId="9"/>'
        f'</cellStyleXfs><cellXfs><xf numFmtId="0"/><xf {number_format}/></cellXfs>'
    )
    assert _book(tmp_path, '<row r="1"><c r="A1" s="1"><v>0.5</v></c></row>', styles=styles).rows[1] == [
        shown
    ]


@pytest.mark.parametrize(
    ("number_format", "shown"),
    [
        ("14", "1463"),
        ("31", "1463"),
        ("57", "1463"),
        ("20", "1"),
        ("46", "1"),
        ("0", "1"),
        ("200", "1463"),
        ("201", "1"),
        ("202", "1"),
    ],
)
def test_in_a_1904_workbook_only_dates_are_shifted(number_format: str, shown: str, tmp_path: Path):
    codes = {
        200: "[$-804]yyyy&quot;年&quot;m&quot;月&quot;;@",
        201: "[h]:mm:ss",
        202: "0.00E+00&quot;day&quot;",
    }
    formats = "".join(f'<numFmt numFmtId="{key}" formatCode="{code}"/>' for key, code in codes.items())
    styles = f'<numFmts>{formats}</numFmts><cellXfs><xf numFmtId="{number_format}"/></cellXfs>'
    properties = '<workbookPr date1904="1"/>'
    rows = '<row r="1"><c r="A1" s="0"><v>1</v></c></row>'
    assert _book(tmp_path, rows, styles=styles, properties=properties).rows == {1: [shown]}
    assert _book(tmp_path, rows, styles=styles).rows == {1: ["1"]}


def test_numbers_too_long_for_a_double_are_marked(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_number(0, 0, 610122198001011234)
        sheet.write_string(0, 1, "610122198001011234")
        sheet.write_number(0, 2, 123456789012345)
    read = read_workbook(path).sheets[0]
    assert read.rows[1][1:] == ["610122198001011234", "123456789012345"]
    assert read.lossy_cells == {(1, 0)}


def test_hidden_sheets_rows_and_merges_are_read(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        shown, hidden = book.add_worksheet("表"), book.add_worksheet("字典")
        hidden.very_hidden()
        shown.merge_range("A1:C1", "标题")
        shown.write_column(1, 0, ["甲", "乙", "丙"])
        shown.set_row(2, None, None, {"hidden": True})
    book = read_workbook(path)
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [("表", False), ("字典", True)]
    assert book.sheets[0].merges == ((1, 0, 1, 2),)
    assert book.sheets[0].hidden_rows == {3}


def test_only_the_sheets_asked_for_are_read(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("封 面", "项目库", "汇总表"):
            book.add_worksheet(name).write(0, 0, name)
    assert [sheet.name for sheet in read_workbook(path, {"封面"}).sheets] == ["封 面"]
    assert read_workbook(path, {"无"}).sheets == []


def _written_by_xlsxwriter(path: Path, rows: list[list], **options) -> None:
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                (sheet.write_string if isinstance(value, str) else sheet.write_number)(row, column, value)


def _written_by_openpyxl(path: Path, rows: list[list], **_: bool) -> None:
    book = openpyxl.Workbook()
    for row, cells in enumerate(rows, 1):
        for column, value in enumerate(cells, 1):
            cell = book.active.cell(row, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # "=1" typed as text stays text
    book.save(path)


def _shown(value: str | float | Decimal) -> str:
    """What the reader must say of a value written."""
    if isinstance(value, str):
        return value
    text = format(Decimal(str(value)), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


@pytest.mark.parametrize(
    ("write", "options"),
    [
        (_written_by_xlsxwriter, {}),
        (_written_by_xlsxwriter, {"constant_memory": True}),
        (_written_by_openpyxl, {}),
    ],
    ids=["shared strings", "inline strings", "openpyxl"],
)
@settings(max_examples=40)
@given(
    rows=st.lists(
        st.lists(TEXTS | st.integers(-(10**15) + 1, 10**15 - 1) | NUMBERS.map(float), min_size=1, max_size=6),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_written_is_read_back(write, options: dict, rows: list[list]):
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.xlsx")
        write(path, rows, **options)
        read = read_workbook(path).sheets[0]
    assert read.rows == {number: [_shown(value) for value in row] for number, row in enumerate(rows, 1)}
    assert read.lossy_cells == frozenset()


@given(st.dates(date(1900, 3, 1), date(2100, 1, 1)))
@settings(max_examples=25)
def test_a_date_is_its_serial_since_1900_in_both_date_systems(day: date):
    serials = []
    with TemporaryDirectory() as folder:
        for since_1904 in (False, True):
            if since_1904 and day.year < 1905:
                continue
            path = Path(folder, "a.xlsx")
            with xlsxwriter.Workbook(str(path), {"date_1904": since_1904}) as book:
                book.add_worksheet().write_datetime(0, 0, day, book.add_format({"num_format": "yyyy-mm-dd"}))
            serials.append(read_workbook(path).sheets[0].rows[1][0])
    assert set(serials) == {str((day - date(1899, 12, 30)).days)}


@given(data=st.data())
@settings(max_examples=60)
def test_a_damaged_sheet_is_read_or_refused_and_nothing_else(data: st.DataObject):
    xml = worksheet(
        '<row r="1"><c r="A1" s="1"><v>0.5</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2" hidden="1"><c r="A2"><f>A1</f><v>2.5</v></c></row>',
        after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>',
    )
    start = data.draw(st.integers(0, len(xml)))
    stop = data.draw(st.integers(start, min(len(xml), start + 12)))
    damaged = xml[:start] + data.draw(st.text("<>/&;\"'=rscv01A ", max_size=6)) + xml[stop:]
    try:
        sheet = read_sheet(damaged.encode(), "表", CONTEXT)
    except UnreadableFile:
        return
    assert all(isinstance(text, str) for row in sheet.rows.values() for text in row)
