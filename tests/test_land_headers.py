"""Headers that are not where, or what, the template has: moved, renamed, added."""

from __future__ import annotations

import pytest
from land_support import card, good_row, sheet_of, workbook_of

from orchestration.audit.structure import STRUCTURE
from orchestration.cards import Card, load_cards
from orchestration.land.extract import ExtractedSheet, extract
from orchestration.layout import header_rows
from orchestration.workbook import Sheet

WORK = card("employment")
HOUSEHOLDS = card("monitored_households")


def _with_headers(of: Card, headers: dict[str, str], extra: dict[int, str] | None = None) -> Sheet:
    """A good sheet whose columns of these names are headed otherwise, with more columns at these places."""
    sheet = sheet_of(of, [good_row(of)])
    places = header_rows(of)
    for index, column in enumerate(of.sheet_columns):
        if column.name in headers:
            row = places.group if places.group and not column.group else places.header
            sheet.rows[row][index] = headers[column.name]
    for index, text in sorted((extra or {}).items()):
        for row, cells in sheet.rows.items():
            if row >= (places.group or places.header):
                cells.insert(index, {places.header: text, places.first_data: "甲"}.get(row, ""))
        sheet.merges = ()
    return sheet


def _extract(of: Card, sheet: Sheet) -> ExtractedSheet:
    return extract(workbook_of(sheet), of)


def _rules(extracted: ExtractedSheet) -> list[str]:
    return [finding.rule_code for finding in extracted.findings]


@pytest.mark.parametrize(
    ("of", "name", "header"),
    [
        (WORK, "people", "务工人数(人)"),  # in its place
        (WORK, "people", "稳岗规模"),  # in its place, with no word in common
        (WORK, "channel", "就业途径"),
        (HOUSEHOLDS, "category", "监测对象类型"),
        (HOUSEHOLDS, "household_no", "户号"),
        (HOUSEHOLDS, "head_id_no", "户主身份证号码"),
        (HOUSEHOLDS, "net_income_per_head", "人均年收入(元)"),
    ],
)
def test_a_renamed_required_column_is_one_finding_that_names_both(of: Card, name: str, header: str) -> None:
    extracted = _extract(of, _with_headers(of, {name: header}))
    assert _rules(extracted) == ["S-RENAMED"]
    (finding,) = extracted.findings
    assert (finding.column_name, finding.found) == (name, header)
    assert f"“{of.column(name).header_text}”" in finding.expected and finding.cell is not None
    assert extracted.rows[name].to_pylist() == [None]  # a guess is not a fact


def test_a_renamed_optional_column_is_a_warning() -> None:
    extracted = _extract(WORK, _with_headers(WORK, {"monthly_wage": "人均月工资(元)"}))
    assert [(f.rule_code, f.column_name) for f in extracted.findings] == [("S-RENAMED-OPT", "monthly_wage")]
    assert (STRUCTURE["S-RENAMED"].severity, STRUCTURE["S-RENAMED-OPT"].severity) == ("error", "warning")


def test_two_renamed_columns_are_each_told_apart_by_their_words() -> None:
    headers = {"township": "所属镇办", "village": "所属行政村名"}
    extracted = _extract(HOUSEHOLDS, _with_headers(HOUSEHOLDS, headers))
    assert {f.column_name: f.found for f in extracted.findings} == headers
    assert set(_rules(extracted)) == {"S-RENAMED"}


def test_a_column_without_its_header_and_one_added_elsewhere_are_findings_of_their_own() -> None:
    sheet = _with_headers(WORK, {"channel": ""}, {0: "序号"})
    extracted = _extract(WORK, sheet)
    assert _rules(extracted) == ["S-EXTRA", "S-HEADER", "S-EXTRA"]
    assert [f.found for f in extracted.findings if f.rule_code == "S-EXTRA"] == ["序号", "C列(表头空白)"]


@pytest.mark.parametrize("text", ["备注", "序号"])
def test_a_clerks_own_column_in_the_gap_of_a_missing_one_is_not_taken_for_it(text: str) -> None:
    extracted = _extract(WORK, _with_headers(WORK, {"channel": text}))
    assert _rules(extracted) == ["S-EXTRA", "S-HEADER"]


@pytest.mark.parametrize("dataset", load_cards())
def test_an_extra_column_beside_whole_headers_is_a_notice_and_nothing_else(dataset: str) -> None:
    of = card(dataset)
    sheet = _with_headers(of, {}, {len(of.sheet_columns): "县里自己加的列"})
    extracted = _extract(of, sheet)
    (finding,) = extracted.findings
    assert (finding.rule_code, finding.found) == ("S-EXTRA", "县里自己加的列")
    assert finding.expected == "本列不属于统计制度,原样保留在退回的文件中,不入库"
    assert STRUCTURE["S-EXTRA"].severity == "notice"
    assert extracted.rows.num_rows == 1 and None not in extracted.rows.to_pylist()[0].values()


def test_a_moved_column_is_read_and_named() -> None:
    columns = [column.header_text for column in WORK.sheet_columns]
    row = list(good_row(WORK).values())
    headers, cells = [*columns[1:], columns[0]], [*row[1:], row[0]]
    extracted = _extract(WORK, Sheet(WORK.sheet, {1: ["务工就业"], 3: headers, 4: cells}))
    (finding,) = extracted.findings
    assert (finding.rule_code, finding.cell, finding.row) == ("S-MOVED", "F3", 3)
    assert "“乡镇”(F列)" in finding.found and STRUCTURE["S-MOVED"].severity == "notice"
    assert extracted.rows["township"].to_pylist() == [row[0]]


def test_columns_in_the_templates_order_with_others_between_are_not_moved() -> None:
    sheet = _with_headers(WORK, {}, {2: "核对", 5: "核对人"})
    assert _rules(_extract(WORK, sheet)) == ["S-EXTRA", "S-EXTRA"]
