"""An article that is right is confirmed throughout; one wrong digit of any figure is found, as that figure's."""

from __future__ import annotations

import random
import re

import pytest
from verify_support import ARTICLE, ARTICLES, at, judged

from orchestration.report.verify.text import decode

FIGURES = judged(ARTICLE).figures
WITH_DIGITS = [figure for figure in FIGURES if any(c.isdigit() for c in figure.text)]


def _changed(text: str) -> list[str]:
    """Each digit one up, and one digit added behind each."""
    places = [i for i, char in enumerate(text) if char.isdigit()]
    raised = [text[:i] + str((int(text[i]) + 1) % 10) + text[i + 1 :] for i in places]
    return [*raised, *(text[: i + 1] + "7" + text[i + 1 :] for i in places)]


def test_every_figure_of_the_article_is_confirmed_and_no_statement_fails():
    answer = judged(ARTICLE)
    assert len(answer.figures) == 61
    assert [f.text for f in answer.figures if f.verdict != "confirmed"] == []
    assert answer.broken == [] and answer.is_clean


@pytest.mark.parametrize("figure", WITH_DIGITS, ids=lambda figure: f"{figure.key}-{figure.start}")
def test_a_changed_digit_contradicts_the_same_indicator(figure):
    for text in _changed(figure.text):
        wrong = at(judged(ARTICLE[: figure.start] + text + ARTICLE[figure.end :]), figure.start)
        assert (text, wrong.verdict, wrong.key) == (text, "contradicted", figure.key)


def test_a_changed_part_breaks_the_sum_it_belongs_to():
    answer = judged(ARTICLE.replace("4.34万人", "4.74万人"))
    assert "三类监测对象人数之和等于总人数" in [statement.text for statement in answer.broken]


def test_one_figure_said_twice_with_different_numbers_breaks_the_repetition():
    answer = judged(ARTICLE.replace("县级调研报告19篇", "县级调研报告18篇", 1))
    assert "县级调研报告前后一致" in [statement.text for statement in answer.broken]


def test_paragraphs_in_another_order_are_confirmed_all_the_same():
    lines = ARTICLE.splitlines()
    random.Random(7).shuffle(lines)
    assert {figure.verdict for figure in judged("\n".join(lines)).figures} == {"confirmed"}


def test_sentences_in_another_order_are_confirmed_all_the_same():
    sentences = re.findall(r"[^。\n]+。?", ARTICLE)
    random.Random(3).shuffle(sentences)
    assert {figure.verdict for figure in judged("\n".join(sentences)).figures} == {"confirmed"}


@pytest.mark.parametrize(
    "name",
    ["city_monthly.txt", "county_notice.txt", "other_province.txt", "weekly_brief.txt", "year_end.txt"],
)
def test_articles_about_other_places_and_periods_are_neither_confirmed_nor_contradicted(name):
    answer = judged(decode((ARTICLES / name).read_bytes()))
    assert {figure.verdict for figure in answer.figures} == {"unknown"}
    assert all(figure.reason for figure in answer.figures)


WIDE = str.maketrans("0123456789.%,()", "０１２３４５６７８９．％，（）")
TRADITIONAL = str.maketrans(
    "监测对象总规户万脱贫边缘发严难开员书记训劳动业产优势标准团资金项额县区众来电个调报",
    "監測對象總規戶萬脫貧邊緣發嚴難開員書記訓勞動業產優勢標準團資金項額縣區眾來電個調報",
)


@pytest.mark.parametrize("table", [WIDE, TRADITIONAL], ids=["full-width", "traditional"])
def test_an_article_in_other_characters_is_read_alike(table):
    article = ARTICLE.translate(table)
    answer = judged(article)
    assert [(f.key, f.verdict) for f in answer.figures] == [(f.key, f.verdict) for f in FIGURES]
    assert all(article[f.start : f.end] == f.text for f in answer.figures)


def test_a_reading_written_behind_a_character_is_no_text():
    article = ARTICLE.replace("选派", "選(xuǎn)派").replace("专业", "專(zhuān)業(yè)")
    assert {figure.verdict for figure in judged(article).figures} == {"confirmed"}


def test_one_figure_said_twice_is_found_wrong_where_it_is_wrong():
    answer = judged(ARTICLE.replace("19篇", "18篇", 1))
    said = [figure.verdict for figure in answer.figures if figure.key == "supervision_reports_county"]
    assert said == ["contradicted", "confirmed"]
