"""Files nobody can read as a workbook: encrypted, cut off, something else under a workbook's name.

``spoil`` gets the sound file's bytes, the book and the format it was written in.
"""

from __future__ import annotations

import csv
import html
import io
import struct

import xlwt
from xlwt.CompoundDoc import XlsDoc

from orchestration.layout import COVER_SHEET
from sample.mistakes import edits
from sample.mistakes.book import Book, shown
from sample.mistakes.kind import FILE, Kind, Spoil, Spoilt
from sample.write.files import SUFFIXES, as_bytes

_BOF_BYTES = 20
# FILEPASS: 40-bit RC4 with a salt and a verifier, which nobody has the password of.
_FILEPASS = struct.pack("<HH", 0x002F, 54) + struct.pack("<HHH", 1, 1, 1) + bytes(range(48))


def _file_kind(
    key: str,
    name_zh: str,
    rules: str,
    spoil: Spoil,
    *,
    severity: str = "unreadable",
    category: str = edits.FILE,
) -> Kind:
    return Kind(
        key=key,
        name_zh=name_zh,
        category=category,
        severity=severity,
        rules=frozenset(rules.split()),
        scope=FILE,
        spoil=spoil,
    )


def _encrypted(content: bytes, book: Book, file_format: str) -> Spoilt:
    workbook = xlwt.Workbook(encoding="utf-8")
    workbook.add_sheet(COVER_SHEET)
    stream = workbook.get_biff_data()
    buffer = io.BytesIO()
    XlsDoc().save(buffer, stream[:_BOF_BYTES] + _FILEPASS + stream[_BOF_BYTES:])
    return Spoilt(buffer.getvalue(), ".xls", "设置了打开密码")


def _cut_off(content: bytes, book: Book, file_format: str) -> Spoilt:
    return Spoilt(content[: len(content) * 3 // 5], SUFFIXES[file_format], "传输中断,只有前五分之三")


def _web_page(content: bytes, book: Book, file_format: str) -> Spoilt:
    grid = next(grid for grid in book.grids if grid.name != COVER_SHEET)
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(shown(cell))}</td>" for cell in cells) + "</tr>"
        for cells in grid.rows
    )
    page = f'<html><head><meta charset="utf-8"></head><body><table>{rows}</table></body></html>'
    return Spoilt(page.encode(), ".xls", "网页表格改名为 .xls")


def _nothing(content: bytes, book: Book, file_format: str) -> Spoilt:
    return Spoilt(b"", SUFFIXES[file_format], "文件为空")


def _scan(content: bytes, book: Book, file_format: str) -> Spoilt:
    return Spoilt(b"%PDF-1.4\n% scan of the printed form\n%%EOF\n", ".pdf", "报了打印件的扫描件")


def _letter(content: bytes, book: Book, file_format: str) -> Spoilt:
    text = f"{book.unit.name}报表因系统升级晚报两天。请予谅解。\r\n"
    return Spoilt(text.encode("gbk"), ".xlsx", "GBK 文本改名为 .xlsx")


def _one_sheet(content: bytes, book: Book, file_format: str) -> Spoilt:
    grid = next(grid for grid in book.grids if grid.name != COVER_SHEET)
    text = io.StringIO(newline="")
    csv.writer(text).writerows([shown(cell) for cell in cells] for cells in grid.rows)
    return Spoilt(text.getvalue().encode("gbk"), ".csv", f"只另存了“{grid.name}”一张表为 CSV")


def _as_gbk_csv(content: bytes, book: Book, file_format: str) -> Spoilt:
    return Spoilt(as_bytes(book.grids, "csv_bundle"), SUFFIXES["csv_bundle"], "各表存为 GBK 编码的 CSV")


KINDS = (
    _file_kind("file_encrypted", "文件设了密码", "U-PASSWORD", _encrypted),
    _file_kind("file_cut_off", "文件不完整", "U-CORRUPT", _cut_off),
    _file_kind("web_page_named_xls", "网页改名为 .xls", "U-HTML", _web_page),
    _file_kind("file_empty", "空文件", "U-EMPTY", _nothing),
    _file_kind("scan_of_the_form", "扫描件 PDF", "U-PDF", _scan),
    _file_kind("letter_in_gbk", "文本改名为 .xlsx", "U-TEXT U-ENCODING", _letter),
    _file_kind("one_sheet_as_csv", "只报一张 CSV", "C-NOCOVER", _one_sheet),
    _file_kind("gbk_csv", "GBK 编码的 CSV(不算错)", "", _as_gbk_csv, severity="clean", category=edits.SOUND),
)
