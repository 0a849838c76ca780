"""The figures of a bulletin as the published warehouse holds them: one per indicator, with its last day.

Belongs here: reading ``marts.rpt_bulletin`` and how a day or a period is said in Chinese. Does not belong
here: computing or rounding a figure (the warehouse does), and sentences (``narrative``).
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.indicators import load_indicators
from orchestration.periods import Period

_QUERY = """
    select figure_key, label_zh, value, unit, display_zh, as_of
    from marts.rpt_bulletin
    where reporting_period = ? and unit_code = ?
"""
_QUARTERS = "一二三四"


class NoFigures(Exception):
    """The published warehouse holds no bulletin figure of that unit and period. The message says which."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: ``value`` exact in base ``unit`` (a ratio as a fraction of 1, unit ``1``), ``display`` as
    printed (``3.22万户``), ``as_of`` the last day it covers. A figure the unit has none of has no value."""

    key: str
    label: str
    value: Decimal | None
    unit: str
    display: str
    as_of: date | None


def figures(warehouse: Path, period: str, unit_code: str) -> list[Figure]:
    """The unit's figures of the period, in the bulletin's order. Raises NoFigures."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(_QUERY, [period, unit_code]).fetchall()
    if not rows:
        raise NoFigures(f"已发布的数据仓库中没有 {unit_code} 在 {period} 的通报指标")
    order = {key: position for position, key in enumerate(load_indicators())}
    found = [Figure(*row) for row in rows]
    return sorted(found, key=lambda figure: (order.get(figure.key, len(order)), figure.key))


def say_period(period: Period) -> str:
    """``2021年8月``, ``2021年第35周``, ``2021年三季度``, ``2021年上半年``, ``2021年``."""
    year = period.key[:4]
    match period.cadence:
        case "week":
            return f"{year}年第{int(period.key[6:])}周"
        case "month":
            return f"{year}年{period.start.month}月"
        case "quarter":
            return f"{year}年{_QUARTERS[int(period.key[6]) - 1]}季度"
        case "half_year":
            return f"{year}年{'上' if period.start.month == 1 else '下'}半年"
        case _:
            return f"{year}年"


def say_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def say_until(day: date, year: int) -> str:
    """``截至8月底``; another year than the bulletin's is named, and a day within a month is said in full."""
    named = "" if day.year == year else f"{day.year}年"
    return f"截至{named}{day.month}月{'底' if _ends_month(day) else f'{day.day}日'}"


def say_span(day: date, year: int) -> str:
    """From the year's first day to that day: ``今年1月至7月``."""
    named = "今年" if day.year == year else f"{day.year}年"
    if not _ends_month(day):
        return f"{named}1月1日至{day.month}月{day.day}日"
    return f"{named}1月" if day.month == 1 else f"{named}1月至{day.month}月"


def _ends_month(day: date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]
