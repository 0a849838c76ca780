"""How a hint is worded, and by which words it is known again. Belongs here: Chinese texts of hints alone."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from orchestration.audit.smallest_edit import Edit, Slip, printed

SCALE = "疑似计量单位错"
SCALE_COLUMN = "疑似整列计量单位错"
SWAPPED = "两格疑填反"
SWAPPED_COLUMNS = "两列疑似整体填反"
SMALLEST = "最小改动"

MOST_EDITS = 3
UNIT_SLIPS = {Slip.UNIT: 10_000, Slip.UNIT_YI: 100_000_000}
TIMES = {100: "100倍", 10_000: "10000倍", 100_000_000: "1亿倍"}
# Whoever fills a number 10,000 times too large took the smaller unit for the column's, and the other way round.
_SMALLER = {"万元": "元", "亿元": "万元", "万户": "户", "万人": "人", "万个": "个"}
_LARGER = {smaller: larger for larger, smaller in _SMALLER.items()}


def swapped(one: str, other: str) -> str:
    return f"{SWAPPED}:{one} 与 {other}"


def swapped_columns(one: str, other: str) -> str:
    return f"{SWAPPED_COLUMNS}:{one}与{other}"


def smallest(edits: Sequence[Edit]) -> str:
    """The edits that are equally small, the first few; as a wrong unit where that is what they undo."""
    first = edits[0]
    more = "".join(f",或 {edit.text_zh}" for edit in edits[1:MOST_EDITS])
    if first.slip not in UNIT_SLIPS:
        return f"{SMALLEST}:{first.text_zh}{more}"
    change = f"由 {printed(first.before)} 改为 {printed(first.after)}"
    return f"{SCALE}:{first.name} 恰差{TIMES[UNIT_SLIPS[first.slip]]},{change}{more}"


def scale(cell: str, times: int, unit: str | None, *, exact: bool, too_large: bool) -> str:
    """A number that is out by a factor; ``unit`` is the column's, and what it was taken for is said if known."""
    return f"{SCALE}:{cell} {'恰差' if exact else '约差'}{TIMES[times]}{_instead(times, unit, too_large)}"


def scale_column(column: str, times: int, unit: str | None, *, too_large: bool) -> str:
    return f"{SCALE_COLUMN}:{column}约差{TIMES[times]}{_instead(times, unit, too_large)}"


def scale_pair(one: str, other: str, times: int) -> str:
    return f"{SCALE}:{one} 与 {other} 恰差{TIMES[times]},核对两列的计量单位"


def scale_figure(cell: str, times: int, before: Decimal, after: Decimal, unit: str) -> str:
    """A stated total out by a factor, of which it is known what it should be."""
    return f"{SCALE}:{cell} 差{TIMES[times]},由 {printed(before)} 改为 {printed(after)}({unit})"


def scale_unit(cell: str, stated: str, right: str, times: int, *, exact: bool) -> str:
    """A stated total that is right in another unit than the one beside it."""
    return (
        f"{SCALE}:{cell} {'' if exact else '约'}差{TIMES[times]},数值不变时计量单位应为{right}而不是{stated}"
    )


def scale_text(found: str, expected: str, times: int) -> str:
    return f"{SCALE}:{found} 与 {expected} 恰差{TIMES[times]}"


def _instead(times: int, unit: str | None, too_large: bool) -> str:
    if not unit:
        return ""
    if unit == "%":
        return ",百分数应填如4.35,不填" + ("435" if too_large else "0.0435")
    taken = (_SMALLER if too_large else _LARGER).get(unit) if times == 10_000 else None
    return f",应填{unit}" + (f"而不是{taken}" if taken else "")
