"""What a landing does inside a guarded worker process: read one file and take every owed dataset out of it.

Belongs here: the task, its result, and the form in which rows cross the process boundary (Arrow IPC bytes,
for pickled arrays cost more than a second worker saves). Does not belong here: cleaning and writing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from orchestration.cards import load_cards
from orchestration.land.extract import ExtractedSheet, extract
from orchestration.land.finding import Finding
from orchestration.land.headers import FoundColumn
from orchestration.receive.readers import read_workbook


@dataclass(frozen=True, slots=True)
class Task:
    """One archived file to read. ``datasets``: those its unit owes, with whether each is declared nil."""

    submission_id: str
    path: Path
    datasets: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class PackedSheet:
    """An ``ExtractedSheet`` whose ``row_count`` rows are Arrow IPC bytes (None when there are none)."""

    dataset: str
    source_sheet: str
    state: str
    columns: tuple[FoundColumn, ...]
    findings: tuple[Finding, ...]
    row_count: int
    rows: bytes | None


def extract_file(task: Task) -> list[PackedSheet]:
    """Reads a file and extracts its owed datasets. Raises what ``read_workbook`` raises."""
    workbook = read_workbook(task.path)
    cards = load_cards()
    return [pack(extract(workbook, cards[dataset], nil=nil)) for dataset, nil in task.datasets]


def pack(sheet: ExtractedSheet) -> PackedSheet:
    rows = None
    if sheet.rows.num_rows:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, sheet.rows.schema) as writer:
            writer.write_table(sheet.rows)
        rows = sink.getvalue().to_pybytes()
    return PackedSheet(
        sheet.dataset,
        sheet.source_sheet,
        sheet.state,
        sheet.columns,
        sheet.findings,
        sheet.rows.num_rows,
        rows,
    )


def unpack(rows: bytes) -> pa.Table:
    with pa.ipc.open_stream(rows) as reader:
        return reader.read_all()
