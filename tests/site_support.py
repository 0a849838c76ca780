"""A published file for the site's tests: the small province after its night, with a month before and with reports that fail.

Belongs here: making it, and asking it. Does not belong here: what is expected of a page.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
from browser_support import Seen, watched
from playwright.sync_api import Page

from orchestration.home import Home

NOW, BEFORE, YEAR_AGO = "2021-08", "2021-07", "2020-08"
WEEK = "2021-W34"
PROVINCE, CITY, COUNTY = "610000", "611000", "611024"


def with_a_past_and_faults(published: Home, root: Path) -> Home:
    """A copy of a published home whose file has two more months, a week and, of the county, failed rules and a report overdue."""
    home = Home(root)
    home.published.mkdir(parents=True)
    shutil.copy(published.warehouse, home.warehouse)
    shutil.copytree(published.bulletins, home.bulletins)
    shutil.copytree(published.receipts, home.receipts)
    shutil.copy(published.units_csv, root / "reporting_units.csv")
    with duckdb.connect(str(home.warehouse)) as connection:
        for period, factor in ((BEFORE, "0.75"), (YEAR_AGO, "0.5")):
            connection.execute(_EARLIER.format(period=period, now=NOW, factor=factor))
        connection.execute(_CHANGES.format(now=NOW, before=BEFORE, year_ago=YEAR_AGO))
        connection.execute(_WEEK.format(week=WEEK, now=NOW))
        connection.execute(_RESTATED.format(county=COUNTY, now=NOW))
        connection.execute(_FAULTS.format(county=COUNTY, now=NOW))
    notices = home.bulletins / "restatements"
    notices.mkdir(exist_ok=True)
    (notices / "00001_2021-09-06.html").write_text("更正公告")
    return home


def ask(home: Home, sql: str, *values: str) -> list[tuple]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute(sql, list(values)).fetchall()


def open_unit(page: Page, home: Home, unit: str, period: str = NOW) -> Seen:
    """A unit's page, drawn, at a period; what the browser said meanwhile."""
    seen = watched(page)
    name = "index" if unit == PROVINCE else unit
    page.goto((home.published / "site" / f"{name}.html").as_uri() + f"#{period}")
    page.wait_for_selector("#figures tbody tr")
    return seen


_EARLIER = """
    insert into marts.rpt_figures by name
    select * replace (
        '{period}' as reporting_period, '{period}' as source_period,
        as_of - (date '2021-08-31' - last_day(strptime('{period}', '%Y-%m')::date))::integer as as_of,
        if(unit = '1', value, round(value * {factor}, 0)) as value, '原' || display_zh as display_zh
    )
    from marts.rpt_figures where reporting_period = '{now}'"""

_CHANGES = """
    update marts.rpt_figures as now set
        previous_period = '{before}', previous_value = earlier.value, previous_change = now.value - earlier.value,
        year_before_period = '{year_ago}', year_before_value = ago.value, year_before_change = now.value - ago.value
    from marts.rpt_figures as earlier, marts.rpt_figures as ago
    where now.reporting_period = '{now}' and earlier.reporting_period = '{before}'
        and ago.reporting_period = '{year_ago}'
        and (earlier.unit_code, earlier.figure_key) = (now.unit_code, now.figure_key)
        and (ago.unit_code, ago.figure_key) = (now.unit_code, now.figure_key)"""

# A week has what is counted by the week, and its own reports.
_WEEK = """
    insert into marts.rpt_figures by name
    select * replace (
        '{week}' as reporting_period, '{week}' as source_period, 'week' as cadence, date '2021-08-29' as as_of,
        null as previous_period, null as previous_value, null as previous_change,
        null as year_before_period, null as year_before_value, null as year_before_change
    )
    from marts.rpt_figures where reporting_period = '{now}' and figure_key like 'monitored_%';
    insert into marts.rpt_completeness by name
    select * replace ('{week}' as reporting_period) from marts.rpt_completeness
    where reporting_period = '{now}' and dataset in ('monitored_households', 'all')"""

_RESTATED = """
    insert into marts.rpt_restatements by name
    select '{now}' as reporting_period, '{county}' as unit_code, 'monitored_people_total' as figure_key,
           '监测对象总人数' as label_zh, '590人' as display_published, '592人' as display_restated,
           timestamp '2021-09-06 02:00:00' as restated_at, '补报两人' as reason_zh, 1 as publication"""

_FAULTS = """
    update quality.verdicts set outcome = 'failed', failed = 3
    where unit_code = '{county}' and reporting_period = '{now}' and dataset = 'monitored_households'
        and severity = 'warning';
    update quality.rules set title_zh = title_zh || ' </script><b>'
    where dataset = 'monitored_households' and severity = 'warning';
    update marts.rpt_submission_status set status = 'overdue', status_zh = '逾期未报', submission_id = null
    where unit_code = '{county}' and reporting_period = '{now}' and dataset = 'employment';
    update marts.rpt_completeness set accepted = accepted - 1, overdue = 1
    where reporting_period = '{now}' and dataset in ('employment', 'all')
        and unit_code in ('{county}', (select city_code from marts.dim_reporting_unit where unit_code = '{county}'),
                          (select unit_code from marts.dim_reporting_unit where kind = 'province'));"""
