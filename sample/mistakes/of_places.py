"""Mistakes in 易地搬迁后续扶持, 扶贫产品认定 and 风险隐患排查."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from sample.mistakes import edits
from sample.mistakes.book import Book, Register
from sample.mistakes.edits import (
    after_period,
    days_after,
    exchanged,
    more_than,
    one_digit_less,
    positive,
    put,
    row_kind,
    times,
)
from sample.mistakes.kind import Kind, Touched
from sample.write.cells import Cell, Formula

SITES, PRODUCTS, SCREENING = "resettlement_sites", "recognised_products", "risk_screening"


def _row_typed_twice(book: Book, rng: Random) -> Touched | None:
    register = book.register(PRODUCTS)
    row = register and register.pick(rng, lambda register, row: True)
    if row is None:
        return None
    register.grid.rows.insert(row + 1, list(register.grid.rows[row]))
    cell, first = register.address(row + 1, "product_no"), register.address(row, "product_no")
    return Touched(register.sheet, (cell,), f"第{row + 1}行重复录入一次", (f"{register.sheet}!{first}",))


def _other_row_of_town(register: Register, row: int) -> int | None:
    town = register.text(row, "township")
    return next((r for r in register.rows if r < row and register.text(r, "township") == town), None)


def _hazard_of_another_row(register: Register, row: int, rng: Random) -> dict[str, Cell]:
    hazard = register.value(_other_row_of_town(register, row), "hazard")
    return {"township": register.value(row, "township"), "hazard": hazard}


def _same_town_above(register: Register, row: int) -> bool:
    return _other_row_of_town(register, row) is not None


def _key_typed_twice(book: Book, rng: Random) -> Touched | None:
    """The number of the row above stands on two different products."""
    register = book.register(PRODUCTS)
    row = register and register.pick(rng, lambda register, row: row > register.rows[0])
    if row is None:
        return None
    cell = register.write(row, "product_no", register.value(row - 1, "product_no"))
    first = register.address(row - 1, "product_no")
    return Touched(register.sheet, (cell,), "产品编号照抄了上一行", (f"{register.sheet}!{first}",))


def _value_in_yuan(book: Book, rng: Random) -> Touched | None:
    """Nothing on the sheet itself speaks against the number: 汇总表 does."""
    register = book.register(PRODUCTS)
    row = register and register.pick(rng, positive("commodity_value"))
    if row is None:
        return None
    cells = times("commodity_value", "10000")(register, row, rng)
    cell = register.write(row, "commodity_value", cells["commodity_value"])
    return Touched(register.sheet, (cell,), "一个产品的年商品价值量按元填(应为万元)")


KINDS = (
    row_kind(
        "occupied_above_planned",
        "实际入住户数大于规划户数",
        edits.LOGIC,
        SITES,
        "R-RES-24",
        change=more_than("occupied_households", "planned_households", 4),
        follows="R-RES-26",
    ),
    row_kind(
        "site_households_and_people_exchanged",
        "入住户数和人数填反",
        edits.SWAPPED,
        SITES,
        "R-RES-26 R-RES-24",
        change=exchanged("occupied_households", "occupied_people"),
        where=lambda register, row: (
            register.number(row, "occupied_people") > register.number(row, "planned_households")
        ),
        follows="R-RES-21 R-RES-25",
    ),
    row_kind(
        "employed_above_labour",
        "已就业人数大于劳动力人数",
        edits.LOGIC,
        SITES,
        "R-RES-20",
        change=more_than("employed", "labour", 6),
    ),
    replace(
        row_kind(
            "formula_without_value",
            "公式没有计算结果",
            edits.FORM,
            SITES,
            "S-TYPE",
            change=put("workshops", Formula("SUM(A1:A2)")),
        ),
        formats=frozenset({"xlsx"}),
    ),
    row_kind(
        "validity_before_recognition",
        "有效期早于认定日期",
        edits.ORDER,
        PRODUCTS,
        "R-PROD-20",
        change=days_after("valid_to", "recognised_on", -10),
        follows="R-PROD-21",
    ),
    row_kind(
        "recognised_after_period",
        "认定日期晚于报告期",
        edits.ORDER,
        PRODUCTS,
        "R-PROD-22",
        change=after_period("recognised_on"),
    ),
    Kind(
        key="row_duplicated",
        name_zh="一行重复录入",
        category=edits.TWICE,
        severity="error",
        rules=frozenset({"S-KEY"}),
        dataset=PRODUCTS,
        apply=_row_typed_twice,
    ),
    Kind(
        key="key_duplicated",
        name_zh="两个产品同一编号",
        category=edits.TWICE,
        severity="error",
        rules=frozenset({"S-KEY"}),
        dataset=PRODUCTS,
        apply=_key_typed_twice,
    ),
    row_kind(
        "credit_code_of_17",
        "统一社会信用代码少一位",
        edits.NUMBER,
        PRODUCTS,
        "R-PROD-24",
        change=one_digit_less("supplier_uscc"),
        severity="warning",
    ),
    row_kind(
        "recognition_expired",
        "认定已过有效期",
        edits.LIMIT,
        PRODUCTS,
        "R-PROD-21",
        change=lambda register, row, rng: {
            "recognised_on": f"{register.period.end.year - 4}-06-15",
            "valid_to": f"{register.period.end.year - 1}-06-14",
        },
        severity="warning",
        agreeing=("recognised_on",),
    ),
    Kind(
        key="value_in_yuan",
        name_zh="商品价值量按元填,仅汇总表能看出",
        category=edits.UNIT,
        severity="error",
        rules=frozenset({"R-SUM-3"}),
        dataset=PRODUCTS,
        apply=_value_in_yuan,
    ),
    row_kind(
        "at_risk_above_screened",
        "存在风险户数大于排查户数",
        edits.LOGIC,
        SCREENING,
        "R-RISK-1",
        change=more_than("at_risk_households", "screened_households", 2),
        follows="R-RISK-3",
    ),
    row_kind(
        "people_below_households",
        "存在风险人数少于户数",
        edits.SWAPPED,
        SCREENING,
        "R-RISK-3",
        change=more_than("at_risk_households", "at_risk_people", 1),
        follows="R-RISK-1",
    ),
    row_kind(
        "handled_above_at_risk",
        "已处置户数大于存在风险户数",
        edits.LOGIC,
        SCREENING,
        "R-RISK-2",
        change=more_than("handled_households", "at_risk_households", 1),
    ),
    row_kind(
        "screened_after_period",
        "排查日期晚于报告期",
        edits.ORDER,
        SCREENING,
        "R-RISK-4",
        change=after_period("screened_on"),
    ),
    row_kind(
        "unit_beside_number",
        "数字后面带单位“86户”",
        edits.FORM,
        SCREENING,
        "S-TYPE",
        change=lambda register, row, rng: {
            "screened_households": f"{register.number(row, 'screened_households')}户"
        },
    ),
    row_kind(
        "hazard_of_town_twice",
        "同一乡镇同一隐患报了两行",
        edits.TWICE,
        SCREENING,
        "S-KEY",
        change=_hazard_of_another_row,
        where=_same_town_above,
        agreeing=("township",),
    ),
)
