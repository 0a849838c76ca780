"""Mistakes in 监测对象台账 and 务工就业."""

from __future__ import annotations

from random import Random

from sample.mistakes import edits
from sample.mistakes.book import Book, Register
from sample.mistakes.edits import more_than, one_digit_less, positive, put, row_kind, says
from sample.mistakes.kind import Kind, Touched
from sample.write.cells import Cell

HOUSEHOLDS, WORK = "monitored_households", "employment"
NOT_ELIMINATED = says("risk_eliminated", "否")


def _other_type(register: Register, row: int, rng: Random) -> dict[str, Cell]:
    types = {"脱贫户": "一般农户", "一般农户": "脱贫户"}
    return {"household_type": types[register.text(row, "household_type")]}


def _next_year(register: Register, row: int, rng: Random) -> dict[str, Cell]:
    return {"identified_month": f"{register.period.end.year + 1}-01"}


def _swapped_columns(book: Book, rng: Random) -> Touched | None:
    """The whole ID numbers stand under the phone's header and the other way round."""
    register = book.register(HOUSEHOLDS)
    if register is None or not register.rows:
        return None
    for row in register.rows:
        number, phone = register.value(row, "head_id_no"), register.value(row, "head_phone")
        register.write(row, "head_id_no", phone)
        register.write(row, "head_phone", number)
    cells = (register.down("head_id_no"), register.down("head_phone"))
    return Touched(register.sheet, cells, "证件号码与联系电话两列的内容整列对调")


KINDS = (
    Kind(
        key="id_and_phone_swapped",
        name_zh="证件号码与联系电话两列填反",
        category=edits.SWAPPED,
        severity="error",
        rules=frozenset({"S-SWAPPED", "S-ID"}),
        dataset=HOUSEHOLDS,
        apply=_swapped_columns,
        follows=frozenset({"S-PHONE", "S-REQUIRED"}),
    ),
    row_kind(
        "id_of_17_digits",
        "身份证号少一位",
        edits.NUMBER,
        HOUSEHOLDS,
        "S-ID",
        change=one_digit_less("head_id_no"),
    ),
    row_kind(
        "category_against_type",
        "监测类别与户类型矛盾",
        edits.LOGIC,
        HOUSEHOLDS,
        "R-MON-1-1",
        change=_other_type,
        where=says("category", "脱贫不稳定户", "边缘易致贫户"),
    ),
    row_kind(
        "labour_above_members",
        "劳动力人数大于家庭人口",
        edits.LOGIC,
        HOUSEHOLDS,
        "R-MON-20",
        change=more_than("labour_members", "members", 2),
    ),
    row_kind(
        "eliminated_without_month",
        "风险已消除而无消除时间",
        edits.BLANK,
        HOUSEHOLDS,
        "R-MON-6-1",
        change=put("eliminated_month", None),
        where=says("risk_eliminated", "是"),
    ),
    row_kind(
        "members_beyond_limit",
        "家庭人口45人",
        edits.LIMIT,
        HOUSEHOLDS,
        "S-RANGE",
        change=put("members", 45),
        follows="R-MON-23",
    ),
    row_kind(
        "month_with_one_digit",
        "年月写成2021.1",
        edits.FORM,
        HOUSEHOLDS,
        "S-TYPE",
        change=put("identified_month", "2021.1"),
    ),
    row_kind(
        "identified_after_period",
        "识别时间晚于报告期",
        edits.ORDER,
        HOUSEHOLDS,
        "R-MON-6-3",
        change=_next_year,
        where=NOT_ELIMINATED,
    ),
    row_kind(
        "old_income_line",
        "收入参考范围用旧标准",
        edits.LIMIT,
        HOUSEHOLDS,
        "R-MON-2",
        change=put("income_threshold", 5000),
        severity="warning",
        follows="R-MON-1-2",
    ),
    row_kind(
        "public_job_elsewhere",
        "公益性岗位务工地点在省外",
        edits.LOGIC,
        WORK,
        "R-EMP-2",
        change=put("work_place", "省外"),
        where=says("channel", "公益性岗位"),
        follows="S-KEY",
    ),
    row_kind(
        "women_above_people",
        "女性人数大于就业人数",
        edits.LOGIC,
        WORK,
        "R-EMP-20",
        change=more_than("women", "people", 3),
    ),
    row_kind(
        "wage_of_a_year",
        "月收入填成年收入",
        edits.UNIT,
        WORK,
        "R-EMP-3",
        change=edits.times("monthly_wage", "12"),
        where=lambda register, row: register.number(row, "monthly_wage") > 2600,
        severity="warning",
    ),
    row_kind(
        "channel_not_listed",
        "就业渠道不在选项中",
        edits.FORM,
        WORK,
        "S-ALLOWED",
        change=put("channel", "打零工"),
        where=says("channel", "灵活就业", "自主创业", "外出务工"),
    ),
    row_kind(
        "number_in_words",
        "人数写成“三十”",
        edits.FORM,
        WORK,
        "S-TYPE",
        change=put("people", "三十"),
    ),
    row_kind(
        "negative_count",
        "人数为负",
        edits.LIMIT,
        WORK,
        "S-RANGE",
        change=edits.times("women", "-1"),
        where=positive("women"),
    ),
)
