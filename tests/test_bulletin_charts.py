"""The charts of a bulletin: in Word's own form with their workbooks, and in a browser as the page draws them."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import escape, unescape
from pathlib import Path

import openpyxl
import pytest
from browser_support import open_page
from bulletin_support import ARTICLE, UNITS, figure, material
from docx import Document
from format_support import soffice_convert
from lxml import etree

from orchestration.periods import parse_period
from orchestration.report.bulletin.charts import Chart
from orchestration.report.bulletin.docx import render_docx
from orchestration.report.bulletin.figures import Earlier
from orchestration.report.bulletin.html import render_html
from orchestration.report.bulletin.markdown import render_markdown
from orchestration.report.bulletin.material import Material, Past
from orchestration.report.bulletin.narrative import compose
from orchestration.report.bulletin.pieces import Bulletin
from orchestration.units import ReportingUnits

TOTAL = "monitored_households_total"
DAY = date(2021, 8, 31)
HOSTILE = '</script><img src=x onerror="document.title=1">&amp;{{ 7*7 }}'
PHONE = 380
# The page in a frame as wide as a phone or a screen: no window of Chromium's is as narrow.
_FRAME = '<!doctype html><body><iframe id="page" style="border:0;height:900px;width:{width}px" srcdoc="{page}"></iframe></body>'
_MEASURED = """
const frame = document.getElementById("page");
const measure = () => {
  const page = frame.contentDocument;
  const holders = [...page.querySelectorAll(".chart")];
  document.body.setAttribute("data-measured", JSON.stringify({
    over: page.documentElement.scrollWidth - frame.clientWidth,
    paths: holders.map((holder) => holder.querySelectorAll("svg path").length),
    texts: holders.map((holder) => [...holder.querySelectorAll("svg text")].map((text) => text.textContent)),
    names: holders.map((holder) => holder.getAttribute("aria-label")),
    images: page.querySelectorAll("img").length,
    failed: frame.contentWindow.failed,
  }));
};
frame.addEventListener("load", measure);
"""
_LISTENING = '<script>window.failed = []; addEventListener("error", (event) => window.failed.push(event.message)); console.error = (...said) => window.failed.push(said.join(" "));</script>'


def _county(code: str, now: int, before: int):
    return code, [figure(TOTAL, now, previous=Earlier("2021-07", Decimal(before), f"{before}户", None))]


def _province() -> Material:
    """The article's province with two cities, three counties that changed, and three months of history."""
    cities = {"610100": [figure(TOTAL, 12000)], "611000": [figure(TOTAL, 20200)]}
    counties = dict([_county("611024", 664, 643), _county("611021", 600, 615), _county("610122", 159, 153)])
    past = [("2021-06", 30689, "3.07万户"), ("2021-07", None, "无数据"), ("2021-08", 32200, "3.22万户")]
    history = tuple(
        Past(parse_period(key), None if value is None else Decimal(value), said) for key, value, said in past
    )
    return replace(material(ARTICLE, others={**cities, **counties}), history={"610000": history})


@pytest.fixture(scope="module")
def bulletin() -> Bulletin:
    return compose(_province(), UNITS.province)


def _charts(bulletin: Bulletin) -> list[Chart]:
    return [chart for section in bulletin.sections for chart in section.charts]


@pytest.fixture(scope="module")
def page(bulletin: Bulletin, tmp_path_factory: pytest.TempPathFactory) -> Path:
    traces = {figure.key: f"610000.trace/{figure.key}.html" for figure in ARTICLE}
    path = tmp_path_factory.mktemp("page") / "610000.html"
    path.write_text(render_html(bulletin, "610000", traces), encoding="utf-8")
    return path


def _measured(page: Path, width: int) -> dict:
    framed = page.with_name(f"frame_{page.name}")
    heard = page.read_text(encoding="utf-8").replace("<head>", "<head>" + _LISTENING)
    framed.write_text(_FRAME.format(width=width, page=escape(heard)), encoding="utf-8")
    shown = open_page(framed, page.parent, script=_MEASURED)
    return json.loads(unescape(re.search(r'data-measured="([^"]*)"', shown)[1]))


def test_the_charts_of_a_province(bulletin):
    assert [chart.key for chart in _charts(bulletin)] == [
        "categories",
        "parts",
        "trend",
        "progress",
        f"changes_{TOTAL}",
    ]
    categories, parts, trend, progress, changes = _charts(bulletin)
    assert [point.label for point in parts.points] == ["商洛市", "西安市"]  # the largest first
    assert [point.value for point in categories.points] == [14100, 15100, 3000]
    assert [point.printed for point in trend.points] == ["3.07万户", "无数据", "3.22万户"]
    assert progress.marked.printed == "58.08%"
    assert [point.printed for point in changes.points] == ["+21户", "+6户", "−15户"]


def test_a_chart_says_in_words_all_that_it_shows(bulletin):
    for chart in _charts(bulletin):
        assert all(f"{point.label}{point.printed}" in chart.in_words for point in chart.points)
        assert chart.unit in chart.in_words and chart.title in chart.in_words


def test_what_has_no_history_and_no_parts_has_no_such_charts():
    lone = compose(material([figure(TOTAL, 5)], "611024"), UNITS.by_code("611024"))
    assert _charts(lone) == []
    assert "<svg" not in (written := render_html(lone, "611024", {})) and "echarts" not in written


def test_markdown_draws_bars_by_size(bulletin):
    lines = render_markdown(bulletin).splitlines()
    assert f"| 商洛市 | {'█' * 24} | 2.02万户 |" in lines
    assert f"| 西安市 | {'█' * 14} | 1.2万户 |" in lines
    assert any(line.startswith("| 洛南县 | ░") for line in lines)


@pytest.mark.parametrize("width", [PHONE, 1200])
def test_the_page_draws_every_chart_without_a_fault_and_fits(page, bulletin, width):
    measured = _measured(page, width)
    assert measured["failed"] == []
    assert len(measured["paths"]) == len(_charts(bulletin))
    assert all(count >= 2 for count in measured["paths"])
    assert measured["over"] <= 0
    assert measured["names"] == [chart.in_words for chart in _charts(bulletin)]


def test_the_numbers_drawn_are_the_figures(page, bulletin):
    for texts, chart in zip(_measured(page, 1200)["texts"], _charts(bulletin), strict=True):
        printed = {point.printed for point in chart.points if point.value is not None}
        assert printed <= set(texts)


def test_the_page_needs_nothing_beside_it(page):
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"<(script|img|link|iframe)[^>]*\s(src|href)=", text)
    assert "url(" not in re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)


def test_each_figure_leads_to_its_trace_and_says_its_exact_value(page):
    text = page.read_text(encoding="utf-8")
    assert f'href="610000.trace/{TOTAL}.html" title="精确值 32200户">3.22万户</a>' in text


def test_a_figure_whose_last_digit_was_moved_is_marked_in_the_text_too():
    moved = replace(figure("monitored_people_total", 97700), is_adjusted=True)
    written = render_html(compose(material([figure(TOTAL, 32200), moved]), UNITS.province), "610000", {})
    assert '9.77万人</span><sup title="见附表注">※</sup>。' in written


def test_names_of_units_cannot_leave_their_place(tmp_path):
    listed, path = tmp_path / "units.csv", tmp_path / "page.html"
    with listed.open("w", encoding="utf-8", newline="") as handle:
        rows = [[code, HOSTILE + code, "611000", "商洛市"] for code in ("611021", "611024")]
        csv.writer(handle).writerows([["code", "name", "city_code", "city_name"], *rows])
    units = ReportingUnits(listed)
    counties = dict([_county("611024", 664, 643), _county("611021", 600, 615)])
    found = replace(material([figure(TOTAL, 1264)], "611000", others=counties), units=units)
    written = render_html(compose(found, units.by_code("611000")), "611000", {})
    path.write_text(written, encoding="utf-8")
    measured = _measured(path, 1200)
    assert measured["failed"] == [] and all(measured["paths"])
    assert measured["images"] == 0
    assert any(HOSTILE in name for name in measured["names"])


def test_word_finds_each_chart_with_the_workbook_it_is_drawn_from(bulletin):
    content = render_docx(bulletin, DAY)
    charts = _charts(bulletin)
    assert len(Document(io.BytesIO(content)).paragraphs) > len(charts)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for number, chart in enumerate(charts, start=1):
            drawn = etree.fromstring(parts.read(f"word/charts/chart{number}.xml"))
            assert drawn[-1].tag.endswith("externalData")
            assert drawn.xpath("count(//*[local-name()='cat'])") >= 1
            book = openpyxl.load_workbook(io.BytesIO(parts.read(f"word/embeddings/chart{number}.xlsx")))
            values = [row[1].value for row in book["数据"].iter_rows(min_row=2)]
            exact = [None if point.value is None else float(point.value) for point in chart.points]
            assert values == pytest.approx(exact)


def test_the_same_figures_give_the_same_bytes(bulletin):
    assert render_docx(bulletin, DAY) == render_docx(compose(_province(), UNITS.province), DAY)


def test_libreoffice_opens_the_document_and_shows_its_charts(bulletin, tmp_path):
    document = tmp_path / "610000.docx"
    document.write_bytes(render_docx(bulletin, DAY))
    pdf = soffice_convert(document, "pdf", tmp_path / "pdf")
    said = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    flat = re.sub(r"\s", "", said)
    for chart in _charts(bulletin):
        assert all(point.printed in flat for point in chart.points if point.value is not None)
    assert "—1—" in flat
