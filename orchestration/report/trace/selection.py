"""The rows of a fact that a question is about, as the temporary table ``counted``, each with the cell it came from.

Belongs here: choosing rows and finding their place on a sheet. Does not belong here: what is made of them (``rows``,
``reach``).
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.report.trace.formula import Formula
from orchestration.report.trace.published import Published


def select_rows(
    published: Published,
    fact: str,
    dataset: str,
    formulas: Sequence[Formula],
    condition: str,
    **values: str | Sequence[str],
) -> None:
    """The temporary table ``counted``: the rows of a fact where a condition (SQL, with ``$name`` for values) holds, with the
    columns that the formulas name, whether a row counts in each (``counts_0``, ``counts_1`` …), and cell_submission,
    cell_sheet and cell_row.

    A fact of two registers has two such places; a row takes the one whose sheet is of the dataset.
    """
    known = published.columns[fact]
    named = [name for formula in formulas for name, _ in formula.columns(known)]
    needed = dict.fromkeys(("reporting_period", "unit_code", *named))
    counts = [
        f"coalesce({formula.condition}, false) as counts_{number}" for number, formula in enumerate(formulas)
    ]
    columns = [f"facts.{name}" for name in needed] + [f"facts.counts_{n}" for n in range(len(formulas))]
    own, *joined = published.lineages(fact)
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
        select {", ".join(columns)},
               {place[0]} as cell_submission, {place[1]} as cell_sheet, {place[2]} as cell_row
        from (select {", ".join(["*", *counts])} from marts.{fact} where {condition}) as facts
        {"".join(joins)}""",
        dataset=dataset,
        **values,
    )
