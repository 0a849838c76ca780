"""How one restated figure is said: what it was, what it is, by how much it differs, and which bulletins had carried it.

Belongs here: words for one figure, or for figures that changed alike. Does not belong here: sentences (``notice``), tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orchestration.layout import CADENCE_NAMES
from orchestration.periods import parse_period
from orchestration.report.bulletin.pieces import Mention
from orchestration.report.bulletin.saying import say_exact, say_period, say_short
from orchestration.report.restated.found import Restated
from orchestration.report.restated.issued import Carrier
from orchestration.units import ReportingUnits

WITHDRAWN, NOT_PUBLISHED = "撤下", "（此前已撤下）"
_EDITIONS = 4  # editions named of one bulletin
_WAN = Decimal(10**4)


@dataclass(frozen=True, slots=True)
class Corrected(Mention):
    """A figure as it is now, with the period it is of."""

    reporting_period: str = ""

    @property
    def place(self) -> tuple[str, str, str]:
        return self.unit_code, self.reporting_period, self.key

    @property
    def command(self) -> str:
        """What shows where the figure comes from."""
        return f"zhenxing trace {self.key} --period {self.reporting_period} --unit {self.unit_code}"


def lines_of(figures: Iterable[Restated]) -> list[list[Restated]]:
    """The figures line by line: what changed alike in a month and in the quarter, half-year and year made of it is one."""
    lines: dict[tuple, list[Restated]] = {}
    for figure in figures:
        words = (figure.printed_before, figure.printed_after, figure.reason, figure.submissions)
        same = (figure.unit_code, figure.figure_key, figure.before, figure.after, *words)
        lines.setdefault(same, []).append(figure)
    return list(lines.values())


def say_periods(figures: Iterable[Restated]) -> str:
    """``2021年8月、三季度、下半年、全年``: a year is said once."""
    said: list[str] = []
    year = 0
    for period in map(parse_period, dict.fromkeys(figure.reporting_period for figure in figures)):
        alike = period.end.year == year and period.cadence != "week"
        said.append(say_short(period) if alike else say_period(period))
        year = period.end.year
    return "、".join(said)


def say_name(figure: Restated) -> str:
    return "全省" if figure.level == "province" else figure.unit_name


def say_before(figure: Restated) -> str:
    return NOT_PUBLISHED if figure.printed_before is None else figure.printed_before


def say_now(figure: Restated) -> str | Corrected:
    if figure.after is None or figure.printed_after is None:
        return WITHDRAWN
    exact = say_value(figure.after, figure.unit)
    return Corrected(
        figure.printed_after,
        figure.unit_code,
        figure.figure_key,
        exact,
        reporting_period=figure.reporting_period,
    )


def say_value(value: Decimal | None, unit: str) -> str:
    return "无" if value is None else say_exact(value) + ("" if unit == "1" else unit)


def say_difference(figure: Restated) -> str:
    """With its sign and all its digits; of a ratio in percentage points."""
    if figure.difference is None:
        return "—"
    sign = "+" if figure.difference > 0 else "−"
    if figure.unit == "1":
        return f"{sign}{say_exact((abs(figure.difference) * 100).normalize())}个百分点"
    return f"{sign}{_in_its_scale(abs(figure.difference), figure.unit)}"


def _in_its_scale(amount: Decimal, unit: str) -> str:
    """Exact, money in 万元 from there on: ``100万元``."""
    if unit == "元" and amount >= _WAN:
        return f"{say_exact(amount / _WAN)}万元"
    return f"{say_exact(amount)}{unit}"


def say_carriers(carriers: Iterable[Carrier], units: ReportingUnits) -> str:
    """``2021年8月月通报：全省、安康市（第1次发布，2021-09-06）``; ``—`` where no bulletin carried it."""
    by_issue: dict[tuple, list[str]] = {}
    for carrier in carriers:
        unit = units.by_code(carrier.edition)
        name = "全省" if unit is units.province else unit.name if unit else carrier.edition
        by_issue.setdefault((carrier.period, carrier.publication, carrier.day), []).append(name)
    return (
        "；".join(
            _say_issue(*issue, editions)
            for issue, editions in sorted(by_issue.items(), key=lambda i: i[0][:2])
        )
        or "—"
    )


def _say_issue(period: str, publication: int, day: date | None, editions: Sequence[str]) -> str:
    parsed = parse_period(period)
    more = f"等{len(editions)}版" if len(editions) > _EDITIONS else "版"
    when = f"，{day.isoformat()}" if day else ""
    listed = "、".join(editions[:_EDITIONS])
    return f"{say_period(parsed)}{CADENCE_NAMES[parsed.cadence].removeprefix('月')}（{listed}{more}，第{publication}次发布{when}）"
