"""Reads what an export says from the published file (or the one of a past moment).

Belongs here: queries. Does not belong here: what is made of the answers.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.indicators import load_sections
from orchestration.periods import Period, month_of
from orchestration.report.bulletin.comparisons import is_alike
from orchestration.report.bulletin.figures import NoFigures, has_table
from orchestration.report.bulletin.material import Material, read_material
from orchestration.report.export.contents import Contents, Entry, Figure, Flag, Publication
from orchestration.report.query import query
from orchestration.report.standing import STANDING
from orchestration.units import ReportingUnits, Unit

NotPublished = NoFigures
_READ = (
    "rpt_figures",
    "dim_indicator",
    "dim_indicator_versions",
    "rpt_submission_status",
    "rpt_completeness",
)

_PUBLICATION = """
    select number, published_at, known_until from quality.publications order by number desc limit 1"""

_FIGURES = """
    select unit_code, figure_key, value, display_zh, printed_value, is_adjusted, in_province_value, as_of, source_period,
           previous_period, previous_value, previous_change, year_before_period, year_before_value
    from marts.rpt_figures
    where reporting_period = $period and list_contains($units, unit_code)"""

# Each as defined in the period's last month; a ratio stands on the dataset of its numerator.
_ENTRIES = """
    select i.figure_key, i.label_zh, i.section, i.kind, i.unit, i.scale, i.measure_word, i.decimals, i.style,
           v.formula_zh, coalesce(v.definition_zh, ''), i.owner,
           coalesce(sheets.sheet, i.dataset, n.dataset, ''), coalesce(i.fact, ''),
           coalesce(v.valid_from, ''), coalesce(v.valid_until, '')
    from marts.dim_indicator as i
    join marts.dim_indicator_versions as v
        on i.figure_key = v.figure_key
        and coalesce(v.valid_from, $month) <= $month and $month <= coalesce(v.valid_until, $month)
    left join marts.dim_indicator as n on i.numerator = n.figure_key
    left join (select distinct dataset, sheet from marts.rpt_submission_status) as sheets
        on sheets.dataset = coalesce(i.dataset, n.dataset)
    order by i.position"""

_SHEETS = "select distinct dataset, sheet from marts.rpt_submission_status order by all"

# Of what was accepted. A rule across units says in its failures whom it found.
_FLAGS = f"""
    with standing as (
        select * from ({STANDING})
        where list_contains($bases, reporting_period)
            and (
                submission_id is null
                or (dataset, submission_id) in (
                    select (dataset, submission_id) from marts.rpt_submission_status
                    where list_contains($bases, reporting_period)
                        and status in ('accepted', 'nil_return', 'partly_accepted')
                )
            )
    )
    select s.reporting_period, coalesce(places.unit_code, s.unit_code) as unit_code, s.dataset, s.rule_code, s.severity,
           s.title_zh, coalesce(places.failed, s.failed), s.checked, s.waived_until
    from standing as s
    left join (select verdict_id, unit_code, count(*) as failed from quality.failures group by all) as places
        on s.verdict_id = places.verdict_id and s.scope = 'bureau'
    where s.outcome = 'failed' and (s.severity = 'warning' or s.waived_until is not null)
    order by s.rule_code, s.reporting_period, unit_code"""


def read_contents(warehouse: Path, period: Period, units: ReportingUnits, unit: Unit) -> Contents:
    """The unit's figures of the period and those of its cities and counties, and what is to be known of them.

    Raises NotPublished, in Chinese, when the file has no figure of that unit and period, or was written by a program too
    old."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        if not all(has_table(connection, "marts", table) for table in _READ):
            raise NotPublished("已发布的数据仓库由旧版程序生成,没有导出所需的表;先运行 zhenxing nightly")
        read = read_material(warehouse, period, units)
        if not read.of(unit):
            raise NotPublished(f"已发布的数据仓库中没有{unit.name}在 {period.key} 的指标")
        places = _places(read, unit)
        bases = sorted({coverage.period for coverage in read.coverage.get(unit.code, ())})
        codes = {place.code for place in places}
        return Contents(
            unit=unit,
            issuer=f"{units.province.name}乡村振兴局",
            period=period,
            publication=Publication(*query(connection, _PUBLICATION)[0]),
            places=places,
            entries=_entries(connection, period),
            figures=_figures(connection, read, places),
            coverage=read.coverage.get(unit.code, ()),
            missing=tuple(read.lacking(unit)),
            flags=tuple(flag for flag in _flags(connection, bases) if flag.unit_code in codes),
            names={each.code: each.name for each in (units.province, *units.cities, *units.counties)},
            sheets=dict(query(connection, _SHEETS)),
        )


def _places(read: Material, unit: Unit) -> tuple[Unit, ...]:
    cities = read.units.cities if unit.kind == "province" else ()
    counties = () if unit.kind == "county" else read.counties(unit)
    below = [place for place in (*cities, *counties) if read.of(place)]
    return tuple(dict.fromkeys([unit, *below]))


def _figures(
    connection: duckdb.DuckDBPyConnection, read: Material, places: tuple[Unit, ...]
) -> dict[tuple[str, str], Figure]:
    rows = query(connection, _FIGURES, period=read.period.key, units=[place.code for place in places])
    found = {(row[0], row[1]): Figure(*row) for row in rows}
    for place in places:
        for key, figure in read.of(place).items():
            earlier = figure.previous
            found[place.code, key] = replace(
                found[place.code, key],
                is_partial=read.partial(place, figure) is not None,
                is_alike=earlier is not None and is_alike(figure, earlier),
            )
    return found


def _entries(connection: duckdb.DuckDBPyConnection, period: Period) -> tuple[Entry, ...]:
    titles = {key: section.title for key, section in load_sections().items()}
    entries = [Entry(*row) for row in query(connection, _ENTRIES, month=month_of(period))]
    return tuple(replace(entry, section=titles.get(entry.section, entry.section)) for entry in entries)


def _flags(connection: duckdb.DuckDBPyConnection, bases: list[str]) -> list[Flag]:
    return [Flag(*row) for row in query(connection, _FLAGS, bases=bases)]
