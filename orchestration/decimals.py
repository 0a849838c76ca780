"""Exact numbers as text. Belongs here: all digits of a decimal, once. Does not belong here: rounding and units."""

from __future__ import annotations

from decimal import Decimal


def exact_text(value: Decimal) -> str:
    """All the digits that are there, without trailing zeros or an exponent: ``32200``, ``0.9960601521``."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
