"""What the bulletin finds: progress beside the time gone, who is behind, the largest changes, what has not been reported."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bulletin_support import UNITS, figure, material
from hypothesis import given
from hypothesis import strategies as st

from orchestration.indicators import load_indicators
from orchestration.report.bulletin.comparisons import say_change
from orchestration.report.bulletin.figures import Earlier
from orchestration.report.bulletin.material import Coverage, Material, Missing
from orchestration.report.bulletin.narrative import compose
from orchestration.report.bulletin.pieces import Bulletin, plain
from orchestration.report.bulletin.progress import time_gone
from orchestration.report.bulletin.saying import say_amount, say_number

JULY = date(2021, 7, 31)
LABOUR, TOTAL = "ew_labour_target_completion", "monitored_households_total"
SHANYANG, LUONAN, LANTIAN = "611024", "611021", "610122"


def _section(bulletin: Bulletin, words: str) -> str:
    return next(
        "".join(plain(paragraph) for paragraph in section.paragraphs)
        for section in bulletin.sections
        if words in section.heading
    )


def _headings(bulletin: Bulletin) -> str:
    return "".join(section.heading for section in bulletin.sections)


def _completions(**by_unit: str) -> Material:
    """The share of the labour target that each unit (``u610000``) had reached by the end of July."""
    figures = {code[1:]: [figure(LABOUR, value, as_of=JULY)] for code, value in by_unit.items()}
    return material(figures.pop("610000"), others=figures)


def test_a_completion_stands_beside_the_time_gone():
    said = _section(compose(_completions(u610000="0.8083"), UNITS.province), "进度")
    assert said == "截至7月底，时间进度为58.08%。农村劳动力转移就业完成率80.83%，快于时间进度22.75个百分点。"
    assert "慢于时间进度18.08个百分点" in _section(
        compose(_completions(u610000="0.4"), UNITS.province), "进度"
    )
    assert "已完成全年目标" in _section(compose(_completions(u610000="1.02"), UNITS.province), "进度")


def test_counties_behind_the_time_gone_are_named_the_lowest_first():
    found = _completions(u610000="0.8", u611024="0.5", u611021="0.312", u610122="0.6")
    said = _section(compose(found, UNITS.province), "问题")
    assert said == (
        "农村劳动力转移就业完成率低于时间进度（58.08%）的有2个县（区），依次是：洛南县（31.2%）、山阳县（50%）。"
    )


def test_a_county_behind_is_told_its_place():
    found = _completions(u610000="0.8", u611024="0.5", u611021="0.312", u610122="0.6")
    bulletin = compose(found, UNITS.by_code(SHANYANG))
    assert "慢于时间进度8.08个百分点，在全省3个县（区）中居第2位" in _section(bulletin, "进度")
    assert "完成进度慢于时间进度的有：农村劳动力转移就业完成率50%。" in _section(bulletin, "问题")


def test_nobody_behind_is_no_problem():
    assert "问题" not in _headings(compose(_completions(u610000="0.8", u611024="0.9"), UNITS.province))


def test_the_time_gone_counts_days_of_leap_years_too():
    assert time_gone(date(2021, 12, 31)) == time_gone(date(2020, 12, 31)) == 1
    assert time_gone(date(2020, 2, 29)) == Decimal(60) / 366


def _changed(code: str, now: int, before: int):
    return code, [figure(TOTAL, now, previous=Earlier("2021-07", Decimal(before), f"{before}户", JULY))]


def test_the_five_counties_that_rose_most_then_the_five_that_fell_most():
    codes = [county.code for county in UNITS.counties[:9]]
    now = [100, 130, 60, 101, 90, 120, 111, 112, 113]
    others = dict(_changed(code, value, 100) for code, value in zip(codes, now, strict=True))
    bulletin = compose(material([figure(TOTAL, 937)], others=others), UNITS.province)
    names = [county.name for county in UNITS.counties[:9]]
    assert _section(bulletin, "变化") == (
        f"监测对象总户数较上月增加最多的5个县（区）是：{names[1]}增加30户（由100户增至130户），"
        f"{names[5]}增加20户（由100户增至120户），{names[8]}增加13户（由100户增至113户），"
        f"{names[7]}增加12户（由100户增至112户），{names[6]}增加11户（由100户增至111户）；"
        f"减少最多的2个县（区）是：{names[2]}减少40户（由100户减至60户），{names[4]}减少10户（由100户减至90户）。"
    )


def test_rounded_figures_that_do_not_differ_by_the_change_are_not_set_side_by_side():
    lined = figure(
        "employment_lifted_labour", 49651, previous=Earlier("2021-07", Decimal(49135), "4.91万人", JULY)
    )
    found = material([figure("employment_lifted_labour", 49651)], others={SHANYANG: [lined]})
    said = _section(compose(found, UNITS.province), "变化")
    assert said == "脱贫劳动力就业较上月增加的县（区）是：山阳县增加516人（增至4.97万人）。"


def test_a_longer_period_begins_with_progress_and_problems():
    behind = {SHANYANG: [figure(LABOUR, "0.5", as_of=JULY)]}
    found = material(
        [figure(LABOUR, "0.6", as_of=JULY), figure("resident_workers", 5)], period="2021-Q3", others=behind
    )
    headings = [section.heading for section in compose(found, UNITS.province).sections]
    assert headings[:2] == ["一、对照全年目标，工作完成进度情况", "二、存在问题"]
    month = material([figure(LABOUR, "0.6", as_of=JULY), figure("resident_workers", 5)], others=behind)
    assert [section.heading[2:] for section in compose(month, UNITS.province).sections][-1] == "存在问题"


def test_where_no_county_has_figures_the_cities_are_named():
    others = dict([_changed("610100", 120, 100), _changed("611000", 95, 100)])
    bulletin = compose(material([figure(TOTAL, 215)], others=others), UNITS.province)
    assert _section(bulletin, "变化") == (
        "监测对象总户数较上月增加的市是：西安市增加20户（由100户增至120户）；"
        "减少的市是：商洛市减少5户（由100户减至95户）。"
    )


def test_a_city_names_its_own_counties_and_a_county_none():
    others = dict([_changed(SHANYANG, 120, 100), _changed(LANTIAN, 99, 1), _changed("611000", 120, 100)])
    found = material([figure(TOTAL, 219)], others=others)
    said = _section(compose(found, UNITS.by_code("611000")), "变化")
    assert "山阳县" in said and "蓝田县" not in said
    assert "变化" not in _headings(compose(found, UNITS.by_code(SHANYANG)))


def _lacking() -> Material:
    """The province without Lantian's employment sheet and without anything of Shanyang."""
    return replace(
        material([figure(TOTAL, 686), figure("employment_lifted_labour", 2128600)]),
        coverage={
            "610000": (
                Coverage("2021-08", "monitored_households", 107, 106),
                Coverage("2021-08", "employment", 107, 105),
                Coverage("2021-08", "projects", 107, 107),
            ),
            LANTIAN: (Coverage("2021-08", "employment", 1, 0),),
            SHANYANG: (
                Coverage("2021-08", "employment", 1, 0),
                Coverage("2021-08", "monitored_households", 1, 0),
            ),
        },
        missing=(
            Missing("2021-08", LANTIAN, "employment", "务工就业", "已报未通过"),
            Missing("2021-08", SHANYANG, "employment", "务工就业", "逾期未报"),
            Missing("2021-08", SHANYANG, "monitored_households", "监测对象台账", "逾期未报"),
        ),
    )


def test_a_partial_total_is_never_read_as_whole():
    bulletin = compose(_lacking(), UNITS.province)
    assert plain(bulletin.opening[1]) == (
        "本期应报报表321份，已接收318份，尚缺3份（见“存在问题”）。"
        "因缺报，监测对象总户数、脱贫劳动力就业为部分汇总数，不是全省合计数，附表中以“△”标注。"
    )
    assert "（本段数据尚缺蓝田县、山阳县的报表，为部分汇总数。）" in _section(bulletin, "就业")
    assert [plain(row[2]) for row in bulletin.tables[-1].rows] == ["686户△", "212.86万人△"]
    assert "△ 部分汇总数：监测对象台账、务工就业尚有单位未报或未通过审核，未计入。" in map(
        plain, bulletin.notes
    )


def test_who_has_not_reported_is_named_with_what_is_owed():
    assert _section(compose(_lacking(), UNITS.province), "问题").endswith(
        "报表未报或未通过审核的有2个单位：蓝田县全部1张表（已报未通过）、山阳县全部2张表（逾期未报）。"
    )


def test_a_figure_whose_last_digit_was_moved_is_disclosed_exactly():
    moved = replace(figure("monitored_people_sudden", 9951, is_adjusted=True), display="1万人")
    bulletin = compose(material([moved]), UNITS.province)
    assert plain(bulletin.tables[-1].rows[0][2]) == "1万人※"
    assert "突发严重困难户人数9951人（印1万人）" in plain(bulletin.notes[0])


def test_the_table_of_parts_ends_with_the_whole():
    found = [figure(TOTAL, 300)]
    others = {"610100": [figure(TOTAL, 100)], "611000": [figure(TOTAL, 200)]}
    table = compose(material(found, others=others), UNITS.province).tables[0]
    assert table.header == ("市", "监测对象户数")
    assert [[plain(cell) for cell in row] for row in table.rows] == [
        ["西安市", "100户"],
        ["商洛市", "200户"],
        ["合计", "300户"],
    ]


_KEYS = [key for key, indicator in load_indicators().items() if indicator.style == "number"]
_ratio = st.decimals(0, 2, places=6)
_count = st.integers(0, 10**11).map(Decimal)


@st.composite
def _figures(draw) -> list:
    found = []
    for key in draw(st.lists(st.sampled_from(_KEYS), min_size=1, max_size=25, unique=True)):
        values = _ratio if load_indicators()[key].scale == "%" else _count
        earlier = draw(st.none() | values.map(lambda v: Earlier("2021-07", v, "", JULY)))
        year_ago = draw(st.none() | values.map(lambda v: Earlier("2020-08", v, "", date(2020, 8, 31))))
        found.append(figure(key, draw(values), previous=earlier, year_before=year_ago))
    return found


def _allowed(found: list) -> list[str]:
    """Everything with digits that the figures themselves give rise to, the longest first."""
    said = []
    for one in found:
        said.append(one.display)
        for earlier in filter(None, (one.previous, one.year_before)):
            said += [
                say_change(one, earlier),
                say_amount(abs(one.value - earlier.value), load_indicators()[one.key]),
            ]
        if one.unit == "1":
            said.append(f"{say_number(abs(one.value - time_gone(one.as_of)) * 100, 2)}个百分点")
            said.append(f"{say_number(time_gone(one.as_of) * 100, 2)}%")
    return sorted(filter(None, said), key=len, reverse=True)


@given(found=_figures())
def test_no_number_is_said_that_no_figure_gives(found):
    bulletin = compose(material(found), UNITS.province)
    said = "\n".join(plain(p) for section in bulletin.sections for p in section.paragraphs)
    said = re.sub(r"“12317”|2021年|今年1月至8月|截至8月底|8月当月|8月，", "", said)
    for words in _allowed(found):
        said = said.replace(words, "")
    assert re.findall(r"\d+", said) == []
