"""The documentation in a browser without a network: both ways in open from the disk, in Chinese, and ask for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_support import Seen, browser, watched
from documentation_support import CRASHED, FAILED, PERIOD, WAIVED, with_faults
from playwright.sync_api import Browser, Page

from expectations import catalogue
from orchestration.home import Home
from orchestration.report.documentation.due import checks_index, dbt_index, stamp_file
from orchestration.report.documentation.write import write_documentation


@pytest.fixture(scope="module")
def home(published_small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = with_faults(published_small_province, tmp_path_factory.mktemp("pages") / "home")
    stamp_file(made).unlink()
    write_documentation(made)
    return made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1300, "height": 900}, offline=True)
    yield context.new_page()
    context.close()


def _is_quiet(seen: Seen) -> bool:
    """Nothing was said, nothing failed, and nothing was asked for but files of the folder."""
    asked = [address for address in seen.requests if not address.startswith(("file:", "data:"))]
    return (seen.messages, seen.errors, asked) == ([], [], [])


def _dbt(page: Page, home: Home, place: str) -> Seen:
    seen = watched(page)
    page.goto(f"{dbt_index(home).as_uri()}#!/{place}")
    page.wait_for_selector(".app-content")
    page.wait_for_load_state("networkidle")
    return seen


def test_the_data_dictionary_opens_with_its_overview(page: Page, home: Home):
    seen = _dbt(page, home, "overview")
    assert "数据字典" in page.title()
    assert page.locator("h2", has_text="数据字典").is_visible()
    assert page.get_by_text("第 1 次发布").is_visible()
    assert page.get_by_role("link", name="规则核验").get_attribute("href") == "../checks/index.html"
    assert _is_quiet(seen)
    assert seen.requests == [dbt_index(home).as_uri()]


def test_a_fact_shows_what_it_is_its_columns_and_its_rows(page: Page, home: Home):
    seen = _dbt(page, home, "model/model.zhenxing.fct_loans")
    page.wait_for_selector(".column-row")
    said = page.inner_text("body")
    assert "每行一笔当年发放的贷款" in said
    assert "借款合同编号" in said
    assert "warehouse.marts.fct_loans" in said
    assert page.locator(".column-row", has_text="contract_no").is_visible()
    for word in ("概况", "说明", "列", "取自", "行数"):
        assert word in said
    assert _is_quiet(seen)


def test_a_quality_table_is_in_the_dictionary_too(page: Page, home: Home):
    seen = _dbt(page, home, "source/source.zhenxing.quality.verdicts")
    page.wait_for_selector(".column-row")
    assert "豁免截止日" in page.inner_text("body")
    assert _is_quiet(seen)


def test_the_lineage_opens_and_a_column_is_found(page: Page, home: Home):
    seen = _dbt(page, home, "model/model.zhenxing.fct_loans")
    page.get_by_placeholder("查找表").fill("借款合同编号")
    page.wait_for_selector(".search-result")
    assert page.locator(".search-result", has_text="fct_loans").first.is_visible()
    page.goto(f"{dbt_index(home).as_uri()}#!/model/model.zhenxing.fct_loans")
    page.locator(".launcher a").first.click()
    page.wait_for_selector("canvas")
    assert _is_quiet(seen)


def test_the_data_docs_lead_from_the_way_in_to_a_failed_rule_and_its_question(page: Page, home: Home):
    seen = watched(page)
    page.goto(checks_index(home).as_uri())
    assert page.get_by_role("heading", name="规则核验").is_visible()
    page.get_by_role("link", name="项目库").click()
    page.wait_for_selector("section#projects table")
    row = page.locator("tr", has=page.locator(f'a[href="rules.html#{FAILED}"]'))
    assert row.locator("td").nth(2).inner_text() == "7"
    assert row.locator(".fa-times").evaluate("one => getComputedStyle(one, '::before').content") == '"✗"'
    row.get_by_role("link", name=FAILED, exact=True).click()
    page.wait_for_url(f"**/rules.html#{FAILED}")
    rule = page.locator("li", has=page.locator(f'[id="{FAILED}"]'))
    assert catalogue()[FAILED].remedy_zh in rule.inner_text()
    assert rule.locator("pre").is_hidden()
    rule.locator("summary").click()
    assert "select d.submission_id" in rule.locator("pre").inner_text()
    assert _is_quiet(seen)


def test_a_period_shows_outcomes_in_words_and_not_by_colour_alone(page: Page, home: Home):
    seen = watched(page)
    page.goto((checks_index(home).parent / f"{PERIOD}.html").as_uri())
    said = page.inner_text("body")
    assert "有不符" in said
    assert "全部通过" in said
    assert catalogue()[WAIVED].title_zh in said
    crashed = page.locator("tr", has=page.locator(f'a[href="rules.html#{CRASHED}"]'))
    assert "未能运行" in crashed.inner_text()
    assert _is_quiet(seen)


@pytest.mark.parametrize("name", ["index.html", "rules.html", f"{PERIOD}.html"])
def test_the_data_docs_fit_a_phone(chromium: Browser, home: Home, name: str):
    phone = chromium.new_page(viewport={"width": 390, "height": 800})
    phone.goto((checks_index(home).parent / name).as_uri())
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.close()


@pytest.mark.parametrize("name", ["index.html", "rules.html", f"{PERIOD}.html"])
def test_every_link_of_the_data_docs_leads_somewhere(page: Page, home: Home, name: str):
    folder = checks_index(home).parent
    page.goto((folder / name).as_uri())
    links = page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
    for link in links:
        file, _, place = link.partition("#")
        path = folder / file if file else folder / name
        if "/site/" in link:
            continue  # written by another follower
        assert path.exists(), link
        assert not place or f'id="{place}"' in path.read_text(encoding="utf-8"), link


def test_each_id_is_given_once(page: Page, home: Home):
    for path in sorted(Path(checks_index(home).parent).glob("*.html")):
        page.goto(path.as_uri())
        ids = page.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
        assert sorted(ids) == sorted(set(ids)), path.name
