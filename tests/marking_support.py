"""Workbooks to mark and what openpyxl sees of the marks, for the tests of marking."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import xlsxwriter

from orchestration.audit.receipts.marks.placing import Mark
from orchestration.audit.receipts.marks.styles import COLOURS

SEVERITY_OF = {f"FF{colour}": severity for severity, colour in COLOURS.items()}
Parts = dict[str, bytes]


def small_workbook(path: Path) -> Path:
    """A cover, a register with merges, formats, formula, drop-down, comment, protection and an own column, and a
    hidden sheet."""
    with xlsxwriter.Workbook(str(path)) as book:
        cover = book.add_worksheet("封面")
        cover.merge_range("A1:B1", "县级统计报表", book.add_format({"bold": True}))
        cover.write("A3", "报送单位代码")
        cover.write("B3", "611024", book.add_format({"num_format": "@"}))
        cover.protect()
        sheet = book.add_worksheet("项目库")
        money = book.add_format({"num_format": "#,##0.00", "border": 1, "locked": False})
        percent = book.add_format({"num_format": "0.00%"})
        sheet.write_row("A1", ["编号", "金额(万元)", "利率", "自用列"])
        sheet.write_comment("B1", "按合同金额填写", {"author": "省局"})
        for row in range(1, 6):
            sheet.write_string(row, 0, f"P{row:03}")
            sheet.write_number(row, 1, 100.5 * row, money)
            sheet.write_number(row, 2, 0.0435, percent)
        sheet.write_formula("B7", "=SUM(B2:B6)", money, 1507.5)
        sheet.write_string("D3", "=cmd|' /C calc'!A0")
        sheet.data_validation("D2:D100", {"validate": "list", "source": ["是", "否"]})
        sheet.conditional_format("B2:B6", {"type": "cell", "criteria": ">", "value": 9, "format": percent})
        sheet.set_column("B:B", 17, money)
        sheet.set_row(3, 22)
        sheet.freeze_panes(1, 1)
        sheet.autofilter("A1:D6")
        book.add_worksheet("字典").write_column("A1", ["是", "否"])
        book.get_worksheet_by_name("字典").hide()
        book.define_name("名录", "=字典!$A$1:$A$2")
    return path


def parts(path: Path) -> Parts:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def edited(path: Path, change: Callable[[Parts], None]) -> Path:
    """The package with its parts changed."""
    content = parts(path)
    change(content)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in content.items():
            package.writestr(name, data)
    return path


def replaced(part: str, *changes: tuple[str, str]) -> Callable[[Parts], None]:
    """Replaces texts of one part, each of which must be there."""

    def change(content: Parts) -> None:
        for before, after in changes:
            assert before.encode() in content[part], before
            content[part] = content[part].replace(before.encode(), after.encode())

    return change


def seen(path: Path) -> dict[tuple[str, str], tuple[str | None, str]]:
    """By sheet and cell that is coloured as a mark or commented: its severity and its comment."""
    found = {}
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                filled = cell.fill.fill_type == "solid" and SEVERITY_OF.get(cell.fill.fgColor.rgb)
                comment = cell.comment.text if cell.comment else ""
                if filled or comment:
                    found[sheet.title, cell.coordinate] = (filled or None, comment)
    return found


def error(sheet: str | None, *cells: str, text: str = "应大于 0") -> Mark:
    return Mark(sheet, cells, "error", text)
