"""What a receipt is made of: the verdicts, failures and decisions of submissions, taken from a DuckDB connection.

The connection holds ``submissions``, ``landed_sheets``, ``landed_columns``, ``verdicts`` and ``failures``, of the lake
or of a check in memory, ``bureau_failures`` (what province-wide rules say of a submission; of a check none), and what
``decisions.decide`` leaves on it. Belongs here: collecting. Does not belong here:
deciding, grouping problems (``causes``), writing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import duckdb

from orchestration.audit.decisions import WORKBOOK
from orchestration.audit.receipts.problems import Failure, letters_of, read_failures
from orchestration.audit.receipts.receipt import DatasetAnswer

RowKeys = dict[tuple[str, int], str]


@dataclass(slots=True)
class Material:
    """Of one submission: its datasets in the order of its sheets, its failures, errors and warnings of the workbook."""

    answers: list[DatasetAnswer] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    workbook_errors: int = 0
    workbook_warnings: int = 0

    @property
    def sheets(self) -> list[str]:
        return [answer.sheet for answer in self.answers]


def collect(
    connection: duckdb.DuckDBPyConnection, row_keys: dict[str, RowKeys] | None = None
) -> dict[str, Material]:
    """Material of every submission with landed sheets. ``row_keys`` by submission, as ``changes.row_keys`` gives them."""
    found: dict[str, Material] = defaultdict(Material)
    for submission_id, errors, warnings in connection.execute(_WORKBOOKS).fetchall():
        found[submission_id].workbook_errors = errors
        found[submission_id].workbook_warnings = warnings
    for submission_id, *answer in connection.execute(_ANSWERS).fetchall():
        found[submission_id].answers.append(DatasetAnswer(*answer))
    letters = _by_submission(connection, "select * from landed_columns")
    waived = _waived(connection)
    for submission_id, rows in _by_submission(connection, _FAILURES).items():
        found[submission_id].failures = read_failures(
            rows,
            letters=letters_of(letters.get(submission_id, [])),
            row_keys=(row_keys or {}).get(submission_id, {}),
            waived=waived.get(submission_id, {}),
        )
    return dict(found)


def failing_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, list[int]]]:
    """By dataset and submission, the sheet rows that a standing verdict finds at fault."""
    rows = connection.execute(
        f"select distinct dataset, submission_id, source_row from ({_FAILURES}) where source_row is not null"
    ).fetchall()
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for dataset, submission_id, row in rows:
        if dataset is not None:
            found[dataset][submission_id].append(row)
    return found


def _by_submission(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, list[dict]]:
    rows: dict[str, list[dict]] = defaultdict(list)
    for row in connection.execute(query).to_arrow_table().to_pylist():
        rows[row["submission_id"]].append(row)
    return rows


def _waived(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    waived: dict[str, dict[str, str]] = defaultdict(dict)
    for submission_id, rule_code, expires_on in connection.execute(
        "select distinct submission_id, rule_code, waived_until from standing where waived_until is not null"
    ).fetchall():
        waived[submission_id][rule_code] = expires_on.isoformat()
    return waived


_WORKBOOKS = f"select submission_id, errors, warnings from decided where dataset = '{WORKBOOK}'"

# A dataset landed but not judged yet has no decision: it is pending.
_ANSWERS = """
    select l.submission_id, l.dataset, l.source_sheet, coalesce(d.state, 'pending'), l.rows,
           coalesce(d.errors, 0), coalesce(d.warnings, 0), coalesce(d.waived, 0)
    from landed_sheets as l
    left join decided as d on d.submission_id = l.submission_id and d.dataset = l.dataset
    order by l.submission_id, l.dataset = 'stated_totals', l.dataset"""

# What is said of a sheet that its unit need not send is left out; a rule that could not run is the bureau's trouble
# and has no failing place, but it holds the dataset back and is said.
_FAILURES = """
    select s.submission_id, s.rule_code, s.severity, s.dataset, f.source_sheet, f.source_row, f.cells, f.found,
           f.expected, f.difference, f.hint
    from standing as s
    join failures as f on f.verdict_id = s.verdict_id
    where s.outcome = 'failed' and not exists (
        select 1 from decided as d
        where d.submission_id = s.submission_id and d.dataset = s.dataset and d.state = 'exempt'
    )
    union all
    select s.submission_id, s.rule_code, s.severity, s.dataset, l.source_sheet, null, null,
           '本规则未能运行', '由省局核查后重新判定', null, null
    from standing as s
    left join landed_sheets as l on l.submission_id = s.submission_id and l.dataset = s.dataset
    where s.outcome = 'could_not_run'
    union all
    select submission_id, rule_code, severity, dataset, source_sheet, source_row, cells, found, expected, difference, hint
    from bureau_failures"""
