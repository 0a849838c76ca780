"""The other formats: .xls, .ods, .xlsb and CSV are read as exactly as .xlsx, and told apart by content."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from receive_support import ODD_WORKBOOKS, write_zip

from orchestration.receive.readers import UnreadableFile, read_workbook
from orchestration.receive.readers.xlsb import number_of
from orchestration.workbook import Sheet, Workbook

_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in [("office", "office"), ("table", "table"), ("text", "text"), ("style", "style")]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1)


def _xls(path: Path, fill, **options) -> Workbook:
    book = xlwt.Workbook(encoding="utf-8")
    for name, value in options.items():
        setattr(book, name, value)
    fill(book, book.add_sheet("表"))
    book.save(str(path / "a.xls"))
    return read_workbook(path / "a.xls")


def _ods(path: Path, table: str, styles: str = "", manifest: str = "<x/>") -> Sheet:
    content = (
        f'<office:document-content {_SPACES} xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:'
        f'calcext:1.0"><office:automatic-styles>{styles}</office:automatic-styles><office:body>'
        f'<office:spreadsheet><table:table table:name="表" table:style-name="ta1">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    parts = {"mimetype": _ODS, "content.xml": content, "META-INF/manifest.xml": manifest}
    return read_workbook(write_zip(path / "a.ods", parts)).sheets[0]


def _ods_cell(path: Path, cell: str) -> str:
    return _ods(path, f"<table:table-row>{cell}</table:table-row>").rows.get(1, [""])[0]


def _csv_bytes(rows: list[list[str]], encoding: str) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def test_xls_numbers_texts_errors_and_booleans_are_kept(tmp_path: Path):
    percent = xlwt.easyxf(num_format_str="0.00%")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")

    def fill(book, sheet):
        for column, value in enumerate([5, 0.1 + 0.2, "610122198001011234", True]):
            sheet.write(0, column, value)
        sheet.write(1, 0, 0.7042, percent)
        sheet.write(1, 1, 44409, day)
        sheet.row(1).set_cell_error(2, "#REF!")
        sheet.write(1, 3, 610122198001011234)

    (sheet,) = _xls(tmp_path, fill).sheets
    assert sheet.rows[1] == ["5", "0.3", "610122198001011234", "TRUE"]
    assert sheet.rows[2][:3] == ["70.42%", "44409", "#REF!"]
    assert sheet.lossy_cells == {(2, 3)}


def test_xls_hidden_rows_sheets_and_merges_are_kept(tmp_path: Path):
    def fill(book, sheet):
        sheet.write_merge(0, 0, 0, 2, "标题")
        sheet.write(2, 0, "甲")
        sheet.row(2).hidden = True
        hidden = book.add_sheet("字典")
        hidden.visibility = 1
        hidden.write(0, 0, "x")

    book = _xls(tmp_path, fill)
    assert book.format == "xls"
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [("表", False), ("字典", True)]
    assert book.sheets[0].merges == ((1, 0, 1, 2),)
    assert 3 in book.sheets[0].hidden_rows
    assert book.sheets[0].rows == {1: ["标题"], 3: ["甲"]}


def test_xls_dates_since_1904_are_shifted(tmp_path: Path):
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")

    def fill(book, sheet):
        sheet.write(0, 0, 42947, day)
        sheet.write(0, 1, 42947)

    assert _xls(tmp_path, fill, dates_1904=1).sheets[0].rows[1] == ["44409", "42947"]


@settings(max_examples=20)
@given(
    st.lists(st.lists(TEXTS | st.integers(-(2**29), 2**29), min_size=1, max_size=4), min_size=1, max_size=4)
)
def test_what_is_written_to_xls_is_read_back(rows: list[list]):
    def fill(book, sheet):
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                sheet.write(row, column, value)

    with TemporaryDirectory() as folder:
        (sheet,) = _xls(Path(folder), fill).sheets
    assert sheet.rows == {number: [str(value) for value in row] for number, row in enumerate(rows, 1)}


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<table:table-cell office:value-type="float" office:value="5.0"/>', "5"),
        ('<table:table-cell office:value-type="float" office:value="0.30000000000000004"/>', "0.3"),
        ('<table:table-cell office:value-type="percentage" office:value="0.7042"/>', "70.42%"),
        ('<table:table-cell office:value-type="currency" office:value="1234.5"/>', "1234.5"),
        ('<table:table-cell office:value-type="date" office:date-value="2021-08-05"/>', "2021-08-05"),
        (
            '<table:table-cell office:value-type="date" office:date-value="2021-08-05T00:00:00"/>',
            "2021-08-05",
        ),
        ('<table:table-cell office:value-type="boolean" office:boolean-value="true"/>', "TRUE"),
        (
            '<table:table-cell table:formula="of:=FALSE()" office:value-type="float" office:value="0"/>',
            "FALSE",
        ),
        (
            '<table:table-cell office:value-type="string"><text:p>甲<text:span>乙</text:span></text:p>'
            "<text:p>丙<text:s text:c='2'/>丁</text:p></table:table-cell>",
            "甲乙\n丙  丁",
        ),
        (
            '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error">'
            "<text:p>#REF!</text:p></table:table-cell>",
            "#REF!",
        ),
        (
            '<table:table-cell office:value-type="string"><office:annotation><text:p>批注</text:p></office:annotation>'
            "<text:p>值</text:p></table:table-cell>",
            "值",
        ),
        ("<table:table-cell/>", ""),
    ],
)
def test_ods_cells_of_every_type_are_read_as_stored(cell: str, text: str, tmp_path: Path):
    assert _ods_cell(tmp_path, cell) == text


def test_ods_repeats_addresses_merges_and_hidden_rows(tmp_path: Path):
    number = (
        '<table:table-cell office:value-type="float" office:value="7" table:number-columns-repeated="2"/>'
    )
    sheet = _ods(
        tmp_path,
        '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="2"/>'
        f'{number}</table:table-row><table:table-row table:visibility="filter"><table:table-cell '
        'office:value-type="string" table:number-columns-spanned="2" table:number-rows-spanned="1"><text:p>合</text:p>'
        "</table:table-cell><table:covered-table-cell/></table:table-row>"
        '<table:table-row table:number-rows-repeated="1048573"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>',
        styles='<style:style style:name="ta1"><style:table-properties table:display="false"/></style:style>',
    )
    assert sheet.rows == {1: ["", "", "7", "7"], 2: ["", "", "7", "7"], 3: ["合"]}
    assert sheet.hidden_rows == {3}
    assert sheet.merges == ((3, 0, 3, 1),)
    assert sheet.hidden


@pytest.mark.parametrize("repeat", ["x", "1.5"])
def test_a_damaged_ods_is_refused(repeat: str, tmp_path: Path):
    with pytest.raises(UnreadableFile) as caught:
        _ods_cell(tmp_path, f'<table:table-cell table:number-columns-repeated="{repeat}"/>')
    assert caught.value.code == "U-CORRUPT"


def test_a_numeric_ods_cell_without_its_number_is_refused(tmp_path: Path):
    with pytest.raises(UnreadableFile):
        _ods_cell(tmp_path, '<table:table-cell office:value-type="float"/>')


def test_the_same_workbook_reads_the_same_as_xlsb_and_as_xlsx():
    binary, text = (read_workbook(ODD_WORKBOOKS / f"calamine_issues.{kind}") for kind in ("xlsb", "xlsx"))
    assert (binary.format, text.format) == ("xlsb", "xlsx")
    assert sorted(binary.sheets, key=lambda sheet: sheet.name) == sorted(
        text.sheets, key=lambda sheet: sheet.name
    )
    assert binary.sheet("datatypes").rows == {
        1: ["1"],
        2: ["1.5"],
        3: ["ab"],
        4: ["FALSE"],
        5: ["test"],
        6: ["42663"],
    }


@pytest.mark.parametrize(
    ("packed", "number"),
    [
        (b"\x16\x00\x00\x00", 5.0),
        (b"\x17\x00\x00\x00", 0.05),
        (b"\xea\xff\xff\xff", -6.0),
        (b"\x00\x00\xf8\x3f", 1.5),
        (b"\x01\x00\xf8\x3f", 0.015),
    ],
)
def test_a_packed_number_of_xlsb_is_unpacked(packed: bytes, number: float):
    assert number_of(2, bytes(8) + packed) == number


@settings(max_examples=60)
@given(data=st.data())
def test_a_damaged_xlsb_is_read_or_refused_and_nothing_else(data: st.DataObject):
    with zipfile.ZipFile(ODD_WORKBOOKS / "calamine_issues.xlsb") as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = data.draw(
        st.sampled_from([name for name in sorted(parts) if name.endswith(".bin") and "xl/" in name])
    )
    content = bytearray(parts[name])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    parts[name] = bytes(content)
    with TemporaryDirectory() as folder:
        path = write_zip(Path(folder, "a.xlsb"), parts)
        try:
            read_workbook(path)
        except UnreadableFile as refused:
            assert refused.code in ("U-CORRUPT", "U-UNRELIABLE", "U-TOO-BIG", "U-NO-SHEETS")


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_csv_is_read_in_every_usual_encoding(encoding: str, tmp_path: Path):
    rows = [["项目名称", "金额(元)"], ["产业路,一期", "1,234.50"], [], ["“引号”与\n换行", ""]]
    path = tmp_path / "项目库.csv"
    path.write_bytes(_csv_bytes(rows, encoding))
    (sheet,) = read_workbook(path).sheets
    assert sheet.name == "项目库"
    assert sheet.rows == {1: rows[0], 2: rows[1], 4: [rows[3][0]]}


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "flagged utf-8"])
def test_a_bundle_names_its_sheets_whatever_encoding_the_zip_uses(encoding: str, tmp_path: Path):
    content = _csv_bytes([["报告期", "2021-08"]], "gbk")
    path = write_zip(tmp_path / "a.zip", {"山阳/封面.csv": content, "山阳/项目库.csv": content})
    if encoding != "flagged utf-8":  # as Windows writes it: bytes of its code page and nothing that says so
        names = {name: name.encode(encoding) for name in ("山阳/封面.csv", "山阳/项目库.csv")}
        path = write_zip(path, {"X" * len(stored): content for stored in names.values()})
        written = path.read_bytes()
        for stored in sorted(names.values(), key=len, reverse=True):
            written = written.replace(b"X" * len(stored), stored)
        path.write_bytes(written)
    book = read_workbook(path, {"封面"})
    assert book.format == "csv_bundle"
    assert [sheet.name for sheet in read_workbook(path).sheets] == ["封面", "项目库"]
    assert book.sheets[0].rows == {1: ["报告期", "2021-08"]}


@settings(max_examples=40)
@given(
    st.lists(
        st.lists(st.text(st.sampled_from('甲乙,"\n\t;0 a'), min_size=1), min_size=2, max_size=4), min_size=1
    )
)
def test_what_is_written_to_a_gbk_csv_is_read_back(rows: list[list[str]]):
    rows = [["表头", "单位", "金额,元", "备注"] * 8, *rows]  # so that a comma is the commonest delimiter
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.zip")
        write_zip(path, {"a.csv": _csv_bytes(rows, "gbk")})
        (sheet,) = read_workbook(path).sheets
    assert list(sheet.rows.values()) == rows


def test_excel_text_in_csv_is_that_text(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text('a,"=""610122198001011234"""\n')
    assert read_workbook(path).sheets[0].rows[1] == ["a", "610122198001011234"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "U-EMPTY"),
        (b"%PDF-1.7\n", "U-PDF"),
        (b"{\\rtf1 x}", "U-WORD"),
        (b"Rar!\x1a\x07\x00", "U-ARCHIVE"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "U-ARCHIVE"),
        (b"\x1f\x8b\x08\x00", "U-ARCHIVE"),
        (b"\x89PNG\r\n\x1a\n", "U-IMAGE"),
        (b"\xff\xd8\xff\xe0", "U-IMAGE"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "U-HTML"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><p>", "U-HTML"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "U-HTML"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>', "U-XML"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00", "U-OLD-EXCEL"),
        (b"\x09\x00\x04\x00\x07\x00\x10\x00", "U-OLD-EXCEL"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "U-OLE"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument\0".encode("utf-16-le"), "U-WORD"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook\0".encode("utf-16-le"), "U-CORRUPT"),
        (b"PK\x03\x04" + bytes(100), "U-CORRUPT"),
        (b"PK\x05\x06" + bytes(18), "U-ZIP"),
        ("通知:请各县按时报送。".encode("gbk"), "U-TEXT"),
        (b"a,b\n\xff\xfe\xff\xff,x\n", "U-ENCODING"),
        (b"\x00\x01\x02\x03" * 100, "U-UNKNOWN"),
        (b"\x7fELF" + bytes(64), "U-UNKNOWN"),
    ],
)
@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".csv"])
def test_what_is_no_workbook_is_named_whatever_its_suffix(
    content: bytes, code: str, suffix: str, tmp_path: Path
):
    path = tmp_path / f"611024_山阳县{suffix}"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(path)
    assert caught.value.code == code
    assert caught.value.text_zh and caught.value.remedy_zh


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"a.txt": "x"}, "U-ZIP"),
        ({"611024.xlsx": b"PK"}, "U-ZIP"),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, "U-WORD"),
        ({"[Content_Types].xml": "<Types/>"}, "U-CORRUPT"),
        ({"xl/workbook.xml": "<workbook/>"}, "U-CORRUPT"),
        ({"mimetype": _ODS}, "U-CORRUPT"),
        ({"A.csv": "1,2", "a.CSV": "3,4"}, "U-UNRELIABLE"),
    ],
)
def test_a_zip_that_is_no_workbook_is_named(parts: dict, code: str, tmp_path: Path):
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(write_zip(tmp_path / "a.xlsx", parts))
    assert caught.value.code == code


@pytest.mark.parametrize("main", ["word/document.xml", "ppt/presentation.xml"])
def test_another_office_document_is_named(main: str, tmp_path: Path):
    relationship = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="{main}"/>'
        "</Relationships>"
    )
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(write_zip(tmp_path / "a.xlsx", {"_rels/.rels": relationship, main: "<x/>"}))
    assert caught.value.code == {"word": "U-WORD", "ppt/": "U-SLIDES"}[main[:4]]


def test_a_zip_bomb_is_refused_without_unpacking_it(tmp_path: Path):
    path = write_zip(tmp_path / "a.zip", {"a.csv": bytes(64 * 2**20)})
    assert path.stat().st_size < 2**20
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(path)
    assert caught.value.code == "U-BOMB"


def test_a_zip_with_a_password_is_named(tmp_path: Path):
    path = write_zip(tmp_path / "a.zip", {"封面.csv": "a,b"})
    locked = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(signature) + offset] |= 1
    path.write_bytes(locked)
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(path)
    assert caught.value.code == "U-PASSWORD"


def test_damage_in_a_sheet_nobody_asked_for_is_found(tmp_path: Path):
    path = write_zip(tmp_path / "a.zip", {"封面.csv": "报告期,2021-08", "项目库.csv": "甲,乙\n" * 50})
    damaged = bytearray(path.read_bytes())
    damaged[damaged.rindex(b"PK\x03\x04") + 55] ^= 0xFF
    path.write_bytes(damaged)
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(path, {"封面"})
    assert caught.value.code == "U-CORRUPT"


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(content: bytes):
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.xlsx")
        path.write_bytes(content)
        try:
            book = read_workbook(path)
        except UnreadableFile as refused:
            assert refused.remedy_zh
        else:
            assert book.format in ("csv_bundle", "xls")
