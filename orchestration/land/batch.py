"""The core of a landing, on plain data: many workbooks → typed tables by dataset, control tables and problems.

The nightly writes what comes out to the lake; ``zhenxing check`` judges it in memory. Belongs here: what a batch of
submissions is read into. Does not belong here: which submissions are due, and where tables lie (``land``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from orchestration import lake, personal
from orchestration.cards import Card
from orchestration.land.clean import clean, raw_schema
from orchestration.land.finding import Finding
from orchestration.land.layout_findings import Filed
from orchestration.land.pseudonym import PseudonymKey
from orchestration.land.swapped import swapped_columns
from orchestration.land.withheld import withhold
from orchestration.land.workers import ExtractedFile, PackedSheet, Task, extract_file, unpack
from orchestration.progress import Progress
from orchestration.receive.guard import Result, run_guarded
from orchestration.receive.register import Submission
from orchestration.units import ReportingUnits, reporting_units

MEMORY_BYTES = 1536 * 1024 * 1024  # of one worker: a county's workbook takes a tenth of it
SECONDS_PER_ITEM = 60.0
THREADS = 2


@dataclass(frozen=True, slots=True)
class Extracted:
    """One submission and what was taken out of its file."""

    submission: Submission
    file: ExtractedFile


@dataclass(frozen=True, slots=True)
class LandedDataset:
    """The typed rows of one dataset (``lake.dataset_schema``) and the problems of their cells."""

    card: Card
    typed: pa.Table
    problems: pa.Table


def extract_batch(
    sources: Sequence[tuple[Submission, Path]],
    cards: Mapping[str, Card],
    units_csv: Path,
    progress: Progress | None = None,
) -> list[Extracted]:
    """Reads every file in guarded workers. A file that cannot be read after all has every owed sheet unrecognised."""
    tasks = [_task(submission, path, cards, units_csv) for submission, path in sources]
    results = run_guarded(
        extract_file,
        tasks,
        memory_bytes=MEMORY_BYTES,
        seconds_per_item=SECONDS_PER_ITEM,
        progress=progress,
        what="read workbooks",
    )
    return [
        Extracted(submission, _extracted(task, result, cards))
        for (submission, _), task, result in zip(sources, tasks, results, strict=True)
    ]


def landed_datasets(
    extracted: Sequence[Extracted],
    landed_columns: pa.Table,
    cards: Mapping[str, Card],
    units: ReportingUnits,
    key: PseudonymKey,
) -> Iterator[LandedDataset]:
    """Every card's typed rows in the cards' order; ``key`` makes pseudonyms.

    Two threads: DuckDB plans a dataset's query on one core, so the other would wait.
    """

    def land_dataset(card: Card) -> LandedDataset:
        raw = _raw(extracted, card)
        if not raw.num_rows:
            return LandedDataset(card, lake.dataset_schema(card).empty_table(), lake.PROBLEMS.empty_table())
        letters = landed_columns.filter(pc.equal(landed_columns["dataset"], card.dataset))
        typed, problems = clean(raw, letters, card, units, key)
        swapped = swapped_columns(raw, letters, card, units, key=key, problems=problems)
        typed, problems = withhold(typed, problems, swapped, card)
        return LandedDataset(card, typed, pa.concat_tables([swapped, problems]))

    with ThreadPoolExecutor(max_workers=THREADS) as threads:
        yield from threads.map(land_dataset, cards.values())


def control_tables(extracted: Sequence[Extracted]) -> dict[str, pa.Table]:
    """Where columns stood, what became of each sheet, and the structural problems (``lake.BATCHED_CONTROL``)."""
    columns, states, problems = [], [], []
    for one in extracted:
        problems += [
            _problem(one.submission, finding.dataset, finding.sheet, finding) for finding in one.file.findings
        ]
        for sheet in one.file.sheets:
            problems += [
                _problem(one.submission, sheet.dataset, sheet.source_sheet, finding)
                for finding in sheet.findings
            ]
            lineage = {"submission_id": one.submission.submission_id, "dataset": sheet.dataset}
            state = {"source_sheet": sheet.source_sheet, "rows": sheet.row_count, "state": sheet.state}
            states.append({**lineage, **state})
            columns += [
                {
                    **lineage,
                    "column_name": column.name,
                    "column_letter": column.letter,
                    "header_found": personal.hide(column.header),
                }
                for column in sheet.columns
            ]
    return {
        "landed_columns": pa.Table.from_pylist(columns, schema=lake.LANDED_COLUMNS),
        "landed_sheets": pa.Table.from_pylist(states, schema=lake.LANDED_SHEETS),
        "problems": pa.Table.from_pylist(problems, schema=lake.PROBLEMS),
    }


def _task(submission: Submission, path: Path, cards: Mapping[str, Card], units_csv: Path) -> Task:
    unit = reporting_units(units_csv).by_code(submission.unit_code)
    if unit is None:
        raise LookupError(
            f"{submission.submission_id}: {submission.unit_code} is not among the reporting units"
        )
    datasets = tuple(
        (dataset, dataset in submission.nil_datasets)
        for dataset, card in cards.items()
        if card.owed_by(unit.kind, submission.cadence)
    )
    period = submission.reporting_period
    asked = tuple(cards[dataset].of(period) for dataset, _ in datasets)
    return Task(path, Filed(unit, period, submission.cadence, datasets), asked, units_csv)


def _extracted(task: Task, result: Result, cards: Mapping[str, Card]) -> ExtractedFile:
    if result.value is not None:
        return result.value
    finding = Finding("S-SHEET", f"工作簿无法读取:{result.error_text}", "另存为 .xlsx 后重新报送")
    return ExtractedFile(
        [
            PackedSheet(dataset, cards[dataset].sheet, "unrecognised", (), (finding,), 0, None)
            for dataset, _ in task.filed.datasets
        ]
    )


def _raw(extracted: Sequence[Extracted], card: Card) -> pa.Table:
    """All submissions' raw rows of one dataset. What a workbook's period was not asked for is null, as what a sheet lacks."""
    schema = raw_schema(card)
    tables = []
    for one in extracted:
        for sheet in one.file.sheets:
            if sheet.dataset == card.dataset and sheet.rows is not None:
                rows = unpack(sheet.rows)
                lineage = (one.submission.submission_id, one.submission.unit_code, sheet.source_sheet)
                repeated = [pa.repeat(pa.scalar(text, pa.string()), rows.num_rows) for text in lineage]
                rest = [_column(rows, field) for field in list(schema)[len(repeated) :]]
                tables.append(pa.Table.from_arrays([*repeated, *rest], schema=schema))
    return pa.concat_tables(tables) if tables else schema.empty_table()


def _column(rows: pa.Table, field: pa.Field) -> pa.ChunkedArray | pa.Array:
    """A column of what was read; null where there is none."""
    has = field.name in rows.column_names
    return rows[field.name] if has else pa.nulls(rows.num_rows, field.type)


def _problem(submission: Submission, dataset: str | None, source_sheet: str | None, finding: Finding) -> dict:
    return {
        "submission_id": submission.submission_id,
        "unit_code": submission.unit_code,
        "dataset": dataset,
        "rule_code": finding.rule_code,
        "source_sheet": source_sheet and personal.hide(source_sheet),
        "source_row": finding.row,
        "column_name": finding.column_name,
        "cell": finding.cell,
        "found": personal.hide(finding.found),
        "expected": personal.hide(finding.expected),
    }
