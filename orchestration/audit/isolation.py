"""Keeps one workbook from making a rule fail for all: its query is asked for each submission, and goes on without
those for which it cannot run (a figure beyond every bound overflows whatever it is added to).

Belongs here: finding such submissions and leaving them out. Does not belong here: judging (``judging``, ``engine``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb
import pyarrow as pa

from expectations.rule import Rule
from orchestration.audit.engine import Finding, judge
from orchestration.audit.tables import create
from orchestration.land.expressions import literal


def judge_apart(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]
) -> tuple[list[Finding], list[Finding]]:
    """As ``engine.judge`` on the connection's ``subjects``; then what could not run of the submissions set apart.

    These are taken out of ``subjects`` and stand in the temporary table ``subjects_apart``.
    """
    findings = judge(connection, rules)
    crashed = [finding for finding in findings if finding.could_not_run]
    apart = {finding.rule.code: _culprits(connection, finding.rule) for finding in crashed}
    apart = {code: culprits for code, culprits in apart.items() if culprits}
    _set_apart(connection, apart)
    if not apart:
        return findings, []
    again = judge(connection, [_without(rule, apart.get(rule.code, ())) for rule in rules])
    return again, [finding for finding in crashed if finding.rule.code in apart]


def _culprits(connection: duckdb.DuckDBPyConnection, rule: Rule) -> list[str]:
    """The submissions for which the rule's query cannot run. The filter reaches the tables, so that nothing else is
    computed."""
    asked = connection.execute(
        "select submission_id from subjects where rule_code = ?", [rule.code]
    ).fetchall()
    return [submission for (submission,) in sorted(asked) if not _runs(connection, rule, submission)]


def _runs(connection: duckdb.DuckDBPyConnection, rule: Rule, submission_id: str) -> bool:
    try:
        connection.execute(f"from ({rule.query}) as bad where submission_id = ?", [submission_id]).fetchall()
    except duckdb.Error:
        return False
    return True


def _without(rule: Rule, culprits: Sequence[str]) -> Rule:
    if not culprits:
        return rule
    listed = ", ".join(literal(submission) for submission in culprits)
    return replace(rule, query=f"select * from ({rule.query}) as bad where submission_id not in ({listed})")


def _set_apart(connection: duckdb.DuckDBPyConnection, apart: dict[str, list[str]]) -> None:
    pairs = [(code, submission) for code, culprits in apart.items() for submission in culprits]
    rows = {
        "rule_code": pa.array([code for code, _ in pairs], pa.string()),
        "submission_id": pa.array([submission for _, submission in pairs], pa.string()),
    }
    create(connection, "_apart", pa.table(rows))
    connection.execute("""
        create or replace temp table subjects_apart as
        from subjects semi join _apart using (rule_code, submission_id)""")
    connection.execute("""
        create or replace temp table subjects as
        from subjects anti join _apart using (rule_code, submission_id)""")
    connection.execute("drop table _apart")
