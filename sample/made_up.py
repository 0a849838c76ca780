"""People and firms who visibly do not exist: no valid ID number, no assignable telephone, no real name."""

from __future__ import annotations

from datetime import date, timedelta

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_BIRTHDAYS = 39 * 365
# Without a common factor with 39 * 365 * 1000: strides meet every birthday and serial before the first again.
_STRIDE = 8_797_717


def person(prefix: str, number: int) -> str:
    """``样例户0001``: a name nobody bears."""
    return f"{prefix}{number:04d}"


def clerk(number: int) -> str:
    return f"样本{_STEMS[number % 10]}"


def id_number(number: int, oldest: date) -> str:
    """18 characters of the right form, with no real area (999999) and a check digit that is always wrong.

    Different numbers give different people, born in the 39 years from ``oldest``, up to 14 million of them.
    """
    place = number * _STRIDE % (_BIRTHDAYS * 1000)
    born, serial = oldest + timedelta(days=place // 1000), place % 1000
    body = f"999999{born:%Y%m%d}{serial:03d}"
    right = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11
    return body + _CHECKS[(right + 1 + number % 9) % 11]


def phone(number: int) -> str:
    """Of mobile form, but of a block of zeros that rings nowhere."""
    return f"1990000{number % 10000:04d}"


def credit_code(county_code: str, number: int) -> str:
    """18 characters of the form of a unified social credit code, with a prefix no register gives."""
    return f"99{county_code}{number:09d}0"
