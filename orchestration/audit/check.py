"""Checks workbooks before they are sent: the same reading, rules, decision and receipt as the nightly's, in memory.

No warehouse, no lake, no Dagster: workbooks are landed into Arrow tables, judged on an in-memory DuckDB, and answered.
What needs other units or periods is listed and left to the bureau. Belongs here: putting these steps together. Does
not belong here: any step itself.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration import lake
from orchestration.audit.decisions import decide
from orchestration.audit.judging import (
    file_rules,
    find_due,
    judge_batch,
    judge_structure,
    load_rules,
    with_hints,
)
from orchestration.audit.receipts.compose import bureau_rules, compose
from orchestration.audit.receipts.material import Material, collect
from orchestration.audit.receipts.receipt import Receipt
from orchestration.audit.tables import create
from orchestration.audit.workspace import UNIT_KIND, furnish
from orchestration.cards import load_cards
from orchestration.home import Home
from orchestration.land.batch import control_tables, extract_batch, landed_datasets
from orchestration.land.land import submissions_table
from orchestration.land.pseudonym import PseudonymKey
from orchestration.night import is_landable
from orchestration.progress import Progress
from orchestration.receive.receive import identify
from orchestration.receive.register import Submission
from orchestration.rulings import load_rulings
from orchestration.units import reporting_units

_BUREAU_FAILURES = pa.schema(
    [field for field in lake.FAILURES if field.name not in ("verdict_id", "unit_code")]
)


def check_files(
    home: Home, paths: Sequence[Path], *, now: datetime | None = None, progress: Progress | None = None
) -> list[Receipt]:
    """The receipt that each file would get if it were received ``now``; in the order given. Reads the home's reporting
    units and rulings and writes nothing. Raises FileNotFoundError and IsADirectoryError."""
    moment = now or datetime.now(UTC)
    sources = [(path, hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths]
    submissions = identify(sources, home.units_csv, moment, progress=progress)
    landed = list(zip(submissions, paths, strict=True))
    # One content checked twice is one submission.
    readable = list({s.submission_id: (s, p) for s, p in landed if is_landable(s)}.values())
    materials = _judge(home, readable, moment, progress) if readable else {}
    rulings = load_rulings(home)
    receipts = [compose(s, materials.get(s.submission_id), rulings.reopenings) for s in submissions]
    return [_left_to_the_bureau(receipt) for receipt in receipts]


def _left_to_the_bureau(receipt: Receipt) -> Receipt:
    return receipt.with_bureau_rules(bureau_rules()) if receipt.datasets else receipt


def _judge(
    home: Home, sources: Sequence[tuple[Submission, Path]], moment: datetime, progress: Progress | None
) -> dict[str, Material]:
    cards = load_cards()
    extracted = extract_batch(sources, cards, home.units_csv, progress)
    control = control_tables(extracted)
    periods = {submission.submission_id: submission.reporting_period for submission, _ in sources}
    # Pseudonyms only have to tell people apart within these files: the key is forgotten at the end.
    key = PseudonymKey(secrets.token_bytes(32))
    datasets = list(
        landed_datasets(extracted, control["landed_columns"], cards, reporting_units(home.units_csv), key)
    )
    control["problems"] = pa.concat_tables([control["problems"], *(dataset.problems for dataset in datasets)])
    with duckdb.connect() as connection:
        _load(connection, submissions_table(submission for submission, _ in sources), control, periods)
        for dataset in datasets:
            create(connection, dataset.card.dataset, _with_period(dataset.typed, periods))
        return _answer(connection, home, moment)


def _load(
    connection: duckdb.DuckDBPyConnection,
    submitted: pa.Table,
    control: dict[str, pa.Table],
    periods: dict[str, str],
) -> None:
    """The tables that ``judging`` reads, as the nightly loads them from the lake."""
    create(connection, "every_submission", submitted)
    for name, rows in control.items():
        create(connection, f"every_{name}", _with_period(rows, periods))
    empty = lake.VERDICTS.empty_table().append_column("reporting_period", pa.array([], pa.string()))
    create(connection, "judged", empty)
    connection.execute(
        "create table submissions as "
        f"select submission_id, unit_code, reporting_period, received_at, {UNIT_KIND} from every_submission"
    )
    for name in ("landed_sheets", "landed_columns"):
        connection.execute(f"create table {name} as from every_{name}")


def _with_period(rows: pa.Table, periods: dict[str, str]) -> pa.Table:
    of_rows = [periods[submission] for submission in rows["submission_id"].to_pylist()]
    return rows.append_column("reporting_period", pa.array(of_rows, pa.string()))


def _answer(connection: duckdb.DuckDBPyConnection, home: Home, moment: datetime) -> dict[str, Material]:
    rules = file_rules()
    load_rules(connection, rules)
    judgements = [judge_structure(connection, moment)]
    if find_due(connection):
        furnish(connection, home.units_csv)
        judgements.append(judge_batch(connection, rules, moment))
        judgements = [with_hints(connection, judgement) for judgement in judgements]
    for name in ("verdicts", "failures"):
        rows = [getattr(judgement, name) for judgement in judgements]
        create(connection, name, pa.concat_tables(rows, promote_options="default"))
    create(connection, "bureau_failures", _BUREAU_FAILURES.empty_table())
    decide(connection, load_rulings(home))
    return collect(connection)
