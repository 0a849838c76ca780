"""Hints: a wrong unit, swapped cells and columns, the smallest edit, on rows and totals that rules really fail on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from audit_support import COUNTY_SUBMISSION, FIRST_ROW, clean_rows, letter_of, workspace

from orchestration import lake
from orchestration.audit import hints
from orchestration.audit.files import file_rules, judge_batch, load_rules
from orchestration.audit.hints import add_hints
from orchestration.audit.quantities import quantities
from orchestration.audit.row_hints import text_hint
from orchestration.cards import load_cards


def _hints(rows: dict, *codes: str) -> list[str | None]:
    """The hints of what these rules find, in the order of rows."""
    rules = [rule for rule in file_rules() if rule.code in codes]
    with workspace(rows) as connection:
        load_rules(connection, rules)
        connection.execute(
            "create temp table due as select r.rule_code, l.submission_id "
            "from rules_by_dataset as r join landed_sheets as l using (dataset)"
        )
        failures = judge_batch(connection, rules, datetime(2021, 9, 3, tzinfo=UTC)).failures
        hinted = add_hints(connection, failures)
    assert hinted.drop_columns("hint").equals(failures.drop_columns("hint"))
    assert hinted.schema.equals(failures.schema)
    return hinted["hint"].to_pylist()


def _hint(rows: dict, code: str) -> str | None:
    [hint] = _hints(rows, code)
    return hint


def _cell(dataset: str, column: str, index: int = 0) -> str:
    return f"{letter_of(dataset, column)}{FIRST_ROW + index}"


def _stated(rows: dict, label: str) -> tuple[dict, str]:
    """A total's row and the address of its value."""
    index = next(i for i, row in enumerate(rows["stated_totals"]) if row["indicator"] == label)
    return rows["stated_totals"][index], _cell("stated_totals", "value", index)


def _loans(count: int) -> dict:
    """A sheet of loans whose amounts differ, each household with one."""
    rows = clean_rows()
    first = rows["microcredit"][0]
    amounts = [Decimal(20_000 + 1000 * i) for i in range(count)]
    rows["microcredit"] = [
        {**first, "contract_no": f"L{i}", "household_no": f"H{i}", "amount": amount, "balance": amount / 2}
        for i, amount in enumerate(amounts)
    ]
    return rows


def test_a_clean_batch_gets_no_hints():
    assert _hints(clean_rows(), *(rule.code for rule in file_rules())) == []


def test_an_amount_filled_in_the_smaller_unit_is_named_with_both_units():
    rows = _loans(8)
    rows["microcredit"][3]["balance"] *= 10_000  # 元 filled into a column of 万元
    cell = _cell("microcredit", "balance", 3)
    assert _hint(rows, "R-LOAN-22") == f"疑似计量单位错:{cell} 约差10000倍,应填万元而不是元"


def test_an_amount_filled_in_the_larger_unit_is_named_with_both_units():
    rows = _loans(8)
    rows["microcredit"][3]["amount"] /= 10_000  # 万元 filled into a column of 元
    cell = _cell("microcredit", "amount", 3)
    assert _hint(rows, "R-LOAN-22") == f"疑似计量单位错:{cell} 约差10000倍,应填元而不是万元"


def test_an_amount_that_is_itself_a_unit_apart_from_its_fellow_is_exactly_so():
    rows = _loans(8)
    loan = rows["microcredit"][3]
    loan["balance"] = loan["amount"] * 10_000
    cell = _cell("microcredit", "balance", 3)
    assert _hint(rows, "R-LOAN-22") == f"疑似计量单位错:{cell} 恰差10000倍,应填万元而不是元"


def test_a_limit_missed_by_exactly_a_unit_is_named_although_nothing_is_usual_on_a_short_sheet():
    rows = clean_rows()
    rows["microcredit"] = rows["microcredit"][:1]
    rows["microcredit"][0]["amount"] = Decimal(500_000_000)
    assert _hint(rows, "R-LOAN-1-1") == "疑似计量单位错:500000000元 与 50000元 恰差10000倍"


def test_a_whole_column_in_another_unit_is_named_as_such():
    rows = _loans(5)
    for loan in rows["microcredit"]:
        loan["balance"] *= 10_000
    found = _hints(rows, "R-LOAN-22")
    assert len(found) == 5
    assert set(found) == {
        f"疑似计量单位错:{letter_of('microcredit', 'amount')}列“贷款金额” 与 "
        f"{letter_of('microcredit', 'balance')}列“贷款余额” 恰差10000倍,核对两列的计量单位"
    }


def test_a_percentage_filled_as_a_whole_number_is_a_hundredfold():
    rows = _loans(5)
    rows["microcredit"][2]["annual_rate"] = Decimal("4.35")
    cell = _cell("microcredit", "annual_rate", 2)
    assert _hint(rows, "R-LOAN-24") == f"疑似计量单位错:{cell} 约差100倍,百分数应填如4.35,不填435"


def test_two_cells_each_usual_in_the_others_column_are_swapped():
    rows = clean_rows()
    households = rows["monitored_households"]
    for household in households:
        household.update(members=6, labour_members=1)
    households[2].update(members=1, labour_members=6)
    one, other = (_cell("monitored_households", name, 2) for name in ("members", "labour_members"))
    assert _hint(rows, "R-MON-20") == f"两格疑填反:{one} 与 {other}"


def test_a_row_far_larger_than_the_others_is_known_by_the_ratio_of_its_cells():
    rows = clean_rows()
    site = rows["resettlement_sites"][0]
    sizes = (20, 30, 40, 50, 160)
    rows["resettlement_sites"] = [
        {**site, "site_no": f"R{size}", "occupied_households": size, "occupied_people": 4 * size}
        for size in sizes
    ]
    rows["resettlement_sites"][4].update(occupied_households=640, occupied_people=160)
    one, other = (_cell("resettlement_sites", f"occupied_{name}", 4) for name in ("households", "people"))
    assert _hint(rows, "R-RES-26") == f"两格疑填反:{one} 与 {other}"


def test_on_a_short_sheet_the_row_at_fault_does_not_bend_what_is_usual():
    rows = clean_rows()
    site = rows["resettlement_sites"][0]
    sizes = ((143, 486), (194, 633), (43, 153))
    rows["resettlement_sites"] = [
        {**site, "site_no": f"R{size}", "occupied_households": size, "occupied_people": people}
        for size, people in sizes
    ]
    rows["resettlement_sites"][0].update(occupied_households=486, occupied_people=143)
    one, other = (_cell("resettlement_sites", f"occupied_{name}") for name in ("households", "people"))
    assert _hint(rows, "R-RES-26") == f"两格疑填反:{one} 与 {other}"


def test_a_part_above_its_whole_that_no_swap_would_make_usual_has_no_hint():
    rows = clean_rows()
    for household in rows["monitored_households"]:
        household.update(members=4, labour_members=3)
    rows["monitored_households"][2].update(members=4, labour_members=5)
    assert _hint(rows, "R-MON-20") is None


def test_two_days_of_one_row_the_wrong_way_round_are_swapped():
    rows = _loans(5)
    rows["microcredit"][1].update(disbursed_on=date(2024, 3, 1), due_on=date(2021, 3, 1))
    one, other = (_cell("microcredit", name, 1) for name in ("disbursed_on", "due_on"))
    assert _hint(rows, "R-LOAN-20") == f"两格疑填反:{one} 与 {other}"


def test_a_rule_on_two_columns_that_nearly_every_row_breaks_means_swapped_columns():
    rows = _loans(6)
    for loan in rows["microcredit"][:5]:
        loan["disbursed_on"], loan["due_on"] = loan["due_on"], loan["disbursed_on"]
    found = _hints(rows, "R-LOAN-20")
    letters = [letter_of("microcredit", name) for name in ("disbursed_on", "due_on")]
    assert len(found) == 5
    assert set(found) == {f"两列疑似整体填反:{letters[0]}列“放款日期”与{letters[1]}列“到期日期”"}


def test_rows_late_by_a_fixed_number_of_days_are_no_swapped_columns():
    rows = clean_rows()
    call = rows["hotline_12317"][0]
    late = {**call, "received_on": date(2021, 5, 1), "closed_on": date(2021, 6, 30), "status": "已办结"}
    rows["hotline_12317"] = [{**late, "call_no": f"C{i}"} for i in range(5)]
    assert set(_hints(rows, "R-HOT-1")) == {None}


def test_a_sum_names_the_cell_its_digits_and_the_slip():
    rows = clean_rows()
    rows["projects"][0]["central_funds"] = Decimal(5_000_000)  # 50 → 500 万元
    cell = _cell("projects", "central_funds")
    assert _hint(rows, "R-PROJ-4-1") == f"最小改动:{cell} 由 500 改为 50(多填了0)"


def test_a_sum_with_one_part_in_another_unit_names_the_unit():
    rows = clean_rows()
    rows["projects"][0]["county_funds"] = Decimal(500_000_000)
    cell = _cell("projects", "county_funds")
    assert _hint(rows, "R-PROJ-4-1") == f"疑似计量单位错:{cell} 恰差10000倍,由 50000 改为 5"


def test_parts_that_are_equally_likely_are_all_named():
    rows = clean_rows()
    # 21 and 32 for 12 and 23 would both be neighbours exchanged; 95 would take two digits in the total.
    rows["projects"][0].update(
        total_funds=Decimal(950_000),
        central_funds=Decimal(210_000),
        provincial_funds=Decimal(320_000),
        city_funds=Decimal(510_000),
        county_funds=Decimal(0),
        social_funds=Decimal(0),
    )
    cells = [_cell("projects", name) for name in ("central_funds", "provincial_funds")]
    assert _hint(rows, "R-PROJ-4-1") == (
        f"最小改动:{cells[0]} 由 21 改为 12(相邻数字颠倒),或 {cells[1]} 由 32 改为 23(相邻数字颠倒)"
    )


def test_a_stated_total_tells_which_cell_of_a_row_is_out():
    rows = clean_rows()
    funds = {"central_funds": Decimal(313_000), "provincial_funds": Decimal(605_000)}
    rest = dict.fromkeys(("city_funds", "county_funds", "social_funds"), Decimal(0))
    rows["projects"][0].update(total_funds=Decimal(918_000), **funds, **rest)
    stated, _ = _stated(rows, "入库项目资金总量")
    stated.update(value=sum(project["total_funds"] for project in rows["projects"]), unit="万元")
    rows["projects"][0]["total_funds"] += 100_000
    total, part = (_cell("projects", name) for name in ("total_funds", "central_funds"))
    assert _hint(rows, "R-PROJ-4-1") == f"最小改动:{total} 由 101.8 改为 91.8"
    # Without it, one digit of a part is the smaller edit.
    stated["value"] += 100_000
    assert _hint(rows, "R-PROJ-4-1").startswith(f"最小改动:{part} 由 31.3 改为 41.3(一个数字误填),或 ")


def test_of_equal_slips_one_that_contradicts_a_stated_total_is_not_named():
    rows = clean_rows()
    # 112.9 for 121.9 in the total or 54.8 for 45.8 in a part, and the total of all projects is as stated.
    funds = {"central_funds": Decimal(548_000), "provincial_funds": Decimal(671_000)}
    rest = dict.fromkeys(("city_funds", "county_funds", "social_funds"), Decimal(0))
    rows["projects"][0].update(total_funds=Decimal(1_129_000), **funds, **rest)
    total, part = (_cell("projects", name) for name in ("total_funds", "central_funds"))
    slips = (
        f"{total} 由 112.9 改为 121.9(相邻数字颠倒)",
        f"{part} 由 54.8 改为 45.8(相邻数字颠倒)",
    )
    assert _hint(rows, "R-PROJ-4-1") == f"最小改动:{slips[0]},或 {slips[1]}"
    stated, _ = _stated(rows, "入库项目资金总量")
    stated.update(value=sum(project["total_funds"] for project in rows["projects"]), unit="万元")
    assert _hint(rows, "R-PROJ-4-1") == f"最小改动:{slips[1]}"


def test_a_part_in_another_unit_on_every_row_is_the_whole_column():
    rows = clean_rows()
    for project in rows["projects"]:
        project["county_funds"] = Decimal(500_000_000)
    letter = letter_of("projects", "county_funds")
    header = load_cards()["projects"].column("county_funds").header
    assert set(_hints(rows, "R-PROJ-4-1")) == {
        f"疑似整列计量单位错:{letter}列“{header}”约差10000倍,应填万元而不是元"
    }


def test_the_whole_sheet_counts_although_only_its_first_failures_are_hinted(monkeypatch):
    monkeypatch.setattr(hints, "MOST_HINTED", 2)
    rows = _loans(5)
    for loan in rows["microcredit"]:
        loan["disbursed_on"], loan["due_on"] = loan["due_on"], loan["disbursed_on"]
    found = _hints(rows, "R-LOAN-20")
    assert [hint is not None for hint in found] == [True, True, False, False, False]
    assert found[0].startswith("两列疑似整体填反")


def test_a_remainder_that_holds_when_two_cells_change_places_names_them():
    rows = clean_rows()
    row = rows["fund_spending"][0]
    row.update(amount=Decimal(300_000), spent=Decimal(1_000_000), balance=Decimal(700_000))
    one, other = _cell("fund_spending", "amount"), _cell("fund_spending", "spent")
    assert _hint(rows, "R-FUND-20") == f"两格疑填反:{one} 与 {other}"


@pytest.mark.parametrize(
    ("stated", "unit", "decimals", "words"),
    [
        ("5", "户", 0, "最小改动:{cell} 由 5 改为 4(一个数字误填)"),
        ("40", "户", 0, "最小改动:{cell} 由 40 改为 4(多填了0)"),
        ("40000", "万户", 0, "疑似计量单位错:{cell} 差10000倍,数值不变时计量单位应为户而不是万户"),
    ],
)
def test_a_total_beside_its_register(stated, unit, decimals, words):
    rows = clean_rows()
    total, cell = _stated(rows, "监测对象总户数")
    total.update(value=Decimal(stated), unit=unit, decimals=decimals)
    assert _hint(rows, "R-SUM-3") == words.format(cell=cell)


def test_a_total_about_a_unit_away_from_a_register_with_faults_of_its_own_is_so_called():
    rows = clean_rows()
    total, cell = _stated(rows, "衔接资金已支出")
    total["value"] *= 11_000
    assert _hint(rows, "R-SUM-3") == f"疑似计量单位错:{cell} 约差10000倍,数值不变时计量单位应为元而不是万元"


def test_a_total_that_no_slip_explains_is_given_its_registers_value():
    rows = clean_rows()
    total, cell = _stated(rows, "监测对象总户数")
    total["value"] = Decimal(731)
    assert _hint(rows, "R-SUM-3") == f"最小改动:{cell} 由 731 改为 4"


def test_a_total_whose_register_comes_to_nothing_has_no_hint():
    rows = clean_rows()
    rows["microcredit"] = []
    assert set(_hints(rows, "R-SUM-3")) == {None}


def test_two_totals_that_state_each_others_register_are_swapped():
    rows = clean_rows()
    one, first = _stated(rows, "小额信贷当年投放户数")
    other, second = _stated(rows, "监测对象总户数")
    one["value"], other["value"] = other["value"], one["value"]
    found = _hints(rows, "R-SUM-3")
    assert set(found) == {f"两格疑填反:{first} 与 {second}", f"两格疑填反:{second} 与 {first}"}


def test_totals_that_do_not_add_up_are_mended_where_the_register_disagrees():
    rows = clean_rows()
    part, cell = _stated(rows, "边缘易致贫户户数")
    right = part["value"]
    part["value"] = right + 10
    hint = _hint(rows, "R-SUM-4")
    assert hint.startswith(f"最小改动:{cell} 由 {right + 10} 改为 {right}")


def test_a_part_above_its_whole_is_a_swap_when_no_register_says_otherwise():
    rows = clean_rows()
    eliminated, first = _stated(rows, "风险已消除监测对象户数")
    whole, second = _stated(rows, "监测对象总户数")
    eliminated["value"], whole["value"] = whole["value"], eliminated["value"]
    found = _hints(rows, "R-SUM-5")
    assert f"两格疑填反:{first} 与 {second}" in found


def test_a_ratio_stated_as_a_fraction_is_a_hundredfold():
    rows = clean_rows()
    ratio = next(row for row in rows["stated_totals"] if row["unit"] == "%")
    ratio["value"] /= 100
    found = _hints(rows, "R-SUM-6")
    assert found
    assert all(hint.startswith("疑似计量单位错:") and "差100倍" in hint for hint in found)


def test_a_finding_of_landing_is_hinted_by_its_cell_alone():
    rows = _loans(8)
    rows["microcredit"][3]["amount"] *= 10_000
    failure = {
        **dict.fromkeys(lake.FAILURES.names),
        "rule_code": "S-RANGE",
        "dataset": "microcredit",
        "submission_id": COUNTY_SUBMISSION,
        "source_row": FIRST_ROW + 3,
        "cells": _cell("microcredit", "amount", 3),
        "found": "230000000",
        "expected": "不小于0元",
    }
    already = {**failure, "hint": "先前的话"}
    elsewhere = {**failure, "dataset": None, "cells": None, "source_row": None}
    table = pa.Table.from_pylist([failure, already, elsewhere], schema=lake.FAILURES)
    with workspace(rows) as connection:
        found = add_hints(connection, table)["hint"].to_pylist()
    assert found[0].startswith("疑似计量单位错:")
    assert found[1:] == ["先前的话", None]


def test_quantities_of_a_text_are_in_base_units():
    found = quantities("贷款余额 5万元,不早于 2021-08-05,12.5%,2021-08,3个月,2021-13-45")
    assert [(q.value, q.base) for q in found] == [
        (Decimal(50_000), "元"),
        (date(2021, 8, 5), None),
        (Decimal("0.125"), "1"),
        (date(2021, 8, 1), None),
        (Decimal(3), None),
    ]


def test_texts_of_different_kinds_are_never_a_unit_apart():
    assert text_hint("30000元", "不超过3人") is None
    assert text_hint("30000元", "不超过3元") == "疑似计量单位错:30000元 与 3元 恰差10000倍"
    assert text_hint("30000元", None) is None
