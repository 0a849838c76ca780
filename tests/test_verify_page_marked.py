"""The page of a judged article: its whole text, every figure marked with a symbol, nothing of it taken for markup."""

from __future__ import annotations

from browser_support import open_page
from verify_support import ARTICLE, judged

from orchestration.report.verify.page import pieces, verdict_page, write_page


def test_the_pieces_are_the_original_text():
    answer = judged(ARTICLE)
    cut = list(pieces(answer))
    assert "".join(piece.text for piece in cut) == ARTICLE
    assert [piece.number for piece in cut if piece.figure] == list(range(1, len(answer.figures) + 1))


def test_a_wrong_figure_has_its_symbol_the_published_value_and_the_trace():
    page = verdict_page(judged(ARTICLE.replace("4.34万人", "4.74万人")), "通报.txt")
    assert "4.74万人<sup>✗13</sup>" in page
    assert "4.34万人" in page
    assert "zhenxing trace monitored_people_unstable --period 2021-08 --unit 610000" in page


def test_markup_in_an_article_is_text():
    page = verdict_page(judged("全省<script>alert(1)</script>组成8228支工作队。"), "<b>.txt")
    assert "<script" not in page
    assert "&lt;b&gt;.txt" in page


def test_the_same_answer_writes_the_same_bytes(tmp_path):
    path = tmp_path / "page.html"
    first = write_page(judged(ARTICLE), "通报.txt", path).read_bytes()
    assert write_page(judged(ARTICLE), "通报.txt", path).read_bytes() == first


def test_the_page_fits_a_telephone_and_is_filtered_from_the_keyboard(tmp_path):
    article = ARTICLE.replace("4.34万人", "4.74万人") + "粮食产量1200万吨<b>。"
    page = write_page(judged(article), "通报.txt", tmp_path / "page.html")
    script = """
    const seen = () => [...document.querySelectorAll('ol.list > li')].filter(li => li.offsetParent).length;
    const all = seen();
    document.getElementById('only-contradicted').focus();
    const focused = document.activeElement.id;
    document.getElementById('only-contradicted').click();
    document.title = [all, focused, seen(), document.documentElement.scrollWidth <= window.innerWidth,
      document.querySelectorAll('article b').length, document.scripts.length].join('|');
    """
    opened = open_page(page, tmp_path, width=500, script=script)
    assert "<title>62|only-contradicted|1|true|0|1</title>" in opened
