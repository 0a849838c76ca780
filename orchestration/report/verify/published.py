"""The figures that an article is held against: those of one publication, by unit, indicator and period.

Belongs here: reading ``marts.rpt_figures`` and finding a figure in it. Does not belong here: which one an article means.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

_COLUMNS = (
    "reporting_period, unit_code, figure_key, value, display_zh, printed_value, as_of, "
    "previous_period, previous_value, year_before_period, year_before_value, source_periods"
)


class NoPublishedFigures(Exception):
    """The published warehouse is of an older kind, or says nothing of the period. The message is in Chinese."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One published figure: ``value`` exact in base unit, ``display`` as printed, ``printed`` what that says (null in words);
    ``source_periods``: of how many base periods it is the sum."""

    reporting_period: str
    unit_code: str
    key: str
    value: Decimal
    display: str
    printed: Decimal | None
    as_of: date
    previous_period: str | None = None
    previous_value: Decimal | None = None
    year_before_period: str | None = None
    year_before_value: Decimal | None = None
    source_periods: int = 1


class Published:
    """Published figures, to be asked for one by one."""

    def __init__(self, rows: Iterable[Standing]):
        self._by_place: dict[tuple[str, str], dict[str, Standing]] = {}
        for row in rows:
            self._by_place.setdefault((row.unit_code, row.key), {})[row.reporting_period] = row

    def figure(self, unit_code: str, key: str, period: str) -> Standing | None:
        return self._by_place.get((unit_code, key), {}).get(period)

    def of(self, unit_code: str, key: str) -> list[Standing]:
        """The figure in every period, in the order of their keys."""
        return [row for _, row in sorted(self._by_place.get((unit_code, key), {}).items())]

    def says_of(self, period: str) -> bool:
        return any(period in rows for rows in self._by_place.values())


def read_published(warehouse: Path, period: str) -> Published:
    """Raises NoPublishedFigures."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        if not connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'marts' and table_name = 'rpt_figures'"
        ).fetchall():
            raise NoPublishedFigures("已发布的数据仓库是旧版,没有各期指标;先运行 zhenxing nightly")
        rows = connection.execute(f"select {_COLUMNS} from marts.rpt_figures").fetchall()
    published = Published(Standing(*row) for row in rows)
    if not published.says_of(period):
        raise NoPublishedFigures(f"已发布的数据仓库没有 {period} 的指标")
    return published
