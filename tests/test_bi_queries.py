"""What the charts ask of a published file: every query runs, and what it counts adds up to the bulletin's figures."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest

from bi.charts import ANY
from bi.source import Chart, Source, load_source
from orchestration.home import Home

PERIOD = "2021-08"
SOURCE = load_source()
CHARTS = [(d.slug, chart) for d in SOURCE.dashboards for chart in d.charts]
# Charts of what is wrong, late or unusual are empty where nothing is.
MAY_BE_EMPTY = {"rules", "warnings_by_kind", "warnings_by_county", "warnings_over_time"}


@pytest.fixture(scope="module")
def published(published_small_province: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published_small_province.warehouse), read_only=True) as connection:
        yield connection


def query(chart: Chart, source: Source, more: str = "true") -> str:
    """The SQL that Superset would send, but for its quoting."""
    metrics = source.datasets[chart.dataset].metrics
    columns = dict.fromkeys([*chart.by, *([chart.series] if chart.series else [])])
    shown = [*columns, *(f"{metrics[name].expression} as {name}_shown" for name in chart.metrics)]
    conditions = [_condition(column, value) for column, value in chart.where.items()]
    if "period" not in chart.ignores:
        conditions.append(f"reporting_period = '{PERIOD}'")
    grouped = f" group by {', '.join(columns)}" if columns else ""
    where = " and ".join([*conditions, more])
    return f"select {', '.join(shown)} from {source.schema}.{chart.dataset} where {where}{grouped}"


def _condition(column: str, value: object) -> str:
    if value == ANY:
        return f"{column} is not null"
    values = value if isinstance(value, list) else [value]
    return f"{column} in ({', '.join(repr(each) for each in values)})"


def _one(published: duckdb.DuckDBPyConnection, sql: str) -> object:
    [(value,)] = published.execute(sql).fetchall()
    return value


def _figure(published: duckdb.DuckDBPyConnection, key: str, unit: str) -> Decimal:
    return _one(
        published,
        f"select value from marts.rpt_figures where figure_key = '{key}' and reporting_period = '{PERIOD}' "
        f"and unit_code = '{unit}'",
    )


@pytest.mark.parametrize(("slug", "chart"), CHARTS, ids=lambda value: getattr(value, "key", value))
def test_every_chart_has_something_to_show(published, slug, chart):
    rows = published.execute(query(chart, SOURCE)).fetchall()
    assert rows or chart.key in MAY_BE_EMPTY
    if chart.kind == "number" and chart.dataset != "rpt_warning_counts":
        assert rows[0][0] is not None


@pytest.mark.parametrize(
    ("condition", "unit"),
    [
        ("true", "610000"),
        ("city_code = (select min(city_code) from marts.dim_reporting_unit)", "city"),
        ("unit_name = (select min(unit_name) from marts.dim_reporting_unit where kind = 'county')", "county"),
    ],
    ids=["no filter", "a city", "a county"],
)
def test_a_figure_is_that_of_the_highest_unit_the_filters_leave(published, condition, unit):
    codes = {
        "city": "select min(city_code) from marts.dim_reporting_unit",
        "county": "select unit_code from marts.dim_reporting_unit where kind = 'county' order by unit_name limit 1",
    }
    code = _one(published, codes[unit]) if unit in codes else unit
    [chart] = [chart for slug, chart in CHARTS if (slug, chart.key) == ("province", "households")]
    assert _one(published, query(chart, SOURCE, condition)) == _figure(
        published, "monitored_households_total", code
    )


@pytest.mark.parametrize(
    ("mart", "counted", "figure"),
    [
        ("rpt_project_progress", "sum(projects)", "project_pool_projects"),
        ("rpt_project_progress", "sum(total_funds)", "project_pool_funds"),
        ("rpt_monitored_groups", "sum(households)", "monitored_households_total"),
        ("rpt_monitored_groups", "sum(people)", "monitored_people_total"),
        (
            "rpt_monitored_groups",
            "sum(households) filter (where risk_zh = '已消除')",
            "monitored_households_eliminated",
        ),
        (
            "rpt_fund_progress",
            "sum(amount) filter (where tier in ('中央', '省级'))",
            "bridging_funds_central_provincial",
        ),
        ("rpt_fund_progress", "sum(spent)", "bridging_funds_spent"),
    ],
)
def test_the_parts_add_up_to_the_bulletins_figure(published, mart, counted, figure):
    found = _one(published, f"select {counted} from marts.{mart} where reporting_period = '{PERIOD}'")
    assert found == _figure(published, figure, "610000")


def test_what_is_reported_adds_up_to_completeness(published):
    counts = ("expected", "received", "accepted", "on_time", "returned", "overdue", "exempt")
    summed = ", ".join(f"sum({count})" for count in counts)
    found = published.execute(
        f"select reporting_period, {summed} from marts.rpt_reporting_progress group by 1 order by 1"
    ).fetchall()
    stated = published.execute(
        f"select reporting_period, {', '.join(counts)} from marts.rpt_completeness "
        "where kind = 'province' and dataset = 'all' order by 1"
    ).fetchall()
    assert found == stated


def test_the_outcomes_of_rules_are_the_published_verdicts_on_files(published):
    found = published.execute(
        "select rule_code, count(*), sum(failed) from marts.rpt_rule_outcomes group by 1 order by 1"
    ).fetchall()
    judged = published.execute(
        "select rule_code, count(*), sum(failed) from quality.verdicts where scope <> 'bureau' group by 1 order by 1"
    ).fetchall()
    assert found and found == judged
