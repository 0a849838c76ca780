"""Whether what is landed of a cell is what the cell means, or is a problem.

Belongs here: asking the landing for columns of each type. Does not belong here: spellings.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from random import Random

from land_support import card, clean_values

from fuzz import spellings
from fuzz.seeds import DATASETS
from orchestration.cards import UNIT_FACTORS, Column

_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP)  # digits that a spreadsheet keeps


def columns() -> list[tuple[str, Column]]:
    """One column of each type, unit and bound that these datasets have."""
    found: dict[tuple, tuple[str, Column]] = {}
    for dataset in DATASETS:
        for column in card(dataset).sheet_columns:
            if not (column.allowed or column.personal or column.format or column.unit_from):
                key = (column.data_type, column.unit, column.minimum, column.maximum)
                found.setdefault(key, (dataset, column))
    return [each for each in found.values() if each[1].data_type not in ("string",)]


def misread(dataset: str, column: Column, random: Random, count: int) -> Iterator[str]:
    """What a column lands of ``count`` spellings otherwise than they mean, without a word."""
    asked: list[spellings.Spelling] = []
    while len(asked) < count:
        asked += _spellings(column, random)
    values, rules = clean_values(dataset, column.name, [text for text, _ in asked])
    for (text, meaning), value, rule in zip(asked, values, rules, strict=True):
        if rule is None and not _is(column, value, meaning, text):
            yield f"{dataset}.{column.name} ({column.data_type}, {column.unit}): {text!r} landed as {value}, means {meaning}"


def _spellings(column: Column, random: Random) -> Iterator[spellings.Spelling]:
    if column.data_type == "date":
        return spellings.of_day(spellings.day(random), random)
    if column.data_type == "boolean":
        return spellings.of_boolean(random.random() < 0.5)
    return spellings.of_number(spellings.number(random), random)


def _is(column: Column, value: object, meaning: object, text: str) -> bool:
    if value is None:
        return not text.strip() or not column.required  # a word for "nothing"
    if meaning is None:
        return False
    if isinstance(meaning, Decimal):
        factor = Decimal(UNIT_FACTORS[column.unit][1]) if column.unit else 1
        exact, excels = meaning * factor, _FIFTEEN.create_decimal(meaning) * factor
        return Decimal(str(value)) in (exact, excels)
    return value == meaning if isinstance(meaning, bool | datetime.date) else False
