"""The rows of a fact that a question is about, as the temporary table ``counted``, each with the cell it came from.

Belongs here: choosing rows and finding their place on a sheet. Does not belong here: what is made of them (``rows``,
``reach``).
"""

from __future__ import annotations

from orchestration.report.trace.formula import Formula
from orchestration.report.trace.published import Entry, Published


def select_rows(
    published: Published, entry: Entry, formula: Formula, condition: str, **values: str | tuple[str, ...]
) -> None:
    """The temporary table ``counted``: the rows of an indicator's fact where a condition (SQL, with ``$name`` for values)
    holds, with the columns its formula names, whether a row ``counts``, and cell_submission, cell_sheet and cell_row.

    A fact of two registers has two such places; a row takes the one whose sheet is of the indicator's dataset.
    """
    known = published.columns[str(entry.fact)]
    needed = dict.fromkeys(("reporting_period", "unit_code", *(name for name, _ in formula.columns(known))))
    own, *joined = published.lineages(str(entry.fact))
    place = [f"facts.{name}" for name in own]
    joins = []
    for number, (submission, sheet, _) in enumerate([own, *joined] if joined else []):
        joins.append(f"""
            left join quality.landed_sheets as s{number}
                on s{number}.submission_id = facts.{submission} and s{number}.source_sheet = facts.{sheet}
                and s{number}.dataset = $dataset""")
    for number, lineage in enumerate(joined, start=1):
        is_there = f"s0.submission_id is null and s{number}.submission_id is not null"
        place = [
            f"case when {is_there} then facts.{name} else {other} end"
            for name, other in zip(lineage, place, strict=True)
        ]
    published.query(
        f"""
        create or replace temp table counted as
        select {", ".join(f"facts.{name}" for name in needed)}, counts,
               {place[0]} as cell_submission, {place[1]} as cell_sheet, {place[2]} as cell_row
        from (
            select *, coalesce({formula.condition}, false) as counts from marts.{entry.fact} where {condition}
        ) as facts
        {"".join(joins)}""",
        dataset=str(entry.dataset),
        **values,
    )


def spans_of(published: Published) -> dict[tuple[str, str, str, str], list[tuple[int, int]]]:
    """The runs of rows of each period, unit, submission and sheet."""
    found: dict[tuple[str, str, str, str], list[tuple[int, int]]] = {}
    rows = published.query("""
        select reporting_period, unit_code, cell_submission, cell_sheet, min(cell_row), max(cell_row)
        from (
            select *, cell_row - row_number() over (
                partition by reporting_period, unit_code, cell_submission, cell_sheet order by cell_row
            ) as run
            from (select distinct reporting_period, unit_code, cell_submission, cell_sheet, cell_row from counted)
        )
        group by reporting_period, unit_code, cell_submission, cell_sheet, run
        order by all""")
    for *place, first, last in rows:
        found.setdefault(tuple(place), []).append((first, last))
    return found
