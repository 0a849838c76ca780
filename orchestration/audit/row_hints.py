"""What a row's own numbers say about why a rule fails on it: a wrong unit, two cells swapped, the smallest edit.

Pure. A column's middle value on the same sheet says what is usual there. Belongs here: looking at one row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import combinations

from expectations.rule import Sum
from orchestration.audit import hint_words
from orchestration.audit.quantities import quantities
from orchestration.audit.smallest_edit import Cell, mending_swap, smallest_edit, smallest_edits
from orchestration.cards import UNIT_FACTORS, Column

Value = Decimal | date | None

FEWEST_ROWS = 3  # of fewer rows none is usual
_MOST_OF_A_SHEET = Decimal("0.8")
_BY_UNITS = (10_000, 100_000_000)
# How far from the middle value times the factor a slipped number may lie: registers spread over magnitudes.
_SPREAD = 8


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet a row stands on: which column has which letter, its rows, its columns' middle values.

    ``excess``: by how much, from a least to a most, a column adds up to more than a total that the unit states.
    """

    letters: Mapping[str, str]
    rows: int
    middles: Mapping[str, Value]
    excess: Mapping[str, Sequence[tuple[Decimal, Decimal]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that a rule fails on. ``cells``: the address of each number or date at fault, by column; ``values``
    in base units; ``found`` and ``expected`` as the rule says them; ``failing``: how many rows of the sheet the
    rule fails on."""

    cells: Mapping[str, str]
    values: Mapping[str, Value]
    columns: Mapping[str, Column]
    sheet: Sheet
    sum: Sum | None
    found: str | None
    expected: str | None
    failing: int

    @property
    def everywhere(self) -> bool:
        """Whether the rule fails on nearly the whole sheet: then columns are wrong, not cells."""
        return self.failing >= FEWEST_ROWS and self.failing > _MOST_OF_A_SHEET * self.sheet.rows


def row_hint(row: Row) -> str | None:
    """The first of HINTS that has something to say."""
    return next((hint for look in HINTS for hint in look(row)), None)


def _sum(row: Row) -> Iterator[str]:
    """A row's arithmetic: two cells swapped, else the smallest edit (which knows a wrong unit)."""
    if row.sum is None or row.sum.total not in row.cells:
        return
    total = _cell(row, row.sum.total, 1)
    parts = [_cell(row, name, 1) for name in row.sum.parts if name in row.cells]
    parts += [_cell(row, name, -1) for name in row.sum.minus if name in row.cells]
    told, doubtful = _by_stated_totals(row, total, parts)
    edits = smallest_edits(total, parts, among=told)
    edits = [edit for edit in edits if edit.name not in doubtful] or edits
    swap = mending_swap(total, parts)
    times = hint_words.UNIT_SLIPS.get(edits[0].slip) if edits else None
    if times and row.everywhere:
        name = next(name for name, cell in row.cells.items() if cell == edits[0].name)
        too_large = (edits[0].before or 0) > edits[0].after
        unit = row.columns[name].unit
        yield hint_words.scale_column(_column(row, name), times, unit, too_large=too_large)
    elif swap and not times:
        yield hint_words.swapped(*swap)
    elif edits:
        yield hint_words.smallest(edits)


def _by_stated_totals(row: Row, total: Cell, parts: Sequence[Cell]) -> tuple[list[str], list[str]]:
    """Cells whose mending brings a column into line with a total that the unit states and its register contradicts,
    and cells whose mending would put a column out of line with one. (That alone proves nothing: the total may
    have been added up from the wrong cell.)"""
    told, doubtful = [], []
    for cell in (total, *parts):
        name = next(name for name, address in row.cells.items() if address == cell.name)
        edit = smallest_edit(total, parts, among=[cell.name])
        for low, high in row.sheet.excess.get(name, ()):
            change = ((edit.before or 0) - edit.after) * cell.factor if edit else None
            if change is not None and not low <= 0 <= high and low <= change <= high:
                told.append(cell.name)
            elif change is not None and low <= 0 <= high and not low <= change <= high:
                doubtful.append(cell.name)
    return told, doubtful


def _cell(row: Row, name: str, sign: int) -> Cell:
    """A cell as printed, in the unit of its column."""
    unit = row.columns[name].unit
    factor = Decimal(UNIT_FACTORS[unit][1]) if unit else Decimal(1)
    value = row.values[name]
    return Cell(row.cells[name], value / factor if isinstance(value, Decimal) else None, sign, factor)


def _pair_in_other_units(row: Row) -> Iterator[str]:
    """Two amounts of one kind that are exactly a unit apart."""
    for one, other in combinations(_numbers(row), 2):
        if _base(row.columns[one]) != _base(row.columns[other]):
            continue
        for times in _BY_UNITS:
            larger, smaller = sorted((one, other), key=lambda name: row.values[name], reverse=True)
            if row.values[larger] == row.values[smaller] * times:
                odd = [name for name in (larger, smaller) if _times_off(row, name) is not None]
                if len(odd) == 1 and not row.everywhere:
                    yield hint_words.scale(
                        row.cells[odd[0]],
                        times,
                        row.columns[odd[0]].unit,
                        exact=True,
                        too_large=odd[0] == larger,
                    )
                else:
                    yield hint_words.scale_pair(row.cells[one], row.cells[other], times)


def _swapped_columns(row: Row) -> Iterator[str]:
    """A rule on two comparable columns that fails on nearly every row: most likely their contents changed places."""
    pair = _pair(row)
    if pair and row.everywhere:
        times = _columns_apart(row, *pair)
        if times:
            yield hint_words.scale_pair(_column(row, pair[0]), _column(row, pair[1]), times)
        else:
            yield hint_words.swapped_columns(_column(row, pair[0]), _column(row, pair[1]))


def _columns_apart(row: Row, one: str, other: str) -> int | None:
    """The factor by which two whole columns of one kind lie apart."""
    middles = (row.sheet.middles.get(one), row.sheet.middles.get(other))
    if not all(isinstance(middle, Decimal) for middle in middles):
        return None
    if _base(row.columns[one]) != _base(row.columns[other]):
        return None
    larger, smaller = max(middles), min(middles)
    return next((times for times in _BY_UNITS if _near(larger, smaller * times)), None)


def _out_of_scale(row: Row) -> Iterator[str]:
    """A number 10,000 times what is usual in its column, or a ratio 100 times, or as much too small."""
    for name in _numbers(row):
        off = _times_off(row, name)
        if off:
            times, too_large = off
            exact = _exactly(row.values[name], row.sheet.middles[name], times)
            yield hint_words.scale(
                row.cells[name], times, row.columns[name].unit, exact=exact, too_large=too_large
            )


def _ratio_above_one(row: Row) -> Iterator[str]:
    """A percentage above 100 that would be usual as a hundredth; a whole column of them is no longer unusual."""
    for name in _numbers(row):
        if row.columns[name].unit == "%" and row.values[name] > 1:
            if row.everywhere:
                yield hint_words.scale_column(_column(row, name), 100, "%", too_large=True)
            else:
                yield hint_words.scale(row.cells[name], 100, "%", exact=False, too_large=True)


def _swapped_cells(row: Row) -> Iterator[str]:
    """Two cells of a row that stand to each other as their columns usually do once they change places."""
    pair = _pair(row)
    if not pair or row.sheet.rows < FEWEST_ROWS or row.everywhere:
        return
    values = [row.values[name] for name in pair]
    middles = [row.sheet.middles.get(name) for name in pair]
    if None in (*values, *middles) or values[0] == values[1]:
        return
    unusual = _days_unusual if isinstance(values[0], date) else _ratio_unusual
    as_is, changed = unusual(values, middles), unusual(values[::-1], middles)
    if changed is not None and as_is is not None and changed * 2 < as_is:
        yield hint_words.swapped(*(row.cells[name] for name in pair))


def _days_unusual(days: Sequence[date], middles: Sequence[date]) -> int:
    return sum(abs((day - middle).days) for day, middle in zip(days, middles, strict=True))


def _ratio_unusual(values: Sequence[Decimal], middles: Sequence[Decimal]) -> Decimal | None:
    """How many times the ratio of two cells is off the ratio of their columns, whatever the size of the row."""
    if min(*values, *middles) <= 0:
        return None
    one, other = values[0] * middles[1], values[1] * middles[0]
    return max(one, other) / min(one, other)


def _texts_apart(row: Row) -> Iterator[str]:
    hint = text_hint(row.found, row.expected)
    if hint:
        yield hint


def text_hint(found: str | None, expected: str | None) -> str | None:
    """What was found and what was expected, when each is one quantity and they are exactly a unit apart."""
    texts = quantities(found), quantities(expected)
    if any(len(text) != 1 or not isinstance(text[0].value, Decimal) for text in texts):
        return None
    [one], [other] = texts
    if one.base is None or one.base != other.base or min(one.value, other.value) <= 0:
        return None
    larger, smaller = max(one.value, other.value), min(one.value, other.value)
    for times in (100,) if one.base == "1" else _BY_UNITS:
        if larger == smaller * times:
            return hint_words.scale_text(one.text, other.text, times)
    return None


# In order: the first that has something to say is the hint.
HINTS = (
    _sum,
    _swapped_columns,
    _pair_in_other_units,
    _ratio_above_one,
    _out_of_scale,
    _swapped_cells,
    _texts_apart,
)


def _numbers(row: Row) -> list[str]:
    """Columns at fault with a number above 0."""
    return [name for name in row.cells if isinstance(row.values[name], Decimal) and row.values[name] > 0]


def _pair(row: Row) -> tuple[str, str] | None:
    """The two columns of a rule that sets just one against the other: what it found is the one's value, and what
    it expected is not beyond the other's. (Twenty days between two dates is no such rule.)"""
    if len(row.cells) != 2 or row.sum is not None:
        return None
    one, other = row.cells
    if _kind(row.columns[one]) != _kind(row.columns[other]):
        return None
    found, expected = ({q.value for q in quantities(text)} for text in (row.found, row.expected))
    values = row.values[one], row.values[other]
    compared = (values[0] in found and values[1] in expected) or (
        values[1] in found and values[0] in expected
    )
    return (one, other) if compared else None


def _kind(column: Column) -> str:
    if column.data_type == "date" or column.format == "month":
        return "date"
    return "ratio" if column.unit == "%" else "number"


def _base(column: Column) -> str | None:
    return UNIT_FACTORS[column.unit][0] if column.unit else None


def _column(row: Row, name: str) -> str:
    letter = next((letter for letter, column in row.sheet.letters.items() if column == name), "")
    return f"{letter}列“{row.columns[name].header}”"


def _times_off(row: Row, name: str) -> tuple[int, bool] | None:
    """(factor, too large): how many times a number is off what is usual in its column."""
    middle, value, base = row.sheet.middles.get(name), row.values[name], _base(row.columns[name])
    if base is None or not isinstance(middle, Decimal) or row.sheet.rows < FEWEST_ROWS:
        return None
    for times in (100,) if base == "1" else _BY_UNITS:
        if _near(value, middle * times):
            return times, True
        if _near(value * times, middle):
            return times, False
    return None


def _near(value: Decimal, usual: Decimal) -> bool:
    return usual <= value * _SPREAD and value <= usual * _SPREAD


def _exactly(value: Decimal, middle: Value, times: int) -> bool:
    return value == middle * times or value * times == middle
