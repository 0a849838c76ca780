"""What a trace finds, step by step, as plain data: exact decimals in base units, cells as ranges down a column.

Belongs here: the shapes and their plain form for JSON. Does not belong here: finding (``tracing``, ``reach``) and showing
(``screen``, ``pages``).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from orchestration.decimals import exact_text
from orchestration.periods import SHANGHAI
from orchestration.ranges import span


class NotTraceable(Exception):
    """What was asked for cannot be traced. The message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Used:
    """A column of a sheet that the formula names. ``letter`` is None where the sheet has no such column; ``role`` is
    ``measure`` or ``condition``."""

    name: str
    header: str
    letter: str | None
    role: str


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of one sheet that count for one unit. ``spans`` are first and last rows of each run."""

    reporting_period: str
    unit_code: str
    submission_id: str
    sheet: str
    rows: int
    value: Decimal
    columns: tuple[Used, ...]
    spans: tuple[tuple[int, int], ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells that are aggregated, as ranges; of a count of rows, those its condition looks at."""
        measured = [column for column in self.columns if column.role == "measure"]
        return tuple(
            span(column.letter, first, last)
            for column in measured or self.columns
            if column.letter
            for first, last in self.spans
        )


@dataclass(frozen=True, slots=True)
class Stated:
    """What a unit states of the figure on 汇总表. ``difference`` is stated minus computed; ``agrees`` within half of the
    last printed digit."""

    unit_code: str
    value: Decimal
    unit: str
    decimals: int
    difference: Decimal | None
    agrees: bool | None
    submission_id: str
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Contribution:
    """One unit's part: its own value of the measure, what it states itself, and where its rows lie."""

    unit_code: str
    unit_name: str
    value: Decimal
    rows: int
    stated: Stated | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Failing:
    """A standing verdict that did not pass, with the cells it names."""

    rule_code: str
    title: str
    severity: str
    outcome: str
    unit_code: str | None
    submission_id: str | None
    failed: int
    cells: tuple[str, ...]
    waived_until: date | None


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Standing verdicts on the dataset: counts, and each that did not pass."""

    rules: int
    verdicts: int
    passed: int
    failed_errors: int
    failed_warnings: int
    failed_notices: int
    could_not_run: int
    waived: int
    failing: tuple[Failing, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """Another submission of the same unit and period, and what was decided of the dataset in it."""

    submission_id: str
    version: int | None
    received_at: datetime
    file_name: str
    state: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission in force for the dataset. ``path`` is the archived file, relative to the home; ``state`` is what was
    decided of the dataset (``accepted``, ``nil``); ``landed`` the rows landed from ``sheet``."""

    submission_id: str
    unit_code: str
    unit_name: str
    reporting_period: str
    version: int | None
    received_at: datetime
    status: str
    file_name: str
    sha256: str
    path: str | None
    state: str
    sheet: str
    landed: int
    counted: int
    others: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One measured figure: the whole of a plain figure's trace, one side of a ratio's.

    ``value`` is published (None where it is not), ``recomputed`` is the measure over exactly the rows counted. ``distinct``
    is the number of distinct things where those are counted; ``repeated`` how much the units' own values exceed the whole,
    because one thing is counted in several of them (None where values do not add up at all).
    """

    figure_key: str
    label: str
    kind: str
    value: Decimal | None
    unit: str
    display: str
    periods: tuple[str, ...]
    words: str
    sql: str
    fact: str
    dataset: str
    sheet: str
    rows: int
    of_rows: int
    distinct: int | None
    recomputed: Decimal | None
    proven: bool
    repeated: Decimal | None
    contributions: tuple[Contribution, ...]
    verdicts: Verdicts
    submissions: tuple[Submission, ...]

    @property
    def superseded(self) -> int:
        return sum(len(submission.others) for submission in self.submissions)

    @property
    def nil(self) -> int:
        return sum(submission.state == "nil" for submission in self.submissions)

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(source for each in self.contributions for source in each.sources)


@dataclass(frozen=True, slots=True)
class Trace:
    """A published figure and the path to its cells. A ratio has two parts, any other figure one."""

    figure_key: str
    label: str
    kind: str
    reporting_period: str
    unit_code: str
    unit_name: str
    value: Decimal | None
    unit: str
    display: str
    is_adjusted: bool
    as_of: date | None
    words: str
    sql: str
    publication: int
    published_at: datetime
    recomputed: Decimal | None
    proven: bool
    stated: Stated | None
    parts: tuple[Part, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: decimals as exact texts, moments in Asia/Shanghai, cells beside the spans of rows."""
        return plain(self)


def plain(value: Any) -> Any:
    """Data classes as dicts, decimals as exact texts, days and moments (UTC, shown in Asia/Shanghai) in ISO form."""
    if is_dataclass(value):
        said = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        return {**said, "cells": list(value.cells)} if isinstance(value, Source) else said
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, Decimal):
        return exact(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).astimezone(SHANGHAI).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def exact(value: Decimal | None) -> str:
    """All the digits that are there and no zeros behind them: ``32200``, ``0.9960601521``."""
    return "" if value is None else exact_text(value)


def grouped(value: Decimal | int | None) -> str:
    """The same with thousands set apart: ``2,128,600``."""
    if value is None:
        return "—"
    whole, _, fraction = exact(Decimal(value)).partition(".")
    sign = "-" if whole.startswith("-") else ""
    return sign + f"{int(whole.lstrip('-') or 0):,}" + (f".{fraction}" if fraction else "")
