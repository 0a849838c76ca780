"""The audit of the warehouse: bureau rules on a real build, and each on a build spoilt for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from audit_support import COUNTY, COUNTY_SUBMISSION, PERIOD, audited_home, read

from expectations import catalogue
from expectations.identities import load_identities
from expectations.rule import BUREAU_CONTRACT
from orchestration.audit import warehouse
from orchestration.audit.warehouse import audit_warehouse, open_build, period_states, standing_verdicts
from orchestration.cards import load_cards
from orchestration.home import Home
from orchestration.indicators import load_indicators

BUREAU_RULES = {code: rule for code, rule in catalogue().items() if rule.scope == "bureau"}


def _figure(key: str, value: str, unit: str = "610000") -> str:
    return f"update intermediate.int_figures set value = {value} where figure_key = '{key}' and unit_code = '{unit}'"


def _month_before(fact: str, dataset: str, changed: str, where: str = "true") -> list[str]:
    """The register of a month earlier, in force: the rows of the present one that match, with values changed."""
    return [
        "insert into intermediate.int_current_submissions select * replace ('2021-07' as reporting_period) "
        f"from intermediate.int_current_submissions where dataset = '{dataset}'",
        f"insert into marts.{fact} select * replace ('2021-07' as reporting_period{changed}) from marts.{fact} "
        f"where {where}",
    ]


def _households(changed: str = "", where: str = "true") -> list[str]:
    return _month_before("fct_monitored_households", "monitored_households", changed, where)


def _employed(period: str, unit: str, people: int) -> str:
    return (
        "insert into intermediate.int_figures by name select "
        f"'{period}' as reporting_period, '{unit}' as unit_code, 'employment_lifted_labour' as figure_key, "
        f"{people} as value"
    )


def _peer(number: int) -> list[str]:
    """Another county, in which as many work as a month ago."""
    unit = f"6109{number}"
    return [
        f"insert into marts.dim_reporting_unit by name select '{unit}' as unit_code, 'county' as kind",
        _employed("2021-07", unit, 1000),
        _employed(PERIOD, unit, 1000 + number),
    ]


# What spoils the build for each rule, and how many rows the rule must then name besides what it named before.
SPOILT: dict[str, tuple[list[str], int]] = {
    "R-ID-1": ([_figure("projects_started", "99")], 1),
    "R-ID-2": ([_figure("projects_started", "99", COUNTY)], 1),
    "R-ROLL-1": ([_figure("projects_arranged", "4")], 1),
    "R-REP-1": (
        ["delete from intermediate.int_figures where figure_key = 'hotline_12317_calls_received'"],
        1,
    ),
    "R-REP-2": (
        [f"update marts.rpt_submission_status set status = 'returned' where unit_code = '{COUNTY}'"],
        1,
    ),
    "R-STAT-1": ([_figure("projects_arranged", "4", COUNTY)], 1),
    "R-FUND-4-2": (["update marts.fct_bridging_funds set received_amount = 1 where received_amount > 0"], 1),
    "R-PROD-40": (
        [
            "create or replace view staging.stg_recognised_products as select * replace ("
            "'别的' as supplier_uscc) from read_parquet('{lake}/recognised_products/*/*.parquet', "
            "hive_partitioning = true, hive_types_autocast = false)"
        ],
        2,
    ),
    "R-PROD-41": (
        [
            "create or replace view staging.stg_recognised_products as select * replace ("
            "'别的' as supplier_name) from read_parquet('{lake}/recognised_products/*/*.parquet', "
            "hive_partitioning = true, hive_types_autocast = false)"
        ],
        2,
    ),
    "R-OUT-1": ([_employed(f"2021-0{month}", COUNTY, 300 + month) for month in range(1, 8)], 1),
    "R-OUT-2": ([_employed("2021-07", COUNTY, 400), *(s for n in range(10, 20) for s in _peer(n))], 1),
    "R-MON-30": (_households(where="household_no <> 'H1'"), 1),
    "R-MON-31": (_households(", household_no || '0' as household_no"), 4),
    "R-MON-32": (_households(where="household_no = 'H1'"), 3),
    "R-MON-33": (_households(", true as risk_eliminated"), 3),
    "R-MON-34": (_households(", '2021-04' as identified_month", "household_no = 'H1'"), 1),
    "R-PROJ-40": (_month_before("fct_projects", "projects", ", project_no || '0' as project_no"), 3),
    "R-PROJ-41": (
        _month_before("fct_projects", "projects", ", pooled_on as arranged_on, pooled_on as started_on"),
        2,
    ),
    "R-LOAN-30": (_month_before("fct_loans", "microcredit", ", contract_no || '0' as contract_no"), 3),
    "R-LOAN-31": (
        _month_before("fct_loans", "microcredit", ", amount + 1 as amount", "contract_no = 'L2'"),
        1,
    ),
    "R-MON-14": (
        [
            "insert into marts.fct_monitored_households select * replace ('610203' as unit_code) "
            "from marts.fct_monitored_households limit 1"
        ],
        2,
    ),
    "R-YTD-1": (
        [
            "insert into intermediate.int_figures select * replace ('2021-07' as reporting_period, 99 as value) "
            "from intermediate.int_figures where figure_key = 'projects_arranged' and unit_code = '610000'"
        ],
        1,
    ),
}


def _rows(home: Home, code: str) -> list[tuple]:
    with open_build(home) as connection:
        answer = connection.execute(BUREAU_RULES[code].query)
        assert tuple(column[0] for column in answer.description) == BUREAU_CONTRACT
        return answer.fetchall()


def test_every_bureau_rule_has_a_case_and_every_case_a_rule():
    assert SPOILT.keys() == BUREAU_RULES.keys()


@pytest.mark.parametrize("code", SPOILT)
def test_a_spoilt_warehouse_is_named(code: str, tmp_path: Path):
    home = audited_home(tmp_path)
    before = _rows(home, code)
    with duckdb.connect(str(home.build)) as connection:
        for statement in SPOILT[code][0]:
            connection.execute(statement.replace("{lake}", str(home.lake)))
    added = [row for row in _rows(home, code) if row not in before]
    assert len(added) == SPOILT[code][1]
    for row in added:
        named = dict(zip(BUREAU_CONTRACT, row, strict=True))
        assert named["reporting_period"] == PERIOD and named["unit_code"]
        assert named["found"] and named["expected"]


def test_a_clean_province_has_nothing_to_settle_but_what_the_bureau_has_not_sent(tmp_path: Path):
    home = audited_home(tmp_path)
    with open_build(home) as connection:
        standing = standing_verdicts(home, period_states(connection))
    assert {verdict["rule_code"] for verdict in standing} == BUREAU_RULES.keys()
    # The bureau sent no 汇总表: that is said, and blocks nothing.
    assert [v["rule_code"] for v in standing if v["outcome"] != "passed"] == ["R-REP-2"]
    assert all(v["submission_id"] is None and v["unit_code"] == "610000" for v in standing)


def test_judging_an_unchanged_warehouse_again_adds_nothing(tmp_path: Path):
    home = audited_home(tmp_path)
    before = read(home, "verdicts")
    audited = audit_warehouse(home)
    assert (audited.judged, audited.rules) == (0, len(BUREAU_RULES))
    assert read(home, "verdicts") == before


def test_a_new_state_is_judged_anew_and_the_old_verdicts_stay(tmp_path: Path):
    home = audited_home(tmp_path)
    before = read(home, "verdicts")
    with duckdb.connect(str(home.build)) as connection:
        for statement in SPOILT["R-REP-2"][0] + SPOILT["R-STAT-1"][0]:
            connection.execute(statement)
    audited = audit_warehouse(home)
    assert audited.judged == len(BUREAU_RULES)
    verdicts = read(home, "verdicts")
    assert [verdict for verdict in verdicts if verdict in before] == before
    assert {v["rule_code"] for v in audited.failing} >= {"R-REP-2", "R-STAT-1"}
    [failure] = [f for f in read(home, "failures") if f["rule_code"] == "R-STAT-1"]
    # 安排项目 stands on row 22 of the county's 汇总表, its value in column B.
    assert (failure["submission_id"], failure["cells"]) == (COUNTY_SUBMISSION, "B22")


def test_a_late_county_blocks_nothing(tmp_path: Path):
    home = audited_home(tmp_path)
    with duckdb.connect(str(home.build)) as connection:
        connection.execute(
            "insert into marts.rpt_submission_status select * replace ('610203' as unit_code, "
            "'not_submitted' as status, null as submission_id) from marts.rpt_submission_status "
            f"where unit_code = '{COUNTY}'"
        )
    audited = audit_warehouse(home)
    assert audited.blocking == []
    assert {v["rule_code"]: v["failed"] for v in audited.failing} == {"R-REP-2": 2}


def test_a_bureau_rule_that_crashes_could_not_run_and_blocks_until_it_answers(tmp_path: Path, monkeypatch):
    home = audited_home(tmp_path)
    sound = dict(catalogue())
    broken = sound | {"R-ID-1": replace(sound["R-ID-1"], version=2, query="select nothing from nowhere")}
    monkeypatch.setattr(warehouse, "catalogue", lambda: broken)
    audited = audit_warehouse(home)
    assert [(v["rule_code"], v["outcome"]) for v in audited.blocking] == [("R-ID-1", "could_not_run")]


def test_every_identity_is_judged_for_the_province_or_lacks_a_figure(tmp_path: Path):
    home = audited_home(tmp_path)
    with open_build(home) as connection:
        judged = {
            row[0]
            for row in connection.execute("select distinct identity from audit.audit_identities").fetchall()
        }
        known = {
            row[0]
            for row in connection.execute(
                "select distinct figure_key from intermediate.int_figures"
            ).fetchall()
        }
    for identity in load_identities():
        if isinstance(identity.times, int) and {*identity.left, identity.right} <= known:
            assert identity.identity in judged


def test_an_identity_speaks_of_known_figures_only():
    for identity in load_identities():
        assert {*identity.left, identity.right} <= load_indicators().keys()


@pytest.mark.parametrize("code", ["R-MON-32", "R-MON-33", "R-PROJ-41", "R-LOAN-31"])
def test_a_row_that_is_still_there_is_named_with_its_cells(code: str, tmp_path: Path):
    home = audited_home(tmp_path)
    with duckdb.connect(str(home.build)) as connection:
        for statement in SPOILT[code][0]:
            connection.execute(statement)
    audit_warehouse(home)
    failures = [failure for failure in read(home, "failures") if failure["rule_code"] == code]
    assert len(failures) == SPOILT[code][1]
    assert all(f["submission_id"] == COUNTY_SUBMISSION and f["cells"] for f in failures)


@pytest.mark.parametrize(("code", "named"), [("R-MON-31", "H10"), ("R-PROJ-40", "P10"), ("R-LOAN-30", "L10")])
def test_a_row_that_is_gone_is_named_by_its_number(code: str, named: str, tmp_path: Path):
    home = audited_home(tmp_path)
    with duckdb.connect(str(home.build)) as connection:
        for statement in SPOILT[code][0]:
            connection.execute(statement)
    audit_warehouse(home)
    failures = [failure for failure in read(home, "failures") if failure["rule_code"] == code]
    assert any(named in failure["found"] for failure in failures)
    assert all(f["submission_id"] == COUNTY_SUBMISSION and f["cells"] is None for f in failures)
    sheets = {load_cards()[failure["dataset"]].sheet for failure in failures}
    assert {failure["source_sheet"] for failure in failures} == sheets


def test_a_register_of_the_year_has_no_predecessor_in_january(tmp_path: Path):
    home = audited_home(tmp_path)
    with duckdb.connect(str(home.build)) as connection:
        for statement in _month_before("fct_loans", "microcredit", "") + _households():
            connection.execute(statement.replace("2021-07", "2020-12"))
        judged = connection.execute(
            "select dataset, previous_period, since_month from audit.audit_predecessors"
        ).fetchall()
    assert judged == [("monitored_households", "2020-12", "2021-01")]


def test_an_outlier_is_said_with_its_series(tmp_path: Path):
    home = audited_home(tmp_path)
    with duckdb.connect(str(home.build)) as connection:
        for statement in SPOILT["R-OUT-1"][0]:
            connection.execute(statement)
    [found] = [row[BUREAU_CONTRACT.index("found")] for row in _rows(home, "R-OUT-1")]
    assert found == "脱贫劳动力就业 140人(近6期:303.00、304.00、305.00、306.00、307.00、140.00)"
