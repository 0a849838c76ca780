"""Each file rule against a clean workbook and against one spoilt for it. A rule without a case fails the contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest
from audit_support import FIRST_ROW, PERIOD, clean_rows, letter_of, submission_of, workspace

from expectations import MODULES, catalogue, drafts, every_rule
from expectations.rule import FILE_CONTRACT, Rule, RuleError, Sum
from orchestration.cards import load_cards

FILE_RULES = {code: rule for code, rule in every_rule().items() if rule.scope == "file"}


@dataclass(frozen=True)
class Case:
    """Edits to the clean workbook that one rule must name: by (dataset, row) the cells changed."""

    edits: dict[tuple[str, int], dict]
    bad: tuple[int, ...] = field(default=())  # rows of the rule's dataset at fault; default: those edited
    whole_sheet: bool = False  # no single row is at fault
    period: str = PERIOD


def on(dataset: str, row: int = 0, **cells: object) -> Case:
    return Case({(dataset, row): cells})


M, P, L, F = "monitored_households", "projects", "microcredit", "fund_spending"
T, R, S, SITE = "resident_teams", "recognised_products", "stated_totals", "resettlement_sites"
LATER = date(2021, 9, 1)

CASES: dict[str, Case] = {
    "R-MON-1-1": on(M, 1, household_type="脱贫户"),
    "R-MON-1-2": on(M, 0, net_income_per_head=Decimal(6000)),
    "R-MON-2": on(M, 1, income_threshold=Decimal(6154)),
    "R-MON-6-1": on(M, 3, elimination_mode=None),
    "R-MON-6-2": on(M, 3, eliminated_month="2020-09"),
    "R-MON-6-3": on(M, 3, eliminated_month="2021-09"),
    "R-MON-6-4": on(M, 3, net_income_per_head=Decimal(5999)),
    "R-MON-6b": on(M, 3, labour_members=0),
    "R-MON-7": on(M, 3, identified_month="2022-03", eliminated_month="2022-05"),
    "R-MON-8": on(M, 0, measures_started_month="2021-07"),
    "R-MON-9": on(M, 2, measures="综合保障"),
    "R-MON-10": on(M, 0, measures="产业帮扶"),
    "R-MON-11-1": on(M, 1, disabled_members=0),
    "R-MON-11-2": on(M, 0, ill_members=0),
    "R-MON-11-3": on(M, 2, labour_members=3),
    "R-MON-11-4": on(M, 0, out_of_pocket=None),
    "R-MON-20": on(M, 0, labour_members=4),
    "R-MON-21": on(M, 0, ill_members=4),
    "R-MON-22": on(M, 0, disabled_members=4),
    "R-MON-23": on(M, 0, members=11),
    "R-MON-24": on(M, 0, measures=None),
    "R-PROJ-4-1": on(P, 0, total_funds=Decimal(1000001)),
    "R-PROJ-4-2": on(P, 0, arranged_on=date(2021, 1, 9)),
    "R-PROJ-4-3": on(P, 0, started_on=date(2021, 2, 9)),
    "R-PROJ-4-4": on(P, 0, completed_on=date(2021, 3, 9)),
    "R-PROJ-4-5": on(P, 0, accepted_on=date(2021, 5, 9)),
    "R-PROJ-4-6": on(P, 1, arranged_on=None),
    "R-PROJ-4-7": on(P, 0, started_on=None),
    "R-PROJ-4-8": on(P, 0, completed_on=None),
    "R-PROJ-4-9": on(P, 2, document_no=None),
    "R-PROJ-4-10": on(P, 0, document_no="陕财农〔2021〕9号"),
    "R-PROJ-33": on(P, 2, arranged_on=date(2021, 5, 31)),
    "R-PROJ-20": on(P, 3, pooled_on=LATER),
    "R-PROJ-21": on(P, 2, arranged_on=LATER),
    "R-PROJ-22": on(P, 1, started_on=LATER),
    "R-PROJ-23": on(P, 0, completed_on=LATER),
    "R-PROJ-24": on(P, 0, accepted_on=LATER),
    "R-PROJ-30": on(P, 0, disbursed=Decimal("1000000.01")),
    "R-PROJ-31": on(P, 1, status="已安排"),
    "R-PROJ-32": on(P, 0, benefit_people=9),
    "R-LOAN-1-1": on(L, 0, amount=Decimal("50000.01")),
    "R-LOAN-1-2": Case({(L, 2): {"is_top_up": False}}, bad=(1, 2)),
    "R-LOAN-2-1": on(L, 0, term_months=37),
    "R-LOAN-2-2": on(L, 0, due_on=date(2024, 3, 2)),
    "R-LOAN-3": Case({(L, 2): {"amount": Decimal(60000)}}, bad=(1, 2)),
    "R-LOAN-4": Case({(L, 0): {"borrower_birth_year": 1955}}),
    "R-LOAN-4-2": on(L, 0, borrower_type="边缘易致贫户", household_no="H9"),
    "R-LOAN-4-3": on(L, 0, borrower_type="边缘易致贫户"),
    "R-LOAN-4-4": on(L, 0, borrower_type="脱贫不稳定户", household_no="H4", disbursed_on=date(2021, 8, 1)),
    "R-LOAN-5": on(L, 0, purpose="建房"),
    "R-LOAN-20": on(L, 0, due_on=date(2021, 2, 28)),
    "R-LOAN-21": on(L, 0, disbursed_on=LATER),
    "R-LOAN-22": on(L, 0, balance=Decimal(500000)),
    "R-LOAN-23": on(L, 0, overdue_amount=Decimal(50001)),
    "R-LOAN-24": on(L, 0, annual_rate=Decimal("4.35")),
    "R-EMP-2": on("employment", 1, work_place="省外"),
    "R-EMP-3": on("employment", 0, monthly_wage=Decimal(30001)),
    "R-EMP-20": on("employment", 0, women=121),
    "R-EMP-21": Case({("employment", row): {"township": "乙镇"} for row in (0, 1)}, whole_sheet=True),
    "R-FUND-1": Case({(F, 0): {"industry_amount": Decimal(400000)}}, whole_sheet=True),
    "R-FUND-1-2": Case({(F, 0): {"industry_amount": Decimal(599999)}}, whole_sheet=True),
    "R-FUND-2": on(F, 0, management_fee=Decimal("10000.01")),
    "R-FUND-4-1": on(F, 0, spent=Decimal(1000001)),
    "R-FUND-20": on(F, 0, balance=Decimal(299999)),
    "R-FUND-21": on(F, 0, industry_amount=Decimal(990001)),
    "R-FUND-22": on(F, 0, issued_on=LATER),
    "R-FUND-23": on(F, 0, projects=5),
    "R-FUND-30": on("bridging_funds", 0, receiving_unit_code="610000"),
    "R-FUND-31": on("bridging_funds", 0, issued_on=LATER),
    "R-FUND-32": on("bridging_funds", 0, amount=Decimal(0)),
    "R-FUND-33": Case({("bridging_funds", 1): {"document_no": "陕财农〔2021〕1号"}}, bad=(0, 1)),
    "R-TEAM-1": on(T, 1, village_type="其他村"),
    "R-TEAM-2-1": on(T, 1, ends_on=date(2022, 7, 1)),
    "R-TEAM-2-2": on(T, 1, days_present=32),
    "R-TEAM-2-3": on(T, 1, days_present=14),
    "R-TEAM-3-1": Case({(T, 1): {"role": "第一书记"}}, bad=(0, 1)),
    "R-TEAM-3-2": Case({(T, 2): {"team_no": "T2"}}, bad=(0, 1, 2)),
    "R-TEAM-20": on(T, 1, ends_on=date(2021, 6, 30)),
    "R-TEAM-21": on(T, 1, started_on=LATER),
    "R-TEAM-22": Case({(T, 1): {"village": "乙村"}}, bad=(0, 1, 2)),
    "R-TRAIN-1": on("resident_training", 0, ended_on=date(2021, 7, 4)),
    "R-TRAIN-2": on("resident_training", 0, started_on=LATER),
    "R-TRAIN-3": on("resident_training", 0, started_on=date(2020, 12, 31)),
    "R-TRAIN-4": on("resident_training", 0, person_times=0),
    "R-RES-1": on(SITE, 0, households_with_job=80),
    "R-RES-20": on(SITE, 0, employed=181),
    "R-RES-21": on(SITE, 0, labour=341),
    "R-RES-22": on(SITE, 0, households_with_job=91),
    "R-RES-23": on(SITE, 0, households_with_labour=99),
    "R-RES-24": on(SITE, 0, occupied_households=101),
    "R-RES-25": on(SITE, 0, occupied_people=351),
    "R-RES-26": on(SITE, 0, occupied_people=97),
    "R-PROD-20": on(R, 0, valid_to=date(2020, 8, 31)),
    "R-PROD-21": on(R, 0, valid_to=date(2021, 8, 30)),
    "R-PROD-22": on(R, 0, recognised_on=LATER),
    "R-PROD-24": on(R, 0, supplier_uscc="93610124MA600000"),
    "R-PROD-25": Case({(R, 1): {"supplier_name": "乙合作社"}}, bad=(0, 1)),
    "R-PROD-30": on("product_submissions", 0, submitted_on=LATER),
    "R-PROD-31": on("product_submissions", 0, county_code="610100"),
    "R-PROD-32": Case({("product_submissions", 1): {"supplier_name": "乙合作社"}}, bad=(0, 1)),
    "R-IND-1": on("industry_programmes", 0, target_output=None),
    "R-IND-2": on("industry_programmes", 1, achieved_on=LATER),
    "R-IND-3": Case({("industry_programmes", 2): {"item_name": "奶山羊"}}, bad=(1, 2)),
    "R-EW-1": on("east_west", 0, receiving_unit_code="610102"),
    "R-EW-20": on("east_west", 1, unit="名"),
    "R-EW-21": on("east_west", 1, value=Decimal(40000001)),
    "R-EW-22": on("east_west", 0, data_through="2021-09"),
    "R-EW-23": on("east_west", 2, data_through="2021-06"),
    "R-HOT-1": on("hotline_12317", 1, received_on=date(2021, 8, 10)),
    "R-HOT-20": on("hotline_12317", 0, closed_on=date(2021, 8, 1)),
    "R-HOT-21": on("hotline_12317", 1, received_on=LATER),
    "R-HOT-22": on("hotline_12317", 0, closed_on=LATER),
    "R-HOT-23": on("hotline_12317", 1, status="已办结"),
    "R-SUP-1": Case({("supervision", 1): {"item_type": "省级调研报告"}}, whole_sheet=True),
    "R-SUP-2": on("supervision", 0, county_code=None),
    "R-SUP-3": on("supervision", 2, done_on=LATER),
    "R-SUP-4": on("supervision", 1, county_code="610203"),
    "R-RISK-1": on("risk_screening", 0, at_risk_households=501),
    "R-RISK-2": on("risk_screening", 0, handled_households=11),
    "R-RISK-3": on("risk_screening", 0, at_risk_people=9),
    "R-RISK-4": on("risk_screening", 0, screened_on=LATER),
    "R-RISK-5": Case({("risk_screening", 0): {"township": "乙镇"}}, whole_sheet=True),
    "R-SUM-1": on(S, 0, indicator="监测户数"),
    "R-SUM-2": on(S, 0, unit="人"),
    "R-SUM-3": on(S, 0, value=Decimal(40000)),
    "R-SUM-4": on(S, 0, value=Decimal(5)),
    "R-SUM-5": on(S, 10, value=Decimal(2)),
    "R-SUM-6": on(S, 18, value=Decimal("0.6680")),
    "R-SUM-7": Case({(S, 0): {"indicator": "别的"}}, whole_sheet=True),
    "R-PROD-2": Case(
        {(R, 0): {"recognised_on": date(2023, 9, 1), "commodity_value": Decimal(499999)}},
        bad=(0, 1),
        period="2024-08",
    ),
}


def _run(rule: Rule, case: Case) -> list[dict]:
    rows = clean_rows()
    for (dataset, row), cells in case.edits.items():
        rows[dataset][row].update(cells)
    with workspace(rows, case.period) as connection:
        answer = connection.execute(rule.query)
        assert tuple(column[0] for column in answer.description) == FILE_CONTRACT
        return answer.to_arrow_table().to_pylist()


@pytest.fixture(scope="module")
def clean():
    with workspace(clean_rows()) as connection:
        yield connection


def test_every_file_rule_has_a_case_and_every_case_a_rule():
    assert CASES.keys() == FILE_RULES.keys()


def test_every_dataset_has_a_file_rule():
    assert {rule.dataset for rule in FILE_RULES.values()} == load_cards().keys()


@pytest.mark.parametrize("rule", FILE_RULES.values(), ids=FILE_RULES)
def test_a_clean_workbook_passes(rule: Rule, clean):
    assert clean.execute(rule.query).fetchall() == []


@pytest.mark.parametrize("code", CASES)
def test_a_spoilt_cell_is_named(code: str):
    rule, case = FILE_RULES[code], CASES[code]
    bad = _run(rule, case)
    rows = case.bad or tuple(row for dataset, row in case.edits if dataset == rule.dataset)
    expected = [None] if case.whole_sheet else [FIRST_ROW + row for row in rows]
    assert sorted(row["source_row"] or 0 for row in bad) == sorted(row or 0 for row in expected)
    for row in bad:
        assert row["submission_id"] == submission_of(rule.dataset)
        assert row["source_sheet"] == load_cards()[rule.dataset].sheet
        assert row["found"] and row["expected"]
        assert rule.message_zh.format(found=row["found"], expected=row["expected"])


@pytest.mark.parametrize("code", CASES)
def test_the_cells_of_a_rule_are_on_its_sheet_and_hold_what_was_spoilt(code: str):
    rule, case = FILE_RULES[code], CASES[code]
    assert all(letter_of(rule.dataset, column) for column in rule.cells)
    assert bool(rule.cells) != case.whole_sheet
    card = load_cards()[rule.dataset]
    edited = {card.column(column) for cells in case.edits.values() for column in cells}
    on_sheet = {column.derived_from or column.name for column in edited}
    assert case.whole_sheet or on_sheet & set(rule.cells)


@pytest.mark.parametrize("rule", every_rule().values(), ids=every_rule())
def test_a_rule_says_what_is_wrong_and_what_to_do(rule: Rule):
    assert rule.title_zh and rule.remedy_zh and rule.source
    assert "{found}" in rule.message_zh
    assert rule.dataset in load_cards()


def test_a_draft_is_in_no_catalogue_and_every_other_rule_is_in_force():
    assert drafts() and not drafts().keys() & catalogue().keys()
    assert drafts().keys() | catalogue().keys() == every_rule().keys()


@pytest.mark.parametrize("code", [code for code, rule in every_rule().items() if rule.sum])
def test_a_sum_is_written_in_columns_of_the_card_and_holds_on_clean_rows(code: str):
    rule = every_rule()[code]
    assert {load_cards()[rule.dataset].column(name).name for name in rule.sum.columns} == set(
        rule.sum.columns
    )
    for row in clean_rows()[rule.dataset]:
        parts = sum(row[name] for name in rule.sum.parts) - sum(row[name] for name in rule.sum.minus)
        assert row[rule.sum.total] == parts


def test_what_is_stated_of_a_person_never_leaves_the_sheet():
    personal = {c.name for card in load_cards().values() for c in card.columns if c.personal} | {"birth_year"}
    leaks = [code for code, rule in FILE_RULES.items() for name in personal if f"d.{name} ||" in rule.query]
    assert leaks == []
    bad = _run(FILE_RULES["R-LOAN-4"], CASES["R-LOAN-4"])
    assert not any(character.isdigit() for character in bad[0]["found"].replace("65周岁", ""))


def test_one_module_holds_each_dataset_and_one_looks_across():
    assert set(MODULES) == {*load_cards(), "cross_dataset"}


def test_a_rule_that_contradicts_itself_is_refused():
    given = {
        "code": "X",
        "dataset": "projects",
        "title_zh": "t",
        "remedy_zh": "r",
        "source": "s",
        "query": "q",
    }
    with pytest.raises(RuleError, match="severity"):
        Rule(**given, severity="fatal", message_zh="{found}")
    with pytest.raises(RuleError, match="placeholders"):
        Rule(**given, severity="error", message_zh="{value}")
    with pytest.raises(RuleError, match="missing values"):
        Rule(**given, severity="error", message_zh="{found}", missing="guess")
    with pytest.raises(RuleError, match="declares none"):
        Rule(**given, severity="error", message_zh="{found}", missing="as_zero")
    with pytest.raises(RuleError, match="among its cells"):
        Rule(**given, severity="error", message_zh="{found}", sum=Sum(total="a", parts=("b",)))
    with pytest.raises(RuleError, match="table it judges"):
        Rule(**given, severity="error", message_zh="{found}", scope="bureau")
