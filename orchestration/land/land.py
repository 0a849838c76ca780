"""The landing: submissions not yet landed → typed Parquet in the lake, with every unreadable cell as a problem.

Belongs here: which submissions are due, and the order of writing. Does not belong here: what a batch is read into
(batch), how a sheet is read (extract) or a cell (clean), and what a submission is (receive).
"""

from __future__ import annotations

import fcntl
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa

from orchestration import lake
from orchestration.cards import load_cards
from orchestration.home import Home
from orchestration.land.batch import control_tables, extract_batch, landed_datasets
from orchestration.land.key import pseudonym_key
from orchestration.progress import Progress
from orchestration.receive.register import Register, Submission
from orchestration.units import ReportingUnits


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
    sources = [(submission, home.archive / submission.archive_path) for submission in submissions]
    extracted = extract_batch(sources, cards, home.units_csv, progress)
    control = control_tables(extracted)
    rows, problems = {}, [control["problems"]]
    datasets = landed_datasets(extracted, control["landed_columns"], cards, units, pseudonym_key(home))
    for number, dataset in enumerate(datasets, 1):
        name = dataset.card.dataset
        rows[name] = dataset.typed.num_rows
        problems.append(dataset.problems)
        if rows[name]:
            lake.write_parquet(lake.table_file(home, name, period, batch), dataset.typed)
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
