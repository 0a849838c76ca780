"""Backwards: from a workbook, or some of its cells, to every published figure that they reach.

Belongs here: which submission is meant, which of its rows count, and in which figures. Does not belong here: the way down
(``tracing``) and showing (``screen``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.home import Home
from orchestration.periods import parse_period
from orchestration.report.trace.area import Area, read_area
from orchestration.report.trace.carried import Carrying, Worded, carrying
from orchestration.report.trace.formula import read_formula
from orchestration.report.trace.found import NotTraceable, plain
from orchestration.report.trace.published import Entry, Published
from orchestration.report.trace.selection import select_rows

_SHORT_SHA = 8
_IN_FORCE = ("accepted", "partly_accepted", "nil_return")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One dataset of the submission: the rows landed, and whether they are in force."""

    dataset: str
    sheet: str
    landed: int
    in_force: bool


@dataclass(frozen=True, slots=True)
class Reaching:
    """A published figure that the rows reach. ``rows`` of them count in it and make up ``part`` of its ``value``.

    ``side`` names the numerator or denominator through which a ratio is reached. ``role`` is how the formula uses the columns
    asked about: ``measure``, ``condition``, or None where it does not, or where the whole workbook was asked about.
    """

    figure_key: str
    label: str
    reporting_period: str
    unit_code: str
    unit_name: str
    value: Decimal | None
    unit: str
    display: str
    dataset: str
    rows: int
    part: Decimal
    side: str | None
    as_denominator: bool
    role: str | None

    @property
    def place(self) -> Worded:
        return (self.unit_code, self.reporting_period, self.figure_key, self.display)


@dataclass(frozen=True, slots=True)
class Compared:
    """A total stated on 汇总表, which is compared with a figure and never counted in it."""

    figure_key: str
    label: str
    unit_code: str
    reporting_period: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A workbook and what it reaches. ``superseded_by``: the submissions in force in its stead; ``bulletins``: the issued ones
    that carry a figure in which its rows count."""

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
    superseded_by: tuple[str, ...]
    cells: str | None
    asked_rows: int | None
    headers: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    figures: tuple[Reaching, ...]
    compared: tuple[Compared, ...]
    bulletins: tuple[Carrying, ...]

    def as_dict(self) -> dict[str, Any]:
        return plain(self)


def reached(home: Home, workbook: str, cells: str | None = None) -> Reached:
    """What a workbook reaches: given by submission id, file name, SHA-256 (eight digits or more) or a path to the file.

    ``cells``: ``监测对象台账!D5``, a range, or rows alone (``监测对象台账!5:9``). Raises NotTraceable.
    """
    with Published(home) as published:
        submission = _submission(published, workbook)
        sheets = _sheets(published, submission["submission_id"])
        area = _area(sheets, cells) if cells else None
        columns = _columns(published, submission["submission_id"], area) if area else {}
        datasets = {sheet.dataset for sheet in sheets if area is None or sheet.sheet == area.sheet}
        period = submission["reporting_period"]
        entries: dict[str, list[Entry]] = {}
        for entry in published.dictionary.values():
            if entry.measure and entry.dataset in datasets:
                entries.setdefault(str(entry.dataset), []).append(published.defined(entry, period))
        parts = [
            part for each in entries.values() for part in _parts(published, each, submission, area, columns)
        ]
        figures = _figures(published, period, parts)
        return Reached(
            **submission,
            unit_name=published.units[submission["unit_code"]].name,
            path=published.archived(submission["sha256"]),
            cells=cells,
            asked_rows=max((part.seen for part in parts), default=0) if area else None,
            headers=tuple(columns.values()),
            sheets=sheets,
            figures=figures,
            compared=_compared(published, submission["submission_id"], area) if area else (),
            bulletins=carrying(published, (each.place for each in figures if each.rows)),
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """What the workbook's rows make of one indicator for one unit: of the rows ``seen``, those that count."""

    entry: Entry
    unit_code: str
    seen: int
    rows: int
    value: Decimal
    role: str | None


def _submission(published: Published, workbook: str) -> dict[str, Any]:
    """The submission meant. Raises NotTraceable when there is none, or several of one name."""
    path = Path(workbook)
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else workbook
    rows = published.query(
        f"""
        select submission_id, unit_code, reporting_period, version, received_at, status_zh, file_name, sha256,
               coalesce(superseded_by, '')
        from marts.dim_submission
        where submission_id = $id or file_name = $id or sha256 = $digest
            or length($id) >= {_SHORT_SHA} and starts_with(sha256, lower($id))
        order by received_at""",
        id=workbook,
        digest=digest,
    )
    if not rows:
        said = f"文件 {path.name}(SHA-256 {digest[:12]}…)" if path.is_file() else f"报表 {workbook!r}"
        raise NotTraceable(f"没有收到过{said};可给出提交编号、文件名、SHA-256 或文件路径")
    if len(rows) > 1:
        listed = "、".join(f"{row[0]}(版本 {row[3] or '—'})" for row in rows)
        raise NotTraceable(f"{workbook!r} 指多份报表,请用提交编号:{listed}")
    *told, superseded_by = rows[0]
    names = (
        "submission_id",
        "unit_code",
        "reporting_period",
        "version",
        "received_at",
        "status",
        "file_name",
        "sha256",
    )
    return {
        **dict(zip(names, told, strict=True)),
        "superseded_by": tuple(each for each in superseded_by.split("、") if each),
    }


def _sheets(published: Published, submission: str) -> tuple[Sheet, ...]:
    rows = published.query(
        """
        select sheets.dataset, sheets.source_sheet, coalesce(sheets.rows, 0),
               coalesce(bool_or(standing.status in (select unnest($in_force))), false)
        from quality.landed_sheets as sheets
        left join marts.rpt_submission_status as standing
            on standing.submission_id = sheets.submission_id and standing.dataset = sheets.dataset
        where sheets.submission_id = $id and sheets.source_sheet is not null and sheets.dataset is not null
        group by all order by sheets.dataset""",
        id=submission,
        in_force=_IN_FORCE,
    )
    return tuple(Sheet(*row) for row in rows)


def _area(sheets: Iterable[Sheet], cells: str) -> Area:
    """The cells asked about. Raises NotTraceable for what is no address, or lies on no sheet that was landed."""
    try:
        area = read_area(cells)
    except ValueError as error:
        raise NotTraceable(
            f"{cells!r} 不是单元格;应如 监测对象台账!D5、监测对象台账!D5:D9 或 监测对象台账!5:9"
        ) from error
    names = [sheet.sheet for sheet in sheets]
    if area.sheet not in names:
        raise NotTraceable(f"这份报表没有入库的工作表 {area.sheet!r};有:{'、'.join(names) or '无'}")
    return area


def _columns(published: Published, submission: str, area: Area) -> dict[str, str]:
    """The columns that the cells lie in: name and header. None where rows were asked about."""
    rows = published.query(
        """
        select landed.column_name, landed.header_found, landed.column_letter
        from quality.landed_columns as landed
        join quality.landed_sheets as sheets using (submission_id, dataset)
        where landed.submission_id = $id and sheets.source_sheet = $sheet""",
        id=submission,
        sheet=area.sheet,
    )
    return {name: header for name, header, letter in rows if area.has_column(letter)}


def _parts(
    published: Published,
    entries: Sequence[Entry],
    submission: dict[str, Any],
    area: Area | None,
    columns: dict[str, str],
) -> Iterator[_Part]:
    """What the rows make of a dataset's indicators, for their own units and each unit above."""
    formulas = [read_formula(str(entry.measure), entry.where) for entry in entries]
    fact, dataset = str(entries[0].fact), str(entries[0].dataset)
    identity = submission["submission_id"]
    came_from = " or ".join(f"{lineage[0]} = $id" for lineage in published.lineages(fact))
    within = f"reporting_period = $period and ({came_from})"
    select_rows(
        published, fact, dataset, formulas, within, id=identity, period=submission["reporting_period"]
    )
    among = f"cell_row between {area.first} and {area.last}" if area else "true"
    for number, (entry, formula) in enumerate(zip(entries, formulas, strict=True)):
        roles = dict(formula.columns(columns))
        role = "measure" if "measure" in roles.values() else next(iter(roles.values()), None)
        rows = published.query(
            f"""
            with asked as (
                select * from counted join {_ancestors(published)} as above (unit_code, ancestor_code) using (unit_code)
                where cell_submission = $id and {among}
            ),
            counting as (
                select ancestor_code, count(*) as rows, cast({formula.measure} as decimal(38, 10)) as part
                from asked where counts_{number} group by ancestor_code
            )
            select ancestor_code, count(*), coalesce(any_value(counting.rows), 0), any_value(counting.part)
            from asked left join counting using (ancestor_code)
            group by ancestor_code order by ancestor_code""",
            id=identity,
        )
        for unit, seen, counted, value in rows:
            if counted or role:
                yield _Part(entry, unit, seen, counted, value or Decimal(0), role)


def _ancestors(published: Published) -> str:
    """Each unit with itself and the units above it, as values."""
    pairs = [f"('{unit}', '{above}')" for unit in published.units for above in published.above(unit)]
    return f"(values {', '.join(pairs)})"


def _figures(published: Published, period: str, parts: Iterable[_Part]) -> tuple[Reaching, ...]:
    """The published figures that count the period's rows: its own, and those of quarters, half-years and years."""
    by_key = {(part.entry.key, part.unit_code): part for part in parts}
    units = tuple({unit for _, unit in by_key})
    rows = published.query(
        """
        select reporting_period, unit_code, figure_key, value, display_zh, source_period, source_periods
        from marts.rpt_figures
        where unit_code in (select unnest($units)) and (source_period = $period or source_periods > 1)
        order by unit_code, reporting_period""",
        units=units,
        period=period,
    )
    said = {(row[0], row[1], row[2]): row for row in rows if row[5] == period or _within(period, row[0])}
    found = []
    for (reporting_period, unit, key), row in said.items():
        entry = published.dictionary[key]
        for side in (None,) if entry.measure else (entry.numerator, entry.denominator):
            part = by_key.get((side or key, unit))
            if part and (side is None or (reporting_period, unit, side) in said):
                found.append(_reaching(published, entry, row, part, side))
    order = {key: position for position, key in enumerate(published.dictionary)}
    rank = {unit: position for position, unit in enumerate(published.units)}
    return tuple(
        sorted(found, key=lambda each: (order[each.figure_key], each.reporting_period, rank[each.unit_code]))
    )


def _reaching(published: Published, entry: Entry, row: tuple, part: _Part, side: str | None) -> Reaching:
    reporting_period, unit, key, value, display, _, _ = row
    return Reaching(
        figure_key=key,
        label=entry.label,
        reporting_period=reporting_period,
        unit_code=unit,
        unit_name=published.units[unit].name,
        value=value,
        unit=entry.unit,
        display=display,
        dataset=str(part.entry.dataset),
        rows=part.rows,
        part=part.value,
        side=side,
        as_denominator=side is not None and side == entry.denominator,
        role=part.role,
    )


def _within(period: str, span: str) -> bool:
    inner, outer = parse_period(period), parse_period(span)
    return outer.start <= inner.start and inner.end <= outer.end


def _compared(published: Published, submission: str, area: Area) -> tuple[Compared, ...]:
    rows = published.query(
        f"""
        select said.figure_key, words.label_zh, said.unit_code, said.reporting_period
        from marts.fct_stated_totals as said
        join marts.dim_indicator as words using (figure_key)
        where said.submission_id = $id and said.source_sheet = $sheet
            and said.source_row between {area.first} and {area.last}
        order by said.source_row""",
        id=submission,
        sheet=area.sheet,
    )
    return tuple(Compared(*row) for row in rows)
