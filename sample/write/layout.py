"""Where everything stands in a unit's workbook: cover, one sheet per dataset, 汇总表, the hidden lists.

Belongs here: the grid of each sheet. Does not belong here: how single values are written (cells.py), file formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain, zip_longest
from random import Random

from orchestration.cards import Card, Column, load_cards
from orchestration.layout import (
    CADENCE_NAMES,
    COVER_LABELS,
    COVER_SHEET,
    DICTIONARY_SHEET,
    NIL_SEPARATOR,
    TEMPLATE_VERSION,
    group_spans,
    header_rows,
    unit_note,
)
from orchestration.periods import Period
from orchestration.units import Unit
from sample import made_up
from sample.dates import Scene
from sample.write.cells import Cell, Habits, writers

# Of a hundred sheets, so many have headers by other accepted names, and so many a 合计 row under the table.
_ALIASED = 0.06
_TOTALLED = 0.05


@dataclass(slots=True)
class Grid:
    """One sheet. ``rows`` are lists of cells from the top; ``merges`` (first row, first column, last row, last
    column, text), 0-based, stand in the first ``head`` rows, which hold text alone. ``hidden_rows`` are 0-based."""

    name: str
    rows: Iterable[list[Cell]]
    head: int = 0
    merges: list[tuple[int, int, int, int, str]] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    hidden: bool = False
    frozen: bool = False
    hidden_rows: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the cover says sends the workbook: a few still use the code and name of before a renaming."""

    unit: Unit
    code: str
    name: str


def workbook(
    sender: Sender, period: Period, registers: Mapping[str, list[dict]], stated: list[dict], scene: Scene
) -> list[Grid]:
    """All sheets the unit owes at the period's cadence, in the cards' order after the cover."""
    owed = [
        card.of(period.key)
        for card in load_cards().values()
        if card.owed_by(sender.unit.kind, period.cadence)
    ]
    content = {**registers, "stated_totals": stated}
    # 汇总表 stands last, as the template has it.
    owed.sort(key=lambda card: card.submitted_by == "all")
    nil = [card.sheet for card in owed if not content[card.dataset]]
    habits = Habits.of(scene.rng(sender.unit.code, "habits"))
    grids = [_cover(sender, period, nil, scene.rng(sender.unit.code, "cover"))]
    for card in owed:
        rng = scene.rng(sender.unit.code, period.key, card.dataset)
        grids.append(_sheet(card, sender, period, content[card.dataset], habits=habits, rng=rng))
    return [*grids, *_lists(owed)]


def _cover(sender: Sender, period: Period, nil: list[str], rng: Random) -> Grid:
    colon = rng.choice(("", "", ":", ":"))
    long_code = rng.random() < 0.08 and sender.unit.kind == "county"
    values: dict[str, Cell] = {
        "unit_code": f"{sender.code}000000" if long_code else sender.code,
        "unit_name": sender.name,
        "reporting_period": period.key,
        "cadence": CADENCE_NAMES[period.cadence],
        "version": 1,
        "filled_by": made_up.clerk(rng.randint(0, 4)),
        "reviewed_by": made_up.clerk(rng.randint(5, 9)),
        "filled_on": _cover_date(period.end + timedelta(days=rng.randint(1, 4)), rng),
        "nil_sheets": NIL_SEPARATOR.join(nil) or None,
        "template_version": TEMPLATE_VERSION,
    }
    level = "省级" if sender.unit.kind == "province" else "县级"
    title = f"{level}巩固拓展脱贫攻坚成果统计报表"
    rows: list[list[Cell]] = [
        [title],
        [],
        *([COVER_LABELS[name] + colon, values[name]] for name in COVER_LABELS),
    ]
    return Grid(COVER_SHEET, rows, head=2, merges=[(0, 0, 0, 3, title)], widths=[18, 28, 10, 10])


def _cover_date(day: date, rng: Random) -> str:
    return rng.choice((f"{day:%Y-%m-%d}", f"{day.year}年{day.month}月{day.day}日"))


def _sheet(
    card: Card, sender: Sender, period: Period, rows: list[dict], *, habits: Habits, rng: Random
) -> Grid:
    columns = card.sheet_columns
    title = f"{sender.name}{card.title}"
    head: list[list[Cell]] = [[title], [unit_note(sender.name, period.key)]]
    merges = [(0, 0, 0, len(columns) - 1, title)]
    aliased = rng.random() < _ALIASED
    headers = [_header(column, rng) if aliased else column.header_text for column in columns]
    if header_rows(card).group:
        group_row, group_merges = _groups(card, headers)
        head.append(group_row)
        merges += group_merges
        # A vertically merged header stands in its upper cell alone.
        head.append([text if column.group else None for column, text in zip(columns, headers, strict=True)])
    else:
        head.append(list(headers))
    widths = [max(9, min(24, 2 * len(text) + 2)) for text in headers]
    body = _body(card, rows, habits, rng)
    foot: list[list[Cell]] = [
        [],
        [f"注:本表由{sender.name}乡村振兴部门填报,数据截至报告期末。"],
        [f"填报人:{made_up.clerk(rng.randint(0, 4))}"],
    ]
    return Grid(card.sheet, chain(head, body, foot), len(head), merges, widths, frozen=True)


def _body(card: Card, rows: list[dict], habits: Habits, rng: Random) -> Iterator[list[Cell]]:
    totalled = len(rows) > 3 and rng.random() < _TOTALLED
    columns = writers(card, habits, rng)
    for row in rows:
        yield [write(row) for write in columns]
    if totalled:
        yield _total_row(card, rows)


def _total_row(card: Card, rows: list[dict]) -> list[Cell]:
    """合计 under the table, of the columns that count people, households or pieces."""
    cells: list[Cell] = ["合计"]
    for column in card.sheet_columns[1:]:
        counted = column.data_type == "integer" and column.unit in ("人", "户", "个", "人次")
        cells.append(sum(row[column.name] or 0 for row in rows) if counted else None)
    return cells


def _header(column: Column, rng: Random) -> str:
    """The header, or one of the names the card also accepts."""
    name = rng.choice(column.headers)
    return f"{name}({column.unit})" if column.unit else name


def _groups(card: Card, headers: list[str]) -> tuple[list[Cell], list[tuple[int, int, int, int, str]]]:
    """The group row (third on the sheet): a group spans its columns, a column without one spans both rows."""
    row: list[Cell] = [None] * len(headers)
    merges = []
    for group, first, last in group_spans(card):
        if group is None:
            for index in range(first, last + 1):
                row[index] = headers[index]
                merges.append((2, index, 3, index, headers[index]))
        else:
            row[first] = group
            if last > first:
                merges.append((2, first, 2, last, group))
    return row, merges


def _lists(cards: list[Card]) -> list[Grid]:
    """The hidden sheet that feeds the drop-downs, one column per list; none where no card has a list."""
    lists = [[column.header, *column.allowed] for card in cards for column in card.columns if column.allowed]
    if not lists:
        return []
    rows = [list(entries) for entries in zip_longest(*lists)]
    return [Grid(DICTIONARY_SHEET, rows, head=1, hidden=True)]
