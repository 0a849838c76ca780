"""The figures of a bulletin as the published warehouse holds them: one per indicator, with what it was before.

Belongs here: reading ``marts.rpt_figures``. Does not belong here: computing or rounding a figure (the warehouse does),
and sentences (``narrative``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.indicators import load_indicators
from orchestration.report.query import query

_QUERY = """
    select now.unit_code, now.figure_key, now.label_zh, now.value, now.unit, now.display_zh, now.as_of,
           now.kind, now.is_adjusted, now.source_period, now.source_periods,
           now.previous_period, now.previous_value, earlier.display_zh, earlier.as_of,
           earlier.source_periods,
           now.year_before_period, now.year_before_value, year_ago.display_zh, year_ago.as_of,
           year_ago.source_periods
    from marts.rpt_figures as now
    left join marts.rpt_figures as earlier
        on now.previous_period = earlier.reporting_period
        and now.unit_code = earlier.unit_code and now.figure_key = earlier.figure_key
    left join marts.rpt_figures as year_ago
        on now.year_before_period = year_ago.reporting_period
        and now.unit_code = year_ago.unit_code and now.figure_key = year_ago.figure_key
    where now.reporting_period = $period and ($unit is null or now.unit_code = $unit)
"""


class NoFigures(Exception):
    """The published warehouse holds no figure of that unit and period. The message says which, in Chinese."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a figure was in another period; ``display`` as printed then, ``as_of`` the last day it covered,
    ``source_periods`` how many months or weeks were summed."""

    period: str
    value: Decimal
    display: str
    as_of: date | None = None
    source_periods: int = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: ``value`` exact in base ``unit`` (a ratio as a fraction of 1, unit ``1``), ``display`` as
    printed (``3.22万户``), ``as_of`` the last day it covers. A figure the unit has none of has no value.

    ``is_adjusted``: printed so that parts add up. ``source_period``: the month or week it is taken from, the last
    of ``source_periods`` where several were summed."""

    key: str
    label: str
    value: Decimal | None
    unit: str
    display: str
    as_of: date | None
    kind: str = "stock"
    is_adjusted: bool = False
    source_period: str = ""
    source_periods: int = 1
    previous: Earlier | None = None
    year_before: Earlier | None = None


def figures(warehouse: Path, period: str, unit_code: str) -> list[Figure]:
    """The unit's figures of the period, in the dictionary's order: the bulletin's own first. Raises NoFigures."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = read_figures(connection, period, unit_code).get(unit_code)
    if not found:
        raise NoFigures(f"已发布的数据仓库中没有 {unit_code} 在 {period} 的通报指标")
    return found


def read_figures(
    connection: duckdb.DuckDBPyConnection, period: str, unit_code: str | None = None
) -> dict[str, list[Figure]]:
    """Every unit's figures of the period (or one unit's), by unit code. Raises NoFigures for a file too old."""
    if not has_table(connection, "marts", "rpt_figures"):
        raise NoFigures("已发布的数据仓库由旧版程序生成,没有通报所需的指标表;先运行 zhenxing nightly")
    rows = query(connection, _QUERY, period=period, unit=unit_code)
    found: dict[str, list[Figure]] = {}
    for unit, *row in rows:
        found.setdefault(unit, []).append(_figure(row))
    return {unit: _in_order(of_unit) for unit, of_unit in found.items()}


def has_table(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    return bool(
        query(
            connection,
            "select 1 from information_schema.tables where table_schema = $schema and table_name = $table",
            schema=schema,
            table=table,
        )
    )


def _figure(row: list) -> Figure:
    key, label, value, unit, display, as_of, kind, adjusted, source, sources, *earlier = row
    return Figure(
        key,
        label,
        value,
        unit,
        display,
        as_of,
        kind,
        bool(adjusted),
        source,
        sources or 1,
        _earlier(*earlier[:5]),
        _earlier(*earlier[5:]),
    )


def _earlier(
    period: str | None, value: Decimal | None, display: str | None, as_of: date | None, summed: int | None
) -> Earlier | None:
    return (
        None if period is None or value is None else Earlier(period, value, display or "", as_of, summed or 1)
    )


def _in_order(found: Iterable[Figure]) -> list[Figure]:
    order = {key: position for position, key in enumerate(load_indicators())}
    return sorted(found, key=lambda figure: (order.get(figure.key, len(order)), figure.key))
