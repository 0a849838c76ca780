"""What a cell of an .xlsx refers to and how its parts are written: styles, types, addresses.

Belongs here: what the fast and the strict reading of a sheet share. Does not belong here: reading a sheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from orchestration.receive.readers import numbers
from orchestration.receive.readers.grid import MAX_ROWS
from orchestration.receive.readers.strings import stored_text
from orchestration.receive.readers.unreadable import UnreadableFile
from orchestration.workbook import column_letter

COLUMNS = {column_letter(index): index for index in range(16_384)}
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_LOGICAL = {"1": "TRUE", "0": "FALSE", "true": "TRUE", "false": "FALSE"}
_MIDNIGHT = re.compile(r"T00:00(?::00(?:\.0+)?)?Z?")


class SheetContext:
    """What cells refer to: shared strings by their index as text, styles that show percents, and styles that
    show dates (in a 1904 workbook only, whose date serials are shifted)."""

    def __init__(
        self,
        strings: dict[str, str] | None = None,
        percents: frozenset[str] = frozenset(),
        dates_1904: frozenset[str] = frozenset(),
    ):
        self.percents = percents
        self.dates_1904 = dates_1904
        self.lossy: set[str] = set()  # stored numbers met that are too long for a double
        # By kind of cell, what turns its stored value into its text.
        self.texts: dict[str, Mapping[str, str]] = {
            "s": {} if strings is None else strings,
            "n": numbers.Memo(self._number),
            "%": numbers.Memo(numbers.percent_text),
            "d1904": numbers.Memo(numbers.shifted_1904),
        }

    def _number(self, stored: str) -> str:
        text = numbers.number_text(stored)
        if len(text) > numbers.SIGNIFICANT_DIGITS and numbers.is_lossy(stored):
            self.lossy.add(stored)
        return text

    def kind(self, attributes: Mapping[str, str]) -> str:
        """``n`` number, ``%`` percent, ``d1904`` date to shift, or a cell's type as stored: s, str, b, e, d …"""
        stored_type, style = attributes.get("t", "n"), attributes.get("s", "0")
        if stored_type != "n":
            return stored_type
        if style in self.percents:
            return "%"
        return "d1904" if style in self.dates_1904 else "n"


def text_of(kind: str, value: str) -> str:
    """The text of a cell that is neither a number nor a shared string: an error stays ``#REF!``. Raises UnreadableFile for
    a value that contradicts its type: it may be the number of a shared string as well as a number."""
    value = _LOGICAL.get(value.strip(), "") if kind == "b" else value
    known = kind in ("str", "d", "b") or (kind == "e" and value.startswith("#"))
    if not known or not value:
        raise UnreadableFile("U-UNRELIABLE", detail="a cell whose value is not of its type")
    return _MIDNIGHT.sub("", value) if kind == "d" else value


def formula_text(element: str) -> str:
    """``<f>A1+B1</f>`` → ``=A1+B1``: what a formula without a computed value shows, so that it is no blank."""
    return "=" + stored_text(element.partition(">")[2].removesuffix("</f>"))


def row_number(reference: str | None, previous: int) -> int:
    """The number of a row from its ``r``, else the one after the row before. Raises UnreadableFile."""
    if reference is None:
        return previous + 1
    if not (reference.isascii() and reference.isdigit()) or not 0 < int(reference) <= MAX_ROWS:
        raise UnreadableFile("U-CORRUPT", detail="a row number that cannot be")
    return int(reference)


def is_hidden(row_attributes: dict[str, str]) -> bool:
    return row_attributes.get("hidden", "0") in ("1", "true")


def address(reference: str) -> tuple[int, int]:
    """``C7`` → (7, 2): 1-based row, 0-based column. Raises UnreadableFile."""
    match = _REFERENCE.fullmatch(reference.replace("$", ""))
    if not match or match.group(1) not in COLUMNS or int(match.group(2)) > MAX_ROWS:
        raise UnreadableFile("U-CORRUPT", detail="a cell address that cannot be")
    return int(match.group(2)), COLUMNS[match.group(1)]


def merged(reference: str) -> tuple[int, int, int, int]:
    """``A1:C2`` → (1, 0, 2, 2)."""
    first, _, last = reference.partition(":")
    return (*address(first), *address(last or first))
