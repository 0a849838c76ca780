"""MetricFlow's figures are the published ones: every indicator on every level, and over periods as its kind demands."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from semantic_support import NO_NETWORK, Query, ask, command

from orchestration.home import PROJECT_ROOT, Home
from orchestration.indicators import load_indicators
from orchestration.model import metrics, semantic

MONTH = "metric_time__reporting_month"
LEVELS = {"province": (), "city": ("reporting_unit__city_code",), "county": ("reporting_unit",)}
MONTHLY = tuple(
    semantic.metric_names(indicator)["month"]
    for indicator in semantic.expressible(load_indicators().values())
)
DOC = PROJECT_ROOT / "docs" / "metrics.md"
MF = Path(sys.executable).with_name("mf")


@pytest.fixture(scope="module")
def asked(published_small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The published file of the small province in a home where ``make metrics`` was said."""
    home = Home(tmp_path_factory.mktemp("asked"))
    home.published.mkdir(parents=True)
    shutil.copyfile(published_small_province.warehouse, home.warehouse)
    metrics.prepare(home)
    return home


@pytest.fixture(scope="module")
def answers(asked: Home) -> dict[str, dict[tuple[str, str, str], Decimal]]:
    """What mf says by level: month, unit and metric."""
    queries = [Query(MONTHLY, (MONTH, *by)) for by in LEVELS.values()]
    tables = ask(metrics.folder(asked), asked.warehouse, queries)
    return {
        level: {
            (row[MONTH], row[by[0]] if by else "610000", name): Decimal(str(row[name]))
            for row in table
            for name in MONTHLY
            if row[name] is not None
        }
        for (level, by), table in zip(LEVELS.items(), tables, strict=True)
    }


def _published(home: Home, level: str) -> dict[tuple[str, str, str], Decimal]:
    with duckdb.connect(home.warehouse, read_only=True) as connection:
        rows = connection.execute(
            "select reporting_period, unit_code, figure_key, value from marts.rpt_figures "
            "join marts.dim_reporting_unit using (unit_code) where cadence = 'month' and dim_reporting_unit.kind = ?",
            [level],
        ).fetchall()
    return {(period, unit, key): value for period, unit, key, value in rows}


@pytest.mark.parametrize("level", LEVELS)
def test_every_published_figure_is_what_mf_says(asked: Home, answers, level: str):
    published = _published(asked, level)
    assert len({key for _, _, key in published}) >= 50
    # A unit without rows has no line; the bulletin says 0 where it did report.
    said = {key: round(answers[level].get(key, Decimal(0)), 10) for key in published}
    assert said == published


def test_the_bulletins_figures_are_among_them(asked: Home, answers):
    with duckdb.connect(asked.warehouse, read_only=True) as connection:
        bulletin = connection.execute(
            "select figure_key, value from marts.rpt_bulletin where reporting_period = '2021-08' and unit_code = '610000'"
        ).fetchall()
    assert len(bulletin) == 59
    assert {key: round(answers["province"]["2021-08", "610000", key], 10) for key, _ in bulletin} == dict(
        bulletin
    )


def test_grouped_by_unit_the_province_has_only_what_is_of_no_county(asked: Home, answers):
    beyond = answers["county"].keys() - _published(asked, "county").keys()
    lines = {key for key in beyond if answers["county"][key] != 0}
    assert lines
    bureau = {i.key for i in load_indicators().values() if "county" not in i.stated_by}
    assert {unit for _, unit, _ in lines} == {"610000"}
    assert {name for _, _, name in lines} <= bureau


def test_a_period_has_the_day_that_dim_period_says(asked: Home):
    with duckdb.connect(asked.warehouse, read_only=True) as connection:
        other = connection.execute(
            "select reporting_period from marts.dim_period where cadence = 'month' and "
            f"{semantic.DAY_OF['month']} <> start_on or cadence = 'week' and {semantic.DAY_OF['week']} <> end_on"
        ).fetchall()
        covered = connection.execute(
            "select count(*) from marts.dim_period join marts.dim_day on day = start_on "
            "where reporting_period in (month, quarter, half_year, year)"
        ).fetchone()
    assert other == []
    assert covered == (16 * (12 + 4 + 2 + 1),)


# Over periods, on a register made up here: two months of two counties, and two weeks, the second of which ends in September.
HOUSEHOLDS = [
    ("2021-07", "610122", "A", 2, "2021-07"),
    ("2021-07", "610122", "B", 3, "2021-05"),
    ("2021-07", "610922", "C", 1, "2021-07"),
    ("2021-08", "610122", "A", 2, "2021-07"),
    ("2021-08", "610122", "D", 4, "2021-08"),
    ("2021-08", "610122", "E", 5, "2021-08"),
    # Sent once more as new by another county: a flow counts it in each month.
    ("2021-08", "610922", "C", 1, "2021-08"),
    ("2021-W34", "610122", "A", 7, "2021-07"),
    ("2021-W35", "610122", "A", 8, "2021-07"),
    ("2021-W35", "610122", "D", 9, "2021-08"),
]
DAYS = [date(2021, 7, 1), date(2021, 8, 1), date(2021, 8, 29), date(2021, 9, 5)]
STOCK, PEOPLE, NEW = (
    "monitored_households_total",
    "monitored_people_total",
    "monitored_households_identified",
)


@pytest.fixture(scope="module")
def over_periods(asked: Home, tmp_path_factory: pytest.TempPathFactory):
    """Rows by query, from a warehouse of the made-up register."""
    warehouse = tmp_path_factory.mktemp("made_up") / "warehouse.duckdb"
    with duckdb.connect(warehouse) as connection:
        connection.execute(f"attach '{asked.warehouse}' as published (read_only)")
        connection.execute("create schema marts")
        for table in ("dim_day", "dim_reporting_unit"):
            connection.execute(f"create table marts.{table} as from published.marts.{table}")
        connection.execute(
            "create table marts.fct_monitored_households as "
            "from published.marts.fct_monitored_households limit 0"
        )
        connection.executemany(
            "insert into marts.fct_monitored_households "
            "(reporting_period, unit_code, household_no, members, identified_month) values (?, ?, ?, ?, ?)",
            HOUSEHOLDS,
        )
    weekly = (STOCK + semantic.WEEKLY, PEOPLE + semantic.WEEKLY)
    queries = {
        "nothing": Query((STOCK, PEOPLE, NEW)),
        "month": Query((STOCK, PEOPLE, NEW), (MONTH,)),
        "quarter": Query((STOCK, PEOPLE, NEW), ("metric_time__quarter",)),
        "half_year": Query((STOCK, PEOPLE, NEW), ("metric_time__half_year",)),
        "july": Query(
            (STOCK, PEOPLE, NEW), (), ("{{ TimeDimension('metric_time', 'reporting_month') }} = '2021-07'",)
        ),
        "week": Query(weekly, ("metric_time__reporting_week",)),
        "month_of_weeks": Query(weekly, (MONTH,)),
    }
    return dict(zip(queries, ask(metrics.folder(asked), warehouse, list(queries.values())), strict=True))


def _lines(rows: list[dict]) -> set[tuple]:
    return {tuple(row.values()) for row in rows}


def test_without_a_period_a_stock_is_the_last_months_and_a_flow_adds_up(over_periods):
    assert _lines(over_periods["nothing"]) == {(4, 12, 5)}


def test_by_month_each_has_its_own_and_weeks_count_for_nothing(over_periods):
    assert _lines(over_periods["month"]) == {("2021-07", 3, 6, 2), ("2021-08", 4, 12, 3)}


@pytest.mark.parametrize("longer", ["quarter", "half_year"])
def test_over_a_longer_period_a_stock_is_its_last_months_and_a_flow_the_sum_of_its_months(
    over_periods, longer: str
):
    [row] = over_periods[longer]
    assert [row[name] for name in (STOCK, PEOPLE, NEW)] == [4, 12, 5]


def test_of_a_month_asked_for_the_figure_is_that_months(over_periods):
    assert _lines(over_periods["july"]) == {(3, 6, 2)}


def test_weeks_have_figures_of_their_own_in_the_month_in_which_they_end(over_periods):
    assert _lines(over_periods["week"]) == {("2021-W34", 1, 7), ("2021-W35", 2, 17)}
    assert _lines(over_periods["month_of_weeks"]) == {("2021-08", 1, 7), ("2021-09", 2, 17)}


# The doc's commands, as an analyst types them.
def _examples() -> list[tuple[list[str], str]]:
    """Each ``mf`` command of the doc, its words, and the first line of the output shown."""
    found = re.findall(r"```sh\n(mf .+?)```\n+```text\n(.+?)\n", DOC.read_text(encoding="utf-8"), re.DOTALL)
    return [(shlex.split(said.replace("\\\n", " "))[1:], header) for said, header in found]


def test_the_docs_queries_give_what_it_shows(asked: Home):
    examples = _examples()
    assert len(examples) >= 5
    folder = metrics.folder(asked)
    answers = command(folder, asked.warehouse, [words for words, _ in examples])
    for (words, header), answer in zip(examples, answers, strict=True):
        assert answer.exit_code == 0, answer.output
        shown = (folder / words[-1]).read_text(encoding="utf-8") if "--csv" in words else answer.output
        assert header.split() in [line.split() for line in shown.splitlines()]


def test_mf_runs_in_the_prepared_folder_without_environment_or_option(asked: Home, monkeypatch):
    for name, value in NO_NETWORK.items():
        monkeypatch.setenv(name, value)
    words = ["query", "--quiet", "--metrics", STOCK, "--group-by", MONTH]
    done = subprocess.run(
        [MF, *words], cwd=metrics.folder(asked), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [figure] = [value for (_, _, key), value in _published(asked, "province").items() if key == STOCK]
    assert done.stdout.splitlines()[-1].split() == ["2021-08", str(int(figure))]
