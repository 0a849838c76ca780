"""What a landing does inside a guarded worker process: read one file, take every owed dataset out of it, and say
what is to be said of the workbook as a whole.

Belongs here: the task, its result, and the form in which rows cross the process boundary (Arrow IPC bytes,
for pickled arrays cost more than a second worker saves). Does not belong here: cleaning and writing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from orchestration.cards import Card
from orchestration.land.extract import ExtractedSheet, extract
from orchestration.land.finding import Finding
from orchestration.land.headers import FoundColumn
from orchestration.land.layout_findings import Filed, unexplained, workbook_findings
from orchestration.receive.readers import read_workbook
from orchestration.units import reporting_units


@dataclass(frozen=True, slots=True)
class Task:
    """One file to read, what its cover declared it to be, the cards of what it owes as they are asked for in its period,
    and the province's reporting units."""

    path: Path
    filed: Filed
    cards: tuple[Card, ...]
    units_csv: Path


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


@dataclass(frozen=True, slots=True)
class ExtractedFile:
    """Every owed sheet of one file, and the findings of the workbook as a whole."""

    sheets: list[PackedSheet]
    findings: tuple[Finding, ...] = ()


def extract_file(task: Task) -> ExtractedFile:
    """Reads a file and extracts its owed datasets. Raises what ``read_workbook`` raises."""
    workbook = read_workbook(task.path)
    findings = workbook_findings(workbook, task.filed, reporting_units(task.units_csv))
    nil = dict(task.filed.datasets)
    extracted = [extract(workbook, card, nil=nil[card.dataset]) for card in task.cards]
    sheets = [pack(replace(sheet, findings=unexplained(sheet.findings, findings))) for sheet in extracted]
    return ExtractedFile(sheets, tuple(findings))


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
