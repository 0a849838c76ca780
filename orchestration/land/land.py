"""The landing: submissions not yet landed → typed Parquet in the lake, with every unreadable cell as a problem.

Belongs here: which submissions are due, batches, and the order of writing. Does not belong here: how a sheet
is read (extract) or a cell (clean), and what a submission is (receive).
"""

from __future__ import annotations

import fcntl
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from orchestration import lake
from orchestration.cards import Card, load_cards
from orchestration.home import Home
from orchestration.land.clean import clean, raw_schema
from orchestration.land.finding import Finding
from orchestration.land.key import pseudonym_key
from orchestration.land.workers import PackedSheet, Task, extract_file, unpack
from orchestration.progress import Progress
from orchestration.receive.guard import Result, run_guarded
from orchestration.receive.register import Register, Submission
from orchestration.units import ReportingUnits

MEMORY_BYTES = 1536 * 1024 * 1024  # of one worker: a county's workbook takes a tenth of it
SECONDS_PER_ITEM = 60.0
THREADS = 2


@dataclass(slots=True)
class Landed:
    """What a landing did: the submissions it landed, rows by dataset, problems and the periods touched."""

    submissions: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    problems: int = 0
    periods: list[str] = field(default_factory=list)


def land(home: Home, *, periods: Collection[str] | None = None, progress: Progress | None = None) -> Landed:
    """Lands every registered, readable submission that no batch has landed yet, one batch a period.

    Repeating it changes nothing; killed anywhere, the next landing sweeps what was left and gives the same.
    The snapshot of the register is written last, so that no reader learns of a submission before its rows.
    """
    landed = Landed()
    with _alone(home):
        lake.ensure_schema_files(home)
        lake.sweep(home)
        with Register(home.register) as register:
            registered = register.submissions()
        due = _due(registered, lake.landed_submissions(home))
        for period in sorted(due):
            if periods is None or period in periods:
                _land_period(home, period, due[period], landed, progress)
        lake.write_parquet(lake.single_file(home, "submissions"), submissions_table(registered))
    return landed


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """One landing at a time: a second one waits here until the first is done."""
    home.lake.mkdir(parents=True, exist_ok=True)
    with (home.lake / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _due(registered: list[Submission], done: set[str]) -> dict[str, list[Submission]]:
    """Readable submissions not landed yet, by period, in the order of their ids."""
    due: dict[str, list[Submission]] = defaultdict(list)
    for submission in sorted(registered, key=lambda submission: submission.submission_id):
        if submission.problem_code is None and submission.submission_id not in done:
            due[submission.reporting_period].append(submission)
    return due


def submissions_table(submissions: Iterable[Submission]) -> pa.Table:
    """The register as the lake's table of submissions."""
    records = [
        {
            **{name: getattr(submission, name) for name in lake.SUBMISSIONS.names},
            "nil_datasets": ",".join(submission.nil_datasets),
        }
        for submission in submissions
    ]
    return pa.Table.from_pylist(records, schema=lake.SUBMISSIONS)


def _land_period(
    home: Home, period: str, submissions: list[Submission], landed: Landed, progress: Progress | None
) -> None:
    cards = load_cards()
    units = ReportingUnits(home.units_csv)
    identifiers = tuple(submission.submission_id for submission in submissions)
    batch = lake.batch_id(identifiers)
    extracted = _extract(home, submissions, cards, units, progress)
    control = _control_tables(extracted)
    key = pseudonym_key(home)

    def land_dataset(card: Card) -> tuple[int, pa.Table]:
        raw = _raw(extracted, card)
        if not raw.num_rows:
            return 0, lake.PROBLEMS.empty_table()
        typed, problems = clean(raw, _letters(control["landed_columns"], card.dataset), card, units, key)
        lake.write_parquet(lake.table_file(home, card.dataset, period, batch), typed)
        return typed.num_rows, problems

    rows, problems = {}, [control["problems"]]
    # Two threads: DuckDB plans a dataset's query on one core, so the other would wait.
    with ThreadPoolExecutor(max_workers=THREADS) as threads:
        landings = zip(cards, threads.map(land_dataset, cards.values()), strict=True)
        for number, (dataset, (count, found)) in enumerate(landings, 1):
            rows[dataset] = count
            problems.append(found)
            if progress:
                progress(f"land {period}", number, len(cards))
    control["problems"] = pa.concat_tables(problems)
    for name, table in control.items():
        lake.write_parquet(lake.table_file(home, name, period, batch), table)
    lake.commit_batch(home, lake.Batch(batch, period, identifiers, rows))
    landed.submissions += identifiers
    landed.periods.append(period)
    landed.problems += control["problems"].num_rows
    for dataset, count in rows.items():
        landed.rows[dataset] = landed.rows.get(dataset, 0) + count


# What came out of one submission's file: the submission and its owed datasets.
Extracted = list[tuple[Submission, list[PackedSheet]]]


def _extract(
    home: Home,
    submissions: list[Submission],
    cards: dict[str, Card],
    units: ReportingUnits,
    progress: Progress | None,
) -> Extracted:
    tasks = [_task(home, submission, cards, units) for submission in submissions]
    results = run_guarded(
        extract_file,
        tasks,
        memory_bytes=MEMORY_BYTES,
        seconds_per_item=SECONDS_PER_ITEM,
        progress=progress,
        what="read workbooks",
    )
    return [
        (submission, _sheets(task, result, cards))
        for submission, task, result in zip(submissions, tasks, results, strict=True)
    ]


def _task(home: Home, submission: Submission, cards: dict[str, Card], units: ReportingUnits) -> Task:
    unit = units.by_code(submission.unit_code)
    if unit is None:
        raise LookupError(
            f"{submission.submission_id}: {submission.unit_code} is not in {home.units_csv.name}"
        )
    datasets = tuple(
        (dataset, dataset in submission.nil_datasets)
        for dataset, card in cards.items()
        if card.owed_by(unit.kind, submission.cadence)
    )
    return Task(submission.submission_id, home.archive / submission.archive_path, datasets)


def _sheets(task: Task, result: Result, cards: dict[str, Card]) -> list[PackedSheet]:
    """The sheets of a file; of a file that could not be read after all, every owed dataset as unrecognised."""
    if result.value is not None:
        return result.value
    finding = Finding("S-SHEET", f"工作簿无法读取:{result.error_text}", "另存为 .xlsx 后重新报送")
    return [
        PackedSheet(dataset, cards[dataset].sheet, "unrecognised", (), (finding,), 0, None)
        for dataset, _ in task.datasets
    ]


def _raw(extracted: Extracted, card: Card) -> pa.Table:
    """All submissions' raw rows of one dataset."""
    schema = raw_schema(card)
    tables = []
    for submission, sheets in extracted:
        for sheet in sheets:
            if sheet.dataset == card.dataset and sheet.rows is not None:
                rows = unpack(sheet.rows)
                lineage = (submission.submission_id, submission.unit_code, sheet.source_sheet)
                repeated = [pa.repeat(pa.scalar(text, pa.string()), rows.num_rows) for text in lineage]
                tables.append(pa.Table.from_arrays([*repeated, *rows.columns], schema=schema))
    return pa.concat_tables(tables) if tables else schema.empty_table()


def _letters(landed_columns: pa.Table, dataset: str) -> pa.Table:
    return landed_columns.filter(pc.equal(landed_columns["dataset"], dataset))


def _control_tables(extracted: Extracted) -> dict[str, pa.Table]:
    """Where columns stood, what became of each sheet, and the structural problems."""
    columns, states, problems = [], [], []
    for submission, sheets in extracted:
        for sheet in sheets:
            lineage = {"submission_id": submission.submission_id, "dataset": sheet.dataset}
            state = {"source_sheet": sheet.source_sheet, "rows": sheet.row_count, "state": sheet.state}
            states.append({**lineage, **state})
            columns += [
                {
                    **lineage,
                    "column_name": column.name,
                    "column_letter": column.letter,
                    "header_found": column.header,
                }
                for column in sheet.columns
            ]
            problems += [_problem(submission, sheet, finding) for finding in sheet.findings]
    return {
        "landed_columns": pa.Table.from_pylist(columns, schema=lake.LANDED_COLUMNS),
        "landed_sheets": pa.Table.from_pylist(states, schema=lake.LANDED_SHEETS),
        "problems": pa.Table.from_pylist(problems, schema=lake.PROBLEMS),
    }


def _problem(submission: Submission, sheet: PackedSheet, finding: Finding) -> dict:
    return {
        "submission_id": submission.submission_id,
        "unit_code": submission.unit_code,
        "dataset": sheet.dataset,
        "rule_code": finding.rule_code,
        "source_sheet": sheet.source_sheet,
        "source_row": finding.row,
        "column_name": finding.column_name,
        "cell": finding.cell,
        "found": finding.found,
        "expected": finding.expected,
    }
