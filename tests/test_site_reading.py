"""The site's pages as people read them: on a phone and a projector, by keyboard, on paper, in colours that are told apart."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from browser_support import browser
from playwright.sync_api import Browser, Page
from site_support import COUNTY, NOW, PROVINCE, ask, open_unit, with_a_past_and_faults

from orchestration.decimals import exact_text
from orchestration.home import Home
from orchestration.report.site.write import write_site

PAPER = 695  # an A4 page between its margins, in CSS pixels


@pytest.fixture(scope="module")
def home(published_small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    found = with_a_past_and_faults(published_small_province, tmp_path_factory.mktemp("site") / "home")
    write_site(found)
    return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = chromium.new_page(viewport={"width": 1440, "height": 900})
    yield opened
    opened.close()


@pytest.mark.parametrize("unit", [PROVINCE, COUNTY])
@pytest.mark.parametrize(("width", "smallest"), [(360, 12), (1920, 13)])
def test_a_phone_and_a_projector_show_all_without_scrolling_sideways(page, home, unit, width, smallest):
    page.set_viewport_size({"width": width, "height": 800})
    open_unit(page, home, unit)
    for details in page.locator("details").all():
        details.evaluate("one => { one.open = true }")
    page.locator("#figures .discloses").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(_SMALLEST_FONT) >= smallest
    outside = page.evaluate(_OUTSIDE)
    assert outside == []


def test_a_projector_shows_larger_letters(page, home):
    open_unit(page, home, PROVINCE)
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == 16
    page.set_viewport_size({"width": 1920, "height": 1080})
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18


@pytest.mark.parametrize("unit", [PROVINCE, COUNTY])
def test_every_text_stands_out_from_its_ground(page, home, unit):
    open_unit(page, home, unit)
    page.locator("#figures .discloses").first.click()
    measured = page.evaluate(_CONTRASTS)
    assert len(measured) > 200
    assert [(text, ratio) for text, ratio in measured if ratio < 4.5] == []


def test_a_table_is_sorted_by_keyboard_alone(page, home):
    open_unit(page, home, COUNTY)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    _tab_to(page, "#figures thead th:nth-child(3) button")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    header = page.locator("#figures thead th:nth-child(3)")
    assert header.get_attribute("aria-sort") == "descending"
    shown = page.evaluate("[...document.querySelectorAll('#figures .shown')].map(one => one.dataset.key)")
    changes = dict(
        ask(
            home,
            "select figure_key, previous_change from marts.rpt_figures where unit_code = ? and reporting_period = ?",
            COUNTY,
            NOW,
        )
    )
    known = [changes[key] for key in shown if changes[key] is not None]
    assert known == sorted(known, reverse=True)
    page.keyboard.press("Space")
    assert header.get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") == "none"
    assert page.locator("#figures tr.group").count() > 3


def test_numbers_are_sorted_as_numbers(page, home):
    open_unit(page, home, COUNTY)
    page.click("#figures thead th:nth-child(2) button")
    values = page.evaluate("[...document.querySelectorAll('#figures .shown')].map(one => one.dataset.exact)")
    assert [Decimal(value) for value in values] == sorted(map(Decimal, values), reverse=True)


def test_a_source_is_opened_and_closed_by_keyboard(page, home):
    open_unit(page, home, COUNTY)
    button = page.locator("#figures .discloses").first
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    assert page.locator("#figures .source").count() == 1
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "false"
    assert page.locator("#figures .source").count() == 0


@pytest.mark.parametrize("asked", ["山阳", COUNTY, COUNTY[:5]])
def test_a_unit_is_found_by_name_or_code_with_the_keyboard(page, home, asked):
    open_unit(page, home, PROVINCE)
    page.focus("#search")
    page.keyboard.type(asked)
    assert page.locator("#found [role=option]").first.inner_text().startswith("山阳县")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{COUNTY}.html#{NOW}")
    assert page.inner_text("h1") == "山阳县乡村振兴统计"


def test_one_goes_from_the_province_to_a_county_and_back(page, home):
    open_unit(page, home, PROVINCE)
    page.click("nav.below a:has-text('商洛市')")
    page.click("nav.below a:has-text('山阳县')")
    assert page.inner_text("nav.path").split() == ["陕西省", "商洛市", "山阳县"]
    page.click("nav.path a:has-text('陕西省')")
    assert page.inner_text("h1") == "陕西省乡村振兴统计"


def test_the_figures_are_downloaded_with_all_their_digits(page, home, tmp_path):
    open_unit(page, home, COUNTY)
    rows = _download(page, "#figures .tools button", tmp_path)
    held = ask(
        home,
        "select figure_key, value, unit, display_zh, previous_change from marts.rpt_figures "
        "where unit_code = ? and reporting_period = ? and value is not null",
        COUNTY,
        NOW,
    )
    assert {
        row["指标键"]: (row["精确值"], row["单位"], row["印发数"], row["比上期增减(精确)"]) for row in rows
    } == {
        key: (
            exact_text(value),
            "比率" if unit == "1" else unit,
            printed,
            "" if change is None else _plain(change),
        )
        for key, value, unit, printed, change in held
    }


def test_a_comparison_is_downloaded_in_the_order_shown(page, home, tmp_path):
    open_unit(page, home, PROVINCE)
    page.select_option("#compared", label="全省各县(区)")
    page.locator("#comparison details").first.evaluate("one => { one.open = true }")
    rows = _download(page, "#comparison .panel:first-child .tools button", tmp_path)
    held = ask(
        home,
        "select unit_code, value from marts.rpt_figures join marts.dim_reporting_unit as units using (unit_code) "
        "where reporting_period = ? and figure_key = 'monitored_households_total' and units.kind = 'county' "
        "order by value desc",
        NOW,
    )
    assert [(row["单位代码"], row["精确值"]) for row in rows] == [
        (unit, exact_text(value)) for unit, value in held
    ]


def test_paper_shows_figures_and_charts_and_no_controls(page, home, tmp_path):
    open_unit(page, home, PROVINCE)
    page.emulate_media(media="print")
    for selector in ("#figures table", "#reporting table", ".chart svg", ".card .value"):
        assert page.locator(selector).first.is_visible()
    for selector in ("#search", ".stuck", "nav.below", "#figures .tools", "#figures .discloses"):
        assert not page.locator(selector).first.is_visible()
    printed = page.pdf(path=tmp_path / "page.pdf", format="A4", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")


@pytest.mark.parametrize("unit", [PROVINCE, COUNTY])
def test_paper_cuts_no_chart_off(page, home, unit):
    open_unit(page, home, unit)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.set_viewport_size({"width": PAPER, "height": 900})
    page.emulate_media(media="print")
    charts = page.evaluate(
        "[...document.querySelectorAll('.chart svg')].map(one => one.getBoundingClientRect().right)"
    )
    assert len(charts) == 2
    assert max(charts) <= PAPER
    assert page.evaluate("document.documentElement.scrollWidth") == PAPER


def test_what_moves_stands_still_for_whoever_asked_for_that(page, home):
    page.emulate_media(reduced_motion="reduce")
    open_unit(page, home, PROVINCE)
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_no_mark_is_told_by_its_colour_alone(page, home):
    open_unit(page, home, COUNTY)
    words = page.evaluate("[...document.querySelectorAll('.verdict')].map(one => one.textContent)")
    assert words
    assert all(len(word) > 1 for word in words)
    own = page.locator("#comparison tr.own").first
    assert own.locator("strong").count() == 1


def test_every_control_and_region_has_a_name(page, home):
    open_unit(page, home, PROVINCE)
    nameless = page.evaluate(
        """[...document.querySelectorAll('button, a[href], input, select, [role=region], [role=img]')].filter(one =>
            !(one.textContent.trim() || one.getAttribute('aria-label') || one.labels && one.labels.length)).length"""
    )
    assert nameless == 0
    assert page.get_attribute("html", "lang") == "zh-CN"


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(300):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def _download(page: Page, button: str, folder: Path) -> list[dict[str, str]]:
    with page.expect_download() as waiting:
        page.click(button)
    path = folder / "table.csv"
    waiting.value.save_as(path)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _plain(value: Decimal) -> str:
    return "0" if value == 0 else exact_text(value)


_TEXTS = """
    const texts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
        if (!text || /^(SCRIPT|STYLE|NOSCRIPT|OPTION|OPTGROUP)$/.test(element.tagName)) continue;
        const box = element.getBoundingClientRect();
        if (box.width && box.height && getComputedStyle(element).visibility !== "hidden") texts.push([element, text]);
    }"""

_SMALLEST_FONT = f"""() => {{
    {_TEXTS}
    return Math.min(...texts.filter(([element]) => !element.closest("[aria-hidden], .arrow"))
        .map(([element]) => parseFloat(getComputedStyle(element).fontSize)));
}}"""

# What is cut off at the right and lies in nothing that scrolls.
_OUTSIDE = f"""() => {{
    {_TEXTS}
    return texts.filter(([element]) => !element.closest(".wide, .skip, svg") && element.getBoundingClientRect().right > innerWidth + 1)
        .map(([, text]) => text);
}}"""

_CONTRASTS = f"""() => {{
    {_TEXTS}
    const parse = (color) => (color.match(/[\\d.]+/g) || []).map(Number);
    const light = (rgb) => {{
        const [r, g, b] = rgb.map((part) => part / 255).map((part) => part <= .03928 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
    }};
    const ground = (element) => {{
        for (let at = element; at; at = at.parentElement) {{
            const color = parse(getComputedStyle(at).backgroundColor);
            if (color.length && color[3] !== 0) return color.slice(0, 3);
        }}
        return [255, 255, 255];
    }};
    return texts.map(([element, text]) => {{
        const style = getComputedStyle(element);
        const ink = element.ownerSVGElement || element.tagName === "svg" ? parse(style.fill) : parse(style.color);
        const [high, low] = [light(ink.slice(0, 3)), light(ground(element))].sort((a, b) => b - a);
        return [text, Math.round((high + .05) / (low + .05) * 100) / 100];
    }});
}}"""
