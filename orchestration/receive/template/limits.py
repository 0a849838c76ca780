"""What may be typed into a column, and what is said when the cell is chosen or the entry refused. From the card.

Belongs here: data validation and its words. Does not belong here: the rules (landing and the audit judge what
arrives; a limit only spares the clerk the journey).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from orchestration.cards import Column
from orchestration.land.expressions import EARLIEST_YEAR, LATEST_YEAR
from orchestration.periods import Period
from orchestration.workbook import column_letter

LAST_ROW = 20000  # how far the input aids reach: ten times the largest county register
YES_NO = ("是", "否")

# What a spreadsheet shows of a title and of a message.
_TITLE_LENGTH, _MESSAGE_LENGTH = 32, 255


def choices(column: Column) -> tuple[str, ...]:
    """The values of a column's drop-down; none for a column without."""
    return YES_NO if column.data_type == "boolean" else column.allowed


def explanation(column: Column) -> str:
    """The column in Chinese, from the card: what it is, whether it must be filled in, and how."""
    return (
        f"{column.description.split(' | ')[0]};{'必填' if column.required else '选填'}。{how_to_fill(column)}"
    )


def how_to_fill(column: Column) -> str:
    """The form an entry takes, as one or two short sentences."""
    form = _form(column)
    return f"{form}上期数不带出,本期重新填写。" if column.afresh else form


def limit(
    column: Column, lists: Mapping[tuple[str, ...], str], index: int, first_row: int, period: Period
) -> dict:
    """The column's data validation for xlsxwriter, from ``first_row`` (1-based) down; ``lists`` are the cell ranges
    of the drop-downs. Free text is not limited but has its message."""
    cell = f"{column_letter(index)}{first_row}"
    title = column.header_text[:_TITLE_LENGTH]
    required = "必填。" if column.required else "选填。"
    return {
        "ignore_blank": True,
        "input_title": title,
        "input_message": f"{required}{how_to_fill(column)}"[:_MESSAGE_LENGTH],
        "error_title": title,
        **_bounds(column, lists, cell, period),
    }


def _form(column: Column) -> str:
    match column:
        case Column(allowed=(_, *_)) | Column(data_type="boolean"):
            form = "从下拉列表中选填"
        case Column(personal="id_number"):
            form = "18位身份证号或20位残疾人证号,按文本填写"
        case Column(personal="phone"):
            form = "11位手机号,或带区号的固定电话"
        case Column(format="month"):
            form = "年月,写作 2021-08,10月写作 2021-10"
        case Column(format="unit_code"):
            form = "6位行政区划代码,如 610122"
        case Column(data_type="date"):
            form = "日期,如 2021-08-05"
        case Column(data_type="integer" | "bigint"):
            form = f"整数{_in_unit(column)}"
        case Column(data_type="string"):
            form = "文字;编号按文本填写,保留前面的0" if "号" in (column.header or "") else "文字"
        case _:
            form = f"数字{_in_unit(column)},不写单位和“约”等字"
    return f"{form}。"


def _in_unit(column: Column) -> str:
    if column.unit_from:
        return ",单位见计量单位栏"
    return f",单位:{column.unit}" if column.unit else ""


def _bounds(column: Column, lists: Mapping[tuple[str, ...], str], cell: str, period: Period) -> dict:
    match column:
        case Column(allowed=(_, *_)) | Column(data_type="boolean"):
            source = lists[choices(column)]
            bounds = {"validate": "list", "source": source, "error_message": "请从下拉列表中选择,不要改写"}
        case Column(personal="id_number"):
            bounds = _custom(f"=OR(LEN({cell})=18,LEN({cell})=20)", "应为18位身份证号或20位残疾人证号")
        case Column(personal="phone"):
            bounds = _length(7, 20, "应为11位手机号,或带区号的固定电话")
        case Column(format="month"):
            bounds = _month(column, cell, period)
        case Column(format="unit_code"):
            bounds = _length(6, 12, "应为6位行政区划代码,如 610122")
        case Column(data_type="date"):
            bounds = _day(column, period)
        case Column(data_type="string"):
            bounds = {"validate": "any"}
        case _:
            bounds = _number(column)
    return bounds


def _custom(formula: str, message: str) -> dict:
    return {"validate": "custom", "value": formula, "error_message": message}


def _length(shortest: int, longest: int, message: str) -> dict:
    bounds = {"criteria": "between", "minimum": shortest, "maximum": longest}
    return {"validate": "length", **bounds, "error_message": message}


def _month(column: Column, cell: str, period: Period) -> dict:
    """Text such as 2021-08. As texts of one form, months compare as they follow each other."""
    last = f"{LATEST_YEAR}-12" if column.future else f"{period.end:%Y-%m}"
    formula = (
        f'=AND(LEN({cell})=7,MID({cell},5,1)="-",ISNUMBER(VALUE(LEFT({cell},4))),VALUE(RIGHT({cell},2))>=1,'
        f'VALUE(RIGHT({cell},2))<=12,{cell}>="{EARLIEST_YEAR}-01",{cell}<="{last}")'
    )
    until = "" if column.future else f",不晚于本期({last})"
    return _custom(formula, f"应为年月,如 2021-08{until}")


def _day(column: Column, period: Period) -> dict:
    """A date cannot lie after the period, but for those that say until when something runs."""
    last = date(LATEST_YEAR, 12, 31) if column.future else period.end
    until = "" if column.future else f",不晚于报告期末({last:%Y-%m-%d})"
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": date(EARLIEST_YEAR, 1, 1),
        "maximum": last,
        "error_message": f"应为日期,如 2021-08-05{until}",
    }


def _number(column: Column) -> dict:
    kind, word = ("decimal", "数字") if column.data_type.startswith("decimal") else ("integer", "整数")
    lowest = column.minimum if column.minimum is not None else 0
    bounds: dict = {"criteria": ">=", "value": lowest}
    message = f"应为不小于 {lowest} 的{word}"
    if column.maximum is not None:
        bounds = {"criteria": "between", "minimum": lowest, "maximum": column.maximum}
        message = f"应为 {lowest} 至 {column.maximum} 之间的{word}"
    return {"validate": kind, **bounds, "error_message": f"{message}{_in_unit(column)}"}
