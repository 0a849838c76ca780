"""Where everything stands in a unit's workbook: cover, one sheet per dataset, 汇总表, the hidden lists.

Belongs here: the grid of each sheet. Does not belong here: how single values are written (cells.py), file formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from random import Random

from orchestration.cards import Card, Column, load_cards
from orchestration.periods import Period
from orchestration.units import Unit
from sample import made_up
from sample.write.cells import Cell, Habits, writers

TEMPLATE_VERSION = "2021-1"
CADENCE_NAMES = {
    "week": "周统计",
    "month": "月通报",
    "quarter": "季调度",
    "half_year": "半年小结",
    "year": "年度总结",
}
LISTS_SHEET = "字典"


@dataclass(slots=True)
class Grid:
    """One sheet. ``rows`` are lists of cells from the top; ``merges`` (first row, first column, last row, last
    column, text), 0-based, already hold the text of their upper left cell."""

    name: str
    rows: Iterable[list[Cell]]
    header_rows: range = range(0)
    merges: list[tuple[int, int, int, int, str]] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the cover says sends the workbook: a few still use the code and name of before a renaming."""

    unit: Unit
    code: str
    name: str


def workbook(
    sender: Sender, period: Period, registers: Mapping[str, list[dict]], stated: list[dict], seed: int
) -> list[Grid]:
    """All sheets the unit owes at the period's cadence, in the cards' order after the cover."""
    owed = [card for card in load_cards().values() if card.owed_by(sender.unit.kind, period.cadence)]
    content = {**registers, "stated_totals": stated}
    # 汇总表 stands last, as the template has it.
    owed.sort(key=lambda card: card.submitted_by == "all")
    nil = [card.sheet for card in owed if not content[card.dataset]]
    habits = Habits.of(sender.unit.code, seed)
    grids = [_cover(sender, period, nil, seed)]
    for card in owed:
        rng = Random(f"{seed}/{sender.unit.code}/{period.key}/{card.dataset}")
        grids.append(_sheet(card, sender, period, content[card.dataset], habits, rng))
    grids.append(_lists(owed))
    return grids


def _cover(sender: Sender, period: Period, nil: list[str], seed: int) -> Grid:
    rng = Random(f"{seed}/{sender.unit.code}/cover")
    colon = rng.choice(("", "", ":", ":"))
    long_code = rng.random() < 0.08 and sender.unit.kind == "county"
    level = "省级" if sender.unit.kind == "province" else "县级"
    filled_on = period.end + timedelta(days=rng.randint(1, 4))
    entries = [
        ("报送单位代码", f"{sender.code}000000" if long_code else sender.code),
        ("报送单位名称", sender.name),
        ("报告期", period.key),
        ("报送周期", CADENCE_NAMES[period.cadence]),
        ("版本号", 1),
        ("填报人", made_up.clerk(rng.randint(0, 4))),
        ("审核人", made_up.clerk(rng.randint(5, 9))),
        ("填报日期", _cover_date(filled_on, rng)),
        ("零报送", "、".join(nil) or None),
        ("模板版本", TEMPLATE_VERSION),
    ]
    title = f"{level}巩固拓展脱贫攻坚成果统计报表"
    rows: list[list[Cell]] = [[title], [], *([label + colon, value] for label, value in entries)]
    return Grid("封面", rows, merges=[(0, 0, 0, 3, title)], widths=[18, 28, 10, 10])


def _cover_date(day: date, rng: Random) -> str:
    return rng.choice((f"{day:%Y-%m-%d}", f"{day.year}年{day.month}月{day.day}日"))


def _sheet(card: Card, sender: Sender, period: Period, rows: list[dict], habits: Habits, rng: Random) -> Grid:
    columns = card.sheet_columns
    last = len(columns) - 1
    title = f"{sender.name}{card.title}"
    head: list[list[Cell]] = [[title], [f"填报单位:{sender.name}  报告期:{period.key}  金额单位见表头"]]
    merges = [(0, 0, 0, last, title)]
    aliased = rng.random() < 0.06
    headers = [_header(column, rng) if aliased else column.header_text for column in columns]
    if any(column.group for column in columns):
        group_row, group_merges = _groups(columns, headers)
        head.append(group_row)
        merges += group_merges
        # A vertically merged header stands in its upper cell alone.
        head.append([text if column.group else None for column, text in zip(columns, headers, strict=True)])
    else:
        head.append(list(headers))
    widths = [max(9, min(24, 2 * len(text) + 2)) for text in headers]
    return Grid(card.sheet, _body(head, card, rows, habits, rng, sender), range(2, len(head)), merges, widths)


def _body(
    head, card: Card, rows: list[dict], habits: Habits, rng: Random, sender: Sender
) -> Iterator[list[Cell]]:
    yield from head
    columns = writers(card, habits, rng)
    for row in rows:
        yield [write(row) for write in columns]
    if rows and len(rows) > 3 and rng.random() < 0.05:
        yield _total_row(card, rows)
    yield []
    yield [f"注:本表由{sender.name}乡村振兴部门填报,数据截至报告期末。"]
    yield [f"填报人:{made_up.clerk(rng.randint(0, 4))}"]


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


def _groups(
    columns: tuple[Column, ...], headers: list[str]
) -> tuple[list[Cell], list[tuple[int, int, int, int, str]]]:
    """The group row (third on the sheet): a group spans its columns, a column without one spans both rows."""
    row: list[Cell] = [None] * len(columns)
    merges = []
    for group, members in groupby(enumerate(columns), key=lambda item: item[1].group):
        indexes = [index for index, _ in members]
        if group is None:
            for index in indexes:
                row[index] = headers[index]
                merges.append((2, index, 3, index, headers[index]))
            continue
        row[indexes[0]] = group
        if len(indexes) > 1:
            merges.append((2, indexes[0], 2, indexes[-1], group))
    return row, merges


def _lists(cards: list[Card]) -> Grid:
    """The hidden sheet that feeds the drop-downs: one column per list."""
    lists = [[column.header, *column.allowed] for card in cards for column in card.columns if column.allowed]
    longest = max((len(entries) for entries in lists), default=0)
    rows: list[list[Cell]] = [
        [entries[index] if index < len(entries) else None for entries in lists] for index in range(longest)
    ]
    return Grid(LISTS_SHEET, rows, hidden=True)
