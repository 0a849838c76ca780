"""How clerks write a value into a cell: harmless mess, always one meaning, the same for the same seed.

A cell is None (blank), a str (text), an int or float (number), or a Styled number; Broken and Formula cells
are mistakes (sample.mistakes) and never written here.
Belongs here: single values. Does not belong here: where they stand (layout.py) or the file format.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import NamedTuple

from orchestration.cards import UNIT_FACTORS, Card, Column

EPOCH = date(1899, 12, 30)
_FULL_WIDTH = str.maketrans("0123456789.", "0123456789.")
_DATE_TEXTS: dict[str, Callable[[date], str]] = {
    "2021-08-05": lambda d: f"{d:%Y-%m-%d}",
    "2021/8/5": lambda d: f"{d.year}/{d.month}/{d.day}",
    "2021.8.5": lambda d: f"{d.year}.{d.month}.{d.day}",
    "2021年8月5日": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "20210805": lambda d: f"{d:%Y%m%d}",
}
_MONTH_TEXTS: dict[str, Callable[[str], str]] = {
    "202108": lambda m: m.replace("-", ""),
    "2021-08": lambda m: m,
    "2021年8月": lambda m: f"{m[:4]}年{int(m[5:])}月",
    "2021.08": lambda m: m.replace("-", "."),
}
_BLANKS = ("", "", "", "", "无", "-", "—", "/", "null")
_SERIALS = ("date_iso", "date_slash", "date_chinese")


NUMBER_FORMATS = {
    "date_iso": "yyyy-mm-dd",
    "date_slash": "yyyy/m/d",
    "date_chinese": '[$-804]yyyy"年"m"月"d"日"',
    "percent": "0.00%",
    "thousands": "#,##0.00",
}


class Styled(NamedTuple):
    """A number shown by one of NUMBER_FORMATS; ``shown`` is what a reader of the screen, and a CSV export, sees."""

    number: float
    style: str
    shown: str


class Broken(NamedTuple):
    """A cell that a formula failed in, as ``#REF!``."""

    shown: str


class Formula(NamedTuple):
    """A formula that no program has computed yet: the file holds no value for it."""

    text: str


Cell = None | str | int | float | Styled | Broken | Formula
Writer = Callable[[dict], Cell]


@dataclass(frozen=True, slots=True)
class Habits:
    """How one unit's clerk writes. Rates are per thousand cells."""

    dates: str  # a key of _DATE_TEXTS, or a style of _SERIALS
    other_dates: str
    months: str
    month_numbers: bool
    blank: str
    percents: str  # number | text | style
    thousands: int  # ASCII or full-width separators in text, of numbers of four digits and more
    full_width: int
    padded: int
    currency_style: bool

    @classmethod
    def of(cls, rng: Random) -> Habits:
        return cls(
            dates=rng.choice((*_SERIALS, *_SERIALS, *_DATE_TEXTS)),
            other_dates=rng.choice(tuple(_DATE_TEXTS)),
            months=rng.choice(tuple(_MONTH_TEXTS)),
            month_numbers=rng.random() < 0.4,
            blank=rng.choice(_BLANKS),
            percents=rng.choice(("number", "number", "text", "style")),
            thousands=rng.choice((0, 0, 15, 60, 250)),
            full_width=rng.choice((0, 2, 5, 12)),
            padded=rng.choice((0, 0, 3, 10)),
            currency_style=rng.random() < 0.35,
        )


def writers(card: Card, habits: Habits, rng: Random) -> list[Writer]:
    """One function per sheet column, from a row of base values to a cell."""
    return [_writer(card, column, habits, rng) for column in card.sheet_columns]


def plain(value: Decimal) -> str:
    """Decimal digits without exponent and without trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _writer(card: Card, column: Column, habits: Habits, rng: Random) -> Writer:
    write = _kind(card, column, habits, rng)
    name, blank = column.name, None if column.required else habits.blank or None

    def cell(row: dict) -> Cell:
        value = row[name]
        return blank if value is None else write(value, row)

    return cell


def _kind(card: Card, column: Column, habits: Habits, rng: Random) -> Callable[[object, dict], Cell]:
    kind = column.format if column.format == "month" else "%" if column.unit == "%" else column.data_type
    if kind == "string":
        exact = column.name in card.key or column.personal or column.format or column.allowed
        return _as_it_is if exact else _texts(habits, rng)
    known = {
        "boolean": lambda: lambda value, row: "是" if value else "否",
        "date": lambda: _dates(habits, rng),
        "month": lambda: _months(habits),
        "%": lambda: _percents(habits),
    }
    if kind in known:
        return known[kind]()
    if column.name.endswith("_year"):
        return _as_it_is
    unit_column = column.unit_from
    unit_of = (lambda row: row[unit_column]) if unit_column else (lambda row: column.unit)
    return _numbers(habits, rng, unit_of)


def _as_it_is(value, row):
    return value


def _texts(habits: Habits, rng: Random):
    def write(value, row):
        if habits.padded and rng.random() * 1000 < habits.padded:
            return rng.choice((f" {value}", f"{value} ", f"{value}\u3000"))
        return value

    return write


def _dates(habits: Habits, rng: Random):
    usual, other = habits.dates, _DATE_TEXTS[habits.other_dates]
    text = _DATE_TEXTS.get(usual)

    def write(value, row):
        if rng.random() < 0.01:
            return other(value)
        return text(value) if text else _serial(value, usual)

    return write


def _serial(value: date, style: str) -> Styled:
    shown = _DATE_TEXTS[
        {"date_iso": "2021-08-05", "date_slash": "2021/8/5", "date_chinese": "2021年8月5日"}[style]
    ]
    return Styled((value - EPOCH).days, style, shown(value))


def _months(habits: Habits):
    text = _MONTH_TEXTS[habits.months]
    as_number = habits.month_numbers and habits.months == "202108"
    return lambda value, row: int(text(value)) if as_number else text(value)


def _percents(habits: Habits):
    def write(value, row):
        percent = plain(value.scaleb(2))
        if habits.percents == "style":
            return Styled(float(value), "percent", f"{value.scaleb(2):.2f}%")
        return f"{percent}%" if habits.percents == "text" else float(percent)

    return write


def _numbers(habits: Habits, rng: Random, unit_of: Callable[[dict], str | None]):
    """Base value ÷ the unit's factor, exactly; sometimes as text with separators or full-width digits."""
    shifts = {unit: Decimal(factor).adjusted() for unit, (_, factor) in UNIT_FACTORS.items()}
    shifts[None] = 0
    random, thousands, full_width = rng.random, habits.thousands, habits.full_width

    def write(value, row):
        unit = unit_of(row)
        shift = shifts[unit]
        if shift or not isinstance(value, int):
            amount = Decimal(value).scaleb(-shift)
            text = plain(amount)
            number = int(text) if "." not in text else float(text)
        else:
            amount, number = value, value
        dice = random() * 1000
        if dice < full_width:
            return plain(Decimal(amount)).translate(_FULL_WIDTH)
        if dice < full_width + thousands and number >= 1000:
            separated = f"{Decimal(plain(Decimal(amount))):,}"
            return separated.replace(",", ",") if dice < full_width + thousands // 8 else separated
        if habits.currency_style and unit in ("元", "万元") and isinstance(number, float):
            return Styled(number, "thousands", plain(Decimal(amount)))
        return number

    return write
