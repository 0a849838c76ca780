"""Numbers as spreadsheets store them, turned into exact text. Decimal arithmetic only, no floats.

Belongs here: rounding to the 15 digits Excel keeps, percent and date number formats, the 1904 shift.
Does not belong here: what a number means (the card decides whether it is a date, money or a count).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TypeVar

from orchestration.receive.readers.unreadable import UnreadableFile

# Excel computes and shows 15 significant digits; what a file stores beyond them is binary noise.
SIGNIFICANT_DIGITS = 15
_ALREADY_PLAIN = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?")
_EXCEL = Context(prec=SIGNIFICANT_DIGITS, rounding=ROUND_HALF_UP)
_EXACT = Context(prec=60)
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,3})?")

# Days between 1900-01-00 and 1904-01-01: what a serial of a 1904 workbook lacks.
DAYS_1904 = 1462
# Built-in ids whose format is not written in the file. 27-36 and 50-58 are the Chinese dates.
BUILTIN_DATES = frozenset([*range(14, 18), 22, *range(27, 37), *range(50, 59)])
BUILTIN_PERCENTS = frozenset([9, 10])
_NOT_A_TOKEN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|general|am/pm|a/p|e[+-]', re.IGNORECASE)
_MEMO_SIZE = 200_000

T = TypeVar("T")


def decimal_of(text: str) -> Decimal:
    """A stored number, rounded to Excel's 15 significant digits. Raises UnreadableFile for what is none."""
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        raise UnreadableFile("U-CORRUPT", detail="a numeric cell holds no number")
    return _EXCEL.create_decimal(stripped)


def plain(value: Decimal) -> str:
    """``1E+3`` → ``1000``, ``5.0`` → ``5``, ``-0`` → ``0``: no exponent, no trailing zeros."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def number_text(text: str) -> str:
    if len(text) <= SIGNIFICANT_DIGITS and _ALREADY_PLAIN.fullmatch(text):
        return text
    return plain(decimal_of(text))


def percent_text(text: str) -> str:
    """``0.7042`` → ``70.42%``, exactly."""
    return plain(_EXACT.scaleb(decimal_of(text), 2)) + "%"


def shifted_1904(text: str) -> str:
    """A date serial of a 1904 workbook as a 1900 serial. Below one day it is a time and stays."""
    value = decimal_of(text)
    return plain(_EXACT.add(value, DAYS_1904) if abs(value) >= 1 else value)


def is_lossy(text: str) -> bool:
    """Whether a numeric cell has more integer digits than a double keeps for certain."""
    return decimal_of(text).adjusted() >= SIGNIFICANT_DIGITS


def is_percent_format(code: str) -> bool:
    return "%" in _NOT_A_TOKEN.sub("", code)


def is_date_format(code: str) -> bool:
    """Whether a custom number format shows a day, month or year (a bare time or duration is no date)."""
    tokens = _NOT_A_TOKEN.sub("", code.split(";", maxsplit=1)[0]).lower()
    return any(token in tokens for token in "yde") or ("m" in tokens and not set(tokens) & set("hs"))


class Memo(dict[str, T]):
    """A conversion that remembers, within bounds: registers repeat their values."""

    def __init__(self, convert: Callable[[str], T]):
        super().__init__()
        self._convert = convert

    def __missing__(self, stored: str) -> T:
        if len(self) >= _MEMO_SIZE:
            self.clear()
        found = self[stored] = self._convert(stored)
        return found
