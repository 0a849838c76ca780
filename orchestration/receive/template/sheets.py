"""One dataset's sheet of the template: title, headers, cells to fill in or rows carried over, notes below.

Belongs here: what stands where on a dataset sheet. Does not belong here: what may be typed (limits), the look of a
cell (styles), where carried rows come from (carry).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from xlsxwriter.worksheet import Worksheet

from orchestration import layout
from orchestration.cards import Card, Column
from orchestration.indicators import indicators_in
from orchestration.receive.template.cover import A4
from orchestration.receive.template.form import Form
from orchestration.receive.template.limits import LAST_ROW, choices, explanation, limit
from orchestration.receive.template.styles import Styles
from orchestration.workbook import column_letter

STATED_TOTALS = "stated_totals"
BLANK_ROWS = 30  # between the header and the notes; a longer register is inserted or written over the notes

_NOTES = (
    "注:黄色表头为必填项;下拉列表中的值不要改写;编号、证件号码按文本填写;金额按表头所注单位填写。",
    "说明:请勿改动表头文字;本表无数据时,在封面“零报送”栏写上本表名称。",
)

_LONG = ("名称", "目标", "措施", "编号", "文号", "代码", "单位", "班次")  # headers over long texts and codes

Cell = str | Decimal | date | None


def write_dataset(sheet: Worksheet, form: Form, card: Card) -> None:
    """Writes the sheet with the rows carried over, or blank rows when there are none."""
    styles, period = form.styles, form.period
    places = layout.header_rows(card)
    last = len(card.sheet_columns) - 1
    sheet.merge_range(places.title - 1, 0, places.title - 1, last, card.title, styles.title)
    sheet.write_string(places.unit_note - 1, 0, layout.unit_note(form.unit.name, period.key), styles.note)
    _headers(sheet, styles, card, places)
    for index, column in enumerate(card.sheet_columns):
        sheet.set_column(index, index, _width(column), styles.column_of(column))
        rule = limit(column, form.lists, index, places.first_data, period)
        sheet.data_validation(places.first_data - 1, index, LAST_ROW, index, rule)
    if card.dataset == STATED_TOTALS:
        written = _stated_totals(sheet, form, card)
    else:
        carried = form.carried.datasets.get(card.dataset) if form.carried else None
        written = _body(sheet, styles, card, places.first_data, carried.rows if carried else [])
        _mark_missing(sheet, styles, card, places.first_data)
    for offset, text in enumerate(_NOTES):
        sheet.write_string(places.first_data + written + offset, 0, text, styles.note)
    _view(sheet, places, last)


def _view(sheet: Worksheet, places: layout.HeaderRows, last: int) -> None:
    """What stays in sight on the screen and on every printed page."""
    sheet.set_row(places.title - 1, 30)
    sheet.set_row(places.header - 1, 34)
    sheet.freeze_panes(places.first_data - 1, min(3, last))
    sheet.repeat_rows(0, places.header - 1)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页,共 &N 页")


def _headers(sheet: Worksheet, styles: Styles, card: Card, rows: layout.HeaderRows) -> None:
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
        sheet.write_comment(top, index, explanation(column), {"x_scale": 1.6})


def _width(column: Column) -> float:
    """In digits of the font; a Chinese character takes two of them."""
    if column.personal == "id_number":
        return 23
    longest = max((len(value) for value in choices(column)), default=0)
    header = column.header_text
    if column.data_type == "string" and not column.allowed and not column.format:
        usual = 24 if header.endswith(_LONG) else 16
    else:
        usual = 11
    return min(30, max(usual, 2 * longest + 3, len(header) * 1.7 + 3))


def _body(sheet: Worksheet, styles: Styles, card: Card, first: int, rows: Sequence[Sequence[Cell]]) -> int:
    """The rows carried over, or blank ones; returns how many."""
    formats = [styles.entry_of(column) for column in card.sheet_columns]
    blank = [(None,) * len(formats)] * BLANK_ROWS
    for row, cells in enumerate(rows or blank, first - 1):
        for index, (cell, style) in enumerate(zip(cells, formats, strict=True)):
            match cell:
                case None:
                    sheet.write_blank(row, index, None, style)
                case Decimal():
                    sheet.write_number(row, index, cell, style)  # a Decimal is written digit by digit
                case date():
                    sheet.write_datetime(row, index, cell, style)
                case _:
                    sheet.write_string(row, index, cell, style)
    return len(rows) or BLANK_ROWS


def _mark_missing(sheet: Worksheet, styles: Styles, card: Card, first: int) -> None:
    """Colours a required cell that is still empty in a row that has begun: one with two entries, which no note has,
    and that is no total."""
    last = column_letter(len(card.sheet_columns) - 1)
    for index, column in enumerate(card.sheet_columns):
        if column.required:
            cell = f"{column_letter(index)}{first}"
            begun = f'COUNTA($A{first}:${last}{first})>1,RIGHT($A{first},1)<>"计"'
            rule = {"type": "formula", "criteria": f"=AND(LEN({cell})=0,{begun})", "format": styles.missing}
            sheet.conditional_format(first - 1, index, LAST_ROW, index, rule)


def _stated_totals(sheet: Worksheet, form: Form, card: Card) -> int:
    """Fills in the indicators the unit states, leaving the values; returns how many rows that takes."""
    styles, unit_kind = form.styles, form.unit.kind
    first = layout.header_rows(card).first_data - 1
    places = {column.name: index for index, column in enumerate(card.sheet_columns)}
    stated = layout.stated_indicators(indicators_in(form.period.key), unit_kind, form.period.cadence)
    for row, indicator in enumerate(stated, first):
        word, decimals = layout.stated_unit(indicator, unit_kind)
        sheet.write_string(row, places["indicator"], indicator.label, styles.fixed)
        sheet.write_blank(row, places["value"], None, styles.entry_of(card.column("value")))
        sheet.write_string(row, places["unit"], word, styles.fixed)
        sheet.write_number(row, places["decimals"], decimals, styles.fixed)
    return len(stated)
