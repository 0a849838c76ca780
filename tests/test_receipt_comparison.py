"""Two tries of one workbook: what is fixed, stands and is new, and which cells were changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from land_support import ID_NUMBER, card, good_row, sheet_of, write_workbook

from orchestration.audit.receipts.changes import (
    MOST_CELLS,
    Changes,
    Versions,
    changed_cells,
    compare_versions,
    row_keys,
)
from orchestration.audit.receipts.comparison import compare
from orchestration.audit.receipts.problems import Failure
from orchestration.receive.guard import run_guarded

LOANS = card("microcredit")
FIRST_ROW = 5


def _failure(key: str | None, row: int, code: str = "R-LOAN-1-1", **values: object) -> Failure:
    failure = Failure(
        code,
        "error",
        "microcredit",
        LOANS.sheet,
        row,
        (f"I{row}",),
        "60000元",
        "不超过50000元",
        columns=("amount",),
        row_key=key,
    )
    return replace(failure, **values)


def _counts(before: list[Failure], after: list[Failure]) -> tuple[int, int, int]:
    comparison = compare(before, after)
    return tuple(
        sum(problem.count for problem in problems)
        for problems in (comparison.fixed, comparison.standing, comparison.new)
    )


failures = st.lists(
    st.builds(
        _failure,
        st.none() | st.sampled_from(["L1", "L2", "L3"]),
        st.integers(6, 9),
        st.sampled_from(["R-LOAN-1-1", "S-TYPE"]),
    ),
    max_size=12,
)


@given(failures, failures)
def test_every_place_of_both_tries_is_said_once(before, after):
    fixed, standing, new = _counts(before, after)
    assert fixed + standing == len(before)
    assert standing + new == len(after)


@given(failures)
def test_a_try_like_the_last_one_has_nothing_fixed_and_nothing_new(tried):
    assert _counts(tried, tried) == (0, len(tried), 0)


def test_a_row_that_moved_is_known_by_its_key():
    comparison = compare([_failure("L1", 7), _failure("L2", 8)], [_failure("L1", 12)])
    assert [problem.cells for problem in comparison.fixed] == [("I8",)]
    assert [problem.cells for problem in comparison.standing] == [("I12",)]
    assert comparison.new == []


def test_a_column_that_moved_is_known_by_its_name():
    moved = _failure("L1", 7, cells=("C7",))
    assert _counts([_failure("L1", 7)], [moved]) == (0, 1, 0)


def test_another_row_on_the_same_address_is_new():
    assert _counts([_failure("L1", 7)], [_failure("L9", 7)]) == (1, 0, 1)


def test_a_row_without_a_key_is_known_by_its_cells():
    assert _counts([_failure(None, 7)], [_failure(None, 7, found="70000元")]) == (0, 1, 0)


def test_a_finding_without_cells_is_known_by_its_words():
    missing = Failure("S-HEADER", "error", "microcredit", LOANS.sheet, 4, (), "", "应有列“乡镇”")
    assert _counts([missing], [replace(missing, row=5)]) == (0, 1, 0)
    assert _counts([missing], [replace(missing, expected="应有列“行政村”")]) == (1, 0, 1)
    fell = Failure("R-YTD-1", "warning", "stated_totals", None, None, (), "小额信贷 5", "2021-07 的 8")
    assert _counts([fell], [replace(fell, found="小额信贷 6.5")]) == (0, 1, 0)


def _row(number: int, **texts: str) -> dict[str, str]:
    return {**good_row(LOANS, number), **texts}


def _changes(folder: Path, before: list[dict], after: list[dict]) -> Changes:
    files = [
        write_workbook(folder / f"{name}.xlsx", [sheet_of(LOANS, rows)])
        for name, rows in (("before", before), ("after", after))
    ]
    return changed_cells(*files, ["microcredit"])


def test_a_changed_cell_is_named_where_it_now_stands(tmp_path: Path):
    rows = [_row(1), _row(2), _row(3)]
    changed = _changes(tmp_path, rows, [_row(9), rows[0], {**rows[2], "amount": "5000"}, rows[1]])
    assert changed.to_json() == {
        "cells": [
            {
                "sheet": "扶贫小额信贷",
                "cell": f"I{FIRST_ROW + 2}",
                "column": "贷款金额",
                "row_key": "contract_no-3",
                "before": "5",
                "after": "5000",
            }
        ],
        "cells_changed": 1,
        "rows_added": 1,
        "rows_removed": 0,
    }


def test_sorting_a_sheet_changes_nothing(tmp_path: Path):
    rows = [_row(number) for number in range(6)]
    assert _changes(tmp_path, rows, rows[::-1]) == Changes((), 0, 0, 0)


def test_of_two_rows_with_one_key_the_one_deleted_is_removed(tmp_path: Path):
    first, again = _row(1), _row(1, amount="7")
    assert _changes(tmp_path, [first, again, _row(2)], [again, _row(2)]) == Changes((), 0, 0, 1)


def test_a_number_put_right_is_a_changed_cell_and_no_new_row(tmp_path: Path):
    changed = _changes(tmp_path, [_row(1), _row(2)], [_row(1), _row(2, contract_no="L-2021-2")])
    assert (changed.cells_changed, changed.rows_added, changed.rows_removed) == (1, 0, 0)
    [cell] = changed.cells
    assert (cell.column, cell.before, cell.after) == ("借款合同编号", "contract_no-2", "L-2021-2")


def test_the_same_value_written_otherwise_is_no_change(tmp_path: Path):
    before = _row(1, amount="50000", disbursed_on="2021-08-05", bank="信用 联社")
    after = _row(1, amount="50,000.00", disbursed_on="44413", bank="信用  联社 ")
    assert _changes(tmp_path, [before], [after]).cells_changed == 0


def test_a_day_stored_as_a_number_is_shown_as_a_day(tmp_path: Path):
    [cell] = _changes(tmp_path, [_row(1, disbursed_on="44413")], [_row(1, disbursed_on="2021/8/6")]).cells
    assert (cell.before, cell.after) == ("2021-08-05", "2021-08-06")


def test_personal_data_is_never_shown(tmp_path: Path):
    other = ID_NUMBER[:-1] + "8"
    before = _row(1, borrower_name="示例甲", borrower_id_no="", bank=f"信用联社{ID_NUMBER}")
    after = _row(1, borrower_name="示例乙", borrower_id_no=other, bank="信用联社13000000001")
    cells = {cell.column: (cell.before, cell.after) for cell in _changes(tmp_path, [before], [after]).cells}
    assert cells == {
        "贷款人姓名": ("(个人信息)", "(个人信息,已改)"),
        "贷款人身份证号": ("", "(个人信息,已改)"),
        "贷款金融机构": ("信用联社(个人信息)", "信用联社(个人信息)"),
    }


def test_of_many_changes_the_count_is_exact_and_the_first_are_listed(tmp_path: Path):
    changed = _changes(
        tmp_path, [_row(number) for number in range(300)], [_row(number, amount="6") for number in range(300)]
    )
    assert (changed.cells_changed, len(changed.cells)) == (300, MOST_CELLS)
    assert changed.cells[0].cell == f"I{FIRST_ROW}"


def test_a_sheet_that_was_missing_brings_its_rows(tmp_path: Path):
    totals = card("stated_totals")
    before = write_workbook(tmp_path / "a.xlsx", [sheet_of(totals, [good_row(totals)])])
    after = write_workbook(
        tmp_path / "b.xlsx", [sheet_of(totals, [good_row(totals)]), sheet_of(LOANS, [_row(1), _row(2)])]
    )
    versions = Versions(before, after, ("microcredit", "stated_totals"))
    [result] = run_guarded(compare_versions, [versions], workers=1, memory_bytes=2**31, seconds_per_item=60)
    assert result.value == Changes((), 0, 2, 0)


def test_rows_are_keyed_by_the_texts_of_their_key_columns():
    rows = pa.table({"source_row": [6, 7, 8], "contract_no": ["L1", None, ""]})
    assert row_keys("microcredit", rows) == {("microcredit", 6): "L1"}
    totals = pa.table({"source_row": [4], "indicator": ["监测对象总户数"]})
    assert row_keys("stated_totals", totals) == {("stated_totals", 4): "监测对象总户数"}
