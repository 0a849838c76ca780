"""Finding a dataset's rows in a workbook, however a county has rearranged the sheet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from land_support import card, good_row, sheet_of, workbook_of

from orchestration.cards import load_cards
from orchestration.land.extract import LOSSY, extract
from orchestration.layout import header_rows
from orchestration.workbook import Sheet, column_letter

LOANS = card("microcredit")
WORK = card("employment")


def _rules(extracted) -> list[str]:
    return [finding.rule_code for finding in extracted.findings]


def _work_sheet(rows: list[list[str]], headers: list[str] | None = None) -> Sheet:
    headers = headers or [column.header_text for column in WORK.sheet_columns]
    table = [["务工就业统计"], ["填报单位:蓝田县"], headers, *rows]
    return Sheet(WORK.sheet, {number: cells for number, cells in enumerate(table, 1) if any(cells)})


def _work_row(township: str = "华胥镇") -> list[str]:
    return [township, "外出务工", "省外", "12", "5", "3,200.50"]


@pytest.mark.parametrize("dataset", load_cards())
@pytest.mark.parametrize("merges", [True, False], ids=["merges", "no merges"])
def test_a_sheet_written_as_the_card_says_is_read_whole(dataset: str, merges: bool) -> None:
    of = card(dataset)
    rows = [good_row(of, number) for number in (1, 2, 3)]
    extracted = extract(workbook_of(sheet_of(of, rows, merges=merges)), of)
    assert (extracted.state, extracted.findings) == ("landed", ())
    first = header_rows(of).first_data
    expected = [{"source_row": first + offset, **row} for offset, row in enumerate(rows)]
    assert extracted.rows.to_pylist() == expected
    letters = {column.name: column.letter for column in extracted.columns}
    assert letters == {column.name: column_letter(i) for i, column in enumerate(of.sheet_columns)}


@given(st.permutations(range(len(WORK.sheet_columns))))
def test_column_order_is_free(order: list[int]) -> None:
    headers = [WORK.sheet_columns[index].header_text for index in order]
    row = [_work_row()[index] for index in order]
    extracted = extract(workbook_of(_work_sheet([row], headers)), WORK)
    names = [column.name for column in WORK.sheet_columns]
    assert _rules(extracted) == ([] if order == sorted(order) else ["S-MOVED"])
    assert extracted.rows.to_pylist() == [{"source_row": 4, **dict(zip(names, _work_row(), strict=True))}]
    assert extracted.columns[0].name == names[order[0]]


@pytest.mark.parametrize(
    "header", ["乡(镇)", " 乡 镇 ", "乡\n镇", "乡〔镇〕", "*乡镇", "镇街", "乡\uff08镇\uff09"]
)
def test_a_header_is_known_by_its_words(header: str) -> None:
    headers = [header, *[column.header_text for column in WORK.sheet_columns[1:]]]
    assert extract(workbook_of(_work_sheet([_work_row()], headers)), WORK).findings == ()


@pytest.mark.parametrize(
    "unit", ["(元)", "\uff08元\uff09", "( 元 )", "\n(元)", "\uff08单位\uff1a元\uff09", "[元]"]
)
def test_the_unit_of_a_header_may_be_written_in_any_bracket(unit: str) -> None:
    headers = [*[column.header_text for column in WORK.sheet_columns[:-1]], f"人均月收入{unit}"]
    extracted = extract(workbook_of(_work_sheet([_work_row()], headers)), WORK)
    assert extracted.findings == ()
    assert extracted.rows["monthly_wage"].to_pylist() == ["3,200.50"]


@pytest.mark.parametrize("header", ["人均月收入(万元)", "务工月收入(千元)", "人均月收入(年)", "人均月收入"])
def test_a_money_column_in_another_unit_is_reported_and_not_read(header: str) -> None:
    headers = [*[column.header_text for column in WORK.sheet_columns[:-1]], header]
    extracted = extract(workbook_of(_work_sheet([_work_row()], headers)), WORK)
    assert _rules(extracted) == ["S-UNIT"]
    finding = extracted.findings[0]
    assert (finding.cell, finding.column_name) == ("F3", "monthly_wage")
    assert "人均月收入(元)" in finding.expected
    assert extracted.rows["monthly_wage"].to_pylist() == [None]


def test_a_head_count_without_its_unit_is_read() -> None:
    headers = [column.header for column in WORK.sheet_columns[:-1]] + ["人均月收入(元)"]
    assert extract(workbook_of(_work_sheet([_work_row()], headers)), WORK).findings == ()


def test_a_missing_required_column_is_named() -> None:
    headers = [column.header_text for column in WORK.sheet_columns if column.name != "people"]
    row = [
        text for text, column in zip(_work_row(), WORK.sheet_columns, strict=True) if column.name != "people"
    ]
    extracted = extract(workbook_of(_work_sheet([row], headers)), WORK)
    assert _rules(extracted) == ["S-HEADER"]
    assert extracted.findings[0].column_name == "people" and "就业人数(人)" in extracted.findings[0].expected
    assert extracted.rows["people"].to_pylist() == [None]
    assert extracted.rows["women"].to_pylist() == ["5"]


def test_a_missing_optional_column_is_no_problem() -> None:
    headers = [column.header_text for column in WORK.sheet_columns[:-1]]
    assert extract(workbook_of(_work_sheet([_work_row()[:-1]], headers)), WORK).findings == ()


def test_an_extra_column_is_noted_and_left_out() -> None:
    headers = ["序号", *[column.header_text for column in WORK.sheet_columns]]
    extracted = extract(workbook_of(_work_sheet([["1", *_work_row()], ["2"]], headers)), WORK)
    assert [(f.rule_code, f.cell, f.found) for f in extracted.findings] == [("S-EXTRA", "A3", "序号")]
    assert extracted.rows.num_rows == 1  # the second row has nothing but its running number


def test_a_header_that_stands_twice_is_refused() -> None:
    headers = [*[column.header_text for column in WORK.sheet_columns], "就业人数(人)"]
    extracted = extract(workbook_of(_work_sheet([[*_work_row(), "13"]], headers)), WORK)
    assert [(f.rule_code, f.cell) for f in extracted.findings] == [("S-HEADER", "G3")]
    assert extracted.rows["people"].to_pylist() == ["12"]


def test_titles_totals_blanks_notes_and_repeated_headers_are_no_data() -> None:
    headers = [column.header_text for column in WORK.sheet_columns]
    rows = [
        _work_row("一镇"),
        [],
        [" 合 计 ", "", "", "12", "5", ""],
        ["务工就业统计"],
        headers,
        _work_row("二镇"),
        ["", "小计", "", "24"],
        [],
        ["注:本表按月统计"],
        ["续上行的说明文字"],
        ["填报人\uff1a某某", "", "审核人:某某", "", "日期:2021-08-31"],
    ]
    extracted = extract(workbook_of(_work_sheet(rows)), WORK)
    assert extracted.findings == ()
    assert extracted.rows["township"].to_pylist() == ["一镇", "二镇"]
    assert extracted.rows["source_row"].to_pylist() == [4, 9]


def test_rows_a_clerk_adds_below_the_notes_are_not_lost() -> None:
    rows = [_work_row("一镇"), [], ["注:本表按月统计"], _work_row("二镇")]
    assert extract(workbook_of(_work_sheet(rows)), WORK).rows["township"].to_pylist() == ["一镇", "二镇"]


def test_hidden_rows_are_data_and_noted_once() -> None:
    sheet = _work_sheet([_work_row("一镇"), _work_row("二镇"), _work_row("三镇")])
    sheet.hidden_rows = frozenset({2, 5, 6})
    extracted = extract(workbook_of(sheet), WORK)
    assert extracted.rows.num_rows == 3
    assert [(f.rule_code, f.row) for f in extracted.findings] == [("S-HIDDEN", 5)]
    assert "第5、6行" in extracted.findings[0].found


def test_cells_merged_among_the_data_are_named_and_those_of_headers_and_notes_are_not() -> None:
    sheet = _work_sheet([_work_row("一镇"), _work_row(""), _work_row("三镇")])
    first = min(row for row in sheet.rows if "一镇" in sheet.rows[row])
    column = sheet.rows[first].index("一镇")
    headers = sheet.merges
    sheet.merges = (*headers, (first, column, first + 1, column), (first + 5, 0, first + 5, 4))
    [finding] = extract(workbook_of(sheet), WORK).findings
    letter = "ABC"[column]
    assert (finding.rule_code, finding.row) == ("S-MERGED", first)
    assert finding.cell == f"{letter}{first},{letter}{first + 1}"


def test_the_same_header_under_two_groups_is_told_apart_by_its_group() -> None:
    sheet = sheet_of(LOANS, [good_row(LOANS)])
    group_row, header_row = header_rows(LOANS).group, header_rows(LOANS).header
    # A foreign block of 创业贷款 columns before the card's own, with headers of the same words.
    foreign = {
        group_row: ["创业贷款", ""],
        header_row: ["贷款金额(元)", "贷款期限(月)"],
        header_row + 1: ["9", "9"],
    }
    sheet.rows = {row: [*foreign.get(row, ["", ""]), *cells] for row, cells in sheet.rows.items()}
    spans = [(r1, c1 + 2, r2, c2 + 2) for r1, c1, r2, c2 in sheet.merges]
    sheet.merges = ((group_row, 0, group_row, 1), *spans)
    extracted = extract(workbook_of(sheet), LOANS)
    assert extracted.rows["amount"].to_pylist() == [good_row(LOANS)["amount"]]
    places = {column.name: column.letter for column in extracted.columns}
    assert places["amount"] == column_letter(2 + [c.name for c in LOANS.sheet_columns].index("amount"))
    assert [(f.rule_code, f.cell) for f in extracted.findings] == [
        ("S-EXTRA", f"A{header_row}"),
        ("S-EXTRA", f"B{header_row}"),
    ]


@pytest.mark.parametrize("name", ["务工就业", " 务工就业 ", "务工 就业", "务工\u3000就业"])
def test_a_sheet_is_found_whatever_its_blanks(name: str) -> None:
    sheet = _work_sheet([_work_row()])
    sheet.name = name
    extracted = extract(workbook_of(sheet), WORK)
    assert (extracted.state, extracted.source_sheet) == ("landed", name)


def test_a_visible_sheet_comes_before_a_hidden_one_of_the_same_name() -> None:
    hidden, visible = _work_sheet([_work_row("旧镇")]), _work_sheet([_work_row("新镇")])
    hidden.hidden, hidden.name = True, " 务工就业"
    assert extract(workbook_of(hidden, visible), WORK).rows["township"].to_pylist() == ["新镇"]


def test_a_missing_sheet_is_reported_unless_declared_nil() -> None:
    other = Sheet("别的表", {1: ["x"]})
    missing = extract(workbook_of(other), WORK)
    assert (missing.state, _rules(missing)) == ("missing", ["S-SHEET"])
    assert "别的表" in missing.findings[0].found
    nil = extract(workbook_of(other), WORK, nil=True)
    assert (nil.state, nil.findings) == ("nil", ())


def test_an_empty_sheet_is_reported_unless_declared_nil() -> None:
    empty = workbook_of(_work_sheet([[], ["注\uff1a本月无"]]))
    assert _rules(extract(empty, WORK)) == ["S-EMPTY"]
    nil = extract(empty, WORK, nil=True)
    assert (nil.state, nil.findings) == ("nil", ())


def test_rows_beside_a_nil_declaration_are_a_contradiction() -> None:
    extracted = extract(workbook_of(_work_sheet([_work_row()])), WORK, nil=True)
    assert (extracted.state, _rules(extracted), extracted.rows.num_rows) == ("landed", ["S-EMPTY"], 1)


def test_a_sheet_without_its_header_is_not_guessed_at() -> None:
    sheet = Sheet(WORK.sheet, {1: ["务工就业统计"], 3: _work_row()})
    extracted = extract(workbook_of(sheet), WORK)
    assert (extracted.state, _rules(extracted), extracted.rows.num_rows) == ("unrecognised", ["S-HEADER"], 0)


def test_a_number_that_lost_digits_is_marked_in_text_columns_only() -> None:
    sheet = sheet_of(LOANS, [good_row(LOANS)])
    row = header_rows(LOANS).first_data
    names = [column.name for column in LOANS.sheet_columns]
    places = {(row, names.index("contract_no")), (row, names.index("amount"))}
    sheet.lossy_cells = frozenset(places)
    extracted = extract(workbook_of(sheet), LOANS)
    assert extracted.rows["contract_no"].to_pylist() == [LOSSY + good_row(LOANS)["contract_no"]]
    assert extracted.rows["amount"].to_pylist() == [good_row(LOANS)["amount"]]


def test_short_rows_are_read_as_blank_cells() -> None:
    extracted = extract(workbook_of(_work_sheet([["华胥镇", "外出务工"]])), WORK)
    assert extracted.rows["people"].to_pylist() == [""]
