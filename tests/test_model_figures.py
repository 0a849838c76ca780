"""Figures as the model computes and prints them, against decimal arithmetic written here: roundings, ratios, parts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.identities import load_identities
from orchestration.home import Home
from orchestration.indicators import load_indicators
from orchestration.model import dbt
from orchestration.periods import parse_period

PROVINCE = "610000"


@pytest.fixture(scope="module")
def built(published_small_province: Home) -> Home:
    return published_small_province


@pytest.fixture(scope="module")
def scratch(built: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables the bulletin and the figures are made of, in memory, to be filled anew by each example."""
    with duckdb.connect() as connection:
        connection.sql(f"attach '{built.build}' as built (read_only)")
        connection.sql("attach ':memory:' as build")
        for schema in ("marts", "intermediate"):
            connection.sql(f"create schema build.{schema}")
            tables = connection.sql(
                f"select table_name from duckdb_tables() where database_name = 'built' and schema_name = '{schema}'"
            )
            for (table,) in tables.fetchall():
                connection.sql(f"create table build.{schema}.{table} as from built.{schema}.{table}")
        yield connection


@pytest.fixture(scope="module")
def counties(scratch: duckdb.DuckDBPyConnection) -> list[str]:
    rows = scratch.sql(
        "select unit_code from build.marts.dim_reporting_unit where kind = 'county' order by 1"
    )
    return [code for (code,) in rows.fetchall()]


def compiled(home: Home, model: str) -> str:
    (path,) = dbt.target(home).glob(f"compiled/*/models/*/{model}.sql")
    return path.read_text(encoding="utf-8")


Figures = dict[tuple[str, str], Decimal]  # by unit and key


def shown(built: Home, scratch: duckdb.DuckDBPyConnection, figures: Figures, columns: str) -> dict:
    """What rpt_figures says of figures of one month, by unit and key."""
    scratch.sql("delete from build.intermediate.int_period_figures")
    scratch.executemany(
        "insert into build.intermediate.int_period_figures values ('2021-08', 'month', ?, ?, ?, null, '2021-08', 1)",
        [(unit, key, value) for (unit, key), value in figures.items()],
    )
    query = f"select unit_code, figure_key, {columns} from ({compiled(built, 'rpt_figures')})"
    return {(unit, key): said for unit, key, *said in scratch.sql(query).fetchall()}


def printed(value: Decimal, figure_key: str) -> str:
    """What the province's bulletin prints, by decimal arithmetic: the declared scale unless it shows only zeros."""
    indicator = load_indicators()[figure_key]
    if indicator.scale == "%":
        return f"{plain(value * 100, indicator.decimals)}%"
    for mark, factor in (("亿", 10**8), ("万", 10**4)):
        least = factor * (Decimal("0.5") / 10**indicator.decimals if mark == indicator.scale else 1)
        if mark in {"亿": "亿万", "万": "万", "": ""}[indicator.scale] and value >= least:
            return f"{plain(value / factor, indicator.decimals)}{mark}{indicator.measure_word}"
    return f"{plain(value, indicator.decimals)}{indicator.measure_word}"


def plain(value: Decimal, decimals: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return format(rounded.normalize(), "f")


AMOUNTS = st.decimals(min_value=0, max_value=10**13, places=2, allow_nan=False, allow_infinity=False)
KEYS = (
    "microcredit_amount",
    "ew_consumption_assistance_sales",
    "ew_social_assistance_funds",
    "monitored_people_total",
    "resident_workers",
    "project_start_rate",
)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(KEYS), AMOUNTS), min_size=1, max_size=100))
def test_a_figure_is_printed_half_up_without_trailing_zeros(built, scratch, figures):
    latest = {(PROVINCE, key): value for key, value in figures}
    said = shown(built, scratch, latest, "display_zh, is_adjusted")
    assert said == {(unit, key): [printed(value, key), False] for (unit, key), value in latest.items()}


POSITIVE = st.decimals(
    min_value=Decimal("0.01"), max_value=10**12, places=2, allow_nan=False, allow_infinity=False
)


@settings(max_examples=20)
@given(st.lists(st.tuples(AMOUNTS, POSITIVE), min_size=1, max_size=50))
def test_a_ratio_is_the_exact_quotient_rounded_half_up_to_ten_decimals(built, scratch, counties, pairs):
    scratch.sql("delete from build.marts.fct_east_west")
    scratch.executemany(
        "insert into build.marts.fct_east_west by name select ? as reporting_period, ? as unit_code,"
        " '社会帮扶资金' as indicator, ? as value, ? as annual_target",
        [(str(number), counties[0], value, target) for number, (value, target) in enumerate(pairs)],
    )
    query = f"select reporting_period, value from ({compiled(built, 'int_figures')})"
    where = f"where figure_key = 'ew_social_funds_target_completion' and unit_code = '{counties[0]}'"
    found = dict(scratch.sql(f"{query} {where}").fetchall())
    assert found == {
        str(number): quotient(value, target) for number, (value, target) in enumerate(pairs) if value
    }


def quotient(value: Decimal, target: Decimal) -> Decimal:
    numerator, denominator = int(value * 100), int(target * 100)
    return Decimal((2 * numerator * 10**10 + denominator) // (2 * denominator)).scaleb(-10)


MONTHS = [f"2021-{month:02d}" for month in range(1, 13)]
DUE_DAYS = {month: parse_period(month).end + timedelta(days=5) for month in MONTHS}
STOCK, FLOW, NUMERATOR, DENOMINATOR = (
    *("monitored_households_total", "microcredit_disbursed", "projects_started", "projects_arranged"),
)
reports = st.dictionaries(
    st.tuples(
        st.sampled_from(MONTHS),
        st.sampled_from([PROVINCE, "county"]),
        st.sampled_from([STOCK, FLOW, NUMERATOR]),
    ),
    st.integers(0, 10**6),
    min_size=1,
)


@settings(max_examples=40)
@given(reports, st.dates(date(2021, 1, 1), date(2022, 3, 1)))
def test_a_span_is_its_last_month_that_counts_and_the_sum_of_what_flowed(
    built, scratch, counties, reports, today
):
    figures = {
        (month, unit.replace("county", counties[0]), key): value
        for (month, unit, key), value in reports.items()
    }
    figures |= {(month, unit, DENOMINATOR): 7 for month, unit, key in figures if key == NUMERATOR}
    scratch.sql(f"create or replace table build.intermediate.int_moment as select date '{today}' as today")
    scratch.sql("delete from build.intermediate.int_figures")
    scratch.executemany(
        "insert into build.intermediate.int_figures values (?, ?, ?, ?, null)",
        [(*place, value) for place, value in figures.items()],
    )
    query = f"select * from ({compiled(built, 'int_period_figures')}) where cadence not in ('week', 'month')"
    found = {
        (span, unit, key): (value, source, periods)
        for span, _, unit, key, value, _, source, periods in scratch.sql(query).fetchall()
    }
    assert found == rolled_up(figures, today)


def rolled_up(figures: dict[tuple[str, str, str], int], today: date) -> dict:
    """By span, unit and key: the value, the month it is from or the last of those summed, and how many."""
    rolled = {}
    for size, spans in (
        (3, ("2021-Q1", "2021-Q2", "2021-Q3", "2021-Q4")),
        (6, ("2021-H1", "2021-H2")),
        (12, ("2021",)),
    ):
        for number, span in enumerate(spans):
            reported = [
                m
                for m in MONTHS[number * size : (number + 1) * size]
                if any(m == place[0] for place in figures)
            ]
            months = [m for m in reported if DUE_DAYS[m] < today] or reported
            for unit, key in {place[1:] for place in figures if place[0] in months}:
                have = [m for m in months if (m, unit, key) in figures]
                if key == FLOW:
                    rolled[span, unit, key] = (
                        Decimal(sum(figures[m, unit, key] for m in have)),
                        have[-1],
                        len(have),
                    )
                elif months[-1] in have:
                    rolled[span, unit, key] = (Decimal(figures[months[-1], unit, key]), months[-1], 1)
                    if key == NUMERATOR:
                        rate = quotient(Decimal(figures[months[-1], unit, key]), Decimal(7))
                        rolled[span, unit, "project_start_rate"] = (rate, months[-1], 1)
    return rolled


def balanced(parts: dict[str, int], total: Decimal, step: int) -> dict[str, Decimal]:
    """The parts as printed, in base unit: the largest remainders go up until the printed total is reached; of equal
    ones the first of ``parts``."""
    floors = {part: (Decimal(value) / step).to_integral_value(ROUND_FLOOR) for part, value in parts.items()}
    left_over = int(total / step - sum(floors.values()))
    turns = sorted(parts, key=lambda part: floors[part] - Decimal(parts[part]) / step)
    return {part: (floors[part] + (part in turns[:left_over])) * step for part in parts}


def half_up(value: int, step: int) -> Decimal:
    return (Decimal(value) / step).to_integral_value(ROUND_HALF_UP) * step


SUM_OF_HOUSEHOLDS = next(
    i for i in load_identities() if i.relation == "equal" and i.right == "monitored_households_total"
)
LAST_DIGIT = 100  # 0.01万
# Remainders that tie, parts next to nothing, and parts far from it.
COUNTS = st.integers(50, 10**6) | st.integers(0, 400).map(lambda n: n * 50 + 50)


@settings(max_examples=60)
@given(st.tuples(COUNTS, COUNTS, COUNTS), st.sampled_from([0, 0, 0, 1, -1]))
def test_printed_parts_add_up_by_the_largest_remainder_where_they_make_up_the_total(
    built, scratch, counts, error
):
    parts = dict(zip(SUM_OF_HOUSEHOLDS.left, counts, strict=True))
    total = sum(counts) + error
    figures = {
        (PROVINCE, key): Decimal(value) for key, value in {**parts, SUM_OF_HOUSEHOLDS.right: total}.items()
    }
    said = shown(built, scratch, figures, "printed_value, is_adjusted, display_zh")
    rounded = {key: half_up(value, LAST_DIGIT) for key, value in parts.items()}
    expected = rounded if error else balanced(parts, half_up(total, LAST_DIGIT), LAST_DIGIT)
    for key, value in expected.items():
        words = f"{plain(value / 10**4, 2)}万户"
        assert said[PROVINCE, key] == [value, value != rounded[key], words]
        assert abs(value - parts[key]) < LAST_DIGIT
    assert said[PROVINCE, SUM_OF_HOUSEHOLDS.right][:2] == [half_up(total, LAST_DIGIT), False]
    if not error:
        assert sum(expected.values()) == half_up(total, LAST_DIGIT)


@settings(max_examples=30)
@given(st.lists(st.integers(0, 10**12), min_size=3, max_size=3), st.booleans())
def test_counties_in_their_provinces_scale_add_up_where_they_make_up_the_province(
    built, scratch, counties, amounts, whole
):
    key, step = "microcredit_amount", 10**6  # 0.01亿
    total = sum(amounts) + (0 if whole else 1) + step
    of_units = dict(zip(counties, [*amounts[:-1], amounts[-1] + step], strict=True))
    figures = {(PROVINCE, key): Decimal(total), **{(unit, key): Decimal(v) for unit, v in of_units.items()}}
    said = shown(built, scratch, figures, "in_province_value, in_province_zh")
    rounded = {unit: half_up(value, step) for unit, value in of_units.items()}
    expected = balanced(of_units, half_up(total, step), step) if whole else rounded
    for unit, value in expected.items():
        assert said[unit, key] == [value, f"{plain(value / 10**8, 2)}亿元"]
    assert said[PROVINCE, key] == [None, None]
