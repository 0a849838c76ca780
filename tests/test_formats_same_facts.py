"""A workbook saved again in another format gives the same facts: cover, typed rows, unreadable cells, structure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import openpyxl
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


@pytest.fixture(scope="module")
def untidy(originals: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county's workbook with cells of every kind in its loans, and some that cannot be read; saved by a program
    that computes the formula."""
    folder = tmp_path_factory.mktemp("untidy")
    book = openpyxl.load_workbook(originals[1])
    card = load_cards()["microcredit"]
    columns = {c.name: c.letter for c in extract(read_workbook(originals[1]), card).columns}
    sheet = book[card.sheet]
    for row, (column, value, number_format) in enumerate(UNTIDY, 6):
        cell = sheet[f"{columns[column]}{row}"]
        cell.value, cell.number_format = value, number_format
        if value == "=1+1":
            cell.data_type = "s"
    sheet.row_dimensions[9].hidden = True
    book.save(folder / "untidy.xlsx")
    return soffice_convert(folder / "untidy.xlsx", "xlsx", folder / "computed")


UNTIDY = (
    ("borrower_id_no", 610122198001011000, "0"),  # a number that lost its last digits
    ("amount", "#REF!", "General"),
    ("is_top_up", True, "General"),
    ("annual_rate", 0.0435, "0.00%"),
    ("annual_rate", 0.5, "[Red]0%"),
    ("disbursed_on", datetime(2021, 8, 5, 14, 30), "yyyy-mm-dd hh:mm"),
    ("disbursed_on", datetime(2021, 2, 28), '[$-804]yyyy"年"m"月"d"日"'),
    ("due_on", "二〇二一年", "General"),
    ("amount", " 50,000 ", "General"),
    ("amount", 25000.5, '"¥"#,##0.00'),
    ("amount", "=25000*2", "#,##0"),
    ("balance", 0.1 + 0.2, "General"),
    ("balance", 1e-7, "General"),
    ("balance", 123456789012.25, "General"),
    ("contract_no", "=1+1", "General"),
    ("contract_no", 12345678901, "General"),
    ("contract_no", "0061", "@"),
    ("township", "大坪镇\n(东)", "General"),
    ("purpose", "<a> & \"b\" 'c'", "General"),
    ("extended", False, "General"),
)


@pytest.mark.parametrize("name", [name for name, (_, kind) in FORMATS.items() if kind != "csv_bundle"])
def test_untidy_cells_are_read_alike_from_every_workbook_format(
    name: str, untidy: Path, units: ReportingUnits, tmp_path: Path
):
    save, _ = FORMATS[name]
    wanted = facts(untidy, units)
    (saved,) = save([untidy], tmp_path)
    found = facts(saved, units)
    assert found.problems["microcredit"] == wanted.problems["microcredit"]
    assert found.rows["microcredit"] == wanted.rows["microcredit"]
    assert found == wanted


def test_the_untidy_workbook_has_problems_of_several_kinds(untidy: Path, units: ReportingUnits):
    found = facts(untidy, units)
    assert {p["rule_code"] for p in found.problems["microcredit"]} >= {"S-LOSSY", "S-TYPE", "S-ALLOWED"}
    assert [finding.rule_code for finding in found.sheets["microcredit"][3]] == ["S-HIDDEN"]


def test_the_facts_compared_are_many(expected: dict[str, Facts]):
    assert sum(len(rows) for found in expected.values() for rows in found.rows.values()) > 1000


def test_the_xlsb_made_here_is_one_to_other_programs(originals: list[Path], tmp_path: Path):
    made = xlsb(originals[1], tmp_path)
    ours = _texts(read_workbook(made))
    assert CalamineWorkbook.from_path(made).sheet_names == list(ours)
    assert _texts(read_workbook(soffice_convert(made, "ods", tmp_path))) == ours


def _texts(workbook: Workbook) -> dict[str, dict[int, list[str]]]:
    return {sheet.name: sheet.rows for sheet in workbook.sheets}
