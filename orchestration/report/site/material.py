"""What the pages are made of: the published file read once, for all units and periods together.

The queries return JSON text, so that every number goes from the file to the page as the digits it has there, and a province
of many years costs what its bytes cost. Belongs here: reading figures, comparisons and the dictionary. Does not belong here:
reports and verdicts (``reporting``), cells (``sources``), and how anything looks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.indicators import load_sections
from orchestration.periods import Period, in_time, parse_period
from orchestration.report.site.reporting import Reporting, read_reporting
from orchestration.report.site.sources import Sources, looked_at, read_sources
from orchestration.report.site.sql import as_object, digits, texts

Texts = Mapping[str, Mapping[str, str]]  # JSON by unit (or group of units) and reporting period


@dataclass(frozen=True, slots=True)
class Unit:
    code: str
    name: str
    kind: str  # province | city | county
    kind_zh: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Material:
    """Everything the pages show. ``figures``: of each unit its own; ``compared``: of each unit that has parts the values of
    its cities (province) or counties, in the order of ``members``; ``counties``: those of the province's counties."""

    publication: int
    puts_back: int | None
    published_at: datetime
    known_until: datetime
    units: tuple[Unit, ...]
    periods: tuple[Period, ...]
    dictionary: str
    sections: str
    sheets: str
    figures: Texts
    compared: Texts
    counties: Mapping[str, str]
    reporting: Reporting
    sources: Sources

    @property
    def province(self) -> Unit:
        return next(unit for unit in self.units if unit.kind == "province")

    def members(self, unit: Unit) -> list[str]:
        """The codes of the units directly under one."""
        return [each.code for each in self.units if each.parent == unit.code]

    def all_counties(self) -> list[str]:
        return [each.code for each in self.units if each.kind == "county"]


def read_material(warehouse: Path) -> Material:
    """The published file, whole. Raises duckdb.Error for a file of a program older than the figures of ``rpt_figures``."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        published = connection.execute(_PUBLICATION).to_arrow_table().to_pylist()[0]
        periods = [row[0] for row in connection.execute(_PERIODS).fetchall()]
        return Material(
            publication=published["number"],
            puts_back=published.get("puts_back"),
            published_at=published["published_at"],
            known_until=published["known_until"],
            units=tuple(Unit(*row) for row in connection.execute(_UNITS).fetchall()),
            periods=tuple(in_time(parse_period(key) for key in periods)),
            dictionary=_dictionary(connection),
            sections=json.dumps(
                [[section.key, section.title, section.owner] for section in load_sections().values()],
                ensure_ascii=False,
            ),
            sheets=json.dumps(dict(connection.execute(_SHEETS).fetchall()), ensure_ascii=False),
            figures=texts(connection, _FIGURES),
            compared=texts(connection, _compared("units.parent_code", "'city', 'county'")),
            counties=texts(connection, _compared("'all'", "'county'")).get("all", {}),
            reporting=read_reporting(connection),
            sources=read_sources(connection),
        )


def _dictionary(connection: duckdb.DuckDBPyConnection) -> str:
    """Every indicator by key, in the bulletin's order, with the columns that its formula looks at."""
    looks = looked_at(connection)
    found = {
        key: {
            "label": label,
            "section": section,
            "kind": kind,
            "unit": unit,
            "scale": scale,
            "decimals": decimals,
            "dataset": dataset,
            "of": [numerator, denominator] if numerator else None,
            "formula": formula,
            "inBulletin": in_bulletin,
            "looks": looks.get(key, []),
        }
        for key, label, section, kind, unit, scale, decimals, dataset, numerator, denominator, formula, in_bulletin in (
            connection.execute(_DICTIONARY).fetchall()
        )
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _compared(group: str, kinds: str) -> str:
    """The query of one array a figure, in the order of the group's units by code; null where a unit has none."""
    return f"""
    with members as (
        select {group} as grouped, unit_code from marts.dim_reporting_unit as units where kind in ({kinds})
    ),
    wanted as (
        select distinct members.grouped, figures.reporting_period, figures.figure_key
        from marts.rpt_figures as figures join members using (unit_code)
        where figures.value is not null
    ),
    rows as (
        select wanted.*,
               '[' || string_agg(
                   if(figures.value is null, 'null', cast(to_json([{digits("figures.value")}, figures.display_zh]) as varchar)),
                   ',' order by unit_code
               ) || ']' as listed
        from wanted
        join members using (grouped)
        left join (from marts.rpt_figures where value is not null) as figures
            using (reporting_period, figure_key, unit_code)
        group by all
    )
    select grouped, reporting_period, {as_object("figure_key", "listed")} from rows group by all"""


_PUBLICATION = "from quality.publications order by number desc limit 1"

_PERIODS = "select distinct reporting_period from marts.rpt_figures"

_UNITS = """
    select unit_code, unit_name, kind, kind_zh, parent_code from marts.dim_reporting_unit
    order by kind <> 'province', unit_code"""

_SHEETS = "select distinct dataset, sheet from marts.rpt_submission_status order by all"

_DICTIONARY = """
    select figure_key, label_zh, section, kind, unit, scale, decimals, dataset, numerator, denominator,
           coalesce(formula_zh, definition_zh, ''), in_bulletin
    from marts.dim_indicator order by position"""

# Of each figure: value, as printed, change to the previous period and to a year before, the last day it covers, the base
# period it is taken from (of a sum the last) and of how many it is a sum, whether it was adjusted so that parts add up; and its
# place, from the largest, among the units of its kind under the same one and in the province, with how many have the figure.
_FIGURES = f"""
    with placed as (
        select figures.*,
               rank() over near as near_place, count(figures.value) over (partition by figures.reporting_period,
                   figures.figure_key, units.kind, units.parent_code) as near_units,
               rank() over everywhere as place, count(figures.value) over (partition by figures.reporting_period,
                   figures.figure_key, units.kind) as all_units
        from marts.rpt_figures as figures
        join marts.dim_reporting_unit as units using (unit_code)
        window
            near as (partition by figures.reporting_period, figures.figure_key, units.kind, units.parent_code
                order by figures.value desc nulls last),
            everywhere as (partition by figures.reporting_period, figures.figure_key, units.kind
                order by figures.value desc nulls last)
    ),
    written as (
        select unit_code, reporting_period, figure_key, cast(to_json([
            {digits("value")}, display_zh, {digits("previous_change")}, {digits("year_before_change")},
            cast(as_of as varchar), source_period, cast(source_periods as varchar), if(is_adjusted, '1', ''),
            cast(near_place as varchar), cast(near_units as varchar), cast(place as varchar), cast(all_units as varchar)
        ]) as varchar) as listed
        from placed
    )
    select unit_code, reporting_period, {as_object("figure_key", "listed")} from written group by all"""
