"""A workbook saved again in another format gives the same facts: cover, typed rows, unreadable cells, structure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from format_support import (
    as_et,
    csv_bundle,
    dates_since_1904,
    soffice_convert,
    soffice_convert_all,
    strict_ooxml,
    xlsb,
)
from land_support import KEY
from python_calamine import CalamineWorkbook

from orchestration.cards import load_cards
from orchestration.home import Home
from orchestration.land.clean import clean, raw_schema
from orchestration.land.extract import ExtractedSheet, extract
from orchestration.receive.cover import Cover, read_cover
from orchestration.receive.readers import read_workbook
from orchestration.units import ReportingUnits
from orchestration.workbook import Workbook


@dataclass(slots=True)
class Facts:
    """All that a night takes out of one file, by dataset."""

    cover: Cover
    sheets: dict[str, tuple]
    rows: dict[str, list[dict]]
    problems: dict[str, list[dict]]


def facts(path: Path, units: ReportingUnits) -> Facts:
    workbook = read_workbook(path)
    found = Facts(read_cover(workbook, units), {}, {}, {})
    assert found.cover.unit is not None, found.cover.problems
    for dataset, card in load_cards().items():
        if card.owed_by(found.cover.unit.kind, found.cover.cadence):
            sheet = extract(workbook, card, nil=card.sheet in found.cover.nil_sheets)
            found.sheets[dataset] = (sheet.source_sheet, sheet.state, sheet.columns, sheet.findings)
            typed, problems = _cleaned(sheet, units)
            found.rows[dataset], found.problems[dataset] = typed.to_pylist(), problems.to_pylist()
    return found


def _cleaned(sheet: ExtractedSheet, units: ReportingUnits) -> tuple[pa.Table, pa.Table]:
    card = load_cards()[sheet.dataset]
    lineage = [
        pa.array([text] * sheet.rows.num_rows, pa.string()) for text in ("s1", "610122", sheet.source_sheet)
    ]
    raw = pa.Table.from_arrays([*lineage, *sheet.rows.columns], schema=raw_schema(card))
    letters = {
        "submission_id": ["s1"] * len(sheet.columns),
        "column_name": [column.name for column in sheet.columns],
        "column_letter": [column.letter for column in sheet.columns],
    }
    schema = pa.schema([(name, pa.string()) for name in letters])
    return clean(raw, pa.table(letters, schema=schema), card, units, KEY)


@pytest.fixture(scope="module")
def originals(small_province: Home) -> list[Path]:
    """The workbooks of three counties, each with the habits of its clerk, and of the bureau."""
    return sorted(small_province.inbox.glob("*.xlsx"))


@pytest.fixture(scope="module")
def units(small_province: Home) -> ReportingUnits:
    return ReportingUnits(small_province.units_csv)


@pytest.fixture(scope="module")
def expected(originals: list[Path], units: ReportingUnits) -> dict[str, Facts]:
    return {path.stem: facts(path, units) for path in originals}


Save = Callable[[list[Path], Path], list[Path]]


def _by_soffice(to: str) -> Save:
    return lambda sources, folder: soffice_convert_all(sources, to, folder)


def _each(save: Callable[[Path, Path], Path]) -> Save:
    return lambda sources, folder: [save(source, folder) for source in sources]


def _et(sources: list[Path], folder: Path) -> list[Path]:
    return [as_et(path, folder) for path in soffice_convert_all(sources, "xls:MS Excel 97", folder / "xls")]


FORMATS: dict[str, tuple[Save, str]] = {
    "xlsx saved by LibreOffice": (_by_soffice("xlsx:Calc MS Excel 2007 XML"), "xlsx"),
    "Excel 97": (_by_soffice("xls:MS Excel 97"), "xls"),
    "et of WPS": (_et, "xls"),
    "OpenDocument": (_by_soffice("ods"), "ods"),
    "strict OOXML": (_each(strict_ooxml), "xlsx"),
    "dates since 1904": (_each(dates_since_1904), "xlsx"),
    "xlsb": (_each(xlsb), "xlsb"),
    "CSV in UTF-8": (_each(lambda source, folder: csv_bundle(source, folder, "utf-8")), "csv_bundle"),
    "CSV in UTF-8 with a mark": (
        _each(lambda source, folder: csv_bundle(source, folder, "utf-8-sig")),
        "csv_bundle",
    ),
    "CSV in GBK": (_each(lambda source, folder: csv_bundle(source, folder, "gbk")), "csv_bundle"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_workbook_gives_the_same_facts(
    name: str, originals: list[Path], expected: dict[str, Facts], units: ReportingUnits, tmp_path: Path
):
    save, recognised_as = FORMATS[name]
    for original, saved in zip(originals, save(originals, tmp_path), strict=True):
        assert read_workbook(saved, {"封面"}).format == recognised_as
        found = facts(saved, units)
        wanted = expected[original.stem]
        assert found.cover == wanted.cover
        for dataset, rows in wanted.rows.items():
            assert found.sheets[dataset] == wanted.sheets[dataset]
            assert found.rows[dataset] == rows
            assert found.problems[dataset] == wanted.problems[dataset]


def test_the_facts_compared_are_many(expected: dict[str, Facts]):
    assert sum(len(rows) for found in expected.values() for rows in found.rows.values()) > 1000


def test_the_xlsb_made_here_is_one_to_other_programs(originals: list[Path], tmp_path: Path):
    made = xlsb(originals[1], tmp_path)
    ours, theirs, office = (
        _texts(read_workbook(made)),
        CalamineWorkbook.from_path(made),
        soffice_convert(made, "ods", tmp_path),
    )
    assert theirs.sheet_names == list(ours)
    assert _texts(read_workbook(office)) == ours


def _texts(workbook: Workbook) -> dict[str, dict[int, list[str]]]:
    return {sheet.name: sheet.rows for sheet in workbook.sheets}
