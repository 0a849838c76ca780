"""Texts of cells brought to a form in which the same value has the same text, whichever program stored it.

Belongs here: comparing and showing texts between versions. Does not belong here: what a text means to the
statistics, which landing decides.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from orchestration.cards import Column

_EPOCH = date(1899, 12, 30)  # of the serial numbers that spreadsheets store days as
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.0+)?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?(?:[ T]00:00:00)?")


def comparable(column: Column, text: str) -> str:
    """The text under which equal values of this column are equal."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    if column.data_type == "date" or column.format == "month":
        return _day(plain, column)
    if column.data_type in ("integer", "bigint") or column.data_type.startswith("decimal"):
        return _number(plain)
    return plain


def shown(column: Column, text: str) -> str:
    """The text as a clerk sees it: a day stored as a number is a day."""
    if column.data_type == "date" or column.format == "month":
        return _day(text.strip(), column)
    return text.strip()


def _number(text: str) -> str:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return text
    if not value.is_finite():
        return text
    digits = f"{value:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _day(text: str, column: Column) -> str:
    whole = 7 if column.format == "month" else 10
    if _SERIAL.fullmatch(text):
        return (_EPOCH + timedelta(days=int(text.partition(".")[0]))).isoformat()[:whole]
    match = _DAY.fullmatch(text)
    if match is None:
        return text
    parts = [part for part in match.groups() if part]
    return "-".join([parts[0], *(part.zfill(2) for part in parts[1:])])[:whole]
