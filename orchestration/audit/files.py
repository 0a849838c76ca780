"""Audits submissions: every file rule, once, on every submission that has not been judged by it.

One workspace per reporting period holds all submissions due, so that a rule is asked once for the whole night.
A check of a single workbook builds the same workspace from its own tables and calls ``judge_batch``.

Belongs here: which submissions are due, and what they are judged on. Does not belong here: rules, or what
their queries read (``workspace``), or how they are run (``engine``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from expectations import catalogue
from expectations.rule import Rule
from orchestration import lake
from orchestration.audit.engine import judge
from orchestration.audit.structure import STRUCTURE
from orchestration.audit.verdicts import (
    Audited,
    Judgement,
    compose,
    register,
    stamped,
    summarise,
    sweep,
    write,
    write_rules,
)
from orchestration.audit.workspace import batch_schemas, furnish
from orchestration.home import Home
from orchestration.progress import Progress


def audit_files(
    home: Home, *, periods: Sequence[str] | None = None, progress: Progress | None = None
) -> Audited:
    """Judges what is due in the given periods (default: all) and says how their latest submissions stand."""
    lake.ensure_schema_files(home)
    sweep(home)
    write_rules(home)
    rules = file_rules()
    wanted = sorted({batch.period for batch in lake.batches(home)}) if periods is None else list(periods)
    due = _periods_due(home, rules, wanted)
    judged = 0
    for done, period in enumerate(due):
        if progress:
            progress(f"审核 {period}", done, len(due))
        judged += _audit_period(home, period, rules)
    return summarise(standing_file_verdicts(home, wanted), judged)


def file_rules() -> list[Rule]:
    return [rule for rule in catalogue().values() if rule.scope == "file"]


def judge_batch(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], judged_at: datetime
) -> Judgement:
    """Judges a furnished batch (see ``workspace``) by the rules of the table ``due`` (rule_code, submission_id)."""
    connection.execute("""
        create or replace temp table subjects as
        select due.rule_code, b.reporting_period, b.unit_code, b.submission_id,
               b.submission_id as fingerprint, cast(l.rows as bigint) as checked
        from due
        join submissions as b using (submission_id)
        join rules_by_dataset as r on r.rule_code = due.rule_code
        join landed_sheets as l on l.submission_id = due.submission_id and l.dataset = r.dataset""")
    codes = {row[0] for row in connection.execute("select distinct rule_code from due").fetchall()}
    findings = judge(connection, [rule for rule in rules if rule.code in codes])
    return compose(connection, findings, judged_at)


def load_rules(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    """The rules at hand as the table ``rules_by_dataset`` (rule_code, rule_version, dataset)."""
    rows = pa.table(
        {
            "rule_code": [rule.code for rule in rules],
            "rule_version": pa.array([rule.version for rule in rules], pa.int32()),
            "dataset": [rule.dataset for rule in rules],
        }
    )
    register(connection, "_rules", rows)
    connection.execute("create or replace temp table rules_by_dataset as from _rules")
    connection.unregister("_rules")


def _periods_due(home: Home, rules: Sequence[Rule], wanted: Sequence[str]) -> list[str]:
    """Those of the periods in which anything may be due, found in one look over the whole lake.

    It may name a period too many (a batch not committed), never one too few.
    """
    with duckdb.connect() as connection:
        load_rules(connection, rules)
        _load_structure(connection)
        rows = connection.execute(
            _PERIODS_DUE.format(
                **{table: _every_file(home, table) for table in ("landed_sheets", "problems", "verdicts")}
            )
        ).fetchall()
    due = {row[0] for row in rows}
    return [period for period in wanted if period in due]


def _every_file(home: Home, table: str) -> str:
    folder = str(home.lake / table).replace("'", "''")
    return (
        f"read_parquet('{folder}/*/*.parquet', hive_partitioning = true, "
        "hive_types = {'reporting_period': varchar})"
    )


_PERIODS_DUE = """
    with asked as (
        select s.reporting_period, s.submission_id, s.dataset, r.rule_code, r.rule_version
        from {landed_sheets} as s join rules_by_dataset as r on r.dataset = s.dataset
        where s.state = 'landed'
        union
        select p.reporting_period, p.submission_id, p.dataset, p.rule_code, coalesce(r.rule_version, 0)
        from {problems} as p left join structure as r on r.rule_code = p.rule_code
    ),
    answered as (
        select submission_id, dataset, rule_code, rule_version from {verdicts}
        where scope <> 'bureau' and outcome <> 'could_not_run'
    )
    select distinct reporting_period from (
        select * from asked where not exists (
            select 1 from answered as v
            where v.submission_id = asked.submission_id and v.dataset is not distinct from asked.dataset
                and v.rule_code = asked.rule_code and v.rule_version = asked.rule_version
        )
    ) as due"""


def _audit_period(home: Home, period: str, rules: Sequence[Rule]) -> int:
    """Judges what is due in one period; returns how many verdicts that gave."""
    judged_at = datetime.now(UTC)
    with duckdb.connect() as connection:
        _load_control(connection, home, period)
        load_rules(connection, rules)
        structural = _judge_structure(connection, judged_at)
        write(home, structural)
        if not _find_due(connection):
            return structural.verdicts.num_rows
        _load_batch(connection, home, period)
        furnish(connection, home.units_csv)
        judgement = judge_batch(connection, rules, judged_at)
        write(home, judgement)
        return structural.verdicts.num_rows + judgement.verdicts.num_rows


def _load_control(connection: duckdb.DuckDBPyConnection, home: Home, period: str) -> None:
    """What was landed and found in the period, who sent it, and what was judged before."""
    for table in ("landed_sheets", "landed_columns", "problems"):
        _create(connection, f"every_{table}", _landed(home, table, period))
    _create(connection, "judged", _verdicts(home, period))
    _create(connection, "every_submission", pq.read_table(lake.single_file(home, "submissions")))


def _create(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    connection.register("_loaded", rows)
    connection.execute(f"create temp table {name} as from _loaded")
    connection.unregister("_loaded")


def _files(home: Home, table: str, period: str) -> list[Path]:
    """The files of a table in a period, of the batches that count, and the one without rows."""
    paths = [lake.table_file(home, table, period, batch.batch) for batch in lake.batches(home, period)]
    return [lake.table_file(home, table, lake.NO_PERIOD, "schema"), *(p for p in paths if p.exists())]


def _landed(home: Home, table: str, period: str) -> pa.Table:
    """A control table of the lake, of the batches that count, with its period."""
    rows = pa.concat_tables([pq.ParquetFile(path).read() for path in _files(home, table, period)])
    return rows.append_column("reporting_period", pa.array([period] * rows.num_rows, pa.string()))


def _verdicts(home: Home, period: str) -> pa.Table:
    """The period's verdicts that answered: one that could not run is asked again."""
    paths = sorted(lake.partition(home, "verdicts", period).glob("*.parquet"))
    rows = pa.concat_tables([lake.VERDICTS.empty_table(), *(pq.ParquetFile(path).read() for path in paths)])
    return rows.append_column("reporting_period", pa.array([period] * rows.num_rows, pa.string()))


def _find_due(connection: duckdb.DuckDBPyConnection) -> bool:
    """Fills ``due``: each landed sheet's rules that have not answered at their present version."""
    connection.execute("""
        create temp table due as
        select r.rule_code, s.submission_id
        from every_landed_sheets as s
        join rules_by_dataset as r on r.dataset = s.dataset
        where s.state = 'landed' and not exists (
            select 1 from judged as j
            where j.rule_code = r.rule_code and j.rule_version = r.rule_version
                and j.submission_id = s.submission_id and j.outcome <> 'could_not_run'
        )""")
    return connection.execute("from due limit 1").fetchone() is not None


def _load_batch(connection: duckdb.DuckDBPyConnection, home: Home, period: str) -> None:
    """The tables of ``workspace.batch_schemas`` for the submissions that are due."""
    connection.execute("create temp table batch as select distinct submission_id from due")
    for name in batch_schemas():
        if name == "submissions":
            connection.execute(
                "create table submissions as select submission_id, unit_code, reporting_period, "
                "case when unit_code like '%0000' then 'province' else 'county' end as unit_kind "
                "from every_submission semi join batch using (submission_id)"
            )
        elif name in ("landed_sheets", "landed_columns"):
            connection.execute(
                f"create table {name} as from every_{name} semi join batch using (submission_id)"
            )
        else:
            connection.execute(
                f"create table {name} as select *, '{period}' as reporting_period "
                "from read_parquet($files, hive_partitioning = false) semi join batch using (submission_id)",
                {"files": [str(path) for path in _files(home, name, period)]},
            )


def _judge_structure(connection: duckdb.DuckDBPyConnection, judged_at: datetime) -> Judgement:
    """Landing's findings as verdicts. Raises ValueError for a finding whose code no rule explains."""
    codes = {row[0] for row in connection.execute("select distinct rule_code from every_problems").fetchall()}
    if unknown := codes - STRUCTURE.keys():
        raise ValueError(
            f"landing reports {sorted(unknown)}, which orchestration/audit/structure.py does not list"
        )
    rules = [(rule.code, rule.version, rule.severity) for rule in STRUCTURE.values()]
    connection.execute(
        "create temp table structure (rule_code string, rule_version integer, severity string)"
    )
    connection.executemany("insert into structure values (?, ?, ?)", rules)
    verdicts = stamped(connection.execute(_STRUCTURE_VERDICTS).to_arrow_table(), judged_at)
    _create(connection, "structural", verdicts)
    return Judgement(verdicts, connection.execute(_STRUCTURE_FAILURES).to_arrow_table())


def _load_structure(connection: duckdb.DuckDBPyConnection) -> None:
    rules = [(rule.code, rule.version, rule.severity) for rule in STRUCTURE.values()]
    connection.execute(
        "create temp table structure (rule_code string, rule_version integer, severity string)"
    )
    connection.executemany("insert into structure values (?, ?, ?)", rules)


_STRUCTURE_VERDICTS = """
    select substr(sha256(concat_ws('|', p.rule_code, r.rule_version, p.submission_id, p.dataset)), 1, 16)
               as verdict_id,
           p.rule_code, r.rule_version, 'structure' as scope, r.severity, p.dataset, any_value(p.unit_code) as unit_code,
           p.submission_id, 'failed' as outcome, cast(greatest(coalesce(max(l.rows), 0), count(*)) as bigint) as checked,
           count(*) as failed, p.reporting_period
    from every_problems as p
    join structure as r using (rule_code)
    left join every_landed_sheets as l on l.submission_id = p.submission_id and l.dataset = p.dataset
    where not exists (
        select 1 from judged as j
        where j.rule_code = p.rule_code and j.rule_version = r.rule_version
            and j.submission_id = p.submission_id and j.dataset is not distinct from p.dataset
    )
    group by p.rule_code, r.rule_version, r.severity, p.dataset, p.submission_id, p.reporting_period
    order by p.submission_id, p.rule_code"""

_STRUCTURE_FAILURES = """
    select v.verdict_id, v.rule_code, v.severity, v.dataset, v.unit_code, v.submission_id,
           p.source_sheet, p.source_row, p.cell as cells, p.found, p.expected, null::string as difference,
           null::string as hint, p.reporting_period
    from structural as v
    join every_problems as p
        on p.rule_code = v.rule_code and p.submission_id = v.submission_id and p.dataset is not distinct from v.dataset
    order by v.submission_id, v.rule_code, p.source_row nulls first, p.cell"""


def standing_file_verdicts(home: Home, periods: Sequence[str]) -> list[dict]:
    """The last verdict of each rule on the latest submission of each unit and period."""
    with duckdb.connect() as connection:
        _create(connection, "every_submission", pq.read_table(lake.single_file(home, "submissions")))
        tables = [_verdicts(home, period) for period in periods]
        if not tables:
            return []
        _create(connection, "judged", pa.concat_tables(tables))
        return connection.execute(_STANDING).to_arrow_table().to_pylist()


_STANDING = """
    with latest as (
        select submission_id from every_submission where problem_code is null
        qualify row_number() over (
            partition by unit_code, reporting_period
            order by version desc nulls last, received_at desc nulls last, submission_id
        ) = 1
    )
    select * from judged semi join latest using (submission_id)
    qualify row_number() over (
        partition by submission_id, dataset, rule_code order by rule_version desc, judged_at desc, verdict_id
    ) = 1
    order by reporting_period, submission_id, rule_code"""
