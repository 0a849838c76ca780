"""Which cells differ between two versions of a workbook: rows aligned by their business key, not by address.

A clerk sorts, inserts and deletes rows; only what stands beside the same key was changed. The same number or day
written otherwise is no change. Personal columns are never shown, and what looks like an ID or phone number in
another column is not either.

Belongs here: reading two files and comparing them. Does not belong here: whose files they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa

from orchestration.audit.receipts.same_value import comparable, shown
from orchestration.cards import Card, Column, load_cards
from orchestration.land.extract import LOSSY, ExtractedSheet, extract
from orchestration.personal import HIDDEN, hide
from orchestration.receive.readers import read_workbook

MOST_CELLS = 200
PERSONAL_CHANGED = "(个人信息,已改)"

Texts = dict[str, str]  # of one row, by column of the card


@dataclass(frozen=True, slots=True)
class Versions:
    """Two files of one unit and period, and the datasets to compare; what a guarded worker is given."""

    before: Path
    after: Path
    datasets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """``cell`` is the later version's address, or the earlier one's where the later has no such column."""

    sheet: str
    cell: str
    column: str
    row_key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changes:
    """At most MOST_CELLS cells, in the order of sheets and rows; the counts are of all."""

    cells: tuple[ChangedCell, ...]
    cells_changed: int
    rows_added: int
    rows_removed: int

    def to_json(self) -> dict:
        return {**asdict(self), "cells": [asdict(cell) for cell in self.cells]}


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    texts: Texts


def compare_versions(versions: Versions) -> Changes:
    """``changed_cells`` for a guarded worker."""
    return changed_cells(versions.before, versions.after, versions.datasets)


def changed_cells(before: Path, after: Path, datasets: Sequence[str]) -> Changes:
    """What changed on the sheets of these datasets. Raises what ``read_workbook`` raises."""
    cards = [load_cards()[dataset] for dataset in datasets]
    sheets = {card.sheet for card in cards}
    books = read_workbook(before, sheets), read_workbook(after, sheets)
    listed: list[ChangedCell] = []
    changed = added = removed = 0
    for card in cards:
        earlier, later = (extract(book, card) for book in books)
        pairs, only_before, only_after = _align(card, _rows(earlier), _rows(later))
        added += len(only_after)
        removed += len(only_before)
        for cell in _differences(card, earlier, later, pairs):
            changed += 1
            if len(listed) < MOST_CELLS:
                listed.append(cell())
    return Changes(tuple(listed), changed, added, removed)


def row_keys(dataset: str, rows: pa.Table) -> dict[tuple[str, int], str]:
    """The business key of each row, by dataset and sheet row. ``rows`` has source_row and the card's key columns.

    A row with a blank key has none.
    """
    card = load_cards()[dataset]
    keys = [rows[name].to_pylist() for name in card.key]
    named = zip(rows["source_row"].to_pylist(), zip(*keys, strict=True), strict=True)
    return {
        (dataset, number): _key_text(card, {n: str(v) for n, v in zip(card.key, values, strict=True)})
        for number, values in named
        if None not in values and "" not in values
    }


def _rows(sheet: ExtractedSheet) -> list[_Row]:
    names = [name for name in sheet.rows.column_names if name != "source_row"]
    columns = [sheet.rows[name].to_pylist() for name in names]
    numbers = sheet.rows["source_row"].to_pylist()
    return [
        _Row(number, {name: _text(values[index]) for name, values in zip(names, columns, strict=True)})
        for index, number in enumerate(numbers)
    ]


def _text(value: str | None) -> str:
    return (value or "").removeprefix(LOSSY).strip()


def _align(
    card: Card, before: list[_Row], after: list[_Row]
) -> tuple[list[tuple[_Row, _Row]], list[_Row], list[_Row]]:
    """Pairs of a row in both versions, in the later order, and the rows of one version only.

    The same row as a whole first, so that of two rows with one key the right one is found deleted; then the same
    key; then the same row but for its key, which is a number that was put right.
    """
    pairs: list[tuple[_Row, _Row]] = []
    keys = [card.column(name) for name in card.key]
    others = [column for column in card.sheet_columns if column.name not in card.key]
    for chosen in ([*keys, *others], keys, others):
        before, after = _pair_off(_signature(chosen), before, after, pairs)
    pairs.sort(key=lambda pair: pair[1].number)
    return pairs, before, after


def _signature(columns: Sequence[Column]) -> Callable[[_Row], tuple]:
    return lambda row: tuple(comparable(column, row.texts[column.name]) for column in columns)


def _pair_off(
    signature: Callable[[_Row], tuple],
    before: list[_Row],
    after: list[_Row],
    pairs: list[tuple[_Row, _Row]],
) -> tuple[list[_Row], list[_Row]]:
    """Adds the pairs of equal signature, in order; returns what is left of both. A blank signature matches none."""
    waiting: dict[tuple, list[_Row]] = {}
    for row in reversed(before):
        waiting.setdefault(signature(row), []).append(row)
    left = []
    for row in after:
        mine = signature(row)
        if any(mine) and waiting.get(mine):
            pairs.append((waiting[mine].pop(), row))
        else:
            left.append(row)
    paired = {pair[0].number for pair in pairs}
    return [row for row in before if row.number not in paired], left


def _differences(
    card: Card,
    earlier: ExtractedSheet,
    later: ExtractedSheet,
    pairs: Sequence[tuple[_Row, _Row]],
) -> Iterator[Callable[[], ChangedCell]]:
    """Each cell that changed, to be made when it is to be listed."""
    letters = [{column.name: column.letter for column in sheet.columns} for sheet in (earlier, later)]
    for old, new in pairs:
        for column in card.sheet_columns:
            texts = old.texts[column.name], new.texts[column.name]
            same = texts[0] == texts[1] or comparable(column, texts[0]) == comparable(column, texts[1])
            if not same:
                cell = _address(column, old, new, *letters)
                yield lambda c=column, a=cell, n=new, t=texts: ChangedCell(
                    later.source_sheet, a, str(c.header), _key_text(card, n.texts), *_shown(c, *t)
                )


def _address(
    column: Column, old: _Row, new: _Row, earlier: Mapping[str, str], later: Mapping[str, str]
) -> str:
    if column.name in later:
        return f"{later[column.name]}{new.number}"
    return f"{earlier[column.name]}{old.number}"


def _key_text(card: Card, texts: Mapping[str, str]) -> str:
    """The row's key as a clerk reads it."""
    return "、".join(
        HIDDEN if card.column(name).personal else hide(shown(card.column(name), texts[name]))
        for name in card.key
    )


def _shown(column: Column, before: str, after: str) -> tuple[str, str]:
    if column.personal:
        return (HIDDEN if before else "", PERSONAL_CHANGED if after else "")
    return hide(shown(column, before)), hide(shown(column, after))
