"""Audits submissions: every file rule, once, on every submission that has not been judged by it.

One workspace per reporting period holds all submissions due, so that a rule is asked once for the whole night.

Belongs here: which periods are due, and what their submissions are judged on. Does not belong here: judging
(``judging``), what becomes of the submissions (``decisions``), rules, and what their queries read (``workspace``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from expectations.rule import Rule
from orchestration import clock, lake
from orchestration.audit.decisions import load_rules_in_force, record_decisions
from orchestration.audit.judging import (
    file_rules,
    find_due,
    judge_batch,
    judge_structure,
    load_rules,
    load_structure,
    with_hints,
)
from orchestration.audit.rule_history import write_rules
from orchestration.audit.tables import create
from orchestration.audit.verdicts import Audited, summarise, sweep, write
from orchestration.audit.workspace import UNIT_KIND, batch_schemas, furnish
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
    record_decisions(home, wanted)
    return summarise(standing_file_verdicts(home, wanted), judged)


def _periods_due(home: Home, rules: Sequence[Rule], wanted: Sequence[str]) -> list[str]:
    """Those of the periods in which anything may be due, found in one look over the whole lake.

    It may name a period too many (a batch not committed), never one too few.
    """
    with duckdb.connect() as connection:
        load_rules(connection, rules)
        load_structure(connection)
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
        f"read_parquet('{folder}/*/*.parquet', union_by_name = true, hive_partitioning = true, "
        "hive_types = {'reporting_period': varchar})"
    )


_PERIODS_DUE = """
    with sheets as (from {landed_sheets}),
    changed as (
        select submission_id, max(changed_at) as changed_at from sheets where changed_at is not null group by submission_id
    ),
    asked as (
        select s.reporting_period, s.submission_id, s.dataset, r.rule_code, r.rule_version
        from sheets as s join rules_by_dataset as r on r.dataset = s.dataset
        where s.state = 'landed'
        union
        select p.reporting_period, p.submission_id, p.dataset, p.rule_code, coalesce(r.rule_version, 0)
        from {problems} as p left join structure as r on r.rule_code = p.rule_code
        union
        select v.reporting_period, v.submission_id, v.dataset, v.rule_code, r.rule_version
        from {verdicts} as v
        join changed as c on c.submission_id = v.submission_id and v.judged_at < c.changed_at
        join structure as r on r.rule_code = v.rule_code
        where v.outcome = 'failed'
    ),
    answered as (
        select v.submission_id, v.dataset, v.rule_code, v.rule_version
        from {verdicts} as v left join changed as c on c.submission_id = v.submission_id
        where v.scope <> 'bureau' and v.outcome <> 'could_not_run'
            and (c.changed_at is null or v.judged_at >= c.changed_at)
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
    judged_at = clock.moment(home)
    with duckdb.connect() as connection:
        load_period(connection, home, period)
        load_rules(connection, rules)
        judgements = [judge_structure(connection, judged_at)]
        if find_due(connection):
            load_batch(connection, home, period)
            furnish(connection, home.units_csv)
            judgements.append(judge_batch(connection, rules, judged_at))
            judgements = [with_hints(connection, judgement) for judgement in judgements]
        for judgement in judgements:
            write(home, judgement)
        return sum(judgement.verdicts.num_rows for judgement in judgements)


def load_period(connection: duckdb.DuckDBPyConnection, home: Home, period: str) -> None:
    """What was landed and found in the period, who sent it, and what was judged before."""
    for table in ("landed_sheets", "landed_columns", "problems"):
        create(connection, f"every_{table}", _landed(home, table, period))
    create(connection, "judged", _verdicts(home, period))
    create(connection, "every_submission", pq.read_table(lake.single_file(home, "submissions")))


def _files(home: Home, table: str, period: str) -> list[Path]:
    """What was landed of a table in a period, and the file without rows."""
    return [lake.table_file(home, table, lake.NO_PERIOD, "schema"), *lake.landed_files(home, table, period)]


def _landed(home: Home, table: str, period: str) -> pa.Table:
    """A control table of the lake, of the batches that count, with its period."""
    files = [pq.ParquetFile(path).read() for path in _files(home, table, period)]
    rows = pa.concat_tables(files, promote_options="default")
    return rows.append_column("reporting_period", pa.array([period] * rows.num_rows, pa.string()))


def _verdicts(home: Home, period: str) -> pa.Table:
    """The period's verdicts that answered: one that could not run is asked again."""
    paths = sorted(lake.partition(home, "verdicts", period).glob("*.parquet"))
    rows = pa.concat_tables([lake.VERDICTS.empty_table(), *(pq.ParquetFile(path).read() for path in paths)])
    return rows.append_column("reporting_period", pa.array([period] * rows.num_rows, pa.string()))


def load_batch(connection: duckdb.DuckDBPyConnection, home: Home, period: str) -> None:
    """The tables of ``workspace.batch_schemas`` for the submissions that are due."""
    connection.execute("create temp table batch as select distinct submission_id from due")
    for name in batch_schemas():
        if name == "submissions":
            connection.execute(
                f"create table submissions as select submission_id, unit_code, reporting_period, {UNIT_KIND} "
                "from every_submission semi join batch using (submission_id)"
            )
        elif name in ("landed_sheets", "landed_columns"):
            connection.execute(
                f"create table {name} as from every_{name} semi join batch using (submission_id)"
            )
        else:
            connection.execute(
                f"create table {name} as select *, '{period}' as reporting_period "
                "from read_parquet($files, union_by_name = true, hive_partitioning = false) semi join batch using (submission_id)",
                {"files": [str(path) for path in _files(home, name, period)]},
            )


def standing_file_verdicts(home: Home, periods: Sequence[str]) -> list[dict]:
    """The last verdict of each rule in force on the latest submission of each unit and period."""
    with duckdb.connect() as connection:
        create(connection, "every_submission", pq.read_table(lake.single_file(home, "submissions")))
        tables = [_verdicts(home, period) for period in periods]
        if not tables:
            return []
        create(connection, "judged", pa.concat_tables(tables))
        load_rules_in_force(connection)
        return connection.execute(_STANDING).to_arrow_table().to_pylist()


_STANDING = """
    with latest as (
        select submission_id from every_submission where problem_code is null
        qualify row_number() over (
            partition by unit_code, reporting_period
            order by version desc nulls last, received_at desc nulls last, submission_id
        ) = 1
    )
    select * from judged as j semi join latest using (submission_id)
    semi join rules_in_force as r on r.rule_code = j.rule_code and j.rule_version <= r.rule_version
    qualify row_number() over (
        partition by submission_id, dataset, rule_code order by rule_version desc, judged_at desc, verdict_id
    ) = 1
    order by reporting_period, submission_id, rule_code"""
