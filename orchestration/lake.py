"""The lake: landed Parquet and the control tables beside it, their schemas, paths and commit points.

``var/lake/<table>/reporting_period=<p>/<file>.parquet``. The reporting period is the folder, never a column
of the file (read with ``hive_partitioning = true, hive_types = {'reporting_period': VARCHAR}``); only
``submissions/submissions.parquet`` and ``rules/rules.parquet`` are single files and carry every column.

Landed files are named by batch: the submissions landed together for one period. A batch counts once its
manifest is written, last; what a killed landing left behind is swept. A batch that lands submissions again names the
batches it takes the place of: by its one manifest it counts and they no longer do. Verdicts and failures are named by the
audit run that wrote them and are only ever added to. Of every file its sum is kept: a batch's in its manifest, others
beside them (``sums``).

Belongs here: where and in what form tables lie. Does not belong here: what fills them.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration import sums
from orchestration.cards import Card, load_cards
from orchestration.files import replace_file, sums_of
from orchestration.home import Home

NO_PERIOD = "0000-00"  # the partition of the zero-row schema files
TIMESTAMP = pa.timestamp("us", "UTC")

_TYPES = {
    "string": pa.string(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")


def arrow_type(data_type: str) -> pa.DataType:
    """The Arrow type of a card's data type. Raises ValueError for a type no card may have."""
    match = _DECIMAL.fullmatch(data_type)
    if match:
        return pa.decimal128(int(match[1]), int(match[2]))
    if data_type not in _TYPES:
        raise ValueError(f"{data_type!r} is no data type of a card")
    return _TYPES[data_type]


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


_TEXT, _INT, _BIGINT = pa.string(), pa.int32(), pa.int64()

SUBMISSIONS = _schema(
    submission_id=_TEXT,
    sha256=_TEXT,
    file_name=_TEXT,
    format=_TEXT,
    unit_code=_TEXT,
    unit_name=_TEXT,
    reporting_period=_TEXT,
    cadence=_TEXT,
    version=_INT,
    received_at=TIMESTAMP,
    nil_datasets=_TEXT,
    problem_code=_TEXT,
    problem_text=_TEXT,
)
RULES = _schema(
    rule_code=_TEXT,
    rule_version=_INT,
    scope=_TEXT,
    severity=_TEXT,
    dataset=_TEXT,
    title_zh=_TEXT,
    message_zh=_TEXT,
    remedy_zh=_TEXT,
    source=_TEXT,
    missing=_TEXT,
    engine=_TEXT,
    in_force_from=TIMESTAMP,
    in_force_until=TIMESTAMP,
)
LANDED_COLUMNS = _schema(
    submission_id=_TEXT, dataset=_TEXT, column_name=_TEXT, column_letter=_TEXT, header_found=_TEXT
)
# ``changed_at``: when landing the submission again gave something else than before; null when it never did.
LANDED_SHEETS = _schema(
    submission_id=_TEXT, dataset=_TEXT, source_sheet=_TEXT, rows=_INT, state=_TEXT, changed_at=TIMESTAMP
)
PROBLEMS = _schema(
    submission_id=_TEXT,
    unit_code=_TEXT,
    dataset=_TEXT,
    rule_code=_TEXT,
    source_sheet=_TEXT,
    source_row=_INT,
    column_name=_TEXT,
    cell=_TEXT,
    found=_TEXT,
    expected=_TEXT,
)
VERDICTS = _schema(
    verdict_id=_TEXT,
    rule_code=_TEXT,
    rule_version=_INT,
    scope=_TEXT,
    severity=_TEXT,
    dataset=_TEXT,
    unit_code=_TEXT,
    submission_id=_TEXT,
    outcome=_TEXT,
    checked=_BIGINT,
    failed=_BIGINT,
    judged_at=TIMESTAMP,
)
FAILURES = _schema(
    verdict_id=_TEXT,
    rule_code=_TEXT,
    severity=_TEXT,
    dataset=_TEXT,
    unit_code=_TEXT,
    submission_id=_TEXT,
    source_sheet=_TEXT,
    source_row=_INT,
    cells=_TEXT,
    found=_TEXT,
    expected=_TEXT,
    difference=_TEXT,
    hint=_TEXT,
)
# What was decided of one dataset of one submission, each time it changed. ``state``: accepted, returned, nil,
# missing (the sheet was owed and is not there), closed (the period takes nothing any more) or exempt (not owed).
# Findings of the workbook as a whole have the dataset ``workbook``.
DECISIONS = _schema(
    submission_id=_TEXT,
    unit_code=_TEXT,
    dataset=_TEXT,
    state=_TEXT,
    errors=_INT,
    warnings=_INT,
    waived=_INT,
    decided_at=TIMESTAMP,
)

# Control tables. The first three belong to a batch; verdicts, failures and decisions to an audit run.
BATCHED_CONTROL = {"landed_columns": LANDED_COLUMNS, "landed_sheets": LANDED_SHEETS, "problems": PROBLEMS}
RUN_CONTROL = {"verdicts": VERDICTS, "failures": FAILURES, "decisions": DECISIONS}
SINGLE_FILES = {"submissions": SUBMISSIONS, "rules": RULES}


def dataset_schema(card: Card) -> pa.Schema:
    """The landed Parquet of a card: who sent it, the card's landed columns in base units, and the row."""
    columns = [pa.field(column.name, arrow_type(column.data_type)) for column in card.landed_columns]
    return pa.schema(
        [
            pa.field("submission_id", _TEXT),
            pa.field("unit_code", _TEXT),
            *columns,
            pa.field("source_sheet", _TEXT),
            pa.field("source_row", _INT),
        ]
    )


def partitioned_schemas(cards: dict[str, Card] | None = None) -> dict[str, pa.Schema]:
    """Every table of the lake that is partitioned by reporting period."""
    datasets = {name: dataset_schema(card) for name, card in (cards or load_cards()).items()}
    return {**datasets, **BATCHED_CONTROL, **RUN_CONTROL}


def partition(home: Home, table: str, period: str) -> Path:
    return home.lake / table / f"reporting_period={period}"


def table_file(home: Home, table: str, period: str, name: str) -> Path:
    """``var/lake/<table>/reporting_period=<period>/<name>.parquet``; the name is a batch or a run."""
    return partition(home, table, period) / f"{name}.parquet"


def single_file(home: Home, table: str) -> Path:
    """``var/lake/submissions/submissions.parquet`` or ``var/lake/rules/rules.parquet``."""
    return home.lake / table / f"{table}.parquet"


def write_parquet(path: Path, table: pa.Table) -> dict[str, Any]:
    """Writes a Parquet file (zstd) so that a reader, or a reboot, finds the whole file or none; returns its ``bytes`` and
    ``sha256``."""
    written: dict[str, Any] = {}

    def write(temporary: Path) -> None:
        pq.write_table(table, temporary, compression="zstd")
        written.update(sums_of(temporary))

    replace_file(path, write)
    return written


def write_vouched(path: Path, table: pa.Table) -> None:
    """As ``write_parquet``, with the sum beside it: for files that no manifest speaks of."""
    sums.forget(path)
    sums.vouch(path, write_parquet(path, table)["sha256"])


def ensure_schema_files(home: Home, cards: dict[str, Card] | None = None) -> None:
    """Zero-row files of every table, so that no glob over the lake is ever empty. A file is rewritten only
    when its schema has changed."""
    for table, schema in partitioned_schemas(cards).items():
        path = table_file(home, table, NO_PERIOD, "schema")
        if not path.exists() or not pq.read_schema(path).equals(schema):
            write_parquet(path, schema.empty_table())
    for table, schema in SINGLE_FILES.items():
        path = single_file(home, table)
        if not path.exists():
            write_parquet(path, schema.empty_table())


@dataclass(frozen=True, slots=True)
class Batch:
    """Submissions landed together for one period, and the rows each table got from them.

    ``generation``: how many times they were landed before; ``supersedes``: the batches this one took the place of.
    ``cards`` and ``reader``: digests of the cards, by dataset, and of the reading code by which they were landed (of a
    batch of earlier days: not known). ``files``: by table, ``bytes`` and ``sha256`` of the file as it was written; of a
    batch of earlier days none until the first scrub. ``pseudonyms``: the check value of the key that its pseudonyms were
    made with (of a batch of earlier days: not known, but it was the home's own key).
    """

    batch: str
    period: str
    submissions: tuple[str, ...]
    rows: dict[str, int]
    generation: int = 0
    supersedes: tuple[str, ...] = ()
    cards: dict[str, str] = field(default_factory=dict)
    reader: str | None = None
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    pseudonyms: str | None = None


def batch_id(submission_ids: Iterable[str], generation: int = 0) -> str:
    """The same submissions landed for the same time give the same batch, so a landing repeated rewrites its own files."""
    named = [*sorted(submission_ids), *([f"generation {generation}"] if generation else [])]
    return hashlib.sha256("\n".join(named).encode()).hexdigest()[:16]


def manifest_path(home: Home, period: str, batch: str) -> Path:
    return home.lake / "_batches" / period / f"{batch}.json"


def commit_batch(home: Home, batch: Batch) -> None:
    """Makes a batch count. Call it after every file of the batch is written."""
    text = json.dumps(asdict(batch), ensure_ascii=False, indent=1, sort_keys=True)
    path = manifest_path(home, batch.period, batch.batch)
    sums.forget(path)
    replace_file(path, lambda temporary: temporary.write_text(text + "\n", encoding="utf-8"))
    sums.vouch(path, sums_of(path)["sha256"])


def batches(home: Home, period: str | None = None) -> list[Batch]:
    """The batches that count, of one period or of all, by period and name."""
    written = _written(home, period)
    replaced = {(batch.period, name) for batch in written for name in batch.supersedes}
    return [batch for batch in written if (batch.period, batch.batch) not in replaced]


def _written(home: Home, period: str | None) -> list[Batch]:
    """Every manifest, also of batches whose place another has taken and which are not swept yet."""
    found = sorted((home.lake / "_batches").glob(f"{period or '*'}/*.json"))
    known = {field.name for field in fields(Batch)}
    entries = [json.loads(path.read_text(encoding="utf-8")) for path in found]
    return [
        Batch(
            **{
                name: tuple(value) if isinstance(value, list) else value
                for name, value in e.items()
                if name in known
            }
        )
        for e in entries
    ]


def landed_files(home: Home, table: str, period: str) -> list[Path]:
    """The files of a landed table in a period, of the batches that count: of those that have rows of it."""
    paths = [table_file(home, table, period, batch.batch) for batch in batches(home, period)]
    return [path for path in paths if path.exists()]


def landed_submissions(home: Home) -> set[str]:
    """Submissions that some batch has landed."""
    return {submission for batch in batches(home) for submission in batch.submissions}


def row_counts(home: Home, table: str) -> dict[str, int]:
    """Rows of a partitioned table by period. Of a landed table, those of the batches that count."""
    if table in RUN_CONTROL:
        found = [
            (path.parent.name.partition("=")[2], path) for path in (home.lake / table).glob("*/*.parquet")
        ]
    else:
        found = [
            (batch.period, table_file(home, table, batch.period, batch.batch)) for batch in batches(home)
        ]
    rows: dict[str, int] = {}
    for period, path in found:
        if period != NO_PERIOD and path.exists():
            rows[period] = rows.get(period, 0) + pq.read_metadata(path).num_rows
    return rows


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """One at a time may change which batches count, or read whatever lies in the folders: the next one waits here."""
    home.lake.mkdir(parents=True, exist_ok=True)
    with (home.lake / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def sweep(home: Home) -> list[Path]:
    """Deletes what a killed landing left: what does not count, and temporary files (of a killed audit too). Landing and
    audit never run beside each other, so nothing swept is still being written."""
    removed = sweep_batches(home)
    temporary = [
        path
        for place in ("*/reporting_period=*", "_batches/*", *SINGLE_FILES)
        for path in sorted(home.lake.glob(f"{place}/.*.tmp"))
    ]
    for path in temporary:
        path.unlink()
    return removed + temporary


def sweep_batches(home: Home) -> list[Path]:
    """Deletes the manifests and Parquet of batches that do not count. The manifests first: one that is left counts for
    nothing only as long as the manifest of its successor is there."""
    counted = {(batch.period, batch.batch) for batch in batches(home)}
    removed = [
        path
        for path in sorted((home.lake / "_batches").glob("*/*.json"))
        if (path.parent.name, path.stem) not in counted
    ]
    for table in (*load_cards(), *BATCHED_CONTROL):
        for path in sorted((home.lake / table).glob("reporting_period=*/*.parquet")):
            period = path.parent.name.removeprefix("reporting_period=")
            if path.stem != "schema" and (period, path.stem) not in counted:
                removed.append(path)
    for path in removed:
        if path.suffix == ".json":
            sums.forget(path)
        path.unlink()
    return removed
