"""Numbers as Chinese texts write them: in digits, in words, with a scale; their value and the precision they are printed at.

Belongs here: the value of a numeral. Does not belong here: whether a numeral is a figure (``unfigures``), and what it
counts (``quantities``).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

# How many base units one of a scale is; the words of shares are parts of one.
SCALES = {
    "": Decimal(1),
    "%": Decimal("0.01"),
    "‰": Decimal("0.001"),
    "个百分点": Decimal("0.01"),
    "百分点": Decimal("0.01"),
    "个千分点": Decimal("0.001"),
    "成": Decimal("0.1"),
    "倍": Decimal(1),
    "百": Decimal(100),
    "千": Decimal(1000),
    "万": Decimal(10**4),
    "十万": Decimal(10**5),
    "百万": Decimal(10**6),
    "千万": Decimal(10**7),
    "亿": Decimal(10**8),
    "十亿": Decimal(10**9),
    "百亿": Decimal(10**10),
    "千亿": Decimal(10**11),
    "万亿": Decimal(10**12),
}
# Those that say a share or a change of a share, not an amount.
SHARES = frozenset(("%", "‰", "个百分点", "百分点", "个千分点", "成"))

DIGITS = "零〇一二三四五六七八九"
_VALUES = {**dict(zip(DIGITS, (0, *range(10)), strict=True)), "两": 2}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
WORDS = "零〇一二两三四五六七八九十百千万亿"


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed: ``number`` × ``scale``, in base units ``value`` within ``low`` … ``high``."""

    number: Decimal
    scale: str
    decimals: int
    value: Decimal
    low: Decimal
    high: Decimal


def printed(number: Decimal, decimals: int, scale: str) -> Printed:
    """The value of a printed number and the interval that rounds to it.

    A count without scale and decimals is exact; any other may be half a unit of its last digit off.
    """
    factor = SCALES[scale]
    value = number * factor
    half = Decimal(0) if not decimals and scale == "" else factor.scaleb(-decimals) / 2
    return Printed(number, scale, decimals, value, value - half, value + half)


def in_digits(written: str) -> tuple[Decimal, int]:
    """``1,234.50`` → (1234.50, 2): the number and how many decimals it is printed with."""
    plain = written.replace(",", "").replace(" ", "")
    whole, _, decimals = plain.partition(".")
    return Decimal(f"{whole or 0}.{decimals}" if decimals else whole), len(decimals)


def in_words(written: str) -> tuple[Decimal, int] | None:
    """``一百零七`` → (107, 0), ``九十九点六`` → (99.6, 1), ``三千五`` → (3500, 0); None when it is no number."""
    whole, point, fraction = written.partition("点")
    if point and (not fraction or any(c not in _VALUES for c in fraction)):
        return None
    value = _whole(whole)
    if value is None:
        return None
    if not point:
        return Decimal(value), 0
    digits = "".join(str(_VALUES[c]) for c in fraction)
    return Decimal(f"{value}.{digits}"), len(digits)


def _whole(written: str) -> int | None:
    if not written or any(c not in WORDS for c in written):
        return None
    if all(c in _VALUES for c in written):
        # 二〇二一 is read digit by digit; 二三 (two or three) is no number.
        return (
            int("".join(str(_VALUES[c]) for c in written)) if len(written) == 1 or "〇" in written else None
        )
    for mark in ("亿", "万"):
        head, found, tail = written.rpartition(mark)
        if found:
            high, low = _whole(head) if head or tail else 1, _tail(tail, _MYRIADS[mark])
            return None if high is None or low is None else high * _MYRIADS[mark] + low
    return _below_myriad(written)


def _tail(written: str, step: int) -> int | None:
    """What follows 万 or 亿: nothing, a number below it, or one digit that counts tenths of it (三万五)."""
    if not written:
        return 0
    if len(written) == 1 and written in _VALUES:
        return _VALUES[written] * step // 10
    value = _whole(written.lstrip("零〇"))
    return value if value is not None and value < step else None


def _below_myriad(written: str) -> int | None:
    total, digit, step, zero = 0, None, 10**4, False
    for position, character in enumerate(written):
        if character in _STEPS:
            # 十五 and 百余 begin with a bare step; inside a number only 十 may stand bare (一百十五).
            bare = digit is None and position > 0 and character != "十"
            if bare or _STEPS[character] >= step:
                return None
            step = _STEPS[character]
            total += (1 if digit is None else digit) * step
            digit, zero = None, False
        elif digit is not None:
            return None
        elif character in "零〇":
            zero = True
        else:
            digit = _VALUES[character]
    if digit is None:
        return None if zero else total
    return total + (digit * step // 10 if total and not zero and step > 10 else digit)
