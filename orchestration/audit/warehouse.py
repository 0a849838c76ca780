"""Audits the warehouse under construction: bureau rules on marts and audit views, once per period and state.

A period's state is the submissions in force, and how every owed one stands, in it and in all earlier periods.
While that and a rule's version stay the same, its verdict stands and the question is not asked again.

Belongs here: which rule is due on which period, and how the province stands. Does not belong here: rules, the
views they read (dbt), or what publication makes of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations import catalogue
from expectations.rule import Rule
from orchestration import clock, lake
from orchestration.audit.engine import BAD_ROWS, judge
from orchestration.audit.rule_history import write_rules
from orchestration.audit.verdicts import Audited, compose, summarise, sweep, write
from orchestration.home import Home
from orchestration.periods import parse_period
from orchestration.progress import Progress

_SUBJECTS = pa.schema(
    {
        "rule_code": pa.string(),
        "reporting_period": pa.string(),
        "unit_code": pa.string(),
        "submission_id": pa.string(),
        "fingerprint": pa.string(),
        "checked": pa.int64(),
    }
)


def audit_warehouse(
    home: Home, *, periods: Sequence[str] | None = None, progress: Progress | None = None
) -> Audited:
    """Judges every bureau rule on every period whose state is new, and says how the province stands in them.

    A rule with nothing to judge in a period passes with ``checked`` 0. Raises FileNotFoundError without a build.
    """
    lake.ensure_schema_files(home)
    sweep(home)
    write_rules(home)
    rules = bureau_rules()
    with open_build(home) as connection:
        states = period_states(connection)
        wanted = list(states) if periods is None else [period for period in periods if period in states]
        answered = _answered(home, wanted)
        due = [(rule, p) for p in wanted for rule in rules if _question(rule, states[p]) not in answered]
        if progress:
            progress("审核全省数据", 0, len(due))
        _audit(connection, home, due, states)
        if progress:
            progress("审核全省数据", len(due), len(due))
    return summarise(standing_verdicts(home, states, wanted), len(due))


def bureau_rules() -> list[Rule]:
    return [rule for rule in catalogue().values() if rule.scope == "bureau"]


def open_build(home: Home) -> duckdb.DuckDBPyConnection:
    """The warehouse under construction, read-only. Raises FileNotFoundError when nothing was built yet."""
    if not home.build.exists():
        raise FileNotFoundError(f"no warehouse was built yet: {home.build}")
    return duckdb.connect(str(home.build), read_only=True)


def period_states(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Each reporting period in the warehouse, in calendar order, and the fingerprint of its state: what is in force, how
    the units stand, and when a submission in force was landed again as something else."""
    rows = connection.execute("""
        select reporting_period, unit_code, dataset, submission_id, 'in force' as standing
        from intermediate.int_current_submissions
        union all
        select reporting_period, unit_code, dataset, submission_id, status from marts.rpt_submission_status
        where reporting_period in (select reporting_period from marts.dim_submission)
        union all
        select reporting_period, unit_code, dataset, submission_id, cast(changed_at as string)
        from intermediate.int_current_submissions where changed_at is not null
        order by all""").fetchall()
    by_period: dict[str, list[tuple]] = {}
    for row in rows:
        by_period.setdefault(row[0], []).append(row)
    digest = hashlib.sha256()
    states = {}
    for period in sorted(by_period, key=lambda key: (parse_period(key).end, key)):
        digest.update(repr(by_period[period]).encode())
        states[period] = digest.hexdigest()
    return states


def standing_verdicts(home: Home, states: dict[str, str], periods: Sequence[str] | None = None) -> list[dict]:
    """The verdict of each bureau rule on each period's present state.

    A rule that has given none (the audit did not run since the state changed, or the rule crashed) stands as
    ``could_not_run``: what was not examined has not passed.
    """
    wanted = list(states) if periods is None else periods
    answered = _answered(home, wanted)
    unanswered = [
        {
            "verdict_id": None,
            "rule_code": rule.code,
            "rule_version": rule.version,
            "scope": rule.scope,
            "severity": rule.severity,
            "dataset": rule.dataset,
            "outcome": "could_not_run",
            "checked": 0,
            "failed": 0,
            "reporting_period": period,
        }
        for period in wanted
        for rule in bureau_rules()
        if _question(rule, states[period]) not in answered
    ]
    questions = {_question(rule, states[period]) for period in wanted for rule in bureau_rules()}
    return [verdict for question, verdict in answered.items() if question in questions] + unanswered


def _question(rule: Rule, state: str) -> str:
    """The id of the verdict that answers the rule on a state; ``verdicts`` forms it the same way."""
    return hashlib.sha256(f"{rule.code}|{rule.version}|{state}".encode()).hexdigest()[:16]


def _answered(home: Home, periods: Sequence[str]) -> dict[str, dict]:
    """Bureau verdicts of the periods by id, without those that could not run."""
    answered = {}
    for period in periods:
        for path in sorted(lake.partition(home, "verdicts", period).glob("*.parquet")):
            table = pq.ParquetFile(path).read()
            for verdict in table.filter(pc.equal(table["scope"], "bureau")).to_pylist():
                if verdict["outcome"] != "could_not_run":
                    answered[verdict["verdict_id"]] = {**verdict, "reporting_period": period}
    return answered


def _audit(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    due: Sequence[tuple[Rule, str]],
    states: dict[str, str],
) -> None:
    if not due:
        return
    periods_of: dict[str, list[str]] = {}
    for rule, period in due:
        periods_of.setdefault(rule.code, []).append(period)
    rules = {rule.code: rule for rule, _ in due}
    findings = judge(connection, [_limited(rule, periods_of[rule.code]) for rule in rules.values()])
    province = connection.execute(
        "select unit_code from marts.dim_reporting_unit where kind = 'province'"
    ).fetchone()
    counted = {code: _count_rows(connection, rules[code]) for code in rules}
    subjects = [
        {
            "rule_code": rule.code,
            "reporting_period": period,
            "unit_code": province[0] if province else None,
            "submission_id": None,
            "fingerprint": states[period],
            "checked": counted[rule.code].get(period, 0),
        }
        for rule, period in due
    ]
    connection.register("subjects", pa.Table.from_pylist(subjects, schema=_SUBJECTS))
    _load_letters(connection, home)
    write(home, compose(connection, findings, clock.moment(home)))
    connection.unregister("subjects")


def _limited(rule: Rule, periods: Sequence[str]) -> Rule:
    among = ", ".join(f"'{period}'" for period in periods)
    return replace(
        rule, query=f"select * from ({rule.query}) as province where reporting_period in ({among})"
    )


def _count_rows(connection: duckdb.DuckDBPyConnection, rule: Rule) -> dict[str, int]:
    """Rows judged, by period; of a table that cannot be read nothing is counted, and its rule says why."""
    try:
        rows = connection.execute(f"select reporting_period, count(*) from {rule.over} group by 1").fetchall()
    except duckdb.Error:
        return {}
    return dict(rows)


def _load_letters(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """The column letters of the submissions at fault, as the temporary table ``landed_columns``."""
    periods = connection.execute(f"select distinct reporting_period from {BAD_ROWS}").fetchall()
    paths = [path for (period,) in periods for path in lake.landed_files(home, "landed_columns", period)]
    tables = [pq.ParquetFile(path).read() for path in paths]
    connection.register("_letters", pa.concat_tables([lake.LANDED_COLUMNS.empty_table(), *tables]))
    connection.execute(f"""
        create or replace temp table landed_columns as
        from _letters where submission_id in (select submission_id from {BAD_ROWS})""")
    connection.unregister("_letters")
