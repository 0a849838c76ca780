"""The published file as a trace reads it: the dictionary, the units, the figures, and which columns a fact has.

Belongs here: one read-only connection and what every step looks up. Does not belong here: the steps (``rows``, ``senders``,
``verdicts``).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import duckdb

from orchestration.home import Home
from orchestration.periods import month_of, parse_period
from orchestration.report.query import Value, query
from orchestration.report.trace.found import NotTraceable

_T = TypeVar("_T")
_NEEDED = frozenset({"rpt_figures", "dim_indicator_versions", "landed_sheets", "landed_columns"})
_LINEAGE = "_submission_id"


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator of the dictionary. A ratio has ``numerator`` and ``denominator``, any other a formula."""

    key: str
    label: str
    kind: str
    unit: str
    aliases: tuple[str, ...]
    words: str
    fact: str | None
    dataset: str | None
    measure: str | None
    where: str | None
    numerator: str | None
    denominator: str | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure. ``source_period`` and ``source_periods``: the last base period it is taken from, and of how many
    it is a sum."""

    reporting_period: str
    unit_code: str
    key: str
    value: Decimal | None
    display: str
    is_adjusted: bool
    as_of: date | None
    source_period: str
    source_periods: int


@dataclass(frozen=True, slots=True)
class Unit:
    code: str
    name: str
    kind: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is traced together, so that each fact is read once for all of it: indicators by key, those that ratios are made of
    among them, and the units whose figures are asked for."""

    keys: tuple[str, ...]
    units: tuple[str, ...]


class Published:
    """A home's published file, opened for as long as the ``with`` block lasts.

    Raises NotTraceable for a file that was published before it held what a trace needs.
    """

    def __init__(self, home: Home):
        self.home = home
        self.connection = duckdb.connect(str(home.warehouse), read_only=True)
        self._once: dict[tuple, Any] = {}
        if missing := _NEEDED - self.columns.keys():
            self.connection.close()
            raise NotTraceable(
                f"已发布的数据仓库是旧版程序发布的,还没有追溯所需的 {'、'.join(sorted(missing))};再运行一次 zhenxing nightly 即有"
            )

    def __enter__(self) -> Published:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def query(self, sql: str, **values: Value) -> list[tuple]:
        """Rows of a query; ``$name`` in it stands for a text or a list of texts."""
        return query(self.connection, sql, **values)

    @cached_property
    def columns(self) -> dict[str, dict[str, str]]:
        """Each table's columns, with what is said of them in Chinese."""
        found: dict[str, dict[str, str]] = {}
        rows = self.query("""
            select table_name, column_name, comment from duckdb_columns()
            where schema_name in ('marts', 'quality') order by table_name, column_index""")
        for table, column, comment in rows:
            found.setdefault(table, {})[column] = (comment or column).partition(" | ")[0]
        return found

    @cached_property
    def dictionary(self) -> dict[str, Entry]:
        """Every indicator by key, in the bulletin's order."""
        rows = self.query("""
            select figure_key, label_zh, kind, unit, aliases, coalesce(formula_zh, definition_zh, ''), fact, dataset, measure,
                   condition, numerator, denominator
            from marts.dim_indicator order by position""")
        return {row[0]: Entry(*row[:4], tuple((row[4] or "").split("、")), *row[5:]) for row in rows}

    @cached_property
    def _definitions(self) -> dict[str, list[tuple]]:
        """By indicator: first and last month, measure, condition and words of each definition, the latest first."""
        found: dict[str, list[tuple]] = {}
        rows = self.query("""
            select figure_key, valid_from, valid_until, measure, condition, coalesce(formula_zh, definition_zh, '')
            from marts.dim_indicator_versions order by figure_key, version desc""")
        for key, *definition in rows:
            found.setdefault(key, []).append(tuple(definition))
        return found

    def defined(self, entry: Entry, period: str) -> Entry:
        """An indicator as it was defined in a base period."""
        month = month_of(parse_period(period))
        for since, until, measure, where, words in self._definitions.get(entry.key, ()):
            if (since or month) <= month <= (until or month):
                return replace(entry, measure=measure, where=where, words=words)
        return entry

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Every unit by code: the province, then cities and counties by code."""
        rows = self.query("""
            select unit_code, unit_name, kind, parent_code from marts.dim_reporting_unit
            order by kind <> 'province', unit_code""")
        return {row[0]: Unit(*row) for row in rows}

    @cached_property
    def province(self) -> Unit:
        return next(unit for unit in self.units.values() if unit.kind == "province")

    @cached_property
    def publication(self) -> tuple[int, datetime]:
        """Number and moment (UTC) of the publication read."""
        return self.query(
            "select number, published_at from quality.publications order by number desc limit 1"
        )[0]

    def below(self, unit_code: str) -> tuple[str, ...]:
        """A unit and every unit under it: those whose rows its figures count."""
        found = {unit_code}
        for _ in range(2):
            found |= {unit.code for unit in self.units.values() if unit.parent in found}
        return tuple(sorted(found))

    def above(self, unit_code: str) -> list[str]:
        """A unit and every unit above it: those whose figures count its rows."""
        found = [unit_code]
        while (parent := self.units[found[-1]].parent) is not None:
            found.append(parent)
        return found

    def figures(self, period: str, unit_code: str) -> dict[str, Figure]:
        """The unit's figures of a period by key; none where nothing was reported."""
        return self.figures_of(period, (unit_code,)).get(unit_code, {})

    def figures_of(self, period: str, units: tuple[str, ...]) -> dict[str, dict[str, Figure]]:
        """Figures of a period by unit and key."""
        rows = self.query(
            """
            select reporting_period, unit_code, figure_key, value, display_zh, is_adjusted, as_of, source_period,
                   source_periods
            from marts.rpt_figures where reporting_period = $period and unit_code in (select unnest($units))""",
            period=period,
            units=units,
        )
        found: dict[str, dict[str, Figure]] = {}
        for row in rows:
            found.setdefault(row[1], {})[row[2]] = Figure(*row)
        return found

    def base_periods(self, figure: Figure) -> tuple[str, ...]:
        """The base periods whose rows a figure counts: its own, the one a rolled-up stock is taken from, or all that a flow
        sums up."""
        if figure.source_periods == 1:
            return (figure.source_period,)
        months = self.once(Published._months, figure.reporting_period).get((figure.key, figure.unit_code), ())
        return tuple(month for month in months if month <= figure.source_period)

    def _months(self, period: str) -> dict[tuple[str, str], list[str]]:
        """The months of a longer period that have a figure of what is summed up, by key and unit, in their order."""
        span = parse_period(period)
        rows = self.query(
            """
            select figure_key, unit_code, reporting_period from marts.rpt_figures
            where kind = 'flow' and cadence = 'month' and reporting_period between $first and $last
            order by reporting_period""",
            first=f"{span.start:%Y-%m}",
            last=month_of(span),
        )
        found: dict[tuple[str, str], list[str]] = {}
        for key, unit, month in rows:
            found.setdefault((key, unit), []).append(month)
        return found

    def lineages(self, fact: str) -> list[tuple[str, str, str]]:
        """The triples of columns (submission, sheet, row) of a fact: its own, and those of a register joined to it."""
        joined = [name.removesuffix(_LINEAGE) for name in self.columns[fact] if name.endswith(_LINEAGE)]
        return [
            ("submission_id", "source_sheet", "source_row"),
            *((f"{name}{_LINEAGE}", f"{name}_sheet", f"{name}_row") for name in joined),
        ]

    def archived(self, sha256: str) -> str | None:
        """Where the bytes lie, relative to the home; None where they were taken away."""
        found: Path | None = next((self.home.archive / sha256[:2]).glob(f"{sha256}*"), None)
        return found.relative_to(self.home.root).as_posix() if found else None

    def once(self, make: Callable[..., _T], *arguments: Hashable) -> _T:
        """``make(self, *arguments)``, computed once for as long as the file is open: figures of a bulletin share steps."""
        key = (make, *arguments)
        if key not in self._once:
            self._once[key] = make(self, *arguments)
        return self._once[key]
