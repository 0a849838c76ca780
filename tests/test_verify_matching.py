"""Which indicator an article's words mean: by words alone, and none where they mean less or may mean several."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verify_support import ARTICLE, at, judged, published

FIGURES = judged(ARTICLE).figures


def _keys(article: str) -> list[str | None]:
    return [figure.key for figure in judged(article).figures]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_the_words_alone_tell_the_indicator_whatever_the_digits(seed):
    dice = random.Random(seed)
    text = ARTICLE
    for figure in reversed(FIGURES):
        digits = re.sub(r"\d", lambda _: str(dice.randint(1, 9)), figure.text)
        text = text[: figure.start] + digits + text[figure.end :]
    assert _keys(text) == [figure.key for figure in FIGURES]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *"0129.,。、()\n万亿户人个元%年月多近",
                *[f.phrase for f in FIGURES],
                "全省",
                "其中",
                "较上月增加",
                "分别",
                "蓝田县",
                "截至8月底",
                "本周",
            ]
        ),
        max_size=25,
    ).map("".join)
)
def test_any_text_is_judged_without_fail(text):
    for figure in judged(text).figures:
        assert text[figure.start : figure.end] == figure.text
        assert (figure.verdict == "unknown") <= bool(figure.reason)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("纳入防返贫监测对象3.22万户", "monitored_households_total"),
        ("监测户3.22万户", "monitored_households_total"),
        ("监测户9.77万人", "monitored_people_total"),
        ("驻村第一书记8179名", "first_secretaries"),
        ("选派8179名驻村第一书记", "first_secretaries"),
        ("驻村工作队员25155人", "resident_workers"),
        ("8228个驻村工作队", "resident_work_teams"),
        ("脱贫人口务工就业212.86万人", "employment_lifted_labour"),
        ("中央和省级财政衔接推进乡村振兴补助资金105.47亿元", "bridging_funds_central_provincial"),
        ("项目开工率达到99.61%", "project_start_rate"),
        ("发放小额信贷21.6亿元", "microcredit_amount"),
        ("12317平台受理来电2367件", "hotline_12317_calls_received"),
        ("就业帮扶车间274家", "ew_workshops_built"),
    ],
)
def test_an_indicator_has_the_names_that_bulletins_give_it(said, key):
    assert _keys(f"全省{said}。") == [key]


@pytest.mark.parametrize(
    "said",
    [
        "小额信贷余额63.2亿元",
        "小额信贷贷款贴息2.1亿元",
        "低保监测对象1200户",
        "已消除风险的监测对象1.3万户",
        "女性第一书记1200名",
        "计划安排项目20000个",
        "项目完工率61%",
        "户均监测对象3人",
        "监测对象1200户享受低保",
        "新认定监测对象1200户",
        "粮食产量1200万吨",
        "监测对象1200个",
    ],
)
def test_words_that_mean_less_or_something_else_are_left_unknown(said):
    figure = judged(f"全省{said}。").figures[0]
    assert figure.verdict == "unknown" and figure.reason


def test_figures_listed_in_turn_are_those_of_the_names_in_turn():
    said = "脱贫不稳定户、边缘易致贫户、突发严重困难户分别为1.41万户、1.51万户、0.3万户。"
    assert [figure.verdict for figure in judged(said).figures] == ["confirmed"] * 3


@pytest.mark.parametrize(
    ("old", "new"), [("两个产值", "三个产值"), ("千亿级", "百亿级"), ("50多个农业", "60多个农业")]
)
def test_a_figure_in_words_is_held_against_the_warehouse_too(old, new):
    answer = judged(ARTICLE.replace(old, new, 1))
    wrong = at(answer, ARTICLE.index(old))
    assert wrong.verdict == "contradicted"
    assert {figure.verdict for figure in answer.figures if figure is not wrong} == {"confirmed"}


def test_the_table_of_published_figures_is_that_of_the_article():
    table = published()
    assert all(table.figure("610000", figure.key, "2021-08") for figure in FIGURES)
