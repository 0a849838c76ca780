"""A county's list of warnings as a workbook: what to look at in which household, with empty columns for what was found.

Belongs here: what stands on which sheet. Does not belong here: which warnings there are, and folders.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from io import BytesIO

import xlsxwriter
from xlsxwriter.workbook import Format, Workbook
from xlsxwriter.worksheet import Worksheet

from orchestration.periods import parse_period
from orchestration.report.warnings.found import Warned
from orchestration.warning_rules import load_warnings

HOUSEHOLDS, TOWNSHIPS, SUMMARY = "户", "乡镇和县", "按乡镇汇总"
TO_FILL = (("入户核查日期", 12), ("核查结果", 18))

# Header and width in characters.
_BEGINNING = (("序号", 5), ("级别", 6), ("新增或持续", 8))
_END = (
    ("预警", 14),
    ("原因", 36),
    ("核查要点", 18),
    ("核查期限", 11),
    ("逾期天数", 6),
    ("所在单元格", 16),
    ("依据", 16),
)
_OF_HOUSEHOLD = (("乡镇", 9), ("行政村", 9), ("户编号", 18), ("姓名", 6))
_OF_TOWNSHIP = (("乡镇", 9),)
_LINE = 13  # points a line of a wrapped cell takes
_OVERDUE, _URGENT = "#FFD6D6", "紧急"


def county_workbook(warned: Sequence[Warned], period: str) -> bytes:
    """The list of one county in one period: the same warnings give the same bytes. ``warned`` as ``read_warnings`` gives
    them, at least one."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        end = parse_period(period).end
        workbook.set_properties({"title": _title(warned, period), "created": datetime.combine(end, time())})
        look = _Look(workbook)
        households = [warning for warning in warned if warning.subject_kind == "household"]
        others = [warning for warning in warned if warning.subject_kind != "household"]
        title = _title(warned, period)
        _list(workbook.add_worksheet(HOUSEHOLDS), look, title, _OF_HOUSEHOLD, households)
        _list(workbook.add_worksheet(TOWNSHIPS), look, title, _OF_TOWNSHIP, others)
        _summary(workbook.add_worksheet(SUMMARY), look, title, warned)
    return content.getvalue()


class _Look:
    """Every format of the list, once."""

    def __init__(self, workbook: Workbook) -> None:
        base = {"font_name": "微软雅黑", "font_size": 9, "valign": "vcenter"}
        edge = {"border": 1, "border_color": "#9AA5B1"}

        def add(**properties: object) -> Format:
            return workbook.add_format({**base, **properties})

        self.title = add(bold=True, font_size=14)
        self.note = add(font_color="#52606D")
        self.header = add(**edge, bold=True, align="center", text_wrap=True, bg_color="#D9E2EC")
        self.cell = add(**edge, text_wrap=True)
        self.strong = add(**edge, text_wrap=True, bold=True, font_color="#C0392B")
        self.date = add(**edge, num_format="yyyy-mm-dd", align="center")
        self.late = add(**edge, bg_color=_OVERDUE, align="center")
        self.number = add(**edge, num_format="#,##0", align="center")
        self.entry = add(**edge, bg_color="#FFF9E0", text_wrap=True)


def _title(warned: Sequence[Warned], period: str) -> str:
    return f"{warned[0].unit_name}防返贫预警名单 {period}"


_NOTE = (
    "姓名只留首字,凭户编号查找;不得公示本表。“持续”的预警上期已有,核查期限从首次提出算起。"
    "依据为“无出处”的,界限由本系统自定,供参考。"
)


def _list(
    sheet: Worksheet,
    look: _Look,
    title: str,
    place: tuple[tuple[str, int], ...],
    warned: Sequence[Warned],
) -> None:
    columns = (*_BEGINNING, *place, *_END, *TO_FILL)
    _head(sheet, look, title, columns)
    for number, warning in enumerate(warned, 1):
        _row(sheet, look, number + 2, (number, warning, len(place)))
        sheet.set_row(number + 2, _LINE * _lines(warning))
    if not warned:
        sheet.write_string(3, 0, "没有", look.note)
    sheet.autofilter(2, 0, max(len(warned) + 2, 3), len(columns) - 1)


def _lines(warning: Warned) -> int:
    """How many lines the fullest cell of a row takes: a Chinese character is as wide as two others."""
    widths = dict(_END)
    texts = {
        "预警": warning.title,
        "原因": warning.reason,
        "核查要点": load_warnings()[warning.warning_code].ask,
        "所在单元格": warning.cells,
        "依据": _basis(warning),
    }
    return max(1 + sum(2 - char.isascii() for char in text) // widths[name] for name, text in texts.items())


def _basis(warning: Warned) -> str:
    """The rule's source without its addresses, which docs/warnings.md has."""
    return "无出处" if warning.strength == "unsourced" else warning.rule_source.split("http")[0].rstrip("; ")


def _row(sheet: Worksheet, look: _Look, row: int, entry: tuple[int, Warned, int]) -> None:
    number, warning, places = entry
    where = (warning.township, warning.village, warning.household_no, warning.masked_name)
    if warning.subject_kind != "household":
        where = (warning.township or "全县",)
    texts = [
        (warning.level, look.strong if warning.level == _URGENT else look.cell),
        ("新增" if warning.is_new else f"持续{warning.periods_standing}期", look.cell),
        *((text or "", look.cell) for text in where[:places]),
        (warning.title, look.cell),
        (warning.reason, look.cell),
        (load_warnings()[warning.warning_code].ask, look.cell),
    ]
    sheet.write_number(row, 0, number, look.number)
    for column, (text, form) in enumerate(texts, 1):
        sheet.write_string(row, column, text, form)
    column = len(texts) + 1
    sheet.write_datetime(row, column, datetime.combine(warning.look_by, time()), look.date)
    sheet.write_number(
        row, column + 1, warning.days_overdue, look.late if warning.days_overdue else look.number
    )
    sheet.write_string(row, column + 2, warning.cells, look.cell)
    sheet.write_string(row, column + 3, _basis(warning), look.cell)
    for empty in range(len(TO_FILL)):
        sheet.write_blank(row, column + 4 + empty, None, look.entry)


def _summary(sheet: Worksheet, look: _Look, title: str, warned: Sequence[Warned]) -> None:
    """A row for each township, and the whole county in the last."""
    codes = [code for code in load_warnings() if any(w.warning_code == code for w in warned)]
    named = [load_warnings()[code].title for code in codes]
    heads = ("乡镇", "预警", "涉及户", "紧急", "新增", "已逾期", *named)
    _head(sheet, look, title, tuple((name, 12) for name in heads))
    townships = sorted({warning.township for warning in warned if warning.township})
    groups = [(name, [w for w in warned if w.township == name]) for name in townships]
    county = [warning for warning in warned if not warning.township]
    if county:
        groups.append(("不分乡镇", county))
    for row, (name, own) in enumerate([*groups, ("合计", warned)], 3):
        sheet.write_string(row, 0, name, look.cell)
        for column, count in enumerate(_counted(own, codes), 1):
            sheet.write_number(row, column, count, look.number)


def _counted(own: Sequence[Warned], codes: Iterable[str]) -> list[int]:
    return [
        len(own),
        len({warning.household_no for warning in own} - {None}),
        sum(warning.level == _URGENT for warning in own),
        sum(warning.is_new for warning in own),
        sum(warning.days_overdue > 0 for warning in own),
        *(sum(warning.warning_code == code for warning in own) for code in codes),
    ]


def _head(sheet: Worksheet, look: _Look, title: str, columns: Sequence[tuple[str, int]]) -> None:
    sheet.write_string(0, 0, title, look.title)
    sheet.write_string(1, 0, _NOTE, look.note)
    for column, (name, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(2, column, name, look.header)
    sheet.set_row(2, 28)
    sheet.freeze_panes(3, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.set_footer("&C第 &P 页,共 &N 页")
