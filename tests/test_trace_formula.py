"""Formulas of the dictionary taken apart, and cells as they are typed."""

from __future__ import annotations

import pytest

from orchestration.report.trace.area import read_area
from orchestration.report.trace.formula import read_formula


def test_a_sum_counts_rows_that_have_a_value():
    formula = read_formula("sum(members)", "category = '脱贫不稳定户'")
    assert formula.condition == "(category = '脱贫不稳定户') and (members) is not null"
    assert formula.columns(["category", "members", "township"]) == (
        ("members", "measure"),
        ("category", "condition"),
    )
    assert formula.adds_up


def test_distinct_things_do_not_add_up():
    formula = read_formula("count(distinct substr(county_code, 1, 4))", None)
    assert (formula.distinct, formula.expression, formula.adds_up) == (
        True,
        "substr(county_code, 1, 4)",
        False,
    )


def test_a_word_in_a_text_is_no_column():
    assert read_formula("count(*)", "item_type = 'members'").columns(["members"]) == ()


def test_two_aggregates_are_not_taken_for_one():
    assert read_formula("sum(a) - sum(b)", None).function is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("监测对象台账!D5", ("监测对象台账", "D", "D", 5, 5)),
        ("监测对象台账!$D$9:F5", ("监测对象台账", "D", "F", 5, 9)),
        ("'项目 库'!5:9", ("项目 库", "", "", 5, 9)),
        ("项目库!D:D", ("项目库", "D", "D", 1, 1_048_576)),
    ],
)
def test_cells_are_read_as_they_are_typed(text: str, found: tuple):
    area = read_area(text)
    assert (area.sheet, area.left, area.right, area.first, area.last) == found


@pytest.mark.parametrize("text", ["D5", "台账!", "台账!5D", "台账!D5:7"])
def test_what_is_no_address_is_refused(text: str):
    with pytest.raises(ValueError, match="no address"):
        read_area(text)
