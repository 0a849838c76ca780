"""What becomes of each dataset of a submission: accepted, returned, nil, missing, closed or exempt. Decided here alone.

Accepted: the sheet was landed or declared nil, and no error-level rule failed or could not run, but for those waived;
and the period still took submissions when it was received. Each decision that differs from the last one is added to
the lake's ``decisions``; nothing is rewritten. A check of a workbook asks the same query of its own tables.

Belongs here: deciding, and recording it. Does not belong here: judging (``files``), what the bureau ruled (``rulings``),
and which submission is current (dbt).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from expectations import catalogue
from orchestration import clock, lake
from orchestration.audit.structure import STRUCTURE
from orchestration.audit.tables import create, load_control
from orchestration.deadlines import window
from orchestration.home import Home
from orchestration.periods import day_of
from orchestration.rulings import Rulings, Waiver, concerns, load_rulings

# A finding of the workbook as a whole (its template, its sheets) belongs to no dataset; its decision row says so.
WORKBOOK = "workbook"

_WAIVED = pa.schema({"submission_id": pa.string(), "rule_code": pa.string(), "expires_on": pa.date32()})
_SHEETS = pa.schema({"submission_id": pa.string(), "dataset": pa.string()})
_IN_FORCE = pa.schema({"rule_code": pa.string(), "rule_version": pa.int32()})


def record_decisions(home: Home, periods: Sequence[str]) -> int:
    """Decides every submission landed in these periods anew; returns how many decisions were added."""
    with duckdb.connect() as connection:
        load_control(connection, home, periods)
        decide(connection, load_rulings(home))
        changed = connection.execute(_CHANGED).to_arrow_table()
    _write(home, changed)
    return changed.num_rows


def decide(connection: duckdb.DuckDBPyConnection, rulings: Rulings) -> None:
    """Leaves the tables ``decided`` (``lake.DECISIONS`` without its moment, and the period), ``standing`` (the last
    verdict of each rule in force, with ``waived_until``) and ``exempt`` (submission_id, dataset).

    Reads the tables ``submissions`` (submission_id, unit_code, reporting_period, received_at), ``landed_sheets`` and
    ``verdicts``.
    """
    received = connection.execute(
        "select submission_id, unit_code, reporting_period, received_at from submissions"
    ).fetchall()
    sheets = connection.execute("select submission_id, dataset from landed_sheets").fetchall()
    create(
        connection, "waived", pa.Table.from_pylist(waived_rules(received, rulings.waivers), schema=_WAIVED)
    )
    create(connection, "closed", pa.Table.from_pylist(_closed(received, sheets, rulings), schema=_SHEETS))
    create(connection, "exempt", pa.Table.from_pylist(_exempt(received, sheets, rulings), schema=_SHEETS))
    load_rules_in_force(connection)
    connection.execute(_STANDING)
    connection.execute(_DECIDED)


def load_rules_in_force(connection: duckdb.DuckDBPyConnection) -> None:
    """The table ``rules_in_force`` (rule_code, rule_version): a verdict of a later version is of one taken back."""
    rules = (*catalogue().values(), *STRUCTURE.values())
    in_force = [{"rule_code": rule.code, "rule_version": rule.version} for rule in rules]
    create(connection, "rules_in_force", pa.Table.from_pylist(in_force, schema=_IN_FORCE))


def waived_rules(received: Iterable[tuple], waivers: Sequence[Waiver]) -> list[dict]:
    """Rules that are not held against a submission, by the day it was received: rows of submission_id, rule_code and
    expires_on. ``received``: submission_id, unit code, period, moment."""
    return [
        {"submission_id": submission_id, "rule_code": waiver.rule_code, "expires_on": waiver.expires_on}
        for submission_id, unit_code, period, received_at in received
        for waiver in waivers
        if concerns(waiver.unit_code, unit_code)
        and concerns(waiver.reporting_period, period)
        and waiver.granted_on <= day_of(received_at) <= waiver.expires_on
    ]


def _closed(received: Iterable[tuple], sheets: Iterable[tuple], rulings: Rulings) -> list[dict]:
    """Datasets that came when their period took nothing any more."""
    senders = {submission_id: values for submission_id, *values in received}
    late = []
    for submission_id, dataset in sheets:
        unit_code, period, received_at = senders[submission_id]
        day = day_of(received_at)
        if not window(period, unit_code, dataset, day, rulings.reopenings).takes(day):
            late.append({"submission_id": submission_id, "dataset": dataset})
    return late


def _exempt(received: Iterable[tuple], sheets: Iterable[tuple], rulings: Rulings) -> list[dict]:
    """Datasets that their unit need not report."""
    senders = {submission_id: values for submission_id, *values in received}
    return [
        {"submission_id": submission_id, "dataset": dataset}
        for submission_id, dataset in sheets
        if any(
            e.covers(senders[submission_id][0], dataset, senders[submission_id][1])
            for e in rulings.exemptions
        )
    ]


# A rule's last verdict stands; a rule withdrawn from the catalogue, or a version of it, holds nothing back any more.
_STANDING = """
    create or replace temp table standing as
    select v.*, w.expires_on as waived_until
    from verdicts as v
    semi join rules_in_force as r on r.rule_code = v.rule_code and v.rule_version <= r.rule_version
    left join (select submission_id, rule_code, max(expires_on) as expires_on from waived group by all) as w
        on w.submission_id = v.submission_id and w.rule_code = v.rule_code
    where v.scope in ('file', 'structure') and v.submission_id is not null
    qualify row_number() over (
        partition by v.submission_id, v.dataset, v.rule_code
        order by v.rule_version desc, v.judged_at desc nulls last, v.verdict_id
    ) = 1"""

# What was found of the workbook as a whole holds back every dataset when it is an error. A unit that is exempt owes
# nothing: where it has no rows, what is said of the sheet counts for nothing.
_DECIDED = f"""
    create or replace temp table decided as
    with counted as (
        select submission_id, dataset,
               count(*) filter (where severity = 'error' and outcome <> 'passed' and waived_until is null) as errors,
               count(*) filter (where severity = 'warning' and outcome = 'failed' and waived_until is null) as warnings,
               count(*) filter (where outcome <> 'passed' and waived_until is not null) as waived
        from standing
        group by submission_id, dataset
    ),
    judged as (
        select l.submission_id, l.dataset, l.state, c.dataset is not null as is_closed,
               e.dataset is not null and l.rows = 0 as is_exempt,
               coalesce(n.errors, 0) as errors, coalesce(n.warnings, 0) as warnings, coalesce(n.waived, 0) as waived,
               coalesce(w.errors, 0) as workbook_errors
        from landed_sheets as l
        left join closed as c on c.submission_id = l.submission_id and c.dataset = l.dataset
        left join exempt as e on e.submission_id = l.submission_id and e.dataset = l.dataset
        left join counted as n on n.submission_id = l.submission_id and n.dataset = l.dataset
        left join counted as w on w.submission_id = l.submission_id and w.dataset is null
    )
    select j.submission_id, b.unit_code, j.dataset,
           case when j.is_exempt then 'exempt'
                when j.state = 'missing' then 'missing'
                when j.state = 'unrecognised' or j.errors + j.workbook_errors > 0 then 'returned'
                when j.is_closed then 'closed'
                when j.state = 'nil' then 'nil'
                else 'accepted' end as state,
           cast(case when j.is_exempt then 0 else j.errors end as integer) as errors,
           cast(case when j.is_exempt then 0 else j.warnings end as integer) as warnings,
           cast(j.waived as integer) as waived, b.reporting_period
    from judged as j
    join submissions as b using (submission_id)
    union all
    select c.submission_id, b.unit_code, '{WORKBOOK}',
           case when c.errors > 0 then 'returned' else 'accepted' end,
           cast(c.errors as integer), cast(c.warnings as integer), cast(c.waived as integer), b.reporting_period
    from counted as c
    join submissions as b using (submission_id)
    where c.dataset is null"""

_CHANGED = """
    with last as (
        select * from decisions
        qualify row_number() over (partition by submission_id, dataset order by decided_at desc) = 1
    )
    select d.* from decided as d
    left join last on last.submission_id = d.submission_id and last.dataset = d.dataset
    where last.submission_id is null
        or (last.state, last.errors, last.warnings, last.waived) <> (d.state, d.errors, d.warnings, d.waived)
    order by d.reporting_period, d.submission_id, d.dataset"""


def _write(home: Home, changed: pa.Table) -> None:
    """A file per period. After a kill nothing is written twice: what is recorded already differs no more."""
    decided_at = clock.moment(home)
    for period in sorted(set(changed["reporting_period"].to_pylist())):
        rows = changed.filter(pc.equal(changed["reporting_period"], period))
        stamped = rows.append_column("decided_at", pa.array([decided_at] * rows.num_rows, lake.TIMESTAMP))
        table = stamped.select(lake.DECISIONS.names).cast(lake.DECISIONS)
        lake.write_vouched(lake.table_file(home, "decisions", period, f"{decided_at:%Y%m%dT%H%M%S%f}"), table)
