"""What a column expects, in the words a county clerk reads. Belongs here: wording alone."""

from __future__ import annotations

from orchestration.cards import UNIT_FACTORS, Column
from orchestration.land.expressions import EARLIEST_YEAR, LATEST_YEAR


def expected(column: Column, rule_code: str) -> str:
    """The expectation a value of this column broke."""
    words = {
        "S-REQUIRED": f"“{column.header}”必填",
        "S-ALLOWED": "从下列值中选填:" + "、".join(column.allowed),
        "S-RANGE": _range(column),
        "S-LOSSY": "文本格式的完整号码;数字格式超过15位后尾数丢失,须按原件重填",
        "S-ID": "18位身份证号或20位残疾人证号,文本格式",
        "S-PHONE": "11位手机号,或带区号的固定电话",
        "S-TYPE": _type(column),
    }
    return words[rule_code]


def expected_unit() -> str:
    return "计量单位:" + "、".join(UNIT_FACTORS)


def _range(column: Column) -> str:
    unit = column.unit or ""
    lowest = column.minimum if column.minimum is not None else 0
    if column.maximum is None:
        return f"不小于{lowest}{unit}"
    return f"{lowest}—{column.maximum}{unit}"


def _type(column: Column) -> str:
    years = f"{EARLIEST_YEAR}—{LATEST_YEAR}年"
    match column:
        case Column(format="month"):
            words = f"{years}的年月,如 2021-08(10月须写作 2021-10,不能写 2021.1)"
        case Column(format="unit_code"):
            words = "6位行政区划代码,如 610122"
        case Column(data_type="date"):
            words = f"{years}的日期,如 2021-08-05"
        case Column(data_type="boolean"):
            words = "是 或 否"
        case Column(data_type="integer" | "bigint"):
            words = f"整数{_in_unit(column)},如 1234"
        case Column(data_type="string"):
            words = "文字,不能是出错的公式单元格"
        case _:
            words = f"数字{_in_unit(column)},{_precision(column)}"
    return words


def _in_unit(column: Column) -> str:
    return f"(单位:{column.unit})" if column.unit else ""


def _precision(column: Column) -> str:
    base = UNIT_FACTORS[column.unit][0] if column.unit else None
    if base == "元":
        return "最多精确到分,如 1234.56"
    if base == "1":
        return "百分数,如 4.35"
    return "小数位数不超过规定,如 1234.56"
