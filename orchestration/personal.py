"""What looks like an ID number or a mobile phone in a text where none belongs, and how it is hidden.

Columns that ask for personal data are dropped or made pseudonyms by their card. Here it is about the other places: a
remark, a code, a header, the name of a sheet or a file. Recognised are ID numbers (18 places) and disability
certificates (20) with a possible date of birth, debit cards of China UnionPay (19, from 62, with the right last digit) and
mobile phones (11), whatever their width, blanks and dashes. A name cannot be recognised, nor can the telephone of an
office be told from a figure, or a card of 16 digits from a contract.

Belongs here: recognising and hiding in any text. Does not belong here: which texts there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.compute as pc

HIDDEN = "(个人信息)"

_CARD_LENGTH = 19
_LONGEST = 39  # characters of the longest form: 20 digits with a dash or blank between any two

_FULL = str.maketrans("0123456789", "０１２３４５６７８９")
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DIGIT = "[0-9０-９]"
_BETWEEN = "[-‐-―－ \t\n\u00a0\u3000\u200b\ufeff]?"


def _either(*digits: str) -> str:
    """Any of these runs of digits, in both widths: ``_either("19", "20")``."""
    return "(?:" + "|".join(_BETWEEN.join(f"[{d}{d.translate(_FULL)}]" for d in run) for run in digits) + ")"


def _digits(count: int) -> str:
    return _BETWEEN.join([_DIGIT] * count)


_MONTH = f"(?:{_either('0')}{_BETWEEN}[1-9１-９]|{_either('10', '11', '12')})"
_DAY = f"(?:{_either('0')}{_BETWEEN}[1-9１-９]|{_either('1', '2')}{_BETWEEN}{_DIGIT}|{_either('30', '31')})"
_ID_NUMBER = (
    _BETWEEN.join([_digits(6), _either("19", "20"), _digits(2), _MONTH, _DAY, _digits(3), "[0-9０-９XxＸｘ]"])
    + f"(?:{_BETWEEN}{_digits(2)})?"
)
_MOBILE = _BETWEEN.join([_either("1"), "[3-9３-９]", _digits(9)])
_CARD = _BETWEEN.join([_either("62"), _digits(17)])
_AMOUNT = "[.][0-9]|[元万亿%]"  # after eleven digits these make a figure of them

_PERSONAL = re.compile(
    f"(?<!{_DIGIT})(?:(?:{_ID_NUMBER}|{_CARD})(?!{_DIGIT})|{_MOBILE}(?!{_DIGIT}|{_AMOUNT}))"
)
# For Arrow, whose expressions look neither ahead nor back: nothing personal is outside of it.
_SUSPECT = f"(?:^|[^0-9０-９])(?:{_ID_NUMBER}|{_CARD}|{_MOBILE})(?:$|[^0-9０-９])"

# What stands for a number that is hidden, given its digits alone.
StandIn = Callable[[str], str]


def hide(text: str, stand_in: StandIn | None = None) -> str:
    """The text with every personal number in it replaced by ``HIDDEN``, or by what ``stand_in`` makes of it."""

    def hidden(found: re.Match[str]) -> str:
        number = _plain(found[0])
        if len(number) == _CARD_LENGTH and not _is_card(number):
            return found[0]
        return stand_in(number) if stand_in else HIDDEN

    return _PERSONAL.sub(hidden, text)


def hide_in(array: pa.ChunkedArray, stand_in: StandIn | None = None) -> pa.ChunkedArray:
    """``hide`` on every text of an array; nulls stay."""
    suspect = pc.match_substring_regex(array, _SUSPECT)
    if not pc.any(suspect).as_py():
        return array
    hidden = [hide(text, stand_in) for text in array.filter(suspect).to_pylist()]
    chosen = pc.fill_null(suspect, False)
    return pc.replace_with_mask(array.combine_chunks(), chosen.combine_chunks(), pa.array(hidden, array.type))


def hide_in_columns(table: pa.Table, names: Iterable[str], stand_in: StandIn | None = None) -> pa.Table:
    """A table with ``hide`` done in these columns of text."""
    for name in names:
        index = table.schema.get_field_index(name)
        table = table.set_column(index, table.schema.field(index), hide_in(table[name], stand_in))
    return table


def room_for(length: int) -> int:
    """How much of a text must be looked at so that its first ``length`` characters hide half a number too."""
    return length + _LONGEST


def _plain(found: str) -> str:
    return re.sub("[^0-9X]", "", found.translate(_HALF).upper())


def _is_card(number: str) -> bool:
    """Whether the last digit is the one that the others ask for (Luhn)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0
