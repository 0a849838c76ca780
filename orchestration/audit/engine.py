"""Runs rules: Great Expectations decides and counts, the rule's own query then lists every bad row.

Great Expectations caps the rows it returns (200 of thousands) but counts exactly, so each query runs twice:
once as an expectation and once for the list. A count that differs from the list is "could not run": the same
question had two answers. An expectation that crashes is "could not run" too, never failed and never passed.

Belongs here: running rules on a connection. Does not belong here: where their tables come from, and what a
verdict is (``verdicts``).
"""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import duckdb
from sqlalchemy.dialects import registry

from expectations.rule import Rule

BAD_ROWS = "audit_bad_rows"
_BAD_COLUMNS = (
    "rule_code",
    "reporting_period",
    "unit_code",
    "submission_id",
    "source_sheet",
    "source_row",
    "found",
    "expected",
    "difference",
)


# Loaded when the first connection is lent.
registry.register("duckdb.lent", "orchestration.audit.lent_duckdb", "LentDuckDB")


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one rule: ``failed`` bad rows, or why it could not run."""

    rule: Rule
    failed: int
    could_not_run: str | None = None


def judge(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> list[Finding]:
    """Runs the rules and leaves every bad row in the temporary table ``audit_bad_rows`` of the connection.

    Rows of a rule that could not run are not in the table.
    """
    connection.execute(
        f"create or replace temp table {BAD_ROWS} (rule_code string, reporting_period string, unit_code string, "
        "submission_id string, source_sheet string, source_row integer, found string, expected string, "
        "difference string)"
    )
    counts = _expect(connection, rules)
    return [_list_bad_rows(connection, rule, counts[rule.code]) for rule in rules]


def _list_bad_rows(connection: duckdb.DuckDBPyConnection, rule: Rule, count: int | str) -> Finding:
    if isinstance(count, str):
        return Finding(rule, 0, could_not_run=count)
    if count == 0:
        return Finding(rule, 0)
    given = set(rule.contract)
    columns = ", ".join(c if c in given else f"null as {c}" for c in _BAD_COLUMNS[1:])
    connection.execute(f"insert into {BAD_ROWS} select '{rule.code}', {columns} from ({rule.query}) as bad")
    [(listed,)] = connection.execute(
        f"select count(*) from {BAD_ROWS} where rule_code = ?", [rule.code]
    ).fetchall()
    if listed != count:
        connection.execute(f"delete from {BAD_ROWS} where rule_code = ?", [rule.code])
        return Finding(rule, 0, could_not_run=f"{count} bad rows were counted and {listed} listed")
    return Finding(rule, listed)


def _expect(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> dict[str, int | str]:
    """By rule code: how many bad rows Great Expectations counted, or the message of its crash."""
    if not rules:
        return {}
    gx = great_expectations()
    with _lent(connection) as url:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        source = context.data_sources.add_sql("audit", connection_string=url)
        try:
            # The batch is nominal: a rule names its own tables.
            asset = source.add_query_asset("batch", query="select 1 as batch")
            suite = gx.ExpectationSuite("rules", expectations=[_expectation(gx, rule) for rule in rules])
            result = (
                asset.add_batch_definition_whole_table("all")
                .get_batch()
                .validate(suite, result_format="BASIC")
            )
        finally:
            source.get_execution_engine().engine.dispose()
            source.get_engine().dispose()
    return {
        entry["expectation_config"]["meta"]["code"]: _counted(entry)
        for entry in result.to_json_dict()["results"]
    }


def _expectation(gx, rule: Rule):
    return gx.expectations.UnexpectedRowsExpectation(
        unexpected_rows_query=query_text(rule.query),
        severity="critical" if rule.severity == "error" else "warning",
        description=rule.title_zh,
        meta={"code": rule.code, "version": rule.version, "dataset": rule.dataset, "source": rule.source},
    )


def query_text(query: str) -> str:
    """The query as Great Expectations takes it: braces and colons are its own, and it asks for its batch."""
    escaped = query.replace("{", "{{").replace("}", "}}")
    return re.sub(r"(?<!:):(?!:)", r"\\:", escaped) + "\n/* {batch} */"


def _counted(entry: dict) -> int | str:
    exceptions = entry["exception_info"]
    crashes = [exceptions] if "raised_exception" in exceptions else list(exceptions.values())
    for crash in crashes:
        if crash["raised_exception"]:
            return str(crash["exception_message"]).splitlines()[0]
    return int(entry["result"]["observed_value"])


@contextmanager
def _lent(connection: duckdb.DuckDBPyConnection):
    from orchestration.audit.lent_duckdb import LENT  # noqa: PLC0415

    name = uuid4().hex
    LENT[name] = connection
    try:
        yield f"duckdb+lent:///{name}"
    finally:
        del LENT[name]


def great_expectations():
    """Imported when first needed, for it takes seconds; silent, and with nothing sent anywhere."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it imports the deprecated sre_constants
        import great_expectations as gx  # noqa: PLC0415
    # A module of it sets its own level, and dbt's tracker gives the root a handler: so none of its lines may reach the root.
    lines = logging.getLogger("great_expectations")
    lines.handlers, lines.propagate = [logging.NullHandler()], False
    return gx
