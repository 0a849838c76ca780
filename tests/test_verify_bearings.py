"""Whose figure and of which period an article speaks: places, levels, titles, times that are said."""

from __future__ import annotations

import pytest
from verify_support import AUGUST, judged_by, standing, verdicts

from orchestration.home import DBT_PROJECT
from orchestration.periods import parse_period
from orchestration.report.verify.clauses import structure
from orchestration.report.verify.periods_said import periods_said
from orchestration.units import ReportingUnits

TOTAL = "monitored_households_total"
IDENTIFIED = "monitored_households_identified"
PROVINCE = standing(TOTAL, "32200")
JULY = standing(TOTAL, "31455", period="2021-07", as_of="2021-07-31")
CITY = standing(TOTAL, "1551", unit="610100")
COUNTY = standing(TOTAL, "159", unit="610122")
UNITS = ReportingUnits(DBT_PROJECT / "seeds" / "counties.csv")


@pytest.mark.parametrize(
    "article",
    [
        "全省监测对象3.22万户。",
        "蓝田县监测对象159户。",
        "西安市监测对象1551户,其中蓝田县159户监测对象。",
        "蓝田县防返贫工作情况\n全县监测对象159户。全省监测对象3.22万户。",
        "西安市蓝田县防返贫工作情况\n监测对象159户。",
        "西安市工作情况\n江苏省已向我省选派干部。全市监测对象1551户。",
        "蓝田县严格落实各项举措,我县监测对象159户。",
        "陕西省工作通报\n蓝田县监测对象159户。\n监测对象3.22万户。",
        "截至7月底,全省监测对象31455户。截至8月底,全省监测对象32200户。",
        "上月,全省监测对象31455户。",
        "监测对象32200户,在全省107个县中居第1位。",
    ],
)
def test_a_figure_is_that_of_the_unit_and_the_period_said(article):
    answer = judged_by(article, PROVINCE, JULY, CITY, COUNTY)
    known = [figure.verdict for figure in answer.figures if figure.key]
    assert known and set(known) == {"confirmed"}


@pytest.mark.parametrize(
    "article",
    [
        "甘肃省监测对象3.11万户。",
        "全国监测对象3.11万户。",
        "全市监测对象3.11万户。",
        "全县监测对象311户。",
        "碑林区监测对象311户。",
        "张家村监测对象3户。",
        "汤峪镇监测对象31户。",
        "截至6月底,全省监测对象3.11万户。",
        "去年,全省监测对象3.11万户。",
        "2020年全省监测对象3.11万户。",
        "本周,全省监测对象3.11万户。",
        "二季度,全省监测对象3.11万户。",
    ],
)
def test_of_another_place_or_period_nothing_is_said(article):
    figure = judged_by(article, PROVINCE, JULY, CITY, COUNTY).figures[0]
    assert figure.verdict == "unknown" and figure.reason and figure.standing is None


def test_whom_an_article_is_about_may_be_told():
    article = "监测对象159户。"
    assert verdicts(judged_by(article, PROVINCE, COUNTY)) == {"159户": "contradicted"}
    told = judged_by(article, PROVINCE, COUNTY, unit=UNITS.by_code("610122"))
    assert verdicts(told) == {"159户": "confirmed"}


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("8月,新识别监测对象745户", "confirmed"),
        ("本月新识别监测对象745户", "confirmed"),
        ("当月新识别监测对象754户", "contradicted"),
        ("上月新识别监测对象766户", "confirmed"),
        ("本周新识别监测对象126户", "unknown"),
        ("上周新识别监测对象126户", "unknown"),
        ("今年以来新识别监测对象9000户", "unknown"),
        ("新识别监测对象126户", "unknown"),
        ("截至8月底,新识别监测对象9000户", "unknown"),
        ("三季度新识别监测对象1511户", "confirmed"),
        ("本季度新识别监测对象1511户", "confirmed"),
        ("下半年新识别监测对象1511户", "confirmed"),
        ("二季度新识别监测对象716户", "unknown"),
    ],
)
def test_what_flows_is_that_of_the_time_said_and_of_all_its_months(said, verdict):
    rows = [
        standing(IDENTIFIED, "745"),
        standing(IDENTIFIED, "766", period="2021-07", as_of="2021-07-31"),
        standing(IDENTIFIED, "1511", period="2021-Q3", source_periods=2),
        standing(IDENTIFIED, "1511", period="2021-H2", source_periods=2),
        standing(IDENTIFIED, "716", period="2021-Q2", as_of="2021-06-30", source_periods=1),
        standing(IDENTIFIED, "2227", period="2021", source_periods=3),
    ]
    (figure,) = judged_by(f"全省{said}。", *rows).figures
    assert (figure.verdict, figure.key) == (verdict, IDENTIFIED)


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("今年以来安排项目18021个", "confirmed"),
        ("1至8月安排项目18021个", "confirmed"),
        ("截至8月底安排项目18021个", "confirmed"),
        ("8月安排项目599个", "unknown"),
        ("三季度安排项目599个", "unknown"),
        ("本月安排项目599个", "unknown"),
    ],
)
def test_a_sum_of_the_year_is_not_that_of_a_part_of_it(said, verdict):
    (figure,) = judged_by(f"全省{said}。", standing("projects_arranged", "18021")).figures
    assert (figure.verdict, figure.key) == (verdict, "projects_arranged")


@pytest.mark.parametrize(
    ("words", "period", "kind", "start", "end"),
    [
        ("本周", "2021-W35", "span", "2021-08-30", "2021-09-05"),
        ("上周", "2021-W35", "earlier", "2021-08-23", "2021-08-29"),
        ("本月", "2021-W35", "span", "2021-09-01", "2021-09-30"),
        ("本周", "2021-08", "span", None, None),
        ("本月", "2021-08", "span", "2021-08-01", "2021-08-31"),
        ("上月", "2021-08", "earlier", "2021-07-01", "2021-07-31"),
        ("本季度", "2021-08", "span", "2021-07-01", "2021-09-30"),
        ("上季度", "2021-08", "earlier", "2021-04-01", "2021-06-30"),
        ("上半年", "2021-08", "earlier", "2021-01-01", "2021-06-30"),
        ("本季度末", "2021-08", "as_of", None, "2021-09-30"),
        ("当月", "2021-Q3", "span", None, None),
        ("上期", "2021-Q3", "earlier", "2021-04-01", "2021-06-30"),
        ("截至目前", "2021-08", "now", None, "2021-08-31"),
    ],
)
def test_a_period_said_by_where_the_report_stands(words, period, kind, start, end):
    plain = f"{words},监测对象"
    said = periods_said(plain, structure(plain), parse_period(period)).governing(len(plain) - 1)
    assert said is not None
    told = (said.kind, *(day and day.isoformat() for day in (said.start, said.end)))
    assert told[1:] == (start, end)
    assert told[0] == kind or (words == "上半年" and told[0] == "span")


def test_the_period_of_the_article_is_the_one_asked_for():
    assert judged_by("全省监测对象3.22万户。", PROVINCE).period == AUGUST.key
