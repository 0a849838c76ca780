"""A small province through whole nights: its home, single cells changed as a clerk would, and what was published.

Belongs here: what the whole-pipeline tests share. Does not belong here: what they expect.
"""

from __future__ import annotations

import csv
import shutil
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from orchestration.cards import Card, load_cards
from orchestration.cli import main
from orchestration.home import PROJECT_ROOT, Home
from orchestration.nightly import Run, run_night
from orchestration.workbook import column_letter

PERIOD = "2021-08"
PROVINCE = "610000"
SMALL_UNITS = PROJECT_ROOT / "sample" / "data" / "small_units.csv"
SMALL_TARGETS = PROJECT_ROOT / "sample" / "data" / "small_targets.csv"


def small_home(root: Path) -> Home:
    """A home that knows three counties and has received nothing."""
    home = Home(root)
    shutil.copyfile(SMALL_UNITS, _made(root) / "reporting_units.csv")
    return home


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_sample(inbox: Path, period: str = PERIOD) -> None:
    """The small province's workbooks, as ``zhenxing sample`` writes them."""
    options = {"--period": period, "--units": SMALL_UNITS, "--targets": SMALL_TARGETS, "--out": inbox}
    given = [str(text) for option in options.items() for text in option]
    if main(["sample", *given, "--json"]) != 0:
        raise RuntimeError("the sample province was not written")


def night(home: Home) -> Run:
    """One night that must succeed."""
    run = run_night(home)
    if run.error is not None:
        raise run.error
    return run


def targets() -> dict[str, dict[str, str]]:
    with SMALL_TARGETS.open(encoding="utf-8", newline="") as handle:
        return {row["topic"]: row for row in csv.DictReader(handle)}


@dataclass(frozen=True, slots=True)
class Published:
    """What readers find after a night."""

    figures: dict[tuple[str, str], Decimal | None]  # by unit and figure key
    failed: dict[tuple[str, int], set[str]]  # rule codes by unit and version of the submission
    cells: dict[tuple[str, int, str], set[str]]  # cells named, by unit, version and rule
    bureau: set[str]  # codes of province-wide rules that fail
    statuses: dict[tuple[str, int], str]  # of submissions, by unit and version


def read_published(home: Home) -> Published:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:

        def rows(query: str) -> list[tuple]:
            return connection.execute(query).fetchall()

        failures = rows(
            "select s.unit_code, s.version, f.rule_code, f.cells from quality.failures as f "
            f"join marts.dim_submission as s using (submission_id) where s.reporting_period = '{PERIOD}'"
        )
        verdicts = rows(
            "select s.unit_code, s.version, v.rule_code from quality.verdicts as v "
            "join marts.dim_submission as s using (submission_id) "
            f"where v.outcome <> 'passed' and v.scope <> 'bureau' and s.reporting_period = '{PERIOD}'"
        )
        cells: dict[tuple[str, int, str], set[str]] = {}
        for unit, version, rule, named in failures:
            cells.setdefault((unit, version, rule), set()).update((named or "").split(","))
        failed: dict[tuple[str, int], set[str]] = {}
        for unit, version, rule in verdicts:
            failed.setdefault((unit, version), set()).add(rule)
        return Published(
            figures={
                (unit, key): value
                for unit, key, value in rows(
                    f"select unit_code, figure_key, value from marts.rpt_bulletin where reporting_period = '{PERIOD}'"
                )
            },
            failed=failed,
            cells=cells,
            bureau={
                row[0]
                for row in rows(
                    "select rule_code from quality.verdicts where scope = 'bureau' and reporting_period = "
                    f"'{PERIOD}' and outcome <> 'passed' and judged_at = (select max(judged_at) from "
                    f"quality.verdicts where scope = 'bureau' and reporting_period = '{PERIOD}')"
                )
            },
            statuses={
                (unit, version): status
                for unit, version, status in rows(
                    f"select unit_code, version, status from marts.dim_submission where reporting_period = '{PERIOD}'"
                )
            },
        )


class Register:
    """One sheet of a workbook as a clerk sees it: rows of data under headers, by the card's column names."""

    def __init__(self, sheet: Worksheet, card: Card):
        self.sheet = sheet
        self._columns = {column.name: _column_of(sheet, column.header_text) for column in card.sheet_columns}
        top = max(
            cell.row
            for row in sheet.iter_rows(max_row=6)
            for cell in row
            if _plain(cell.value) in {_plain(column.header_text) for column in card.sheet_columns}
        )
        key = self._columns[card.key[0]]
        self.rows = []
        for row in range(top + 1, sheet.max_row + 1):
            if sheet.cell(row, key).value is None:
                break
            self.rows.append(row)

    def text(self, row: int, column: str) -> str:
        return _plain(self.sheet.cell(row, self._columns[column]).value)

    def number(self, row: int, column: str) -> Decimal:
        return Decimal(self.text(row, column).replace(",", ""))

    def find(self, wanted: Callable[[int], bool]) -> int:
        """The first row for which it holds."""
        return next(row for row in self.rows if wanted(row))

    def write(self, row: int, column: str, value: object) -> str:
        """Changes one cell and returns its address."""
        at = self._columns[column]
        self.sheet.cell(row, at).value = value
        return f"{column_letter(at - 1)}{row}"


def _plain(value: object) -> str:
    return "" if value is None else unicodedata.normalize("NFKC", str(value)).strip()


def _column_of(sheet: Worksheet, header: str) -> int:
    return next(
        cell.column
        for row in sheet.iter_rows(max_row=6)
        for cell in row
        if _plain(cell.value) == _plain(header)
    )


def workbook_of(home: Home, unit: str, period: str = PERIOD) -> Path:
    """The unit's first workbook of the month or week."""
    return next(home.inbox.glob(f"{unit}_*{period}.xlsx"))


def send_again(home: Home, unit: str, version: int, dataset: str, edit: Callable[[Register], str]) -> str:
    """The unit's first workbook once more, with one cell of a register changed and its version raised.

    Returns the address of the cell changed.
    """
    return send_version(home, unit, version, {dataset: edit})[dataset]


def send_version(
    home: Home,
    unit: str,
    version: int,
    edits: Mapping[str, Callable[[Register], str]],
    also: Callable[[openpyxl.Workbook], None] | None = None,
    *,
    period: str = PERIOD,
) -> dict[str, str]:
    """The unit's first workbook once more, with a change in each register named and its version raised.

    ``also`` changes the workbook besides. Returns what each change returned: the address of its cell.
    """
    first = workbook_of(home, unit, period)
    workbook = openpyxl.load_workbook(first)
    cells = {}
    for dataset, edit in edits.items():
        card = load_cards()[dataset]
        cells[dataset] = edit(Register(workbook[card.sheet], card))
    cover = workbook["封面"]
    label = next(c for row in cover.iter_rows() for c in row if _plain(c.value).startswith("版本号"))
    cover.cell(label.row, label.column + 1).value = version
    if also:
        also(workbook)
    workbook.save(first.with_name(f"{first.stem}_v{version}.xlsx"))
    return cells


def lake_files(home: Home) -> dict[str, bytes]:
    """Every file of the lake."""
    return {
        str(path.relative_to(home.lake)): path.read_bytes() for path in home.lake.rglob("*") if path.is_file()
    }
