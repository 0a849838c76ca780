"""封面 of the template: who reports for when is filled in and locked; the clerk adds names, version, nil sheets."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from orchestration import layout
from orchestration.receive.template.form import Form

A4 = 9
_TITLES = {"province": "省局统计报表", "county": "县级统计报表"}
_HINTS = {
    "version": ("版本号", "首次报送为 1,更正重报依次加 1。"),
    "filled_on": ("填报日期", "如 2021-08-31。"),
    "nil_sheets": ("零报送", "本期无数据的工作表名称,以顿号分隔,如:驻村培训、风险隐患排查。没有的留空。"),
}
_NOTE = "灰色各栏已由省局填好,不能改动;换单位或换报告期,请另取模板。"


def write_cover(sheet: Worksheet, form: Form) -> None:
    """Writes and protects the sheet. No password: it guards against slips, not against people."""
    unit, period, styles = form.unit, form.period, form.styles
    sheet.merge_range(0, 0, 0, 1, _TITLES[unit.kind], styles.title)
    fixed = {
        "unit_code": unit.code,
        "unit_name": unit.name,
        "reporting_period": period.key,
        "cadence": layout.CADENCE_NAMES[period.cadence],
        "template_version": layout.TEMPLATE_VERSION,
    }
    for row, (key, label) in enumerate(layout.COVER_LABELS.items(), layout.COVER_FIRST_ROW - 1):
        sheet.write_string(row, 0, label, styles.label)
        if key in fixed:
            sheet.write_string(row, 1, fixed[key], styles.cover_fixed)
        elif key == "version":
            sheet.write_string(row, 1, "1", styles.cover_entry)
        else:
            sheet.write_blank(row, 1, None, styles.cover_entry)
        if key in _HINTS:
            title, message = _HINTS[key]
            sheet.data_validation(row, 1, row, 1, _hint(title, message, row))
        sheet.set_row(row, 48 if key == "nil_sheets" else 24)
    sheet.write_string(layout.COVER_FIRST_ROW + len(layout.COVER_LABELS), 0, _NOTE, styles.note)
    sheet.set_row(0, 36)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 56)
    sheet.hide_gridlines(2)
    sheet.protect()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 1)


def _hint(title: str, message: str, row: int) -> dict:
    rule = {"ignore_blank": True, "input_title": title, "input_message": message, "error_title": title}
    if title == "版本号":
        formula = f"=AND(ISNUMBER(VALUE(B{row + 1})),VALUE(B{row + 1})>=1)"
        return {**rule, "validate": "custom", "value": formula, "error_message": "应为正整数,首次报送为 1"}
    return {**rule, "validate": "any"}
