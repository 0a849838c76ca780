"""The committed example workbook shows what a county sends today."""

from __future__ import annotations

import openpyxl
import pytest

from orchestration.cards import Card, load_cards
from orchestration.home import PROJECT_ROOT

EXAMPLE = PROJECT_ROOT / "raw" / "example" / "610122_蓝田县_2021-08.xlsx"
OWED = [card for card in load_cards().values() if card.owed_by("county", "month")]


@pytest.fixture(scope="module")
def example() -> openpyxl.Workbook:
    return openpyxl.load_workbook(EXAMPLE)


def test_the_example_is_small_enough_to_look_at():
    assert EXAMPLE.stat().st_size < 60_000


@pytest.mark.parametrize("card", OWED, ids=lambda card: card.dataset)
def test_the_example_has_every_sheet_a_county_owes_with_its_columns(example, card: Card):
    rows = example[card.sheet].iter_rows(min_row=1, max_row=5, values_only=True)
    texts = {"".join(str(cell).split()) for row in rows for cell in row if cell}
    for column in card.sheet_columns:
        names = {"".join(name.split()) for name in column.headers}
        assert any(text.startswith(tuple(names)) for text in texts), column.name


def test_no_id_number_of_the_example_can_belong_to_a_person(example):
    columns = [(card.sheet, column) for card in OWED for column in card.columns]
    numbers = [
        number
        for sheet, column in columns
        if column.personal == "id_number"
        for number in _below(example[sheet], column.headers)
    ]
    assert len(numbers) > 10
    assert [number for number in numbers if _check_digit(number) == number[17]] == []


def _below(sheet, headers: tuple[str, ...]) -> list[str]:
    """The 18-digit texts below the cell that is headed so."""
    head = next(cell for row in sheet.iter_rows(max_row=5) for cell in row if cell.value in headers)
    column = sheet.iter_rows(head.row + 1, None, head.column, head.column, values_only=True)
    return [str(value).strip() for (value,) in column if value and str(value).strip()[:17].isdecimal()]


def _check_digit(number: str) -> str:
    """GB 11643: an ID number with this last digit would be a valid one."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(number[:17], weights, strict=True)) % 11]
