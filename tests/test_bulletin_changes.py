"""What has become of a figure, in words: by kind, by cadence, and where there is nothing to compare."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from bulletin_support import ARTICLE, UNITS, figure, material

from orchestration.periods import parse_period
from orchestration.report.bulletin.comparisons import (
    say_change,
    say_change_of_a_year,
    say_increment,
)
from orchestration.report.bulletin.figures import Earlier
from orchestration.report.bulletin.narrative import compose
from orchestration.report.bulletin.pieces import plain
from orchestration.report.bulletin.saying import say_before, say_short

JULY, AUGUST = date(2021, 7, 31), date(2021, 8, 31)


def _before(value: str | int, period: str = "2021-07", as_of: date | None = JULY, **more) -> Earlier:
    return Earlier(period, figure("resident_workers", value).value, "", as_of, **more)


def _said(found, unit: str = "610000", period: str = "2021-08", **more) -> str:
    bulletin = compose(material(found, unit, period, **more), UNITS.by_code(unit))
    return "\n".join(plain(paragraph) for section in bulletin.sections for paragraph in section.paragraphs)


@pytest.mark.parametrize(
    ("key", "now", "before", "said"),
    [
        ("monitored_households_total", 32200, 31455, "增加745户、增长2.37%"),
        ("monitored_households_total", 31455, 32200, "减少745户、下降2.31%"),
        ("monitored_households_total", 32200, 32200, "持平"),
        ("monitored_households_total", 12, 0, "增加12户"),  # of nothing there is no percentage
        ("monitored_households_total", 0, 12, "减少12户、下降100%"),
        ("employment_lifted_labour", 2128600, 2105108, "增加2.35万人、增长1.12%"),
        ("employment_lifted_labour", 2128600, 2128599, "增加1人"),  # less than a hundredth of a percent
        ("project_pool_funds", "42932000000", "42667500000", "增加2.65亿元、增长0.62%"),  # half up
        ("project_pool_funds", "42932000000", "42931000000", "增加100万元"),
        ("project_start_rate", "0.9961", "0.8978", "提高9.83个百分点"),
        ("project_start_rate", "0.8978", "0.9961", "下降9.83个百分点"),
        ("project_start_rate", "0.99610001", "0.9961", "基本持平"),
        ("project_start_rate", "0.9961", "0.9961", "持平"),
        ("special_industries_cultivated", 57, 51, ""),  # 50多: printed in words
        ("industry_output_target_items", 2, 1, ""),
    ],
)
def test_a_change_is_said_in_amount_and_percent_a_ratio_in_points(key, now, before, said):
    assert say_change(figure(key, now), _before(before)) == said


def test_what_was_not_or_is_not_there_has_no_change():
    assert say_change(figure("resident_workers", 5), None) == ""
    assert say_change(figure("resident_workers", None), _before(5)) == ""


def test_a_sum_of_two_months_is_not_set_beside_one_of_three():
    identified = figure("monitored_households_identified", 200, source_periods=2)
    assert say_change(identified, _before(300, source_periods=3)) == ""
    assert say_change(identified, _before(300, source_periods=2)) == "减少100户、下降33.33%"


@pytest.mark.parametrize(
    ("period", "previous", "said"),
    [
        ("2021-08", "2021-07", "增加314个"),
        ("2021-01", "2020-12", ""),  # the year begins: the figure itself is the increment
        ("2021", "2020", ""),
    ],
)
def test_a_year_to_date_figure_grows_within_its_year_only(period, previous, said):
    calls = figure("hotline_12317_calls_received", 2367, previous=_before(2053, previous))
    assert say_increment(calls, parse_period(period)) == said


def test_a_year_ago_is_compared_as_far_into_the_year_only():
    funds = figure("bridging_funds_central_provincial", "10547000000")
    quarter = parse_period("2021-Q3")
    as_far = replace(funds, year_before=_before("10000000000", "2020-Q3", date(2020, 8, 31)))
    further = replace(funds, year_before=_before("10000000000", "2020-Q3", date(2020, 9, 30)))
    assert say_change_of_a_year(as_far, quarter) == "增加5.47亿元、增长5.47%"
    assert say_change_of_a_year(further, quarter) == ""


@pytest.mark.parametrize(
    ("period", "previous", "now", "before"),
    [
        ("2021-W35", "2021-W34", "本周", "上周"),
        ("2021-08", "2021-07", "8月", "上月"),
        ("2021-08", "2021-05", "8月", "2021年5月"),
        ("2021-Q3", "2021-Q2", "三季度", "上季度"),
        ("2021-H2", "2021-H1", "下半年", "上半年"),
        ("2021-H1", "2020-H2", "上半年", "上年下半年"),
        ("2021", "2020", "全年", "上年"),
    ],
)
def test_a_period_and_the_one_before_have_their_words(period, previous, now, before):
    assert say_short(parse_period(period)) == now
    assert say_before(parse_period(period), previous) == before


@pytest.mark.parametrize(
    ("periods", "days", "title", "opening", "compared"),
    [
        (
            ("2021-W35", "2021-W34"),
            (date(2021, 9, 5), date(2021, 8, 29)),
            "防止返贫监测对象周统计",
            "现将2021年第35周（2021年8月30日至9月5日）",
            "与上周相比，监测对象户数增加6户、增长3.92%。",
        ),
        (("2021-08", "2021-07"), (AUGUST, JULY), "工作情况月通报", "现将2021年8月", "与上月相比，"),
        (
            ("2021-Q3", "2021-Q2"),
            (AUGUST, date(2021, 6, 30)),
            "工作季度调度通报",
            "三季度数据截至8月底。",
            "与上季度相比，",
        ),
        (
            ("2021-H2", "2021-H1"),
            (AUGUST, date(2021, 6, 30)),
            "半年工作小结",
            "下半年数据截至8月底。",
            "与上半年相比，",
        ),
        (
            ("2021", "2020"),
            (AUGUST, date(2020, 12, 31)),
            "年度工作总结",
            "全年数据截至8月底。",
            "与上年相比，",
        ),
    ],
)
def test_each_cadence_has_its_title_its_opening_and_its_comparison(periods, days, title, opening, compared):
    period, previous = periods
    earlier = _before(153, previous, days[1])
    found = [figure("monitored_households_total", 159, as_of=days[0], previous=earlier)]
    bulletin = compose(material(found, "611024", period), UNITS.by_code("611024"))
    assert bulletin.title.startswith("山阳县") and bulletin.title.endswith(title)
    assert opening in plain(bulletin.opening[0])
    assert compared in plain(bulletin.sections[0].paragraphs[1])


def test_what_grew_is_said_of_the_period_it_grew_in():
    def workers(**more) -> str:
        return _said([figure("resident_workers_trained", 22375, **more)])

    assert "8月当月，培训驻村人员增加3692人次。" in workers(previous=_before(18683))
    early = workers(previous=_before(18683, as_of=date(2021, 6, 30)), as_of=JULY)
    assert "与截至6月底的累计数相比，培训驻村人员增加3692人次。" in early


def test_what_flowed_in_the_period_is_not_said_twice():
    found = [
        figure("hotline_12317_calls_received", 2367, previous=_before(2053)),
        figure("hotline_12317_calls_in_period", 314, previous=_before(300)),
    ]
    said = _said(found)
    assert "8月，受理群众来电314个。" in said
    assert "8月当月" not in said
    assert "与上月相比，受理群众来电增加14个、增长4.67%。" in said


def test_without_any_earlier_period_that_is_said_once_and_nothing_is_compared():
    bulletin = compose(material(ARTICLE), UNITS.province)
    assert plain(bulletin.closing).count("没有上月和去年同期的统计数据，未作相应比较。") == 1
    assert not any("相比" in plain(p) for section in bulletin.sections for p in section.paragraphs)


def test_what_a_year_lacks_is_said_of_the_year_before_alone():
    closing = plain(compose(material([figure("resident_workers", 5)], period="2021"), UNITS.province).closing)
    assert closing.endswith("没有上年的统计数据，未作相应比较。")


def test_a_year_to_date_figure_beside_the_same_period_last_year():
    year_ago = _before("2000000000", "2020-08", None)
    found = [
        figure("microcredit_amount", "2160000000", year_before=year_ago),
        figure("microcredit_households", 47029),
    ]
    assert "与去年同期相比，扶贫小额信贷累计投放增加1.6亿元、增长8%。" in _said(found)


def test_a_sum_over_fewer_months_than_the_span_says_over_how_many():
    found = [figure("monitored_households_identified", 9, source_periods=2), figure("resident_workers", 5)]
    opening = plain(compose(material(found, period="2021-Q3"), UNITS.province).opening[0])
    assert opening.endswith("三季度数据截至8月底。本期发生数为2个月报表的合计。")
    whole = [replace(found[0], source_period="2021-09", source_periods=3)]
    assert "合计" not in plain(compose(material(whole, period="2021-Q3"), UNITS.province).opening[0])
