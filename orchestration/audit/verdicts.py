"""Verdicts and failures: how findings become rows, and how rows are added to the lake.

A verdict says of one rule, at one version, and one subject (a submission, or the province in a period with the
submissions then in force): passed, failed or could not run. Its id follows from these, so the same question is
never answered twice. Nothing is ever changed or removed; a new submission or rule version adds verdicts.

Belongs here: the rows and their files. Does not belong here: which subjects are due (``files``, ``warehouse``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from expectations.rule import Rule
from orchestration import lake, sums
from orchestration.audit.engine import BAD_ROWS, Finding
from orchestration.home import Home

_RULE_CELLS = pa.schema({"rule_code": pa.string(), "column_name": pa.string(), "position": pa.int32()})
_FINDINGS = pa.schema(
    {
        "rule_code": pa.string(),
        "rule_version": pa.int32(),
        "scope": pa.string(),
        "severity": pa.string(),
        "dataset": pa.string(),
        "could_not_run": pa.string(),
    }
)


_ORDER = ("passed", "could_not_run", "failed")


@dataclass(frozen=True, slots=True)
class Judgement:
    """New verdicts and failures, with their ``reporting_period``; otherwise as ``lake.VERDICTS``, ``lake.FAILURES``."""

    verdicts: pa.Table
    failures: pa.Table


@dataclass(frozen=True, slots=True)
class Audited:
    """An audit's outcome by rule (each counts once, by its worst verdict) and the verdicts that matter.

    ``worst``: the worst outcome by rule code. ``judged``: verdicts added by this run. ``failing``: standing verdicts not
    passed; ``blocking``: those of error severity. A verdict is a dict with the columns of ``lake.VERDICTS`` and ``reporting_period``.
    """

    worst: dict[str, str]
    judged: int
    failing: list[dict] = field(default_factory=list)

    @property
    def rules(self) -> int:
        return len(self.worst)

    @property
    def passed(self) -> int:
        return self._ending("passed")

    @property
    def failed(self) -> int:
        return self._ending("failed")

    @property
    def could_not_run(self) -> int:
        return self._ending("could_not_run")

    @property
    def blocking(self) -> list[dict]:
        return [verdict for verdict in self.failing if verdict["severity"] == "error"]

    def joined(self, other: Audited) -> Audited:
        """This audit and another one of the same night, of other periods."""
        worst = dict(self.worst)
        for rule, outcome in other.worst.items():
            worst[rule] = max(outcome, worst.get(rule, outcome), key=_ORDER.index)
        return Audited(worst, self.judged + other.judged, [*self.failing, *other.failing])

    def _ending(self, outcome: str) -> int:
        return sum(found == outcome for found in self.worst.values())


def summarise(standing: Sequence[dict], judged: int) -> Audited:
    """Counts rules over standing verdicts: failed outweighs could not run, which outweighs passed. A notice is no
    failure: it is said to the sender, on the receipt, and counts nowhere."""
    standing = [verdict for verdict in standing if verdict["severity"] != "notice"]
    worst: dict[str, str] = {}
    for verdict in standing:
        rule, outcome = verdict["rule_code"], verdict["outcome"]
        worst[rule] = max(outcome, worst.get(rule, outcome), key=_ORDER.index)
    return Audited(worst, judged, [verdict for verdict in standing if verdict["outcome"] != "passed"])


def compose(
    connection: duckdb.DuckDBPyConnection, findings: Sequence[Finding], judged_at: datetime
) -> Judgement:
    """Verdicts and failures of findings on the subjects of the connection's table ``subjects``.

    ``subjects``: rule_code, reporting_period, unit_code, submission_id (null for the province), fingerprint (what
    the id stands on), checked. Bad rows of subjects that are not due are left out. The connection also holds
    ``landed_columns``, which gives failing columns their letters.
    """
    connection.register("_findings", _findings_table(findings))
    connection.register("_rule_cells", _cells_table([finding.rule for finding in findings]))
    asked_at = judged_at.isoformat()
    verdicts = stamped(connection.execute(_VERDICTS_SQL, {"asked_at": asked_at}).to_arrow_table(), judged_at)
    connection.register("_verdicts", verdicts)
    failures = connection.execute(_FAILURES_SQL).to_arrow_table()
    for name in ("_findings", "_rule_cells", "_verdicts"):
        connection.unregister(name)
    return Judgement(verdicts, failures)


def stamped(verdicts: pa.Table, judged_at: datetime) -> pa.Table:
    """Verdicts with the moment they were given. (DuckDB's own time zones need an extension.)"""
    return verdicts.append_column("judged_at", pa.array([judged_at] * verdicts.num_rows, lake.TIMESTAMP))


def _findings_table(findings: Sequence[Finding]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "rule_code": finding.rule.code,
                "rule_version": finding.rule.version,
                "scope": finding.rule.scope,
                "severity": finding.rule.severity,
                "dataset": finding.rule.dataset,
                "could_not_run": finding.could_not_run,
            }
            for finding in findings
        ],
        schema=_FINDINGS,
    )


def _cells_table(rules: Sequence[Rule]) -> pa.Table:
    rows = [
        {"rule_code": rule.code, "column_name": column, "position": position}
        for rule in rules
        for position, column in enumerate(rule.cells)
    ]
    return pa.Table.from_pylist(rows, schema=_RULE_CELLS)


# A verdict that could not run has an id of its own each time: it is asked again, and answered again.
_VERDICTS_SQL = f"""
    with failed as (
        select rule_code, reporting_period, submission_id, count(*) as failed
        from {BAD_ROWS} group by rule_code, reporting_period, submission_id
    ),
    by_subject as (
        select s.rule_code, s.fingerprint, sum(f.failed) as failed
        from subjects as s
        join failed as f on f.rule_code = s.rule_code
            and case when s.submission_id is null then f.reporting_period = s.reporting_period
                     else f.submission_id = s.submission_id end
        group by s.rule_code, s.fingerprint
    ),
    judged as (
        select s.*, f.rule_version, f.scope, f.severity, f.dataset, cast(coalesce(b.failed, 0) as bigint) as failed,
               case when f.could_not_run is not null then 'could_not_run'
                    when b.failed > 0 then 'failed' else 'passed' end as outcome
        from subjects as s
        join _findings as f on f.rule_code = s.rule_code
        left join by_subject as b on b.rule_code = s.rule_code and b.fingerprint = s.fingerprint
    )
    select substr(sha256(concat_ws('|', rule_code, rule_version, fingerprint,
               case when outcome = 'could_not_run' then $asked_at end)), 1, 16) as verdict_id,
           rule_code, rule_version, scope, severity, dataset, unit_code, submission_id, outcome,
           case when outcome = 'could_not_run' then 0 else checked end as checked, failed,
           reporting_period
    from judged
    order by reporting_period, submission_id nulls first, rule_code"""

MOST_CHARACTERS = 500  # of one text: a rule may list what it misses, and a workbook decides how much that is


def _short(text: str) -> str:
    return f"case when length({text}) > {MOST_CHARACTERS} then left({text}, {MOST_CHARACTERS}) || '……' else {text} end"


_FAILURES_SQL = f"""
    with lettered as (
        select c.rule_code, l.submission_id, l.column_letter, c.position
        from _rule_cells as c
        join _findings as f on f.rule_code = c.rule_code
        join landed_columns as l on l.dataset = f.dataset and l.column_name = c.column_name
        where l.column_letter is not null
    ),
    rows_at_fault as (
        select v.verdict_id, v.rule_code, v.severity, v.dataset,
               coalesce(b.unit_code, v.unit_code) as unit_code, b.submission_id, b.source_sheet, b.source_row,
               {_short("b.found")} as found, {_short("b.expected")} as expected, b.difference, v.reporting_period,
               row_number() over () as line
        from {BAD_ROWS} as b
        join _verdicts as v on v.rule_code = b.rule_code
            and case when v.submission_id is null then v.reporting_period = b.reporting_period
                     else v.submission_id = b.submission_id end
    ),
    addressed as (
        select r.line,
               string_agg(l.column_letter || cast(r.source_row as string), ',' order by l.position) as cells
        from rows_at_fault as r
        join lettered as l on l.rule_code = r.rule_code and l.submission_id = r.submission_id
        where r.source_row is not null
        group by r.line
    )
    select r.verdict_id, r.rule_code, r.severity, r.dataset, r.unit_code, r.submission_id, r.source_sheet,
           r.source_row, a.cells, r.found, r.expected, r.difference, cast(null as string) as hint,
           r.reporting_period
    from rows_at_fault as r
    left join addressed as a on a.line = r.line
    order by r.reporting_period, r.submission_id, r.rule_code, r.source_row nulls first"""


def write(home: Home, judgement: Judgement) -> None:
    """Adds a judgement to the lake, a file per period. Verdicts are written last: they make the failures count."""
    for period in sorted(set(judgement.verdicts["reporting_period"].to_pylist())):
        verdicts = _of_period(judgement.verdicts, period, lake.VERDICTS)
        failures = _of_period(judgement.failures, period, lake.FAILURES)
        run = _run_name(verdicts["verdict_id"].to_pylist())
        if failures.num_rows:
            lake.write_vouched(lake.table_file(home, "failures", period, run), failures)
        lake.write_vouched(lake.table_file(home, "verdicts", period, run), verdicts)


def _of_period(rows: pa.Table, period: str, schema: pa.Schema) -> pa.Table:
    chosen = rows.filter(pc.equal(rows["reporting_period"], period))
    return chosen.select(schema.names).cast(schema)


def _run_name(verdict_ids: Iterable[str]) -> str:
    """The same verdicts give the same file, so that an audit repeated after a kill rewrites its own."""
    return hashlib.sha256("\n".join(sorted(verdict_ids)).encode()).hexdigest()[:16]


def sweep(home: Home) -> None:
    """Deletes failures that no verdict stands behind: an audit was killed between the two files."""
    for path in (home.lake / "failures").glob("reporting_period=*/*.parquet"):
        if (
            path.stem != "schema"
            and not lake.table_file(home, "verdicts", path.parent.name[17:], path.stem).exists()
        ):
            sums.forget(path)
            path.unlink()
