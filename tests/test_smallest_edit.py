"""The smallest edit of a sum: it mends the sum, is never negative, and names the slip that a clerk made."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.audit.smallest_edit import (
    Cell,
    Slip,
    distance,
    edit_of,
    mending_swap,
    printed,
    slip_of,
    smallest_edit,
    smallest_edits,
)

amounts = st.decimals(min_value=0, max_value=10**9, places=2)
factors = st.sampled_from([Decimal(1), Decimal(10_000), Decimal(100_000_000)])


@st.composite
def sums(draw) -> tuple[Cell, list[Cell]]:
    count = draw(st.integers(1, 6))
    parts = [
        Cell(f"P{i}", draw(st.none() | amounts), draw(st.sampled_from([1, 1, -1])), draw(factors))
        for i in range(count)
    ]
    return Cell("T", draw(amounts), factor=draw(factors)), parts


def _cells(total: object, *parts: object) -> tuple[Cell, list[Cell]]:
    def cell(name: str, value: object) -> Cell:
        return Cell(name, None if value is None else Decimal(str(value)))

    return cell("T1", total), [
        cell(f"{letter}1", value) for letter, value in zip("ABCDE", parts, strict=False)
    ]


def _changed(cells: list[Cell], name: str, value: Decimal) -> list[Cell]:
    return [replace(cell, value=value) if cell.name == name else cell for cell in cells]


@given(sums())
def test_the_edit_makes_the_sum_hold_and_is_never_negative(case):
    total, parts = case
    edit = smallest_edit(total, parts)
    holds = total.amount == sum(part.amount for part in parts)
    if holds:
        assert edit is None
        return
    if edit is None:
        # Only a negative number could mend any single cell.
        lacking = total.amount - sum(part.amount for part in parts)
        assert total.mended(-lacking) < 0
        assert all(part.mended(lacking) < 0 for part in parts)
        return
    assert edit.after >= 0
    mended, *mended_parts = _changed([total, *parts], edit.name, edit.after)
    assert mended.amount == sum(part.amount for part in mended_parts)


@given(sums())
def test_no_other_single_edit_takes_fewer_strokes(case):
    total, parts = case
    edit = smallest_edit(total, parts)
    if edit is not None:
        others = [smallest_edit(total, parts, among=[cell.name]) for cell in (total, *parts)]
        assert edit.cost == min(other.cost for other in others if other)


@given(sums())
def test_a_mending_swap_makes_the_sum_hold(case):
    total, parts = case
    swap = mending_swap(total, parts)
    if swap:
        values = {cell.name: cell.value for cell in (total, *parts)}
        changed = _changed([total, *parts], swap[0], values[swap[1]])
        mended, *mended_parts = _changed(changed, swap[1], values[swap[0]])
        assert mended.amount == sum(part.amount for part in mended_parts)


@given(st.text("0123456789.", max_size=8), st.text("0123456789.", max_size=8))
def test_distance_is_symmetric_and_nothing_only_between_equals(one, other):
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert distance(one, other) <= max(len(one), len(other))


@pytest.mark.parametrize(
    ("before", "after", "slip"),
    [
        ("1243", "1234", Slip.TRANSPOSED),
        ("1284", "1234", Slip.DIGIT),
        ("12340", "1234", Slip.EXTRA_ZERO),
        ("123", "12300", Slip.MISSING_ZERO),
        ("1204", "10204", Slip.MISSING_ZERO),
        ("12334", "1234", Slip.EXTRA_DIGIT),
        ("124", "1234", Slip.MISSING_DIGIT),
        ("1234", "12.34", Slip.POINT),
        ("0.25", "2.5", Slip.POINT),
        ("600000", "60", Slip.UNIT),
        ("1.05", "10500", Slip.UNIT),
        ("3", "300000000", Slip.UNIT_YI),
        ("1234", "4321", None),
        ("0", "12", None),
        (None, "12", Slip.BLANK),
    ],
)
def test_a_classic_slip_is_named(before, after, slip):
    assert slip_of(Decimal(before) if before else None, Decimal(after)) is slip


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (_cells(1243, 1000, 234), "T1 由 1243 改为 1234(相邻数字颠倒)"),
        (_cells(100, 500, 30, 20), "A1 由 500 改为 50(多填了0)"),
        (_cells("12.5", 10, "0.25"), "B1 由 0.25 改为 2.5(小数点错位)"),
        (_cells(100, 600000, 40), "A1 由 600000 改为 60(恰差10000倍,疑为计量单位错)"),
        (_cells(5120, 5000, 297, 120), "T1 由 5120 改为 5417(合计漏加B1)"),
        (_cells(5417, 5000, None, 120), "B1 由 空白 改为 297(漏填,恰等于差额)"),
    ],
)
def test_the_edit_is_said_with_its_cell_its_digits_and_the_slip(cells, words):
    assert smallest_edit(*cells).text_zh == words


def test_of_equal_edits_that_no_slip_explains_the_total_is_changed():
    # Two digits each: 54 → 63 in the total, 42 → 33 or 21 → 12 in a part; exchanged neighbours would be one stroke.
    [edit] = smallest_edits(*_cells(50, 27, 36))
    assert (edit.name, edit.after, edit.slip) == ("T1", Decimal(63), None)


def test_equal_slips_are_all_given_the_total_first():
    # One digit each: 25 → 28 in the total, 24 → 21 or 4 → 1 in a part.
    edits = smallest_edits(*_cells(25, 24, 4))
    assert [(edit.name, edit.after) for edit in edits] == [("T1", 28), ("A1", 21), ("B1", 1)]


def test_a_parts_classic_slip_outweighs_an_equally_small_edit_of_the_total():
    # 54 → 63 and 42 → 33 change two digits; 21 → 12 exchanges neighbours.
    edit = smallest_edit(*_cells(54, 42, 21))
    assert (edit.name, edit.after, edit.slip) == ("B1", Decimal(12), Slip.TRANSPOSED)


def test_an_edit_is_rounded_to_the_last_printed_digit():
    total = Cell("T1", Decimal("3.22"), factor=Decimal(10_000), step=Decimal("0.01"))
    edit = smallest_edit(total, [Cell("A1", Decimal(22_317)), Cell("B1", Decimal(10_000))], among=["T1"])
    assert edit.after == Decimal("3.23")


def test_numbers_are_printed_without_exponents_and_trailing_zeros():
    assert [printed(Decimal(text)) for text in ("1E+3", "12.50", "100", "0.00")] == [
        "1000",
        "12.5",
        "100",
        "0",
    ]


def test_an_edit_of_nothing_costs_nothing():
    edit = edit_of("A1", Decimal("5.5"), Decimal("5.5"))
    assert (edit.cost, edit.slip) == (0, None)
