"""The rows of a fact that a figure counts, with the cells they came from, and the measure over exactly those rows.

Belongs here: running a formula over a fact. Does not belong here: who sent the rows (``senders``), what was found of them
(``verdicts``).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from orchestration.report.trace.formula import Formula
from orchestration.report.trace.found import Source, Used
from orchestration.report.trace.published import Entry, Published
from orchestration.report.trace.selection import select_rows, spans_of

_NOUGHT = Decimal(0)
_WHOLE = "decimal(38, 10)"


@dataclass(frozen=True, slots=True)
class Counted:
    """What a formula counts for a unit: the whole, and by unit (code → rows, value) and sheet."""

    rows: int
    of_rows: int
    value: Decimal
    distinct: int | None
    units: dict[str, tuple[int, Decimal]]
    sources: tuple[Source, ...]


def count_rows(
    published: Published, entry: Entry, formula: Formula, periods: tuple[str, ...], units: tuple[str, ...]
) -> Counted:
    """Runs a formula over the rows of these base periods and units. Values of several periods are added up."""
    within = "reporting_period in (select unnest($periods)) and unit_code in (select unnest($units))"
    select_rows(published, entry, formula, f"{within} and {formula.condition}", periods=periods, units=units)
    letters = _letters(published, entry, formula)
    spans = spans_of(published)
    whole = [0, _NOUGHT, 0]
    by_unit: dict[str, tuple[int, Decimal]] = {}
    sources = []
    for period, unit, submission, sheet, level, rows, value, distinct in _aggregates(published, formula):
        said = _NOUGHT if value is None else value
        if level == _LEVELS["whole"]:
            whole = [whole[0] + rows, whole[1] + said, whole[2] + (distinct or 0)]
        elif level == _LEVELS["unit"]:
            before = by_unit.get(unit, (0, _NOUGHT))
            by_unit[unit] = (before[0] + rows, before[1] + said)
        else:
            place = (period, unit, submission, sheet)
            columns = letters.get((submission, sheet), ())
            sources.append(Source(*place, rows, said, columns, tuple(spans[place])))
    return Counted(
        rows=whole[0],
        of_rows=published.once(_all_rows, str(entry.fact), periods, units),
        value=whole[1],
        distinct=whole[2] if formula.distinct else None,
        units=by_unit,
        sources=tuple(sources),
    )


# grouping() of (unit_code, cell_submission, cell_sheet): a bit for each that is not grouped by.
_LEVELS = {"whole": 7, "unit": 3, "sheet": 0}


def _all_rows(published: Published, fact: str, periods: tuple[str, ...], units: tuple[str, ...]) -> int:
    [(rows,)] = published.query(
        f"select count(*) from marts.{fact} where reporting_period in (select unnest($periods)) "
        "and unit_code in (select unnest($units))",
        periods=periods,
        units=units,
    )
    return rows


def _aggregates(published: Published, formula: Formula) -> list[tuple]:
    distinct = f"count(distinct {formula.expression})" if formula.distinct else "cast(null as bigint)"
    return published.query(f"""
        select reporting_period, unit_code, cell_submission, cell_sheet,
               grouping(unit_code, cell_submission, cell_sheet) as level,
               count(*), cast({formula.measure} as {_WHOLE}), {distinct}
        from counted
        group by grouping sets (
            (reporting_period),
            (reporting_period, unit_code),
            (reporting_period, unit_code, cell_submission, cell_sheet)
        )
        order by all""")


def _letters(published: Published, entry: Entry, formula: Formula) -> dict[tuple[str, str], tuple[Used, ...]]:
    """The columns that the formula names, as each sheet has them. A bulletin's period stands on no sheet of a register."""
    said = published.columns[str(entry.fact)]
    named = [(name, role) for name, role in formula.columns(said) if name != "reporting_period"]
    rows = published.query(
        """
        select sheets.submission_id, sheets.source_sheet, landed.column_name, landed.header_found, landed.column_letter
        from quality.landed_sheets as sheets
        join quality.landed_columns as landed using (submission_id, dataset)
        where sheets.submission_id in (select distinct cell_submission from counted)
            and landed.column_name in (select unnest($names))""",
        names=[name for name, _ in named],
    )
    there: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for submission, sheet, name, header, letter in rows:
        there.setdefault((submission, sheet), {})[name] = (header, letter)
    return {
        place: tuple(Used(name, *found.get(name, (said[name], None)), role) for name, role in named)
        for place, found in there.items()
    }
