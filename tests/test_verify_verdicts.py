"""One printed figure against one published value: rounding, bounds, slips, changes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from verify_support import judged_by, standing

TOTAL = "monitored_households_total"


@pytest.mark.parametrize(
    ("printed", "verdict", "reason"),
    [
        ("3.22万户", "confirmed", ""),
        ("32237户", "confirmed", ""),
        ("3.224万户", "confirmed", ""),
        ("3.2万户", "confirmed", "按约数印"),
        ("3.23万户", "contradicted", ""),
        ("3.21万户", "contradicted", ""),
        ("32236户", "contradicted", ""),
        ("32273户", "contradicted", "颠倒"),
        ("3.22亿户", "contradicted", "单位错"),
        ("32.24万户", "contradicted", "小数点"),
        ("3万多户", "confirmed", ""),
        ("3.3万多户", "contradicted", "范围"),
        ("近4万户", "confirmed", ""),
        ("近3万户", "contradicted", "范围"),
        ("超过3万户", "confirmed", ""),
        ("超过1万户", "unknown", "相差较大"),
        ("约3.2万户", "confirmed", ""),
        ("约4.2万户", "contradicted", ""),
        ("3至4万户", "unknown", "区间"),
    ],
)
def test_a_printed_number_is_right_where_the_value_rounds_to_it(printed, verdict, reason):
    (figure,) = judged_by(f"全省监测对象{printed}。", standing(TOTAL, "32237")).figures
    assert (figure.verdict, figure.key) == (verdict, TOTAL)
    assert reason in figure.reason and (reason or not figure.coarse)


def test_a_number_cut_off_is_named_as_such():
    (figure,) = judged_by("全省监测对象3.22万户。", standing(TOTAL, "32297")).figures
    assert (figure.verdict, figure.reason) == ("contradicted", "似为截断,应四舍五入")


def test_zeros_that_are_dropped_are_no_rounding():
    (figure,) = judged_by("全省监测对象3万户。", standing(TOTAL, "30004")).figures
    assert (figure.verdict, figure.coarse, figure.difference) == ("confirmed", False, Decimal(-4))


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("较上月增加745户", "confirmed"),
        ("较上月增加754户", "contradicted"),
        ("较上月减少745户", "contradicted"),
        ("环比增长2.37%", "confirmed"),
        ("环比增长2.38%", "contradicted"),
        ("同比增加2000户", "confirmed"),
        ("比上年同期增加2001户", "contradicted"),
        ("较上季度增加745户", "unknown"),
        ("较去年底增加745户", "unknown"),
        ("增加745户", "unknown"),
    ],
)
def test_a_change_is_held_against_the_period_it_names(said, verdict):
    row = standing(
        TOTAL,
        "32200",
        previous_period="2021-07",
        previous_value=Decimal(31455),
        year_before_period="2020-08",
        year_before_value=Decimal(30200),
    )
    _, change = judged_by(f"全省监测对象3.22万户,{said}。", row).figures
    assert (change.verdict, change.key) == (verdict, TOTAL)


def test_a_sentence_opened_by_a_comparison_is_under_it():
    row = standing(TOTAL, "32200", previous_period="2021-07", previous_value=Decimal(31455))
    changes = judged_by("与上月相比,监测对象户数增加745户、增长2.37%。", row).figures
    assert [figure.verdict for figure in changes] == ["confirmed", "confirmed"]


def test_a_change_without_an_earlier_period_is_unknown():
    _, change = judged_by("全省监测对象3.22万户,较上月增加745户。", standing(TOTAL, "32200")).figures
    assert change.verdict == "unknown" and change.reason


def test_a_sum_of_the_year_does_not_fall_from_month_to_month():
    row = standing("projects_arranged", "18021", previous_period="2021-07", previous_value=Decimal(17422))
    _, change = judged_by("安排项目18021个,较上月减少20个。", row).figures
    assert change.verdict == "unknown"
