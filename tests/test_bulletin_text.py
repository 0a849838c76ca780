"""The bulletin's words: what it says of figures given, without a warehouse."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from bulletin_support import ARTICLE, TARGETS, UNITS, material
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from orchestration.indicators import load_indicators
from orchestration.periods import parse_period
from orchestration.report.bulletin.docx import render_docx
from orchestration.report.bulletin.figures import Figure
from orchestration.report.bulletin.markdown import render_markdown
from orchestration.report.bulletin.narrative import compose, figure_keys
from orchestration.report.bulletin.pieces import Bulletin, plain
from orchestration.report.bulletin.saying import say_period, say_span, say_until

AUGUST = parse_period("2021-08")
# What the article names as examples before a number; a bulletin made from figures alone names none.
EXAMPLES = re.compile("^(果业、设施农业|富平奶山羊等)")


def _bulletin(found: list[Figure] = ARTICLE, unit: str = "610000") -> Bulletin:
    return compose(material(found, unit), UNITS.by_code(unit))


def _text(found: list[Figure], unit: str = "610000") -> str:
    """The paragraphs of the topics that the article speaks of."""
    topics = _bulletin(found, unit).sections
    return "\n".join(plain(paragraph) for section in topics for paragraph in section.paragraphs)


def _without(*prefixes: str) -> list[Figure]:
    return [figure for figure in ARTICLE if not figure.key.startswith(prefixes)]


def _changed(key: str, **changes) -> list[Figure]:
    return [replace(figure, **changes) if figure.key == key else figure for figure in ARTICLE]


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target["topic"])
def test_the_bulletin_says_each_figure_as_the_article_does(target):
    said = unicodedata.normalize("NFKC", _text(ARTICLE))
    assert EXAMPLES.sub("", unicodedata.normalize("NFKC", target["phrase_cn"])) in said


def test_the_text_holds_no_number_that_is_not_a_figure():
    sections = _bulletin().sections[:-1]  # the last sets completions beside the time gone
    said = "".join(plain(paragraph) for section in sections for paragraph in section.paragraphs)
    said = said.replace("“12317”", "")
    for figure in sorted(ARTICLE, key=lambda figure: -len(figure.display)):
        said = said.replace(figure.display, "")
    assert re.findall(r"\d+", said) == ["8", "8", "2021", "2021", "1", "7"]  # months and years


def test_every_figure_of_the_dictionary_has_its_sentence():
    dictionary = load_indicators()
    printed = {key for key, indicator in dictionary.items() if indicator.in_bulletin}
    assert printed <= set(figure_keys()) <= set(dictionary)


def test_each_figure_says_how_far_it_reaches():
    assert "截至8月底，“12317”监督举报平台" in _text(ARTICLE)
    assert "今年1月至7月，江苏省已向我省选派138名挂职干部" in _text(ARTICLE)


def test_a_figure_that_reaches_less_far_than_its_sentence_says_so():
    early = _changed("ew_enterprises_landed", as_of=date(2021, 6, 30))
    assert "新增落地投产企业61个（截至6月底），实际投资9.46亿元" in _text(early)
    assert "截至6月底" not in _text(ARTICLE)


def test_a_county_without_collaboration_has_no_such_section():
    headings = [section.heading for section in _bulletin(_without("ew_", "industry_"), "611024").sections]
    assert [heading[0] for heading in headings] == list("一二三四五六")
    assert not any("东西部" in heading for heading in headings)


def test_a_completion_without_its_target_leaves_the_number_standing():
    without_target = _without("ew_labour_target_completion", "ew_social_funds_target_completion")
    said = _text(without_target)
    assert "帮助12650名农村劳动力、5973名脱贫人口实现劳务协作转移就业；" in said
    assert "援助结对地区社会帮扶资金4757万元；" in said


def test_nothing_is_said_of_enterprises_when_none_landed():
    said = _text(_changed("ew_enterprises_landed", value=Decimal(0)))
    assert "实际投资" not in said and "1108" not in said
    assert "援建扶贫车间274个" in said


@pytest.mark.parametrize("value", [None, Decimal(0)])
def test_a_figure_of_nought_or_nothing_stays_out_of_the_text_and_in_the_annex(value):
    bulletin = _bulletin(_changed("supervision_reports_provincial", value=value, display="0篇"))
    first = plain(bulletin.sections[0].paragraphs[0])
    assert "省级调研报告" not in first
    assert "形成县级调研报告19篇" in first
    row = [plain(cell) for cell in bulletin.tables[-1].rows[0]]
    assert row[1:4] == ["省级调研报告", *(["—", "—"] if value is None else ["0篇", "0"])]


@pytest.mark.parametrize(
    ("code", "all_of", "our"),
    [("610000", "全省", "我省"), ("611000", "全市", "商洛市"), ("611024", "全县", "山阳县")],
)
def test_a_unit_is_spoken_of_by_its_own_kind(code, all_of, our):
    said = _text(ARTICLE, code)
    assert f"{all_of}目前监测对象总规模为3.22万户、9.77万人" in said
    assert f"已向{our}选派" in said


def test_the_provincial_bureau_signs_every_bulletin():
    assert _bulletin(ARTICLE, "611024").issuer == "陕西省乡村振兴局"


def test_the_annex_gives_every_figure_exactly_with_unit_and_last_day():
    rows = [[plain(cell) for cell in row] for row in _bulletin().tables[-1].rows]
    assert len(rows) == 59
    assert rows[38][:5] == ["39", "项目开工率", "99.61%", "0.9961", "比率"]
    assert rows[38][8:] == ["2021-08-31", "project_start_rate"]
    assert rows[34][2:5] == ["105.47亿元", "10547000000", "元"]


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2021-W35", "2021年第35周"),
        ("2021-08", "2021年8月"),
        ("2021-Q3", "2021年三季度"),
        ("2021-H1", "2021年上半年"),
        ("2021-H2", "2021年下半年"),
        ("2021", "2021年"),
    ],
)
def test_each_kind_of_period_has_its_name(period, said):
    assert say_period(parse_period(period)) == said


def test_a_day_within_a_month_and_another_year_are_said_in_full():
    assert say_until(date(2021, 8, 15), 2021) == "截至8月15日"
    assert say_until(date(2020, 12, 31), 2021) == "截至2020年12月底"
    assert say_span(date(2021, 1, 31), 2021) == "今年1月"
    assert say_span(date(2021, 7, 15), 2021) == "今年1月1日至7月15日"


printable = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1).filter(
    lambda text: text == " ".join(text.split())
)


@given(label=printable)
def test_no_label_can_break_the_annex_table(label):
    markdown = render_markdown(_bulletin([replace(ARTICLE[0], label=label)]))
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown)
    cells = [token for token in tokens if token.type == "inline" and token.level == 4]
    assert "".join(child.content for child in cells[11].children) == label
    assert all(child.type in ("text", "text_special") for child in cells[11].children)
    assert len(cells) == 20


def test_the_docx_says_what_the_markdown_says_in_chinese_fonts():
    bulletin = _bulletin()
    document = Document(io.BytesIO(render_docx(bulletin, AUGUST.end)))
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    for section in bulletin.sections:
        assert section.heading in paragraphs
        assert {plain(paragraph) for paragraph in section.paragraphs} <= set(paragraphs)
    last = [cell.text for cell in document.tables[-1].rows[59].cells]
    assert last == [plain(cell) for cell in bulletin.tables[-1].rows[58]]
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs if run.text]
    fonts = {run._r.rPr.rFonts.get(qn("w:eastAsia")) for run in runs}
    assert fonts == {"宋体", "黑体", "仿宋"}
