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
from orchestration.home import Home
from orchestration.indicators import load_indicators

BUREAU_RULES = {code: rule for code, rule in catalogue().items() if rule.scope == "bureau"}


def _figure(key: str, value: str, unit: str = "610000") -> str:
    return f"update intermediate.int_figures set value = {value} where figure_key = '{key}' and unit_code = '{unit}'"


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
