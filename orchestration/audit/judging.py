"""Judges a batch of landed submissions on any DuckDB connection: structural findings, then the file rules.

The nightly's batch comes from the lake, that of a check from memory; what is asked and answered is the same.
Tables read: ``every_landed_sheets``, ``every_landed_columns`` and ``every_problems`` (with reporting_period),
``every_submission``, ``judged`` (earlier verdicts), and for the rules those of ``workspace.batch_schemas``.

Belongs here: which rules are due on which submission of the batch, and their verdicts. Does not belong here: where the
tables come from (``files``, ``check``), rules, or how a query is run (``engine``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from expectations import catalogue
from expectations.rule import Rule
from orchestration.audit.engine import Finding
from orchestration.audit.hints import add_hints
from orchestration.audit.isolation import judge_apart
from orchestration.audit.structure import STRUCTURE
from orchestration.audit.tables import create
from orchestration.audit.verdicts import Judgement, compose, stamped


def file_rules() -> list[Rule]:
    return [rule for rule in catalogue().values() if rule.scope == "file"]


def judge_batch(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], judged_at: datetime
) -> Judgement:
    """Judges a furnished batch (see ``workspace``) by the rules of the table ``due`` (rule_code, submission_id)."""
    connection.execute("""
        create or replace temp table subjects as
        select due.rule_code, b.reporting_period, b.unit_code, b.submission_id,
               concat_ws('|', b.submission_id, epoch_us(l.changed_at)) as fingerprint, cast(l.rows as bigint) as checked
        from due
        join submissions as b using (submission_id)
        join rules_by_dataset as r on r.rule_code = due.rule_code
        join landed_sheets as l on l.submission_id = due.submission_id and l.dataset = r.dataset""")
    codes = {row[0] for row in connection.execute("select distinct rule_code from due").fetchall()}
    findings, apart = judge_apart(connection, [rule for rule in rules if rule.code in codes])
    judgement = compose(connection, findings, judged_at)
    return judgement if not apart else _with_apart(connection, judgement, apart, judged_at)


def _with_apart(
    connection: duckdb.DuckDBPyConnection, judgement: Judgement, apart: Sequence[Finding], judged_at: datetime
) -> Judgement:
    """The judgement and the verdicts of the submissions for which rules could not run."""
    connection.execute("create or replace temp table subjects as from subjects_apart")
    verdicts = compose(connection, apart, judged_at).verdicts
    return Judgement(pa.concat_tables([judgement.verdicts, verdicts]), judgement.failures)


def with_hints(connection: duckdb.DuckDBPyConnection, judgement: Judgement) -> Judgement:
    """The judgement with likely causes and smallest edits beside its failures, as far as the batch shows them."""
    return Judgement(judgement.verdicts, add_hints(connection, judgement.failures))


def load_rules(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    """The rules at hand as the table ``rules_by_dataset`` (rule_code, rule_version, dataset)."""
    rows = pa.table(
        {
            "rule_code": [rule.code for rule in rules],
            "rule_version": pa.array([rule.version for rule in rules], pa.int32()),
            "dataset": [rule.dataset for rule in rules],
        }
    )
    create(connection, "rules_by_dataset", rows)


def find_due(connection: duckdb.DuckDBPyConnection) -> bool:
    """Fills ``due``: each landed sheet's rules that have not answered at their present version, on its present content."""
    connection.execute("""
        create temp table due as
        select r.rule_code, s.submission_id
        from every_landed_sheets as s
        join rules_by_dataset as r on r.dataset = s.dataset
        where s.state = 'landed' and not exists (
            select 1 from judged as j
            where j.rule_code = r.rule_code and j.rule_version = r.rule_version
                and j.submission_id = s.submission_id and j.outcome <> 'could_not_run'
                and (s.changed_at is null or j.judged_at >= s.changed_at)
        )""")
    return connection.execute("from due limit 1").fetchone() is not None


def judge_structure(connection: duckdb.DuckDBPyConnection, judged_at: datetime) -> Judgement:
    """Landing's findings as verdicts; and where a submission was landed again, that what was found before is no more.

    Raises ValueError for a finding whose code no rule explains."""
    codes = {row[0] for row in connection.execute("select distinct rule_code from every_problems").fetchall()}
    if unknown := codes - STRUCTURE.keys():
        raise ValueError(
            f"landing reports {sorted(unknown)}, which orchestration/audit/structure.py does not list"
        )
    load_structure(connection)
    verdicts = stamped(connection.execute(_STRUCTURE_VERDICTS).to_arrow_table(), judged_at)
    create(connection, "structural", verdicts)
    return Judgement(verdicts, connection.execute(_STRUCTURE_FAILURES).to_arrow_table())


def load_structure(connection: duckdb.DuckDBPyConnection) -> None:
    rules = [(rule.code, rule.version, rule.severity) for rule in STRUCTURE.values()]
    connection.execute(
        "create temp table structure (rule_code string, rule_version integer, severity string)"
    )
    connection.executemany("insert into structure values (?, ?, ?)", rules)


# A question asked of content that changed has an answer of its own. What was found before and is not found any more has
# passed: else the old finding would stand for ever.
_STRUCTURE_VERDICTS = """
    with changed as (
        select submission_id, max(changed_at) as changed_at from every_landed_sheets
        where changed_at is not null group by submission_id
    ),
    last as (
        select * from judged
        where scope = 'structure'
        qualify row_number() over (
            partition by submission_id, dataset, rule_code
            order by rule_version desc, judged_at desc nulls last, verdict_id
        ) = 1
    ),
    found as (
        select p.rule_code, p.dataset, any_value(p.unit_code) as unit_code, p.submission_id, 'failed' as outcome,
               cast(greatest(coalesce(max(l.rows), 0), count(*)) as bigint) as checked, count(*) as failed,
               p.reporting_period, max(c.changed_at) as changed_at
        from every_problems as p
        left join every_landed_sheets as l on l.submission_id = p.submission_id and l.dataset = p.dataset
        left join changed as c on c.submission_id = p.submission_id
        group by p.rule_code, p.dataset, p.submission_id, p.reporting_period
    ),
    gone as (
        select last.rule_code, last.dataset, last.unit_code, last.submission_id, 'passed' as outcome,
               last.checked, cast(0 as bigint) as failed, last.reporting_period, c.changed_at
        from last
        join changed as c on c.submission_id = last.submission_id and last.judged_at < c.changed_at
        where last.outcome = 'failed' and not exists (
            select 1 from every_problems as p
            where p.rule_code = last.rule_code and p.submission_id = last.submission_id
                and p.dataset is not distinct from last.dataset
        )
    ),
    asked as (from found union all from gone)
    select substr(sha256(concat_ws(
               '|', a.rule_code, r.rule_version, a.submission_id, a.dataset, epoch_us(a.changed_at)
           )), 1, 16) as verdict_id,
           a.rule_code, r.rule_version, 'structure' as scope, r.severity, a.dataset, a.unit_code, a.submission_id,
           a.outcome, a.checked, a.failed, a.reporting_period
    from asked as a
    join structure as r using (rule_code)
    where not exists (
        select 1 from judged as j
        where j.rule_code = a.rule_code and j.rule_version = r.rule_version
            and j.submission_id = a.submission_id and j.dataset is not distinct from a.dataset
            and (a.changed_at is null or j.judged_at >= a.changed_at)
    )
    order by a.submission_id, a.rule_code"""

_STRUCTURE_FAILURES = """
    select v.verdict_id, v.rule_code, v.severity, v.dataset, v.unit_code, v.submission_id,
           p.source_sheet, p.source_row, p.cell as cells, p.found, p.expected, null::string as difference,
           null::string as hint, p.reporting_period
    from structural as v
    join every_problems as p
        on p.rule_code = v.rule_code and p.submission_id = v.submission_id and p.dataset is not distinct from v.dataset
    where v.outcome = 'failed'
    order by v.submission_id, v.rule_code, p.source_row nulls first, p.cell"""
