"""The site's pages in a browser: what they show is what the warehouse holds, they draw, and they ask nothing of a network."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browser_support import browser, watched
from playwright.sync_api import Browser, Page
from site_support import (
    BEFORE,
    CITY,
    COUNTY,
    NOW,
    PROVINCE,
    WEEK,
    YEAR_AGO,
    ask,
    open_unit,
    with_a_past_and_faults,
)

from orchestration.decimals import exact_text
from orchestration.home import Home
from orchestration.report.site.write import write_site


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


def _shown(page: Page) -> dict[str, tuple[str, str]]:
    """Of each figure in the table its exact value and what is printed."""
    rows = page.evaluate(
        "[...document.querySelectorAll('#figures .shown')].map(one => [one.dataset.key, one.dataset.exact, one.firstChild.data])"
    )
    return {key: (exact, printed) for key, exact, printed in rows}


def _held(home: Home, unit: str, period: str) -> dict[str, tuple[str, str]]:
    rows = ask(
        home,
        "select figure_key, value, display_zh from marts.rpt_figures "
        "where unit_code = ? and reporting_period = ? and value is not null",
        unit,
        period,
    )
    return {key: (exact_text(value), printed) for key, value, printed in rows}


def test_every_page_opens_silently_and_asks_for_no_other_file(page, home):
    for path in sorted((home.published / "site").glob("*.html")):
        seen = watched(page)
        page.goto(path.as_uri())
        page.wait_for_selector("#figures tbody tr")
        assert (seen.errors, seen.messages, seen.requests) == ([], [], [path.as_uri()])


@pytest.mark.parametrize("unit", [PROVINCE, CITY, COUNTY])
@pytest.mark.parametrize("period", [NOW, BEFORE])
def test_every_figure_is_the_warehouses_with_all_its_digits(page, home, unit, period):
    open_unit(page, home, unit, period)
    assert len(_held(home, unit, period)) > 30
    assert _shown(page) == _held(home, unit, period)


def test_cards_print_the_main_figures(page, home):
    open_unit(page, home, PROVINCE)
    cards = page.evaluate(
        "[...document.querySelectorAll('.card .value')].map(one => [one.dataset.key, one.textContent])"
    )
    held = _held(home, PROVINCE, NOW)
    assert len(cards) == 8
    assert dict(cards) == {key: held[key][1] for key, _ in cards}


def test_another_period_shows_its_own_figures(page, home):
    open_unit(page, home, COUNTY)
    page.select_option("#period", BEFORE)
    assert _shown(page) == _held(home, COUNTY, BEFORE)
    assert "2021年7月" in page.inner_text(".meta")


def test_every_period_shows_its_own_figures_be_it_month_quarter_or_year(page, home):
    seen = open_unit(page, home, COUNTY)
    periods = page.evaluate("[...document.querySelectorAll('#period option')].map(one => one.value)")
    assert {WEEK, "2021-Q3", "2021-H2", "2021", NOW, BEFORE} <= set(periods)
    for period in periods:
        page.select_option("#period", period)
        assert _shown(page) == _held(home, COUNTY, period)
        assert page.locator("#reporting table").count() > 0 or period in (BEFORE, YEAR_AGO)
    assert seen.errors == []


def test_the_period_looked_at_goes_along_to_another_unit_and_into_the_address(page, home):
    open_unit(page, home, PROVINCE)
    page.select_option("#period", BEFORE)
    assert page.url.endswith(f"#{BEFORE}")
    page.focus("a.skip")
    page.keyboard.press("Enter")
    assert page.input_value("#period") == BEFORE
    page.click("nav.below a:has-text('商洛市')")
    assert page.input_value("#period") == BEFORE
    assert _shown(page) == _held(home, CITY, BEFORE)


def test_a_change_is_the_exact_difference_and_its_rate(page, home):
    open_unit(page, home, COUNTY)
    [(now, before)] = ask(
        home,
        "select value, previous_value from marts.rpt_figures where unit_code = ? and reporting_period = ? and figure_key = ?",
        COUNTY,
        NOW,
        "monitored_people_total",
    )
    rate = ((now - before) / before * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    row = page.locator("#figures tr", has=page.locator("[data-key=monitored_people_total]"))
    assert f"+{exact_text(now - before)}人" in row.inner_text()
    assert f"+{exact_text(rate)}%" in row.inner_text()


def test_a_year_before_is_compared_where_there_is_one(page, home):
    open_unit(page, home, COUNTY)
    assert "比上年同期" in page.inner_text("#figures thead")
    page.select_option("#period", BEFORE)
    assert "比上年同期" not in page.inner_text("#figures thead")


@pytest.mark.parametrize("unit", [PROVINCE, CITY, COUNTY])
def test_charts_are_drawn_with_the_units_and_periods(page, home, unit):
    open_unit(page, home, unit)
    charts = page.locator(".chart svg")
    assert charts.count() == 2
    for n in range(2):
        box = charts.nth(n).bounding_box()
        assert box and box["width"] > 200 and box["height"] > 40
        assert charts.nth(n).locator("path").count() > 1
        assert page.locator(".chart").nth(n).get_attribute("aria-label")
    drawn = charts.nth(0).text_content() or ""
    values = ask(
        home,
        "select display_zh from marts.rpt_figures join marts.dim_reporting_unit using (unit_code) "
        "where reporting_period = ? and figure_key = 'monitored_households_total' and dim_reporting_unit.kind = ? and parent_code = ?",
        NOW,
        "county" if unit != PROVINCE else "city",
        CITY if unit != PROVINCE else PROVINCE,
    )
    bars = charts.nth(0).locator('path[fill="#0072B2"], path[fill="#D55E00"]')
    assert bars.count() == len(values) > 0
    assert all(display in drawn for (display,) in values)


def test_all_counties_are_ranked_on_the_provinces_page(page, home):
    open_unit(page, home, PROVINCE)
    page.select_option("#compared", label="全省各县(区)")
    page.select_option("#indicator", "monitored_people_total")
    shown = page.evaluate(
        "[...document.querySelectorAll('#comparison [data-unit]')].map(one => [one.dataset.unit, one.dataset.exact])"
    )
    held = ask(
        home,
        "select unit_code, value from marts.rpt_figures join marts.dim_reporting_unit using (unit_code) "
        "where reporting_period = ? and figure_key = 'monitored_people_total' and dim_reporting_unit.kind = 'county' order by value desc",
        NOW,
    )
    assert shown == [[unit, exact_text(value)] for unit, value in held]


def test_a_countys_figure_tells_its_file_sheet_and_columns(page, home):
    open_unit(page, home, COUNTY)
    row = page.locator("#figures tr", has=page.locator("[data-key=monitored_people_total]"))
    row.locator(".discloses").click()
    said = page.inner_text("#figures .source")
    [(file, sheet, rows, letter)] = ask(
        home,
        """select sent.file_name, sheets.source_sheet, sheets.rows, columns.column_letter
        from marts.dim_submission as sent join quality.landed_sheets as sheets using (submission_id)
        join quality.landed_columns as columns using (submission_id, dataset)
        where sent.unit_code = ? and sheets.dataset = 'monitored_households' and columns.column_name = 'members'""",
        COUNTY,
    )
    for part in (file, f"「{sheet}」共 {rows} 行", f"{letter} 列", "家庭人口数之和"):
        assert part in said
    assert f"zhenxing trace monitored_people_total --period {NOW} --unit {COUNTY}" in said


def test_a_figure_of_the_province_leads_to_its_counties_and_its_trace(page, home):
    open_unit(page, home, PROVINCE)
    row = page.locator("#figures tr", has=page.locator("[data-key=monitored_people_total]"))
    row.locator(".discloses").click()
    assert "由 3 个单位的报表汇总(应报 3 个)" in page.inner_text("#figures .source")
    assert page.locator("#figures .source a", has_text="商洛市").count() == 1
    page.click("#figures .source a:has-text('逐级追溯')")
    assert "监测对象总人数" in page.inner_text("h1")


def test_every_link_leads_to_a_file(page, home):
    for path in sorted((home.published / "site").glob("*.html")):
        page.goto(path.as_uri())
        page.wait_for_selector("#figures tbody tr")
        page.evaluate("document.querySelectorAll('#figures .discloses').forEach(one => one.click())")
        links = page.evaluate("[...document.querySelectorAll('a[href]:not([hidden])')].map(one => one.href)")
        targets = {unquote(urlsplit(link).path) for link in links}
        missing = [one for one in targets if "/published/docs/" not in one and not Path(one).exists()]
        assert missing == []
        assert sum("/published/docs/" in one for one in targets) == 2


def test_failed_rules_are_named_and_counted_and_their_titles_are_text(page, home):
    open_unit(page, home, COUNTY)
    said = page.inner_text("#reporting")
    assert "</script><b>" in said
    assert page.locator("#reporting b").count() == 0
    failed = ask(
        home,
        "select count(distinct rule_code) from quality.verdicts where unit_code = ? and outcome = 'failed'",
        COUNTY,
    )[0][0]
    rows = page.locator("#reporting table", has_text="未通过的规则").locator("tbody tr")
    assert rows.count() == failed > 0
    assert "逾期未报" in said


def test_what_reports_lack_is_said_at_the_figure(page, home):
    open_unit(page, home, COUNTY)
    row = page.locator("#figures tr", has=page.locator("[data-key=employment_lifted_labour]"))
    assert "未接收" in row.inner_text()
    open_unit(page, home, PROVINCE)
    row = page.locator("#figures tr", has=page.locator("[data-key=employment_lifted_labour]"))
    assert "部分" in row.inner_text()


def test_a_register_the_bureau_keeps_is_judged_by_the_bureaus_report(page, home):
    open_unit(page, home, COUNTY)
    row = page.locator("#figures tr", has=page.locator("[data-key=hotline_12317_calls_received]"))
    assert "通过" in row.inner_text()
    row.locator(".discloses").click()
    assert "陕西省报送" in page.inner_text("#figures .source")


def test_a_correction_is_shown_with_its_reason_and_notice(page, home):
    open_unit(page, home, COUNTY)
    row = page.locator("#reporting tr", has_text="补报两人")
    assert [part in row.inner_text() for part in ("590人", "592人", "2021-09-06")] == [True] * 3
    assert (row.locator("a").get_attribute("href") or "").endswith("restatements/00001_2021-09-06.html")
    page.select_option("#period", BEFORE)
    assert page.locator("#reporting tr", has_text="补报两人").count() == 0


def test_decimals_of_the_page_are_exact(page, home):
    open_unit(page, home, COUNTY)
    chance = random.Random(5)
    cases = []
    for _ in range(300):
        value = Decimal(chance.randrange(-(10**22), 10**22)).scaleb(-chance.randrange(0, 10))
        places, down = chance.randrange(0, 4), chance.choice([0, 4, 8, -2])
        base = Decimal(chance.randrange(1, 10**15)).scaleb(-chance.randrange(0, 4))
        rounded = value.scaleb(-down).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        rate = (value * 10000 / base).quantize(Decimal(1), ROUND_HALF_UP) / 100
        cases.append((exact_text(value), places, down, exact_text(base), _plain(rounded), _plain(rate)))
    found = page.evaluate(
        "cases => cases.map(([v, p, d, b]) => [site.decimal.round(v, p, d), site.decimal.percent(v, b)])",
        json.loads(json.dumps(cases)),
    )
    assert found == [[rounded, rate] for *_, rounded, rate in cases]


def _plain(value: Decimal) -> str:
    return "0" if value == 0 else exact_text(value)
