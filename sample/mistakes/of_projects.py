"""Mistakes in 项目库 and 衔接资金支出: sums that do not hold, dates out of order, money in the wrong unit."""

from __future__ import annotations

from random import Random

from sample.mistakes import edits
from sample.mistakes.book import Register, number_cell
from sample.mistakes.edits import (
    after_period,
    both,
    can_transpose,
    dated,
    days_after,
    exchanged,
    more_than,
    positive,
    put,
    row_kind,
    says,
    times,
    transposed,
    undated,
)
from sample.write.cells import Broken, Cell

PROJECTS, SPENDING = "projects", "fund_spending"


def _changed_by(column: str, amount: int) -> edits.Change:
    return more_than(column, column, amount)


def _people_fewer(register: Register, row: int) -> bool:
    return register.number(row, "benefit_people") > register.number(row, "benefit_households") > 0


def _spent_beyond(register: Register, row: int, rng: Random) -> dict[str, Cell]:
    return {"spent": number_cell(register.number(row, "amount") + 12)}


def _fee_of_three_percent(register: Register, row: int, rng: Random) -> dict[str, Cell]:
    return {"management_fee": number_cell(round(register.number(row, "amount") * 3 / 100, 2))}


KINDS = (
    row_kind(
        "sources_not_total",
        "资金总额不等于各级资金之和",
        edits.SUM,
        PROJECTS,
        "R-PROJ-4-1",
        change=_changed_by("total_funds", 10),
    ),
    row_kind(
        "digits_transposed_in_part",
        "一项资金两位数字写颠倒",
        edits.SUM,
        PROJECTS,
        "R-PROJ-4-1",
        change=transposed("county_funds"),
        where=can_transpose("county_funds"),
    ),
    row_kind(
        "total_funds_in_yuan",
        "资金总额按元填(应为万元)",
        edits.UNIT,
        PROJECTS,
        "R-PROJ-4-1",
        change=times("total_funds", "10000"),
    ),
    row_kind(
        "started_before_arranged",
        "开工日期早于安排日期",
        edits.ORDER,
        PROJECTS,
        "R-PROJ-4-3",
        change=days_after("started_on", "arranged_on", -9),
        where=dated("started_on", "arranged_on"),
    ),
    row_kind(
        "started_without_arranged",
        "有开工日期而无安排日期",
        edits.BLANK,
        PROJECTS,
        "R-PROJ-4-6",
        change=put("arranged_on", None),
        where=both(dated("started_on", "arranged_on"), undated("accepted_on")),
    ),
    row_kind(
        "paid_above_total",
        "已拨付大于资金总额",
        edits.LOGIC,
        PROJECTS,
        "R-PROJ-30",
        change=more_than("disbursed", "total_funds", 5),
        where=both(dated("arranged_on"), positive("disbursed")),
    ),
    row_kind(
        "households_and_people_exchanged",
        "受益户数和人口填反(一行)",
        edits.SWAPPED,
        PROJECTS,
        "R-PROJ-32",
        change=exchanged("benefit_households", "benefit_people"),
        where=_people_fewer,
        severity="warning",
    ),
    row_kind(
        "date_impossible",
        "日期为2月30日",
        edits.FORM,
        PROJECTS,
        "S-TYPE",
        change=put("pooled_on", "2021-02-30"),
    ),
    row_kind(
        "date_after_period",
        "开工日期晚于报告期",
        edits.ORDER,
        PROJECTS,
        "R-PROJ-22",
        change=after_period("started_on"),
        where=both(dated("started_on"), undated("completed_on")),
    ),
    row_kind(
        "state_against_dates",
        "项目状态与日期不符",
        edits.LOGIC,
        PROJECTS,
        "R-PROJ-31",
        change=put("status", "已验收"),
        where=says("status", "未安排"),
    ),
    row_kind(
        "project_without_document",
        "已安排项目无资金文号",
        edits.BLANK,
        PROJECTS,
        "R-PROJ-4-9",
        change=put("document_no", None),
        where=dated("arranged_on"),
    ),
    row_kind(
        "spent_above_allotted",
        "已支出大于指标金额",
        edits.LOGIC,
        SPENDING,
        "R-FUND-4-1 R-FUND-20",
        change=_spent_beyond,
    ),
    row_kind(
        "fee_above_one_percent",
        "项目管理费超过1%",
        edits.LIMIT,
        SPENDING,
        "R-FUND-2",
        change=_fee_of_three_percent,
        where=positive("amount"),
        follows="R-FUND-21",
    ),
    row_kind(
        "balance_not_difference",
        "指标余额不等于指标金额减已支出",
        edits.SUM,
        SPENDING,
        "R-FUND-20",
        change=_changed_by("balance", 3),
    ),
    row_kind(
        "allotted_in_yuan",
        "指标金额按元填(应为万元)",
        edits.UNIT,
        SPENDING,
        "R-FUND-20",
        change=times("amount", "10000"),
        follows="R-FUND-1",
    ),
    row_kind(
        "error_cell",
        "公式出错 #REF!",
        edits.FORM,
        SPENDING,
        "S-TYPE",
        change=put("spent", Broken("#REF!")),
        follows="R-FUND-20",
    ),
    row_kind(
        "required_blank",
        "必填的下达日期空白",
        edits.BLANK,
        SPENDING,
        "S-REQUIRED",
        change=put("issued_on", None),
    ),
)
