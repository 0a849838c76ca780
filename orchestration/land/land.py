"""The landing: submissions not yet landed → typed Parquet in the lake, with every unreadable cell as a problem.

Belongs here: which submissions are due, and the order of writing. Does not belong here: what a batch is read into
(batch), how a sheet is read (extract) or a cell (clean), and what a submission is (receive).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from orchestration import lake
from orchestration.cards import Card, load_cards
from orchestration.home import Home
from orchestration.land.batch import control_tables, extract_batch, landed_datasets
from orchestration.land.key import pseudonym_key
from orchestration.land.landed_by import card_digests, reader_digest
from orchestration.land.pseudonym import PseudonymKey
from orchestration.progress import Progress
from orchestration.receive.register import Register, Submission
from orchestration.scrub.originals import hold_originals
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
    The snapshot of the register is written last, so that no reader learns of a submission before its rows. Raises KeyRefused.
    """
    landed = Landed()
    with lake.alone(home):
        lake.ensure_schema_files(home)
        lake.sweep(home)
        key = pseudonym_key(home)
        with Register(home.register) as register:
            registered = register.submissions()
        due = _due(registered, lake.landed_submissions(home))
        for period in sorted(due):
            if periods is None or period in periods:
                _land_period(home, period, due[period], landed, key=key, progress=progress)
        lake.write_vouched(lake.single_file(home, "submissions"), submissions_table(registered))
    return landed


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
    home: Home,
    period: str,
    submissions: list[Submission],
    landed: Landed,
    *,
    key: PseudonymKey,
    progress: Progress | None,
) -> None:
    cards = load_cards()
    identifiers = tuple(submission.submission_id for submission in submissions)
    batch = lake.batch_id(identifiers)
    taken = take(home, period, batch, submissions, cards.values(), key=key, progress=progress)
    files = {**taken.files, **write_control(home, period, taken.batch, taken.control)}
    landing = lake.Batch(
        batch,
        period,
        identifiers,
        taken.rows,
        cards=card_digests(cards),
        reader=reader_digest(),
        files=files,
        pseudonyms=key.check,
    )
    lake.commit_batch(home, landing)
    landed.submissions += identifiers
    landed.periods.append(period)
    landed.problems += taken.control["problems"].num_rows
    for dataset, count in taken.rows.items():
        landed.rows[dataset] = landed.rows.get(dataset, 0) + count


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read of submissions: rows by dataset, written under the name of a batch that does not count yet, and the
    control tables, which are not written yet. ``files``: as in ``lake.Batch``."""

    batch: str
    rows: dict[str, int]
    files: dict[str, dict[str, Any]]
    control: dict[str, pa.Table]


def take(
    home: Home,
    period: str,
    batch: str,
    submissions: Sequence[Submission],
    wanted: Collection[Card],
    *,
    key: PseudonymKey,
    progress: Progress | None = None,
) -> Taken:
    """Reads the archived files of these submissions and writes the rows of the wanted cards. What is said of the workbook
    and of other sheets stands in the control tables all the same."""
    hold_originals(home, submissions)
    sources = [(submission, home.archive / submission.archive_path) for submission in submissions]
    extracted = extract_batch(sources, load_cards(), home.units_csv, progress)
    control = control_tables(extracted)
    rows, files, problems = {}, {}, [control["problems"]]
    chosen = {card.dataset: card for card in wanted}
    units = ReportingUnits(home.units_csv)
    datasets = landed_datasets(extracted, control["landed_columns"], chosen, units, key)
    for number, dataset in enumerate(datasets, 1):
        name = dataset.card.dataset
        rows[name] = dataset.typed.num_rows
        problems.append(dataset.problems)
        if rows[name]:
            files[name] = lake.write_parquet(lake.table_file(home, name, period, batch), dataset.typed)
        if progress:
            progress(f"land {period}", number, len(chosen))
    control["problems"] = pa.concat_tables(problems)
    return Taken(batch, rows, files, control)


def write_control(
    home: Home, period: str, batch: str, control: dict[str, pa.Table]
) -> dict[str, dict[str, Any]]:
    """Writes the control tables of a batch; returns them as in ``lake.Batch.files``."""
    return {
        name: lake.write_parquet(lake.table_file(home, name, period, batch), table)
        for name, table in control.items()
    }
