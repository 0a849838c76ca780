"""Reading articles: which figures stand in them, what they say, where they stand in the original."""

from __future__ import annotations

import json
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.periods import parse_period
from orchestration.report.verify.places import Place
from orchestration.report.verify.quantities import Quantity, read_quantities
from orchestration.report.verify.text import decode, read_text

ARTICLES = Path(__file__).with_name("data") / "articles"
EXPECTED = json.loads((ARTICLES / "expected.json").read_text(encoding="utf-8"))
AUGUST = parse_period("2021-08")


def figures(text: str, **told) -> list[Quantity]:
    return read_quantities(read_text(text), **{"period": AUGUST, **told})


@pytest.mark.parametrize("name", EXPECTED)
def test_an_article_has_these_figures_and_no_others(name):
    found = read_quantities(read_text(decode((ARTICLES / name).read_bytes())))
    assert [(q.text, q.bound) for q in found] == [(text, bound) for text, _, bound in EXPECTED[name]]
    for quantity, (_, value, _) in zip(found, EXPECTED[name], strict=True):
        expected = Decimal(2) / 3 if value == "2/3" else Decimal(value)
        assert quantity.value == expected


@pytest.mark.parametrize(
    "text",
    [
        "2021年9月27日 08:39:21", "截至8月底", "今年1月至7月", "9:30", "2016—2020年", "8、9月", "二〇二一年八月", "5年过渡期",
        "一、总体情况", "（一）监测", "1.项目建设", "2、资金", "第35周", "第3批", "第14个", "第一书记", "财农〔2021〕19号",
        "一号文件", "3+X特色产业", "1+3+N", "12317热线", "拨打电话029-87654321", "邮编710000", "一户一策", "“四个不摘”", "四个不摘",
        "“两不愁三保障”", "“十四五”时期", "万达", "百姓", "一些", "一批", "一是", "统一", "进一步", "十分", "万元户", "G310国道",
        "建立一个平台", "每户一个", "最近三年", "半数", "https://example.org/2021/35个",
    ],
)  # fmt: skip
def test_what_is_no_figure_is_none(text):
    assert figures(text) == []


@pytest.mark.parametrize(
    ("text", "slice_", "value", "bound"),
    [
        ("培育50多个产业", "50多个", "50", "more"),
        ("近60家企业", "60家", "60", "less"),
        ("超过3.2万人", "3.2万人", "32000", "more"),
        ("不低于95%", "95%", "0.95", "more"),
        ("约三百余户", "三百余户", "300", "more"),
        ("200名左右", "200名", "200", "about"),
        ("产值千亿级目标", "千亿级", "100000000000", "level"),
        ("上万人受益", "上万人", "10000", "more"),
        ("数百名干部", "数百名", "100", "level"),
        ("一百零七个县", "一百零七个", "107", "exact"),
        ("达到百分之九十九点六", "百分之九十九点六", "0.996", "exact"),
        ("三成农户", "三成", "0.3", "exact"),
        ("3亿2千万元", "3亿2千万元", "320000000", "exact"),
        ("5千人", "5千人", "5000", "exact"),
        ("提高2.3个百分点", "2.3个百分点", "0.023", "exact"),
    ],
)
def test_a_figure_is_read_with_its_bound(text, slice_, value, bound):
    (found,) = figures(text)
    assert (found.text, found.value, found.bound) == (slice_, Decimal(value), bound)


def test_an_amount_is_as_exact_as_it_is_printed():
    total, one, count, share = figures("3.22万户、1万人、8228支、99.61%")
    assert (total.low, total.high) == (32150, 32250)
    assert (one.low, one.high) == (5000, 15000)
    assert (count.low, count.high) == (8228, 8228)
    assert (share.low, share.high) == (Decimal("0.99605"), Decimal("0.99615"))


def test_numbers_of_a_list_share_the_unit_of_the_last():
    assert [(q.value, q.measure, q.relation) for q in figures("分别为1.41、1.51、0.30万户")] == [
        (14100, "户", "分别"),
        (15100, "户", "分别"),
        (3000, "户", "分别"),
    ]


def test_a_range_is_one_figure():
    (found,) = figures("建成3至5个基地")
    assert (found.kind, found.low, found.high, found.text) == ("range", 3, 5, "3至5个")


def test_a_change_is_no_level():
    assert [q.kind for q in figures("监测对象126户，较上月增加35户，同比增长12.5%")] == [
        "level",
        "change",
        "change",
    ]


def test_periods_are_told_from_the_reporting_period():
    def told(text: str) -> tuple:
        said = figures(text)[-1].period
        return (said.kind, said.start, said.end) if said else ()

    assert told("截至8月底，来电2367个") == ("as_of", None, date(2021, 8, 31))
    assert told("截至2021年9月27日，来电2367个") == ("as_of", None, date(2021, 9, 27))
    assert told("今年1月至7月，选派138名；拨付4757万元") == ("span", date(2021, 1, 1), date(2021, 7, 31))
    assert told("去年，选派138名") == ("earlier", date(2020, 1, 1), date(2020, 12, 31))
    assert told("上半年，选派138名") == ("span", date(2021, 1, 1), date(2021, 6, 30))
    assert told("目前共有138名") == ("now", None, date(2021, 8, 31))
    assert told("推荐5个县申报2021年试点，支持90家") == ()
    assert told("选派138名。截至8月底，目标已完成。") == ()


def test_places_are_told_by_the_clause_they_open():
    def told(text: str) -> tuple:
        last = figures(text, places=(Place("610122", "蓝田县", ("蓝田",)),))[-1]
        return last.place, last.places

    assert told("截至8月底，全省共有12户") == ("全省", ("全省",))
    assert told("其中蓝田12户，柞水3户") == ("蓝田", ("蓝田",))
    assert told("江苏省已向我省选派138名") == ("我省", ("江苏省", "我省"))
    assert told("赴甘肃省考察，形成报告2篇") == (None, ("甘肃省",))


def test_words_around_a_figure_are_those_of_its_clause_or_bracket():
    workers, secretaries = figures("全省组成队伍，选派驻村工作人员25155名(第一书记8179名)，实现全覆盖")
    assert (workers.before, workers.after) == ("选派驻村工作人员", "")
    assert (secretaries.before, secretaries.after) == ("第一书记", "")


def test_bytes_of_any_usual_encoding_are_read():
    text = "监测对象3.22万户"
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"):
        assert read_text(decode(text.encode(encoding))).plain == text


def test_a_long_text_is_read_in_well_under_a_second():
    article = (ARTICLES / "2021-08_bulletin.txt").read_text(encoding="utf-8")
    text = article * (100_000 // len(article.encode()) + 1)
    figures(article)
    began = time.perf_counter()
    figures(text)
    assert time.perf_counter() - began < 1
