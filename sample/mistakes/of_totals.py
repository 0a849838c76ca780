"""Mistakes in 汇总表: a stated total that its register contradicts, or that cannot be read as one."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from sample.mistakes import edits
from sample.mistakes.book import Book, Register
from sample.mistakes.edits import both, more_than, put, row_kind, says, times
from sample.mistakes.kind import Kind, Touched
from sample.write.cells import Cell

DATASET = "stated_totals"


def _worth(least: int) -> edits.Where:
    return lambda register, row: register.number(row, "value") >= least


def _fraction_of_wan(register: Register, row: int) -> bool:
    value = register.number(row, "value")
    return register.text(row, "unit") == "万元" and value != value.to_integral_value()


def _rounded(register: Register, row: int, rng: Random) -> dict[str, Cell]:
    return {"value": round(register.number(row, "value"))}


def _tenth_of_rate(register: Register, row: int, rng: Random) -> dict[str, Cell]:
    return {"value": float(register.number(row, "value") / Decimal(10))}


def _row_left_out(book: Book, rng: Random) -> Touched | None:
    register = book.register(DATASET)
    row = register and register.pick(rng, says("indicator", "易地搬迁安置点", "风险隐患排查户数"))
    if row is None:
        return None
    label = register.text(row, "indicator")
    del register.grid.rows[row]
    return Touched(register.sheet, (), f"漏列指标“{label}”")


KINDS = (
    row_kind(
        "total_not_of_register",
        "汇总数与台账不一致",
        edits.TOTALS,
        DATASET,
        "R-SUM-3",
        change=more_than("value", "value", 5),
        where=says("indicator", "入库项目", "现有扶贫产品", "易地搬迁安置点"),
    ),
    row_kind(
        "total_in_yuan",
        "汇总数按元填,单位仍写万元",
        edits.TOTALS,
        DATASET,
        "R-SUM-3",
        change=times("value", "10000"),
        where=both(says("unit", "万元"), _worth(1)),
        follows="R-SUM-5",
    ),
    row_kind(
        "total_of_another_unit",
        "金额的计量单位写成户",
        edits.TOTALS,
        DATASET,
        "R-SUM-2",
        change=put("unit", "户"),
        where=says("unit", "万元"),
        follows="R-SUM-3 R-SUM-5",
    ),
    row_kind(
        "total_of_unknown_unit",
        "计量单位写成“万”",
        edits.TOTALS,
        DATASET,
        "S-TYPE",
        change=put("unit", "万"),
        where=says("unit", "万元"),
        follows="R-SUM-2 R-SUM-7 S-REQUIRED",
    ),
    row_kind(
        "decimals_not_as_stated",
        "小数位数写2而数值已取整",
        edits.TOTALS,
        DATASET,
        "R-SUM-3",
        change=_rounded,
        where=_fraction_of_wan,
    ),
    row_kind(
        "indicator_renamed",
        "指标名称改写",
        edits.TOTALS,
        DATASET,
        "R-SUM-1",
        change=put("indicator", "入库项目总个数"),
        where=says("indicator", "入库项目"),
        follows="R-SUM-7",
    ),
    Kind(
        key="indicator_missing",
        name_zh="漏列一项指标",
        category=edits.TOTALS,
        severity="warning",
        rules=frozenset({"R-SUM-7"}),
        dataset=DATASET,
        apply=_row_left_out,
    ),
    row_kind(
        "parts_not_total",
        "三类户数之和不等于总户数",
        edits.TOTALS,
        DATASET,
        "R-SUM-4 R-SUM-3",
        change=more_than("value", "value", 2),
        where=says("indicator", "监测对象总户数"),
        follows="R-SUM-5",
    ),
    row_kind(
        "rate_not_of_its_parts",
        "项目开工率少算一位",
        edits.TOTALS,
        DATASET,
        "R-SUM-6 R-SUM-3",
        change=_tenth_of_rate,
        where=both(says("indicator", "项目开工率"), _worth(10)),
    ),
    row_kind(
        "total_in_words",
        "汇总数写成“约300”",
        edits.TOTALS,
        DATASET,
        "S-TYPE",
        change=put("value", "约300"),
        where=says("unit", "户", "人"),
        follows="R-SUM-7",
    ),
)
