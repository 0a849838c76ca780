"""Everything the receipts of one reporting period are made of, read from the lake, the warehouse and the archive.

Belongs here: reading. Does not belong here: what a receipt says of it (``compose``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import duckdb
import pyarrow.compute as pc

from orchestration import lake
from orchestration.audit.decisions import decide
from orchestration.audit.receipts.changes import Versions, compare_versions, row_keys
from orchestration.audit.receipts.material import Material, RowKeys, collect, failing_rows
from orchestration.audit.tables import load_control
from orchestration.audit.warehouse import open_build, period_states, standing_verdicts
from orchestration.home import Home
from orchestration.receive.guard import run_guarded
from orchestration.receive.register import Submission
from orchestration.rulings import load_rulings

MEMORY_BYTES = 1536 * 2**20
SECONDS_PER_PAIR = 90.0

Changed = dict[tuple[str, str], dict]


@dataclass(frozen=True, slots=True)
class Found:
    """Materials by submission, and the changed cells between two tries of a unit, by (before, after)."""

    materials: dict[str, Material]
    changes: Changed

    def before(
        self, submission: Submission, earlier: Sequence[Submission]
    ) -> tuple[Submission, Material, dict | None] | None:
        """The last of the earlier tries that was landed, as ``compose`` takes it."""
        for one in reversed(earlier):
            material = self.materials.get(one.submission_id)
            if material is not None:
                return one, material, self.changes.get((one.submission_id, submission.submission_id))
        return None


def find(home: Home, period: str, submissions: Sequence[Submission], known: Changed) -> Found:
    """``known``: changed cells that need not be looked for again."""
    with duckdb.connect() as connection:
        load_control(connection, home, [period])
        decide(connection, load_rulings(home))
        _load_bureau(connection, home, period, submissions)
        keys = _row_keys(connection, home, period)
        materials = collect(connection, keys)
    return Found(materials, known | _changes(home, submissions, materials, known))


def _load_bureau(
    connection: duckdb.DuckDBPyConnection, home: Home, period: str, submissions: Sequence[Submission]
) -> None:
    """The table ``bureau_failures``: what the province-wide rules find of a unit, on the submission that answers for it:
    the one whose row is at fault, else the unit's last."""
    verdicts = [v["verdict_id"] for v in _bureau_verdicts(home, period) if v["outcome"] == "failed"]
    last = {s.unit_code: s.submission_id for s in submissions if s.problem_code is None}
    connection.execute("create temp table last_tries (unit_code string, submission_id string)")
    if last:
        connection.executemany("insert into last_tries values (?, ?)", list(last.items()))
    connection.execute(
        """
        create temp table bureau_failures as
        select coalesce(f.submission_id, t.submission_id) as submission_id, f.rule_code, f.severity, f.dataset,
               f.source_sheet, f.source_row, f.cells, f.found, f.expected, f.difference, f.hint
        from failures as f
        left join last_tries as t on t.unit_code = f.unit_code
        where f.verdict_id in (select unnest($verdicts)) and coalesce(f.submission_id, t.submission_id) is not null""",
        {"verdicts": verdicts},
    )


def _bureau_verdicts(home: Home, period: str) -> list[dict]:
    if not home.build.exists():
        return []
    with open_build(home) as build:
        states = period_states(build)
    return standing_verdicts(home, states, [period]) if period in states else []


def _row_keys(connection: duckdb.DuckDBPyConnection, home: Home, period: str) -> dict[str, RowKeys]:
    """The business key of each row at fault, by submission: it tells the row apart when rows have moved."""
    found: dict[str, RowKeys] = defaultdict(dict)
    for dataset, rows in failing_rows(connection).items():
        present = [str(path) for path in lake.landed_files(home, dataset, period)]
        if not present:
            continue
        pairs = [(submission, row) for submission, numbers in rows.items() for row in numbers]
        table = connection.execute(
            """
            select l.* from read_parquet($files, union_by_name = true, hive_partitioning = false) as l
            semi join (select unnest($submissions) as submission_id, unnest($rows) as source_row) as wanted
                on wanted.submission_id = l.submission_id and wanted.source_row = l.source_row""",
            {"files": present, "submissions": [p[0] for p in pairs], "rows": [p[1] for p in pairs]},
        ).to_arrow_table()
        for submission in rows:
            own = table.filter(pc.equal(table["submission_id"], submission))
            found[submission].update(row_keys(dataset, own))
    return found


def _changes(
    home: Home, submissions: Sequence[Submission], materials: Mapping[str, Material], known: Changed
) -> Changed:
    """Which cells changed between each two tries of a unit that follow each other."""
    pairs = [pair for pair in _pairs(submissions, materials) if _ids(pair) not in known]
    tasks = [
        Versions(
            home.archive / before.archive_path,
            home.archive / after.archive_path,
            tuple(answer.dataset for answer in materials[after.submission_id].answers),
        )
        for before, after in pairs
    ]
    results = run_guarded(
        compare_versions,
        tasks,
        memory_bytes=MEMORY_BYTES,
        seconds_per_item=SECONDS_PER_PAIR,
        what="compare versions",
    )
    return {
        _ids(pair): result.value.to_json()
        for pair, result in zip(pairs, results, strict=True)
        if result.value is not None
    }


def _ids(pair: tuple[Submission, Submission]) -> tuple[str, str]:
    return pair[0].submission_id, pair[1].submission_id


def _pairs(
    submissions: Sequence[Submission], materials: Mapping[str, Material]
) -> list[tuple[Submission, Submission]]:
    tries: dict[str, list[Submission]] = defaultdict(list)
    for submission in sorted(submissions, key=lambda s: (s.received_at, s.submission_id)):
        if submission.submission_id in materials and submission.unit_code:
            tries[submission.unit_code].append(submission)
    return [pair for each in tries.values() for pair in pairwise(each)]
