"""The smallest edit of a single cell that makes a sum hold, judged by the digits as they are printed.

Pure arithmetic on decimals in the sheet's own units. Belongs here: which cell, changed into what, and which slip
of the hand that would undo. Does not belong here: where the numbers come from (``hints``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

_WAN, _YI = Decimal(10_000), Decimal(100_000_000)


class Slip(Enum):
    """A slip of the hand that an edit undoes, in a clerk's words; the least likely to be a coincidence first."""

    UNIT = "恰差10000倍,疑为计量单位错"
    UNIT_YI = "恰差1亿倍,疑为计量单位错"
    TRANSPOSED = "相邻数字颠倒"
    POINT = "小数点错位"
    EXTRA_ZERO = "多填了0"
    MISSING_ZERO = "少填了0"
    LEFT_OUT = "合计漏加"  # with the name of the part
    DIGIT = "一个数字误填"
    EXTRA_DIGIT = "多填了一个数字"
    MISSING_DIGIT = "少填了一个数字"
    BLANK = "漏填,恰等于差额"


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a sum, as printed. ``name`` is its address; ``value`` None for a blank, which counts as 0;
    ``sign`` -1 for a part that is taken off. ``factor`` brings it to the unit of the sum. ``step``: the least
    that its printed digits can tell apart (a hundredth of 万元), None when they can tell anything."""

    name: str
    value: Decimal | None
    sign: int = 1
    factor: Decimal = Decimal(1)
    step: Decimal | None = None

    @property
    def amount(self) -> Decimal:
        """In the unit of the sum, with its sign."""
        return self.sign * (self.value or Decimal(0)) * self.factor

    def mended(self, by: Decimal) -> Decimal:
        """As printed when its amount grows by so much."""
        value = (self.amount + by) * self.sign / self.factor
        if self.step is None:
            return value
        return (value / self.step).quantize(Decimal(1), ROUND_HALF_UP) * self.step


@dataclass(frozen=True, slots=True)
class Edit:
    """A cell changed from ``before`` to ``after``. ``cost``: strokes on the keyboard, one for a classic slip.
    ``part``: the name of the one that a total leaves out."""

    name: str
    before: Decimal | None
    after: Decimal
    slip: Slip | None
    cost: int
    part: str = ""

    @property
    def text_zh(self) -> str:
        """``H12 由 1243 改为 1234(相邻数字颠倒)``."""
        words = f"{self.name} 由 {printed(self.before) or '空白'} 改为 {printed(self.after)}"
        return f"{words}({self.slip.value}{self.part})" if self.slip else words


def printed(value: Decimal | None) -> str:
    """A number as a sheet shows it: no trailing zeros, no exponent; '' for a blank."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def smallest_edit(total: Cell, parts: Sequence[Cell], among: Collection[str] = ()) -> Edit | None:
    """The first of ``smallest_edits``."""
    return next(iter(smallest_edits(total, parts, among)), None)


def smallest_edits(total: Cell, parts: Sequence[Cell], among: Collection[str] = ()) -> list[Edit]:
    """The edits of one cell, never into a negative number, after which ``total`` is the sum of ``parts``.

    The fewest strokes win, then the likelier slip. Equals are all given, the total first and the parts from the
    left; but where no slip speaks for any of them, the total alone. With ``among`` only the cells of these names
    are looked at. Empty when the sum holds, or no such cell can mend it.
    """
    lacking = _lacking(total, parts)
    if lacking == 0:
        return []
    edits = [edit for edit in _edits(total, parts, lacking) if not among or edit.name in among]
    least = min((_order(edit) for edit in edits), default=None)
    best = [edit for edit in edits if _order(edit) == least]
    return best[:1] if best and best[0].name == total.name and best[0].slip is None else best


def mending_swap(total: Cell, parts: Sequence[Cell]) -> tuple[str, str] | None:
    """The names of the only two cells that make the sum hold when their printed numbers change places."""
    if _lacking(total, parts) == 0:
        return None
    cells = [total, *parts]
    swaps = []
    for i, one in enumerate(cells):
        for j, other in enumerate(cells[i + 1 :], i + 1):
            if one.value is None or other.value is None or one.value == other.value:
                continue
            changed = [*cells]
            changed[i], changed[j] = replace(one, value=other.value), replace(other, value=one.value)
            if _lacking(changed[0], changed[1:]) == 0:
                swaps.append((one.name, other.name))
    return swaps[0] if len(swaps) == 1 else None


def edit_of(name: str, before: Decimal | None, after: Decimal) -> Edit:
    """What changing one cell comes to."""
    slip = slip_of(before, after)
    cost = 1 if slip in _ONE_STROKE else distance(printed(before), printed(after))
    return Edit(name, before, after, slip, cost)


def slip_of(before: Decimal | None, after: Decimal) -> Slip | None:
    """The slip that explains how ``after`` came to be written as ``before``, if a classic one does."""
    if before is None or before == 0:
        return Slip.BLANK if before is None else None
    if after in (0, before):
        return None
    for factor, slip in ((_WAN, Slip.UNIT), (_YI, Slip.UNIT_YI)):
        if before == after * factor or before * factor == after:
            return slip
    return _slip_of_digits(printed(before), printed(after))


def distance(one: str, other: str) -> int:
    """Strokes from one text to another: characters put in, taken out or changed, or two neighbours exchanged."""
    rows = [list(range(len(other) + 1))]
    for i, left in enumerate(one, 1):
        row = [i]
        for j, right in enumerate(other, 1):
            strokes = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                strokes = min(strokes, rows[-2][j - 2] + 1)
            row.append(strokes)
        rows.append(row)
    return rows[-1][-1]


# A point or a unit is one thought, however many digits it moves.
_ONE_STROKE = frozenset({Slip.UNIT, Slip.UNIT_YI, Slip.POINT, Slip.BLANK, Slip.TRANSPOSED, Slip.DIGIT})


def _order(edit: Edit) -> tuple[int, int]:
    return edit.cost, _likelihood(edit.slip)


def _likelihood(slip: Slip | None) -> int:
    order = list(Slip)
    return order.index(slip) if slip else len(order)


def _lacking(total: Cell, parts: Sequence[Cell]) -> Decimal:
    """By how much the parts fall short of the total."""
    return total.amount - sum((part.amount for part in parts), Decimal(0))


def _edits(total: Cell, parts: Sequence[Cell], lacking: Decimal) -> Iterator[Edit]:
    """Each way to mend the sum in one cell, the total first."""
    for cell, by in ((total, -lacking), *((part, lacking) for part in parts)):
        after = cell.mended(by)
        if after >= 0 and after != cell.value:
            edit = edit_of(cell.name, cell.value, after)
            yield _left_out(edit, parts, -lacking) if cell is total else edit


def _left_out(edit: Edit, parts: Sequence[Cell], short: Decimal) -> Edit:
    """The edit of a total, which is short by exactly one of its parts unless a likelier slip explains it."""
    left_out = [part.name for part in parts if part.amount == short]
    if len(left_out) != 1 or _likelihood(edit.slip) < _likelihood(Slip.LEFT_OUT):
        return edit
    return replace(edit, slip=Slip.LEFT_OUT, cost=1, part=left_out[0])


def _slip_of_digits(before: str, after: str) -> Slip | None:
    if len(before) == len(after):
        return _slip_of_same_length(before, after)
    whole = "." not in before and "." not in after
    if not whole and _digits(before) == _digits(after):
        return Slip.POINT
    longer, shorter = (before, after) if len(before) > len(after) else (after, before)
    if whole and longer.rstrip("0") == shorter.rstrip("0"):
        return Slip.EXTRA_ZERO if longer == before else Slip.MISSING_ZERO
    if len(longer) == len(shorter) + 1 and distance(longer, shorter) == 1:
        zero = len(longer.replace("0", "")) == len(shorter.replace("0", ""))
        if longer == before:
            return Slip.EXTRA_ZERO if zero else Slip.EXTRA_DIGIT
        return Slip.MISSING_ZERO if zero else Slip.MISSING_DIGIT
    return None


def _slip_of_same_length(before: str, after: str) -> Slip | None:
    places = [index for index, (left, right) in enumerate(zip(before, after, strict=True)) if left != right]
    if len(places) == 1:
        return Slip.DIGIT
    if len(places) == 2 and places[1] == places[0] + 1:
        first, second = places
        if before[first] == after[second] and before[second] == after[first]:
            # A point that changed places with its neighbour is a point gone astray.
            return Slip.POINT if "." in (before[first], before[second]) else Slip.TRANSPOSED
    return Slip.POINT if "." in before and _digits(before) == _digits(after) else None


def _digits(text: str) -> str:
    """The digits that matter: 0.5 and 50 have the same."""
    return text.replace(".", "").strip("0")
