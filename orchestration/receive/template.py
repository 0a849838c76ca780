"""Writes the blank workbook of a unit from the dataset cards: what a county fills in and sends back.

Belongs here: the look and the input aids of the template. Does not belong here: where things stand (layout),
example data (the sample province writes its own workbooks).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from xlsxwriter.workbook import Format, Workbook
from xlsxwriter.worksheet import Worksheet

from orchestration import layout
from orchestration.cards import Card, Column
from orchestration.indicators import load_indicators
from orchestration.periods import Period, parse_period
from orchestration.units import Unit
from orchestration.workbook import column_letter

STATED_TOTALS = "stated_totals"
YES_NO = ("是", "否")
BLANK_ROWS = 30  # between the header and the notes; a longer register is inserted or written over the notes
LAST_ROW = 20000  # how far the input aids reach: ten times the largest county register

_A4 = 9
_NOTES = (
    "注:黄色表头为必填项;下拉列表中的值不要改写;编号、证件号码按文本填写;金额按表头所注单位填写。",
    "说明:请勿改动表头文字;本表无数据时,在封面“零报送”栏写上本表名称。",
)


@dataclass(frozen=True, slots=True)
class _Styles:
    title: Format
    note: Format
    group: Format
    header: Format
    required: Format
    label: Format
    fixed: Format
    text: Format
    integer: Format
    plain: Format
    decimal: Format
    date: Format


def write_template(unit: Unit, period: str, path: Path, cards: dict[str, Card]) -> Path:
    """Writes the blank .xlsx of a unit and period: prefilled locked cover, one sheet per dataset the unit owes
    at that cadence, 汇总表 with its indicators. Raises ValueError for a text that is no period."""
    parsed = parse_period(period)
    owed = [card for card in cards.values() if card.owed_by(unit.kind, parsed.cadence)]
    owed.sort(key=lambda card: card.dataset == STATED_TOTALS)
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.set_properties({"title": f"{unit.name} {period} 乡村振兴统计报表"})
        styles = _styles(workbook)
        _cover(workbook.add_worksheet(layout.COVER_SHEET), styles, unit, parsed)
        sheets = [(card, workbook.add_worksheet(card.sheet)) for card in owed]
        lists = _dictionary(workbook, owed)
        for card, sheet in sheets:
            _dataset_sheet(sheet, styles, card, lists)
            first = layout.header_rows(card).first_data
            note = layout.unit_note(unit.name, parsed.key)
            sheet.write_string(layout.UNIT_NOTE_ROW - 1, 0, note, styles.note)
            rows = BLANK_ROWS
            if card.dataset == STATED_TOTALS:
                rows = _stated_totals(sheet, styles, card, unit, parsed)
            for offset, text in enumerate(_NOTES):
                sheet.write_string(first - 1 + rows + 1 + offset, 0, text, styles.note)
    return path


def _styles(workbook: Workbook) -> _Styles:
    edge = {"border": 1, "border_color": "#9AA5B1"}
    head = {**edge, "bold": True, "align": "center", "valign": "vcenter", "text_wrap": True}
    add = workbook.add_format
    return _Styles(
        title=add({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        note=add({"font_color": "#52606D"}),
        group=add({**head, "bg_color": "#D9E2EC"}),
        header=add({**head, "bg_color": "#F0F4F8"}),
        required=add({**head, "bg_color": "#FFF3C4"}),
        label=add({**edge, "bold": True, "bg_color": "#F0F4F8"}),
        fixed=add({**edge, "num_format": "@", "bg_color": "#E4E7EB"}),
        text=add({"num_format": "@", "locked": False}),
        integer=add({"num_format": "#,##0", "locked": False}),
        plain=add({"num_format": "0", "locked": False}),
        decimal=add({"num_format": "#,##0.00####", "locked": False}),
        date=add({"num_format": "yyyy-mm-dd", "locked": False}),
    )


def _cover(sheet: Worksheet, styles: _Styles, unit: Unit, period: Period) -> None:
    title = "省局统计报表" if unit.kind == "province" else "县级统计报表"
    sheet.merge_range(0, 0, 0, 1, title, styles.title)
    fixed = {
        "unit_code": unit.code,
        "unit_name": unit.name,
        "reporting_period": period.key,
        "cadence": layout.CADENCE_NAMES[period.cadence],
        "template_version": layout.TEMPLATE_VERSION,
    }
    hints = {
        "version": "首次报送为 1,更正重报依次加 1",
        "nil_sheets": "本期无数据的工作表名称,以顿号分隔,如:驻村培训、风险隐患排查",
        "filled_on": "如 2021-08-31",
    }
    for row, (key, label) in enumerate(layout.COVER_LABELS.items(), layout.COVER_FIRST_ROW - 1):
        sheet.write_string(row, 0, label, styles.label)
        if key in fixed:
            sheet.write_string(row, 1, fixed[key], styles.fixed)
        elif key == "version":
            sheet.write_string(row, 1, "1", styles.text)
        else:
            sheet.write_blank(row, 1, None, styles.text)
        if key in hints:
            sheet.write_comment(row, 1, hints[key])
    sheet.set_row(0, 30)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 44)
    sheet.protect()  # against slips, not against people: no password
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 1)


def _dictionary(workbook: Workbook, cards: list[Card]) -> dict[tuple[str, ...], str]:
    """The hidden sheet of lists, one a column, and the cell range of each list."""
    sheet = workbook.add_worksheet(layout.DICTIONARY_SHEET)
    columns = [column for card in cards for column in card.sheet_columns]
    ranges: dict[tuple[str, ...], str] = {}
    for values in dict.fromkeys(filter(None, map(_choices, columns))):
        letter = column_letter(len(ranges))
        sheet.write_column(0, len(ranges), values)
        ranges[values] = f"={layout.DICTIONARY_SHEET}!${letter}$1:${letter}${len(values)}"
    sheet.hide()
    return ranges


def _choices(column: Column) -> tuple[str, ...]:
    return YES_NO if column.data_type == "boolean" else column.allowed


def _dataset_sheet(sheet: Worksheet, styles: _Styles, card: Card, lists: dict[tuple[str, ...], str]) -> None:
    rows = layout.header_rows(card)
    last = len(card.sheet_columns) - 1
    sheet.merge_range(rows.title - 1, 0, rows.title - 1, last, card.title, styles.title)
    _headers(sheet, styles, card, rows)
    for index, column in enumerate(card.sheet_columns):
        sheet.set_column(index, index, _width(column), _entry_format(styles, column))
        rule = _limit(column, lists)
        if rule:
            sheet.data_validation(rows.first_data - 1, index, LAST_ROW, index, rule)
    sheet.set_row(rows.title - 1, 28)
    sheet.set_row(rows.header - 1, 32)
    sheet.freeze_panes(rows.first_data - 1, min(3, last))
    sheet.repeat_rows(0, rows.header - 1)
    sheet.hide_gridlines(0)  # printed too
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页,共 &N 页")


def _headers(sheet: Worksheet, styles: _Styles, card: Card, rows: layout.HeaderRows) -> None:
    for group, first, last in layout.group_spans(card) if rows.group else []:
        if group and first < last:
            sheet.merge_range(rows.group - 1, first, rows.group - 1, last, group, styles.group)
        elif group:
            sheet.write_string(rows.group - 1, first, group, styles.group)
    for index, column in enumerate(card.sheet_columns):
        style = styles.required if column.required else styles.header
        top = rows.header - 1
        if rows.group and not column.group:
            top = rows.group - 1
            sheet.merge_range(top, index, rows.header - 1, index, column.header_text, style)
        else:
            sheet.write_string(top, index, column.header_text, style)
        sheet.write_comment(top, index, _explanation(column), {"x_scale": 1.6})


def _explanation(column: Column) -> str:
    """The column in Chinese, from the card."""
    words = [column.description.split(" | ")[0]]
    words.append("必填" if column.required else "选填")
    if column.format == "month":
        words.append("按 2021-08 的形式填写年月")
    if column.unit:
        words.append(f"单位:{column.unit}")
    return ";".join(words)


def _entry_format(styles: _Styles, column: Column) -> Format:
    if column.data_type in ("integer", "bigint"):
        return styles.integer if column.unit else styles.plain  # a year takes no separator
    if column.data_type.startswith("decimal"):
        return styles.decimal
    return styles.date if column.data_type == "date" else styles.text


def _width(column: Column) -> float:
    if column.personal == "id_number":
        return 22
    longest = max((len(value) for value in column.allowed), default=0)
    wide = 16 if column.data_type == "string" and not column.allowed else 10
    return min(28, max(wide, 2 * longest + 3, len(column.header_text) * 1.2 + 3))


def _limit(column: Column, lists: dict[tuple[str, ...], str]) -> dict | None:
    """What may be typed into the column, as xlsxwriter's data validation; None for free text."""
    choices = _choices(column)
    number = column.data_type in ("integer", "bigint") or column.data_type.startswith("decimal")
    rule: dict = {"error_title": column.header_text, "ignore_blank": True}
    if choices:
        return {**rule, "validate": "list", "source": lists[choices], "error_message": "请从下拉列表中选择"}
    if column.personal == "id_number":
        message = "18位身份证号或20位残疾人证号"
        bounds = {"criteria": "between", "minimum": 18, "maximum": 20}
        return {**rule, "validate": "length", **bounds, "error_message": message}
    if not number:
        return None
    kind = "decimal" if column.data_type.startswith("decimal") else "integer"
    lowest = column.minimum if column.minimum is not None else 0
    bounds = {"criteria": ">=", "value": lowest}
    message = f"请填写不小于 {lowest} 的{'数字' if kind == 'decimal' else '整数'}"
    if column.maximum is not None:
        bounds = {"criteria": "between", "minimum": lowest, "maximum": column.maximum}
        message = f"请填写 {lowest} 至 {column.maximum} 之间的数"
    return {**rule, "validate": kind, **bounds, "error_message": message}


def _stated_totals(sheet: Worksheet, styles: _Styles, card: Card, unit: Unit, period: Period) -> int:
    """Fills in the indicators the unit states, leaving the values; returns how many rows that takes."""
    first = layout.header_rows(card).first_data - 1
    places = {column.name: index for index, column in enumerate(card.sheet_columns)}
    stated = layout.stated_indicators(load_indicators(), unit.kind, period.cadence)
    for row, indicator in enumerate(stated, first):
        word, decimals = layout.stated_unit(indicator, unit.kind)
        sheet.write_string(row, places["indicator"], indicator.label, styles.fixed)
        sheet.write_string(row, places["unit"], word, styles.fixed)
        sheet.write_number(row, places["decimals"], decimals, styles.fixed)
    return len(stated)
