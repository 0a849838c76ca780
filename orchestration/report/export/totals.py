"""Two sheets of the unit's own figures: 汇总表 as every unit reports it, and each figure with all that is known of it.

Belongs here: what stands where on these sheets. Does not belong here: the values (``contents``) and the look.
"""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from orchestration.cards import Card
from orchestration.layout import header_rows, unit_note
from orchestration.report.bulletin.pieces import ADJUSTED_MARK, PARTIAL_MARK
from orchestration.report.export.contents import Contents, Entry, Figure, in_unit, stated_unit_of
from orchestration.report.export.look import Look, print_landscape, set_widths, write_exact, write_headers
from orchestration.report.export.tables import table

DETAIL_COLUMNS = (
    ("序号", 5),
    ("板块", 14),
    ("指标", 30),
    ("印发数", 14),
    ("数值", 13),
    ("计量单位", 8),
    ("上期", 13),
    ("比上期增减", 13),
    ("上年同期", 13),
    ("精确值", 19),
    ("基本单位", 8),
    ("数据截止", 11),
    ("标记", 6),
)


def write_totals(sheet: Worksheet, look: Look, contents: Contents, card: Card) -> None:
    """The sheet as the card lays it out, so that whoever can read a unit's 汇总表 can read this one."""
    places, unit = header_rows(card), contents.unit
    last = len(card.sheet_columns) - 1
    sheet.merge_range(
        places.title - 1, 0, places.title - 1, last, f"{unit.name}{card.title}", look.sheet_title
    )
    sheet.write_string(places.unit_note - 1, 0, unit_note(unit.name, contents.period.key), look.note)
    write_headers(sheet, places.header - 1, [column.header_text for column in card.sheet_columns], look)
    totals = table(contents, "totals")
    where = {column.name: number for number, column in enumerate(totals.columns)}
    for row, cells in enumerate(totals.rows, places.first_data - 1):
        decimals = int(cells[where["decimals"]])
        for number, column in enumerate(card.sheet_columns):
            value = cells[where[column.name]]
            if column.name == "value":
                write_exact(sheet, row, number, value, look.number(decimals))
            elif column.name == "decimals":
                sheet.write_number(row, number, decimals, look.number(0))
            else:
                sheet.write_string(row, number, str(value), look.text)
    sheet.write_string(
        places.first_data + len(totals.rows), 0, "注:数值按规定小数位四舍五入,见“说明”。", look.note
    )
    set_widths(sheet, (48, 18, 12, 12))
    sheet.set_row(places.title - 1, 30)
    sheet.set_row(places.header - 1, 24)
    sheet.freeze_panes(places.first_data - 1, 1)
    print_landscape(sheet, repeated=(0, places.header - 1))


def write_detail(sheet: Worksheet, look: Look, contents: Contents) -> None:
    """Every figure: as printed, exact, what it was before, how far it reaches."""
    sheet.write_string(0, 0, f"{contents.unit.name}指标明细", look.title)
    sheet.write_string(1, 0, f"报告期:{contents.period.key}  {_MARKS}", look.note)
    write_headers(sheet, 2, [name for name, _ in DETAIL_COLUMNS], look)
    row = 2
    for entry in contents.entries:
        if figure := contents.figure(contents.unit, entry):
            row += 1
            _detail(sheet, look, row, (entry, figure, *stated_unit_of(figure, entry, contents.unit.kind)))
    set_widths(sheet, (width for _, width in DETAIL_COLUMNS))
    sheet.set_row(0, 28)
    sheet.set_row(2, 24)
    sheet.autofilter(2, 0, max(row, 3), len(DETAIL_COLUMNS) - 1)
    sheet.freeze_panes(3, 3)
    print_landscape(sheet, repeated=(0, 2))


_MARKS = f"数值为精确值,按规定小数位显示;比率的增减为百分点。{ADJUSTED_MARK} 印发数末位经舍位平衡调整;{PARTIAL_MARK} 部分汇总,有单位未计入"


def _detail(sheet: Worksheet, look: Look, row: int, found: tuple[Entry, Figure, str, int]) -> None:
    entry, figure, unit, decimals = found
    number = look.number(decimals, shade=figure.is_partial)
    before = (
        figure.previous_value,
        figure.previous_change if figure.is_alike else None,
        figure.year_before_value,
    )
    sheet.write_number(row, 0, row - 2, look.number(0))
    for column, text in enumerate((entry.section, entry.label, figure.display), 1):
        sheet.write_string(row, column, text, look.text)
    write_exact(sheet, row, 4, in_unit(figure.value, unit), number)
    sheet.write_string(row, 5, unit, look.text)
    for column, value in enumerate(before, 6):
        write_exact(
            sheet, row, column, None if value is None else in_unit(value, unit), look.number(decimals)
        )
    write_exact(sheet, row, 9, figure.value, look.general)
    sheet.write_string(row, 10, "比率" if entry.unit == "1" else entry.unit, look.text)
    if figure.as_of:
        sheet.write_datetime(row, 11, figure.as_of, look.date)
    else:
        sheet.write_blank(row, 11, None, look.date)
    marks = (ADJUSTED_MARK if figure.is_adjusted else "") + (PARTIAL_MARK if figure.is_partial else "")
    sheet.write_string(row, 12, marks, look.centred)
