"""Each dashboard in a browser: everything drawn, nothing refused, its numbers those of the facts, a county's its own."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest
from playwright.sync_api import Browser

from bi.source import load_source
from bi.tests.browsing import Visit, visit
from bi.tests.conftest import COUNTY, Running

DASHBOARDS = {dashboard.slug: dashboard for dashboard in load_source().dashboards}
NEIGHBOURS = ("石泉县", "山阳县", "安康市", "商洛市")

_MONTH = "reporting_period = '2021-08'"
# What a number card says, by its title, asked of facts and not of what the dashboards read. {unit} is who looks.
NUMBERS = {
    "province": {
        "监测对象总户数": f"select format('{{:,}}', count(*)) from marts.fct_monitored_households where {_MONTH} and {{unit}}",
        "监测对象总人数": f"select format('{{:,}}', cast(sum(members) as bigint)) from marts.fct_monitored_households where {_MONTH} and {{unit}}",
        "入库项目": f"select format('{{:,}}', count(*)) from marts.fct_projects where {_MONTH} and {{unit}}",
        "小额信贷当年累计投放": f"select cast(sum(amount) / 100000000 as decimal(18, 2)) from marts.fct_loans where {_MONTH} and {{unit}}",
    },
    "funds-and-projects": {
        "入库项目": f"select format('{{:,}}', count(*)) from marts.fct_projects where {_MONTH} and {{unit}}",
        "入库项目资金总量": f"select cast(sum(total_funds) / 100000000 as decimal(18, 2)) from marts.fct_projects where {_MONTH} and {{unit}}",
        "安排项目": f"select format('{{:,}}', count(*)) from marts.fct_projects where {_MONTH} and arranged_on is not null and {{unit}}",
    },
    "monitoring": {
        "监测对象总户数": f"select format('{{:,}}', count(*)) from marts.fct_monitored_households where {_MONTH} and {{unit}}",
        "风险已消除监测对象户数": f"select format('{{:,}}', count(*)) from marts.fct_monitored_households where {_MONTH} and risk_eliminated and {{unit}}",
        "预警": f"select format('{{:,}}', count(*)) from marts.rpt_warnings where {_MONTH} and {{unit}}",
    },
    "reporting": {
        "应报": f"select count(*) from marts.rpt_submission_status where {_MONTH} and status <> 'exempt' and {{unit}}",
        "已接收": f"select count(*) from marts.rpt_submission_status where {_MONTH} and status = 'accepted' and {{unit}}",
        "完整率": f"select format('{{:.2f}}%', 100.0 * count(*) filter (where status = 'accepted') / count(*))"
        f" from marts.rpt_submission_status where {_MONTH} and status <> 'exempt' and {{unit}}",
    },
}


@pytest.fixture(scope="module")
def bureau(browser: Browser, superset: Running) -> Iterator[Visit]:
    seen = visit(browser, superset.address)
    seen.log_in(superset.admin.user, superset.admin.password)
    yield seen
    seen.page.close()


@pytest.fixture(scope="module")
def county(browser: Browser, superset: Running) -> Iterator[Visit]:
    seen = visit(browser, superset.address)
    seen.log_in(superset.county.user, superset.county.password)
    yield seen
    seen.page.close()


def test_every_dashboard_has_numbers_to_compare() -> None:
    assert NUMBERS.keys() == DASHBOARDS.keys()


@pytest.mark.parametrize("slug", DASHBOARDS)
def test_a_dashboard_draws_every_chart_and_says_what_the_facts_say(
    bureau: Visit, superset: Running, slug: str
) -> None:
    bureau.open_dashboard(slug)
    said = bureau.charts()
    assert _numbers(said, slug) == _asked(superset, slug, "true")
    assert len(said) == sum(chart.kind is not None for chart in DASHBOARDS[slug].charts)
    _assert_nothing_went_wrong(bureau)


@pytest.mark.parametrize("slug", DASHBOARDS)
def test_a_county_sees_its_own_rows_in_every_chart_and_filter(
    county: Visit, superset: Running, slug: str
) -> None:
    county.open_dashboard(slug)
    said = county.charts()
    assert _numbers(said, slug) == _asked(superset, slug, f"unit_code = '{COUNTY}'")
    offered = county.offered()
    assert "蓝田县" in offered
    everything = county.page.locator("body").inner_text() + " ".join(offered)
    assert [name for name in NEIGHBOURS if name in everything] == []
    _forgive_unstored_colours(county)
    _assert_nothing_went_wrong(county)


def test_the_page_on_which_one_logs_in_speaks_chinese(browser: Browser, superset: Running) -> None:
    seen = visit(browser, superset.address)
    seen.page.goto(f"{superset.address}/login/")
    seen.page.get_by_role("button", name="登 录").wait_for()
    assert "请输入用户名和密码" in seen.page.locator("body").inner_text()
    seen.page.close()


def test_who_has_not_logged_in_sees_nothing(browser: Browser, superset: Running) -> None:
    seen = visit(browser, superset.address)
    seen.page.goto(f"{superset.address}/superset/dashboard/province/")
    assert "/login/" in seen.page.url
    seen.page.close()


def _numbers(said: dict[str, str], slug: str) -> dict[str, str]:
    """What the number cards say, without their unit."""
    return {title: said[title].split("\n")[0] for title in NUMBERS[slug]}


def _asked(superset: Running, slug: str, unit: str) -> dict[str, str]:
    with duckdb.connect(str(superset.home.warehouse), read_only=True) as connection:
        return {
            title: _printed(connection.execute(sql.replace("{unit}", unit)).fetchone())
            for title, sql in NUMBERS[slug].items()
        }


def _printed(row: tuple[str | int | Decimal]) -> str:
    return str(row[0])


def _forgive_unstored_colours(seen: Visit) -> None:
    """Superset's page would store which label got which colour, which a reader may not: it draws them and throws the refusal."""
    seen.refused[:] = [refused for refused in seen.refused if "/colors?mark_updated=false" not in refused]
    seen.thrown[:] = [thrown for thrown in seen.thrown if thrown != "Response"]


def _assert_nothing_went_wrong(seen: Visit) -> None:
    assert (seen.errors(), seen.refused, seen.thrown, seen.elsewhere) == ([], [], [], [])
