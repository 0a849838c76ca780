"""Where figures come from: of each unit's reports in force the file, sheet and columns, without any cell's content.

Belongs here: reading submissions and the layout of their sheets. Does not belong here: which rows of them count, which the
trace pages say, and words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from orchestration.report.site.sql import as_object
from orchestration.report.trace.formula import read_formula


@dataclass(frozen=True, slots=True)
class Sources:
    """By unit: its submissions in force (JSON, by id), and by base period and dataset which of them, the sheet, its rows and
    the number of its layout. ``layouts``: column to letter and header, by number; most sheets of a dataset share one."""

    submissions: Mapping[str, str]
    sheets: Mapping[str, Mapping[str, Mapping[str, tuple[str, str, int, int]]]]
    layouts: tuple[str, ...]

    def of(self, senders: list[str]) -> str:
        """What the page of a unit is given, as JSON: of the first of ``senders`` that reports a dataset (the bureau keeps some
        registers for the counties) its place, with the submissions and layouts named."""
        places: dict[str, dict[str, tuple]] = {}
        for sender in reversed(senders):
            for period, datasets in self.sheets.get(sender, {}).items():
                places.setdefault(period, {}).update(datasets)
        named = {place[0]: None for datasets in places.values() for place in datasets.values()}
        used = {
            place[3]: None for datasets in places.values() for place in datasets.values() if place[3] >= 0
        }
        sent = ",".join(f"{json.dumps(each)}:{self.submissions[each]}" for each in named)
        layouts = ",".join(f'"{number}":{self.layouts[number]}' for number in used)
        sheets = json.dumps(places, ensure_ascii=False, separators=(",", ":"))
        return f'{{"sent":{{{sent}}},"layouts":{{{layouts}}},"sheets":{sheets}}}'


def read_sources(connection: duckdb.DuckDBPyConnection) -> Sources:
    """Every report in force, with where its columns lie."""
    numbers: dict[str, int] = {}
    sheets: dict[str, dict[str, dict[str, tuple[str, str, int, int]]]] = {}
    for unit, period, dataset, submission, sheet, rows, layout in connection.execute(_SHEETS).fetchall():
        number = numbers.setdefault(layout, len(numbers)) if layout else -1
        sheets.setdefault(unit, {}).setdefault(period, {})[dataset] = (submission, sheet, rows, number)
    return Sources(dict(connection.execute(_SUBMISSIONS).fetchall()), sheets, tuple(numbers))


def looked_at(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The columns of its register that an indicator's formula looks at, the measured first; none of a ratio."""
    known: dict[str, set[str]] = {}
    for dataset, column in connection.execute(_KNOWN).fetchall():
        known.setdefault(dataset, set()).add(column)
    rows = connection.execute(
        "select figure_key, dataset, measure, condition from marts.dim_indicator where measure is not null"
    ).fetchall()
    return {
        key: [name for name, _ in read_formula(measure, condition).columns(known.get(dataset, ()))]
        for key, dataset, measure, condition in rows
    }


_IN_FORCE = """
    select unit_code, reporting_period, dataset, submission_id from marts.rpt_submission_status
    where status in ('accepted', 'partly_accepted', 'nil_return') and submission_id is not null"""

_SHEETS = f"""
    with layouts as (
        select submission_id, dataset, {as_object("column_name", "to_json([column_letter, header_found])")} as layout
        from quality.landed_columns group by all
    )
    select standing.unit_code, standing.reporting_period, standing.dataset, standing.submission_id, sheets.source_sheet,
           sheets.rows, layouts.layout
    from ({_IN_FORCE}) as standing
    join quality.landed_sheets as sheets using (submission_id, dataset)
    left join layouts using (submission_id, dataset)
    order by all"""

_SUBMISSIONS = f"""
    select submission_id, cast(to_json([
        file_name, strftime(received_at + interval 8 hour, '%Y-%m-%d %H:%M'), cast(version as varchar), unit_code
    ]) as varchar)
    from marts.dim_submission where submission_id in (select submission_id from ({_IN_FORCE}))"""

_KNOWN = "select distinct dataset, column_name from quality.landed_columns"
