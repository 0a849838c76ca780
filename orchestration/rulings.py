"""The bureau's rulings: waivers of rules, reopened periods and exemptions, dated and reasoned, in CSV files under
version control. ``*`` stands for all. Days are Asia/Shanghai.

Belongs here: reading the files and saying whom a ruling concerns. Does not belong here: what follows from it
(``audit.decisions``, ``deadlines``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from orchestration.cards import load_cards
from orchestration.home import Home
from orchestration.periods import parse_period
from orchestration.units import ReportingUnits

EVERYONE = "*"


class RulingError(Exception):
    """A ruling that cannot be understood. The message names the file and the line, in Chinese."""


def concerns(ruled: str, value: str | None) -> bool:
    return ruled in (EVERYONE, value)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A rule is not held against a unit's submissions received from ``granted_on`` to ``expires_on``, both included."""

    rule_code: str
    unit_code: str
    reporting_period: str
    granted_on: date
    expires_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Reopening:
    """From ``opens_on`` to ``close_on`` the period takes submissions again; until ``due_on`` they are on time."""

    unit_code: str
    dataset: str
    reporting_period: str
    opens_on: date
    due_on: date
    close_on: date
    reason: str

    def covers(self, unit_code: str, dataset: str, period: str) -> bool:
        return (
            concerns(self.unit_code, unit_code)
            and concerns(self.dataset, dataset)
            and concerns(self.reporting_period, period)
        )


@dataclass(frozen=True, slots=True)
class Exemption:
    """A unit need not report a dataset from one month to another (without end when ``to_period`` is blank)."""

    unit_code: str
    dataset: str
    from_period: str
    to_period: str
    reason: str

    def covers(self, unit_code: str, dataset: str, period: str) -> bool:
        """A period of another cadence than the month goes with the month of its end."""
        month = f"{parse_period(period).end:%Y-%m}"
        return (
            concerns(self.unit_code, unit_code)
            and concerns(self.dataset, dataset)
            and self.from_period <= month <= (self.to_period or month)
        )


@dataclass(frozen=True, slots=True)
class Rulings:
    waivers: tuple[Waiver, ...] = ()
    reopenings: tuple[Reopening, ...] = ()
    exemptions: tuple[Exemption, ...] = ()


def load_rulings(home: Home) -> Rulings:
    """Every ruling of a home, under each code that its unit has or had: what a unit sent under a former code keeps that
    code. Raises RulingError."""
    units = ReportingUnits(home.units_csv)
    return Rulings(
        waivers=tuple(_read(home.waivers_csv, Waiver, _waiver, units)),
        reopenings=tuple(_read(home.reopenings_csv, Reopening, _reopening, units)),
        exemptions=tuple(_read(home.exemptions_csv, Exemption, _exemption, units)),
    )


_Ruling = TypeVar("_Ruling", Waiver, Reopening, Exemption)


def _read(
    path: Path, kind: type[_Ruling], make: Callable[[dict[str, str]], _Ruling], units: ReportingUnits
) -> Iterator[_Ruling]:
    """A ruling that nobody would be concerned by, for a slip in its codes, is refused: it would be missed in silence."""
    rows = csv.DictReader(io.StringIO(_text(path), newline=""))
    if missing := {field.name for field in fields(kind)}.difference(rows.fieldnames or ()):
        raise RulingError(f"{path.name} 第 1 行:缺少列 {'、'.join(sorted(missing))}")
    for row in rows:
        try:
            _check_width(row)
            cells = {name: value.strip() for name, value in row.items()}
            if any(cells.values()):  # a spreadsheet leaves lines of commas
                _check_codes(cells, units)
                ruling = make(cells)
                yield from (replace(ruling, unit_code=code) for code in units.codes_of(ruling.unit_code))
        except ValueError as error:
            raise RulingError(f"{path.name} 第 {rows.line_num} 行:{error}") from error


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RulingError(f"{path.name}:不是 UTF-8 编码,请另存为“CSV UTF-8(逗号分隔)”") from error


def _check_width(row: dict[str | None, str | None]) -> None:
    if None in row:
        raise ValueError("列数多于表头;文字中的逗号请用中文逗号,或给整段文字加英文双引号")
    if None in row.values():
        raise ValueError("列数少于表头")


def _check_codes(row: dict[str, str], units: ReportingUnits) -> None:
    """A former code is as good as the one in force. Rule codes are not looked up: a rule may be withdrawn, and what was ruled of it stays on record."""
    code = row["unit_code"]
    unit = units.by_code(code)
    if code not in ("", EVERYONE) and (unit is None or unit.kind == "city"):
        raise ValueError(f"{code} 不是报送单位的代码")
    if row.get("dataset", EVERYONE) not in ("", EVERYONE, *load_cards()):
        raise ValueError(f"没有数据集 {row['dataset']}")
    for name in ("reporting_period", "from_period", "to_period"):
        _check_period(name, row.get(name, ""))


def _check_period(name: str, period: str) -> None:
    if period in ("", EVERYONE) and (name == "reporting_period" or not period):
        return
    try:
        known = parse_period(period).cadence == "month" or name == "reporting_period"
    except ValueError:
        known = False
    if not known:
        raise ValueError(f"{name} 应为报告期,如 2021-09,实为“{period}”")


def _waiver(row: dict[str, str]) -> Waiver:
    granted, expires = _day(row, "granted_on"), _day(row, "expires_on")
    if expires < granted:
        raise ValueError("expires_on 早于 granted_on")
    return Waiver(
        rule_code=_given(row, "rule_code"),
        unit_code=_given(row, "unit_code"),
        reporting_period=_given(row, "reporting_period"),
        granted_on=granted,
        expires_on=expires,
        reason=_given(row, "reason"),
    )


def _reopening(row: dict[str, str]) -> Reopening:
    opens, due, close = _day(row, "opens_on"), _day(row, "due_on"), _day(row, "close_on")
    if not opens <= due <= close:
        raise ValueError("应有 opens_on ≤ due_on ≤ close_on")
    return Reopening(
        unit_code=_given(row, "unit_code"),
        dataset=_given(row, "dataset"),
        reporting_period=_given(row, "reporting_period"),
        opens_on=opens,
        due_on=due,
        close_on=close,
        reason=_given(row, "reason"),
    )


def _exemption(row: dict[str, str]) -> Exemption:
    return Exemption(
        unit_code=_given(row, "unit_code"),
        dataset=_given(row, "dataset"),
        from_period=_given(row, "from_period"),
        to_period=row.get("to_period", ""),
        reason=_given(row, "reason"),
    )


def _given(row: dict[str, str], name: str) -> str:
    if not row[name]:
        raise ValueError(f"{name} 不能为空")
    return row[name]


def _day(row: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(row[name])
    except ValueError as error:
        raise ValueError(f"{name} 应为日期,如 2021-09-30,实为“{row[name]}”") from error
