"""Dataset cards: one YAML file per dataset, ``dbt_project/models/datasets/<dataset>.yml``, read without dbt.

A card says everything about a dataset once. The template, the parser, the Parquet schema, the structural
checks and the dbt docs follow from it. Belongs here: reading cards. Does not belong here: what is done with
them, and rules about meaning (those are expectations).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from orchestration.home import DBT_PROJECT
from orchestration.periods import parse_period
from orchestration.yaml_file import read_yaml

CARDS = DBT_PROJECT / "models" / "datasets"

# What a unit printed in a header or a unit column means: (base unit, factor to it).
UNIT_FACTORS: dict[str, tuple[str, str]] = {
    "元": ("元", "1"),
    "万元": ("元", "10000"),
    "亿元": ("元", "100000000"),
    "户": ("户", "1"),
    "万户": ("户", "10000"),
    "人": ("人", "1"),
    "万人": ("人", "10000"),
    "人次": ("人次", "1"),
    "名": ("名", "1"),
    "个": ("个", "1"),
    "万个": ("个", "10000"),
    "家": ("家", "1"),
    "支": ("支", "1"),
    "件": ("件", "1"),
    "篇": ("篇", "1"),
    "天": ("天", "1"),
    "月": ("月", "1"),
    "%": ("1", "0.01"),
}


class CardError(Exception):
    """A card that contradicts itself. The message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a dataset: how it is headed on the sheet and how it is landed.

    ``unit`` is the unit on the sheet; a landed value is in its base unit (元, 户, 人, a ratio as a fraction
    of 1). ``unit_from`` names the column that states the unit row by row. ``personal`` is ``name`` or
    ``phone`` (checked, never landed) or ``id_number`` (landed as a pseudonym); a name that is ``masked`` is landed as its
    first character and stars, for lists that people are found by, and reaches no fact. A column with
    ``derived_from`` is not on the sheet: landing computes it. ``format``: ``month`` (text YYYY-MM),
    ``unit_code`` (a reporting unit's GB/T 2260 code; old codes are mapped to new ones). ``future``: a date that
    may lie after the reporting period. ``afresh``: filled in anew each period, even where the register is carried.
    ``since`` and ``until``: the first and the last month (YYYY-MM) whose workbooks are asked for the column; what was sent for
    other months neither has it nor lacks it.
    """

    name: str
    data_type: str
    description: str
    header: str | None = None
    group: str | None = None
    aliases: tuple[str, ...] = ()
    unit: str | None = None
    unit_from: str | None = None
    required: bool = False
    personal: str | None = None
    masked: bool = False
    format: str | None = None
    allowed: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    derived_from: str | None = None
    future: bool = False
    afresh: bool = False
    since: str | None = None
    until: str | None = None

    def asked_in(self, month: str) -> bool:
        """Whether workbooks of this month (YYYY-MM), or of a week that ends in it, are asked for the column."""
        return (self.since or month) <= month <= (self.until or month)

    @property
    def landed(self) -> bool:
        return self.masked or self.personal not in ("name", "phone")

    @property
    def in_fact(self) -> bool:
        """Whether the fact of the dataset has it: a masked name stays in the lake and in staging."""
        return self.landed and not self.masked

    @property
    def header_text(self) -> str:
        """The header as the template prints it, with its unit: ``贷款金额(元)``."""
        return f"{self.header}({self.unit})" if self.unit else str(self.header)

    @property
    def headers(self) -> tuple[str, ...]:
        """The header and every accepted alias, without units."""
        return (str(self.header), *self.aliases)


@dataclass(frozen=True, slots=True)
class Card:
    """One dataset: a sheet of the workbook, a folder of the lake, a staging model and a fact.

    ``carry``: the next period's template can start from what was accepted last: ``register`` always, ``year`` within
    the calendar year (rows add up and January starts anew), None never.
    """

    dataset: str
    description: str
    sheet: str
    title: str
    submitted_by: str  # county | province | all
    cadences: tuple[str, ...]
    key: tuple[str, ...]
    fact: str
    columns: tuple[Column, ...]
    carry: str | None = None

    @property
    def sheet_columns(self) -> tuple[Column, ...]:
        """Columns on the sheet, in its order."""
        return tuple(column for column in self.columns if column.header)

    @property
    def landed_columns(self) -> tuple[Column, ...]:
        """Columns of the landed Parquet, in order; the lineage columns come besides."""
        return tuple(column for column in self.columns if column.landed)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def of(self, period: str) -> Card:
        """The card as it is asked for in a period: without the columns that began later or had ended. Its landed rows are
        not of this card's schema: the table of a dataset has every column that was ever asked for."""
        month = f"{parse_period(period).end:%Y-%m}"
        return replace(self, columns=tuple(column for column in self.columns if column.asked_in(month)))

    def owed_by(self, unit_kind: str, cadence: str) -> bool:
        """Whether a unit of this kind (``county`` or ``province``) owes the dataset at this cadence."""
        return self.submitted_by in (unit_kind, "all") and cadence in self.cadences


def load_cards(folder: Path | None = None) -> dict[str, Card]:
    """Every card by dataset name, in file-name order. Raises CardError."""
    return _load(folder or CARDS)


@cache
def _load(folder: Path) -> dict[str, Card]:
    cards = [_read(path) for path in sorted(folder.glob("*.yml"))]
    return {card.dataset: card for card in cards}


def _read(path: Path) -> Card:
    table = read_yaml(path)["sources"][0]["tables"][0]
    meta = table["config"]["meta"]
    columns = tuple(_column(column) for column in table["columns"])
    card = Card(
        dataset=table["name"],
        description=table["description"],
        sheet=meta["sheet"],
        title=meta["title"],
        submitted_by=meta["submitted_by"],
        cadences=tuple(meta["cadences"]),
        key=tuple(meta["key"]),
        fact=meta["fact"],
        columns=columns,
        carry=meta.get("carry"),
    )
    _validate(card, path)
    return card


def _column(entry: dict) -> Column:
    meta = dict(entry["config"]["meta"])
    return Column(
        name=entry["name"],
        data_type=entry["data_type"],
        description=entry["description"],
        aliases=tuple(meta.pop("aliases", ())),
        allowed=tuple(meta.pop("allowed", ())),
        minimum=meta.pop("min", None),
        maximum=meta.pop("max", None),
        **meta,
    )


def _validate(card: Card, path: Path) -> None:
    names = {column.name for column in card.columns}
    problems = [f"key column {key} is not a column" for key in card.key if key not in names]
    problems += [
        f"{column.name}: unknown unit {column.unit}"
        for column in card.columns
        if column.unit and column.unit not in UNIT_FACTORS
    ]
    problems += [
        f"{column.name}: masked, but no name"
        for column in card.columns
        if column.masked and column.personal != "name"
    ]
    problems += [
        f"{column.name}: unit_from {column.unit_from} is not a column"
        for column in card.columns
        if column.unit_from and column.unit_from not in names
    ]
    problems += [
        problem for column in card.columns if (problem := _wrong_span(column, in_key=column.name in card.key))
    ]
    if card.carry not in (None, "register", "year"):
        problems.append(f"carry is {card.carry!r}, not register or year")
    if card.dataset != path.stem:
        problems.append(f"the file is named {path.name} but the dataset {card.dataset}")
    if problems:
        raise CardError(f"{path.name}: " + "; ".join(problems))


def _wrong_span(column: Column, *, in_key: bool) -> str | None:
    """What is wrong with the months in which a column is asked for."""
    for name, month in (("since", column.since), ("until", column.until)):
        if month is not None and not _is_month(month):
            return f"{column.name}: {name} is {month!r}, not a month like 2021-09"
    if column.since and column.until and column.until < column.since:
        return f"{column.name}: until {column.until} lies before since {column.since}"
    if in_key and (column.since or column.until):
        return f"{column.name}: a column of the key is asked for in every period"
    return None


def _is_month(text: object) -> bool:
    try:
        return isinstance(text, str) and parse_period(text).cadence == "month"
    except ValueError:
        return False
