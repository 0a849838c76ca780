"""The cells of a sheet that somebody asks about, as they are typed: ``监测对象台账!D5``, ``…!D5:F9``, ``…!5:9``, ``…!D:D``.

Belongs here: reading an address. Does not belong here: what lies there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ADDRESS = re.compile(r"(?:'(.+)'|(.+?))!([A-Z]{0,3})([0-9]{0,7})(?::([A-Z]{0,3})([0-9]{0,7}))?")
_LAST_ROW = 1_048_576


@dataclass(frozen=True, slots=True)
class Area:
    """Rows ``first`` to ``last`` of a sheet; ``left`` and ``right`` are column letters, empty where whole rows are meant."""

    sheet: str
    left: str
    right: str
    first: int
    last: int

    def has_column(self, letter: str) -> bool:
        return bool(self.left) and _number(self.left) <= _number(letter) <= _number(self.right)


def read_area(text: str) -> Area:
    """Reads an address with its sheet. Raises ValueError for what is none."""
    match = _ADDRESS.fullmatch(text.strip().replace("!", "!").replace("$", "").replace(":", ":"))
    if match is None:
        raise ValueError(f"{text!r} is no address")
    quoted, plain, left, first, right, last = match.groups()
    right, last = (left, first) if right is None else (right, last)
    if bool(left) != bool(right) or bool(first) != bool(last) or not (left or first):
        raise ValueError(f"{text!r} is no address")
    columns = sorted((left, right), key=_number)
    rows = sorted((int(first or 1), int(last or _LAST_ROW)))
    return Area(quoted or plain, *columns, *rows)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
