"""The warnings of a published warehouse as objects, each with the cells of the unit's own sheet.

Belongs here: reading and ordering. Does not belong here: finding warnings (dbt does), and what a list looks like.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.report.query import query
from orchestration.warning_rules import levels, load_warnings


class NoWarnings(Exception):
    """The published warehouse knows nothing of that period. The message says so in Chinese."""


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning about a household, a township or a county; money in 元."""

    unit_code: str
    unit_name: str
    city_name: str | None
    warning_code: str
    title: str
    level: str
    subject_kind: str
    subject: str
    household_no: str | None
    masked_name: str | None
    township: str | None
    village: str | None
    reason: str
    found: Decimal | None
    compared: Decimal | None
    signs: int
    rule_source: str
    strength: str
    first_period: str
    is_new: bool
    periods_standing: int
    raised_on: date
    look_by: date
    days_overdue: int
    submission_id: str | None
    source_sheet: str | None
    source_row: int | None
    cells: str  # of the unit's own sheet; '' where the figure is the whole county's


@dataclass(frozen=True, slots=True)
class Counts:
    """Warnings of one unit: all, the new ones, those past their day, households concerned, and by code."""

    unit_code: str
    unit_name: str
    warnings: int
    new: int
    overdue: int
    households: int
    by_code: dict[str, int]


def read_warnings(warehouse: Path, period: str, unit_code: str | None = None) -> list[Warned]:
    """The warnings of a base period, of one county or all: by county, the strongest first, then village by village.

    Raises NoWarnings for a period on which nobody reported."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        [(is_reported,)] = query(connection, _IS_REPORTED, period=period)
        if not is_reported:
            raise NoWarnings(f"已发布的数据仓库里没有 {period} 的报送;预警按月、按周,应如 2021-08")
        rows = query(connection, _WARNINGS, period=period, unit=unit_code)
        letters = _letters(connection, {row[-3] for row in rows})
    warned = [Warned(*row, cells=_cells(row, letters)) for row in rows]
    rank = {level: place for place, level in enumerate(reversed(levels()))}
    kinds = ("household", "township", "county")
    return sorted(
        warned,
        key=lambda w: (
            w.unit_code,
            kinds.index(w.subject_kind),
            rank[w.level],
            w.township or "",
            w.village or "",
            w.subject,
            w.warning_code,
        ),
    )


def periods_of(warehouse: Path) -> list[str]:
    """The base periods on which any unit's report is in force, in the order of their keys."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return [period for (period,) in connection.execute(_PERIODS).fetchall()]


def counts(warned: Iterable[Warned]) -> list[Counts]:
    """By county, in the order of their codes."""
    by_unit: dict[str, list[Warned]] = {}
    for warning in warned:
        by_unit.setdefault(warning.unit_code, []).append(warning)
    return [_count(own) for _, own in sorted(by_unit.items())]


def as_json(warned: Sequence[Warned]) -> list[dict[str, Any]]:
    """Plain values; days and decimals as text."""
    return [
        {
            name: str(value) if isinstance(value, (date, Decimal)) else value
            for name, value in asdict(warning).items()
        }
        for warning in warned
    ]


def _count(own: Sequence[Warned]) -> Counts:
    return Counts(
        unit_code=own[0].unit_code,
        unit_name=own[0].unit_name,
        warnings=len(own),
        new=sum(warning.is_new for warning in own),
        overdue=sum(warning.days_overdue > 0 for warning in own),
        households=len({warning.household_no for warning in own} - {None}),
        by_code=dict(sorted(Counter(warning.warning_code for warning in own).items())),
    )


# By submission, sheet and column: its letter.
_Letters = dict[tuple[str, str, str], str]


def _letters(connection: duckdb.DuckDBPyConnection, submissions: set[str | None]) -> _Letters:
    rows = query(connection, _LETTERS, ids=sorted(submissions - {None}))
    return {(submission, sheet, column): letter for submission, sheet, column, letter in rows}


def _cells(row: tuple, letters: _Letters) -> str:
    """``监测对象台账!P15、T15``. A sheet that has no such column gives none of it."""
    rule, (submission, sheet, number) = load_warnings()[row[3]], row[-3:]
    if sheet is None or number is None:
        return ""
    named = [letters.get((submission, sheet, column)) for column in rule.cells]
    cells = "、".join(f"{letter}{number}" for letter in named if letter)
    return f"{sheet}!{cells}{'起' if rule.spread else ''}" if cells else sheet


_IS_REPORTED = "select count(*) > 0 from marts.dim_submission where reporting_period = $period"
_PERIODS = """
    select distinct reporting_period from marts.dim_submission
    where reporting_period is not null order by reporting_period"""
_WARNINGS = """
    select w.unit_code, u.unit_name, c.unit_name, w.warning_code, w.title_zh, w.level_zh, w.subject_kind, w.subject,
           w.household_no, w.masked_name, w.township, w.village, w.reason_zh, w.found, w.compared, w.signs, w.rule_source,
           w.strength, w.first_period, w.is_new, w.periods_standing, w.raised_on, w.look_by, w.days_overdue,
           w.submission_id, w.source_sheet, w.source_row
    from marts.rpt_warnings as w
    join marts.dim_reporting_unit as u on u.unit_code = w.unit_code
    left join marts.dim_reporting_unit as c on c.unit_code = u.city_code
    where w.reporting_period = $period and ($unit is null or w.unit_code = $unit)"""
_LETTERS = """
    select sheets.submission_id, sheets.source_sheet, landed.column_name, landed.column_letter
    from quality.landed_sheets as sheets
    join quality.landed_columns as landed using (submission_id, dataset)
    where sheets.submission_id in (select unnest($ids)) and landed.column_letter is not null"""
