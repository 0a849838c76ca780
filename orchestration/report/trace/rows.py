"""The rows of a fact that figures count, with the cells they came from, and the measures over exactly those rows.

A fact is read once for a month or week, for all figures and units that are asked for together. Belongs here: running formulas
over a fact. Does not belong here: who sent the rows (``senders``), what was found of them (``verdicts``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from orchestration.ranges import runs
from orchestration.report.trace.formula import Formula, read_formula
from orchestration.report.trace.found import Source, Used
from orchestration.report.trace.published import Asked, Entry, Published
from orchestration.report.trace.selection import select_rows

_NOUGHT = Decimal(0)
_WHOLE = "decimal(38, 10)"


@dataclass(frozen=True, slots=True)
class Counted:
    """What a formula counts for a unit: the whole, and by unit (code → rows, value) and sheet. ``distinct`` is None unless
    distinct things are counted."""

    rows: int
    of_rows: int
    value: Decimal
    distinct: int | None
    units: dict[str, tuple[int, Decimal]]
    sources: tuple[Source, ...]

    @property
    def by_submission(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for source in self.sources:
            found[source.submission_id] = found.get(source.submission_id, 0) + source.rows
        return found


@dataclass(frozen=True, slots=True)
class _Tally:
    """What one indicator counts in a base period: of each unit asked for with all below it the rows, value and distinct
    things; of each unit that has rows itself the rows and value, and where they lie."""

    wholes: dict[str, tuple[int, Decimal, int]] = field(default_factory=dict)
    units: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    sources: dict[str, list[Source]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact in a base period: its rows by unit, and a tally by indicator."""

    rows: Mapping[str, int]
    tallies: Mapping[str, _Tally]


def count_rows(
    published: Published, asked: Asked, entry: Entry, periods: tuple[str, ...], unit_code: str
) -> Counted:
    """What an indicator counts for a unit in these base periods. Values of several periods are added up."""
    below = published.once(Published.below, unit_code)
    facts = [published.once(_read, asked, str(entry.fact), str(entry.dataset), period) for period in periods]
    tallies = [fact.tallies[entry.key] for fact in facts]
    wholes = [tally.wholes[unit_code] for tally in tallies if unit_code in tally.wholes]
    units: dict[str, tuple[int, Decimal]] = {}
    for tally in tallies:
        for unit in below:
            if unit in tally.units:
                before, own = units.get(unit, (0, _NOUGHT)), tally.units[unit]
                units[unit] = (before[0] + own[0], before[1] + own[1])
    return Counted(
        rows=sum(rows for rows, _, _ in wholes),
        of_rows=sum(fact.rows.get(unit, 0) for fact in facts for unit in below),
        value=sum((value for _, value, _ in wholes), _NOUGHT),
        distinct=sum(things for _, _, things in wholes)
        if read_formula(str(entry.measure), entry.where).distinct
        else None,
        units=units,
        sources=tuple(
            source for tally in tallies for unit in below for source in tally.sources.get(unit, ())
        ),
    )


def _read(published: Published, asked: Asked, fact: str, dataset: str, period: str) -> _Fact:
    """Reads a fact once for every indicator asked for that is computed from it."""
    entries = [
        published.defined(published.dictionary[key], period)
        for key in asked.keys
        if published.dictionary[key].dataset == dataset
    ]
    formulas = [read_formula(str(entry.measure), entry.where) for entry in entries]
    units = sorted({below for unit in asked.units for below in published.once(Published.below, unit)})
    within = "reporting_period = $period and unit_code in (select unnest($units))"
    select_rows(published, fact, dataset, formulas, within, period=period, units=units)
    tallies = {entry.key: _Tally() for entry in entries}
    _add_wholes(published, asked, formulas, list(tallies.values()))
    _add_units(published, formulas, list(tallies.values()))
    _add_sources(published, fact, formulas, list(tallies.values()))
    rows = published.query("select unit_code, count(*) from counted group by unit_code")
    return _Fact(dict(rows), tallies)


def _add_wholes(published: Published, asked: Asked, formulas: list[Formula], tallies: list[_Tally]) -> None:
    above = ", ".join(
        f"('{below}', '{unit}')" for unit in asked.units for below in published.once(Published.below, unit)
    )
    rows = published.query(
        f"with above (unit_code, ancestor_code) as (values {above}) "
        + _for_each(
            formulas,
            lambda number, formula: (
                f"""
                select {number}, ancestor_code, count(*), cast({formula.measure} as {_WHOLE}),
                       {f"count(distinct {formula.expression})" if formula.distinct else "0"}
                from counted join above using (unit_code)
                where counts_{number} group by ancestor_code"""
            ),
        )
    )
    for number, unit, count, value, things in rows:
        tallies[number].wholes[unit] = (count, value or _NOUGHT, things)


def _add_units(published: Published, formulas: list[Formula], tallies: list[_Tally]) -> None:
    rows = published.query(
        _for_each(
            formulas,
            lambda number, formula: (
                f"""
                select {number}, unit_code, count(*), cast({formula.measure} as {_WHOLE})
                from counted where counts_{number} group by unit_code"""
            ),
        )
    )
    for number, unit, count, value in rows:
        tallies[number].units[unit] = (count, value or _NOUGHT)


def _add_sources(published: Published, fact: str, formulas: list[Formula], tallies: list[_Tally]) -> None:
    letters = _letters(published, fact, formulas)
    rows = published.query(
        _for_each(
            formulas,
            lambda number, formula: (
                f"""
                select {number}, reporting_period, unit_code, cell_submission, cell_sheet,
                       count(*), cast({formula.measure} as {_WHOLE}), list(cell_row)
                from counted where counts_{number}
                group by reporting_period, unit_code, cell_submission, cell_sheet"""
            ),
        )
        + " order by 1, 2, 3, 4, 5"
    )
    for number, period, unit, submission, sheet, count, value, lying in rows:
        columns = letters[number].get((submission, sheet), ())
        spans = tuple(runs(sorted(set(lying))))
        source = Source(period, unit, submission, sheet, count, value or _NOUGHT, columns, spans)
        tallies[number].sources.setdefault(unit, []).append(source)


def _for_each(formulas: list[Formula], select: Callable[[int, Formula], str]) -> str:
    return " union all ".join(select(number, formula) for number, formula in enumerate(formulas))


def _letters(
    published: Published, fact: str, formulas: list[Formula]
) -> list[dict[tuple[str, str], tuple[Used, ...]]]:
    """The columns that each formula names, as each sheet has them. A bulletin's period stands on no sheet of a register."""
    said = published.columns[fact]
    named = [
        [(name, role) for name, role in formula.columns(said) if name != "reporting_period"]
        for formula in formulas
    ]
    rows = published.query(
        """
        select sheets.submission_id, sheets.source_sheet, landed.column_name, landed.header_found, landed.column_letter
        from quality.landed_sheets as sheets
        join quality.landed_columns as landed using (submission_id, dataset)
        where sheets.submission_id in (select distinct cell_submission from counted)
            and landed.column_name in (select unnest($names))""",
        names=sorted({name for names in named for name, _ in names}),
    )
    there: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for submission, sheet, name, header, letter in rows:
        there.setdefault((submission, sheet), {})[name] = (header, letter)
    return [
        {
            place: tuple(Used(name, *found.get(name, (said[name], None)), role) for name, role in names)
            for place, found in there.items()
        }
        for names in named
    ]
