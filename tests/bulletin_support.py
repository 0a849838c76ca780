"""Figures for the bulletin's tests: those of the article, a published file that holds no more than a bulletin reads, and a
province of two cities.

Belongs here: making material. Does not belong here: what is expected of a bulletin.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.home import DBT_PROJECT, PROJECT_ROOT
from orchestration.indicators import load_indicators
from orchestration.periods import parse_period
from orchestration.report.bulletin.figures import Figure
from orchestration.report.bulletin.material import Material
from orchestration.report.bulletin.saying import say_amount
from orchestration.units import ReportingUnits

UNITS = ReportingUnits(DBT_PROJECT / "seeds" / "counties.csv")
TARGETS = list(
    csv.DictReader((PROJECT_ROOT / "sample/data/targets.csv").read_text(encoding="utf-8").splitlines())
)


def _printed(target: dict[str, str]) -> str:
    indicator = load_indicators()[target["topic"]]
    if indicator.style == "magnitude":
        return target["value_printed"]
    more = "多" if indicator.style == "over_ten" else ""
    return target["value_printed"] + more + ("" if "%" in target["value_printed"] else target["unit_printed"])


def _article_figure(target: dict[str, str]) -> Figure:
    indicator = load_indicators()[target["topic"]]
    last_day = date(2021, 7, 31) if "2021-07" in target["period"] else date(2021, 8, 31)
    value = Decimal(target["value_base"])
    return Figure(
        indicator.key,
        indicator.label,
        value,
        indicator.unit,
        _printed(target),
        last_day,
        kind=indicator.kind,
        source_period="2021-08",
    )


ARTICLE = [_article_figure(target) for target in TARGETS]


def figure(key: str, value: str | int | None, **more) -> Figure:
    """A figure of the dictionary, printed as a county's is; taken from August 2021 unless ``more`` says otherwise."""
    indicator = load_indicators()[key]
    exact = None if value is None else Decimal(value)
    shown = "" if exact is None else say_amount(exact, indicator)
    given = {"as_of": date(2021, 8, 31), "kind": indicator.kind, "source_period": "2021-08", **more}
    return Figure(key, indicator.label, exact, indicator.unit, shown, **given)


def material(
    found: Iterable[Figure] = ARTICLE, unit: str = "610000", period: str = "2021-08", **more
) -> Material:
    """The figures of one unit; ``others``: those of further units, by code."""
    by_unit = {unit: found, **more.pop("others", {})}
    figures = {code: {figure.key: figure for figure in listed} for code, listed in by_unit.items()}
    return Material(period=parse_period(period), units=UNITS, figures=figures, **more)


@dataclass(frozen=True)
class Row:
    """One row of ``marts.rpt_figures`` as a test states it; ``before`` and ``year_ago``: values of the other periods."""

    period: str
    unit: str
    key: str
    value: str | int
    as_of: date
    previous: tuple[str, str | int] | None = None
    year_before: tuple[str, str | int] | None = None


def publish(warehouse: Path, rows: Iterable[Row], owed: Iterable[tuple] = ()) -> None:
    """Writes a published file with ``marts.rpt_figures`` and, of (period, unit, dataset, sheet, status, Chinese), who owes what:
    each is one report of a county, ``accepted`` or not, counted for its county and the province."""
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema marts; create schema quality")
        connection.execute(_FIGURES)
        connection.execute(_COMPLETENESS)
        connection.execute(_STATUS)
        connection.execute("create table quality.publications (number integer)")
        connection.execute("insert into quality.publications values (3)")
        for row in rows:
            connection.execute(
                f"insert into marts.rpt_figures values ({', '.join('?' * 20)})", _figures_row(row)
            )
        for period, unit, dataset, sheet, status, status_zh in owed:
            accepted = int(status == "accepted")
            for of in (unit, f"{unit[:2]}0000"):
                connection.execute(
                    "insert into marts.rpt_completeness values (?, ?, ?, 1, ?)",
                    [period, of, dataset, accepted],
                )
            connection.execute(
                "insert into marts.rpt_submission_status values (?, ?, ?, ?, ?, ?)",
                [period, unit, dataset, sheet, status, status_zh],
            )
        connection.execute(_SUMMED)


def _figures_row(row: Row) -> list:
    indicator = load_indicators()[row.key]
    value = Decimal(row.value)
    earlier = []
    for known in (row.previous, row.year_before):
        earlier += [known[0], Decimal(known[1]), value - Decimal(known[1])] if known else [None, None, None]
    cadence = parse_period(row.period).cadence
    printed = say_amount(value, indicator)
    source = row.period if cadence in ("week", "month") else f"{row.as_of:%Y-%m}"
    return [
        *(row.period, cadence, row.unit, row.key, indicator.label, indicator.kind, value, indicator.unit),
        *(printed, value, False, row.as_of, source, 1),
        *earlier,
    ]


_FIGURES = """
    create table marts.rpt_figures (
        reporting_period varchar, cadence varchar, unit_code varchar, figure_key varchar, label_zh varchar, kind varchar,
        value decimal(38,10), unit varchar, display_zh varchar, printed_value decimal(38,10), is_adjusted boolean, as_of date,
        source_period varchar, source_periods integer, previous_period varchar, previous_value decimal(38,10),
        previous_change decimal(38,10), year_before_period varchar, year_before_value decimal(38,10),
        year_before_change decimal(38,10))"""
_COMPLETENESS = """
    create table marts.rpt_completeness (
        reporting_period varchar, unit_code varchar, dataset varchar, expected integer, accepted integer)"""
_STATUS = """
    create table marts.rpt_submission_status (
        reporting_period varchar, unit_code varchar, dataset varchar, sheet varchar, status varchar, status_zh varchar)"""
_SUMMED = """
    create or replace table marts.rpt_completeness as
    select reporting_period, unit_code, dataset, sum(expected) as expected, sum(accepted) as accepted
    from marts.rpt_completeness group by all"""
