"""The shapes most mistakes of a register have: some cells of one row typed wrong. Makes kinds of them.

Belongs here: what several kinds share. Does not belong here: the kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from random import Random

from sample.mistakes.book import Book, Register, day_cell, number_cell, shown
from sample.mistakes.kind import SHEET, Apply, Kind, Touched
from sample.write.cells import Cell

Where = Callable[[Register, int], bool]
Change = Callable[[Register, int, Random], Mapping[str, Cell]]

# Categories of the answer sheet.
UNIT, SWAPPED, SUM, TWICE, BLANK, FORM, LIMIT, LOGIC, ORDER, NUMBER, LAYOUT, COVER, FILE, TOTALS, SOUND = (
    "计量单位错",
    "填反填串",
    "合计不符",
    "重复",
    "漏填",
    "写法不可读",
    "超出界限",
    "前后矛盾",
    "日期错",
    "号码错",
    "表样变动",
    "封面错",
    "文件错",
    "汇总表错",
    "看似有错",
)


def row_kind(
    key: str,
    name_zh: str,
    category: str,
    dataset: str,
    rules: str,
    *,
    change: Change,
    where: Where = lambda register, row: True,
    severity: str = "error",
    follows: str = "",
    agreeing: tuple[str, ...] = (),
) -> Kind:
    """A kind that types some cells of one fitting row wrong: ``change`` gives the new cells by column name, those
    ``agreeing`` so that nothing else is wrong. ``rules`` and ``follows`` are codes parted by blanks."""

    def apply(book: Book, rng: Random) -> Touched | None:
        register = book.register(dataset)
        row = register.pick(rng, where) if register else None
        if row is None:
            return None
        cells = change(register, row, rng)
        done = ";".join(_told(register, row, column, value) for column, value in cells.items())
        written = {column: register.write(row, column, value) for column, value in cells.items()}
        touched = tuple(cell for column, cell in written.items() if column not in agreeing)
        also = tuple(f"{register.sheet}!{written[column]}" for column in agreeing)
        return Touched(register.sheet, touched, done, also)

    return Kind(
        key=key,
        name_zh=name_zh,
        category=category,
        severity=severity,
        rules=frozenset(rules.split()),
        dataset=dataset,
        apply=apply,
        follows=frozenset(follows.split()),
    )


def layout_kind(
    key: str,
    name_zh: str,
    dataset: str | None,
    rules: str,
    apply: Apply,
    *,
    severity: str = "error",
    category: str = LAYOUT,
    scope: str = SHEET,
    follows: str = "",
    formats: str = "xlsx xls csv_bundle",
) -> Kind:
    """A kind that changes the form of a sheet or workbook; codes and formats are parted by blanks."""
    return Kind(
        key=key,
        name_zh=name_zh,
        category=category,
        severity=severity,
        rules=frozenset(rules.split()),
        scope=scope,
        dataset=dataset,
        apply=apply,
        follows=frozenset(follows.split()),
        formats=frozenset(formats.split()),
    )


def put(column: str, value: Cell) -> Change:
    return lambda register, row, rng: {column: value}


def times(column: str, factor: str) -> Change:
    """The number multiplied."""
    return lambda register, row, rng: {column: number_cell(register.number(row, column) * Decimal(factor))}


def more_than(column: str, other: str, amount: int = 1) -> Change:
    """The number of another column, and so much more."""
    return lambda register, row, rng: {column: number_cell(register.number(row, other) + amount)}


def days_after(column: str, other: str, days: int) -> Change:
    """The date so many days after another column's (before, when negative)."""
    return lambda register, row, rng: {column: day_cell(register.day(row, other) + timedelta(days=days))}


def after_period(column: str) -> Change:
    """A date in the second month after the period."""
    return lambda register, row, rng: {column: day_cell(register.period.end + timedelta(days=38))}


def one_digit_less(column: str) -> Change:
    """The last digit of a number is missing."""
    return lambda register, row, rng: {column: register.text(row, column)[:-1]}


def exchanged(one: str, other: str) -> Change:
    """Two cells of the row change places."""
    return lambda register, row, rng: {one: register.value(row, other), other: register.value(row, one)}


def transposed(column: str) -> Change:
    """Two neighbouring, different digits of the number change places."""

    def change(register: Register, row: int, rng: Random) -> dict[str, Cell]:
        return {column: number_cell(Decimal(_transposed(f"{register.number(row, column):f}")))}

    return change


def _transposed(digits: str) -> str:
    at = next(i for i in range(len(digits) - 1) if _different(digits[i : i + 2]))
    return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]


def _different(pair: str) -> bool:
    return pair.isdigit() and pair[0] != pair[1]


def can_transpose(column: str) -> Where:
    def where(register: Register, row: int) -> bool:
        digits = f"{register.number(row, column):f}"
        return any(_different(digits[i : i + 2]) for i in range(len(digits) - 1))

    return where


def says(column: str, *texts: str) -> Where:
    return lambda register, row: register.text(row, column) in texts


def positive(*columns: str) -> Where:
    return lambda register, row: all(register.number(row, column) > 0 for column in columns)


def dated(*columns: str) -> Where:
    return lambda register, row: all(register.day(row, column) is not None for column in columns)


def undated(column: str) -> Where:
    return lambda register, row: register.day(row, column) is None


def both(*conditions: Where) -> Where:
    return lambda register, row: all(condition(register, row) for condition in conditions)


def _told(register: Register, row: int, column: str, value: Cell) -> str:
    header = register.card.column(column)
    if header.personal:
        return f"“{header.header}”改写"
    before, after = register.text(row, column), shown(value)
    return f"“{header.header}”由 {before or '空白'} 改为 {after or '空白'}"
