"""Cell addresses as a clerk reads them: runs down a column as ranges, column by column.

A register's trouble runs down a column (a wrong unit, a blank filled down), so cells are joined downwards and
never across: ``D5:D912`` says where to look, a rectangle would hide that two columns are at fault.

Belongs here: addresses alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

MOST_IN_A_PHRASE = 6

_ADDRESS = re.compile(r"([A-Z]+)([1-9][0-9]*)")


def parts_of(cell: str) -> tuple[str, int]:
    """``AB12`` → (``AB``, 12). Raises ValueError for what is no address."""
    match = _ADDRESS.fullmatch(cell)
    if match is None:
        raise ValueError(f"{cell!r} is no cell address")
    return match[1], int(match[2])


def column_of(cell: str) -> str:
    return parts_of(cell)[0]


def row_of(cell: str) -> int:
    return parts_of(cell)[1]


def merge(cells: Iterable[str]) -> list[str]:
    """Ranges that hold exactly these cells, by column (A … Z, AA …) and then row; a cell given twice counts once."""
    rows: dict[str, set[int]] = {}
    for cell in cells:
        column, row = parts_of(cell)
        rows.setdefault(column, set()).add(row)
    ordered = sorted(rows, key=lambda column: (len(column), column))
    return [span(column, *run) for column in ordered for run in runs(sorted(rows[column]))]


def expand(ranges: Iterable[str]) -> Iterator[str]:
    """The cells of ranges as ``merge`` gives them, one by one."""
    for text in ranges:
        first, _, last = text.partition(":")
        column, start = parts_of(first)
        end = row_of(last) if last else start
        yield from (f"{column}{row}" for row in range(start, end + 1))


def phrase(ranges: list[str], count: int = 1) -> str:
    """Ranges in a sentence, the first few of many, with the number of places: ``D5:D912 (共 512 处)``."""
    listed = "、".join(ranges[:MOST_IN_A_PHRASE]) + ("等" if len(ranges) > MOST_IN_A_PHRASE else "")
    return f"{listed} (共 {count} 处)" if count > 1 else listed


def span(column: str, first: int, last: int) -> str:
    """A run down a column: ``D5:D912``, or ``D5`` where it is one cell."""
    return f"{column}{first}" if first == last else f"{column}{first}:{column}{last}"


def runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of consecutive numbers; they come in order, each once, and there is at least one."""
    start = previous = rows[0]
    for row in rows[1:]:
        if row != previous + 1:
            yield start, previous
            start = row
        previous = row
    yield start, previous
