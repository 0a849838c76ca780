"""What a county's user gets from Superset when he asks around the dashboards: his own rows, or a refusal."""

from __future__ import annotations

import pytest

from bi.source import load_source
from bi.tests.asking import Session
from bi.tests.conftest import COUNTY, Running
from bi.users import make_reader

DATASETS = tuple(load_source().datasets)


@pytest.fixture(scope="module")
def admin(superset: Running) -> Session:
    return Session(superset.address).log_in(superset.admin.user, superset.admin.password)


@pytest.fixture(scope="module")
def county(superset: Running) -> Session:
    return Session(superset.address).log_in(superset.county.user, superset.county.password)


@pytest.mark.parametrize("name", DATASETS)
def test_each_dataset_holds_its_county_alone(county: Session, admin: Session, name: str) -> None:
    number = admin.dataset(name)
    assert {row["unit_code"] for row in county.rows(number, columns=["unit_code"])} <= {COUNTY}
    assert len({row["unit_code"] for row in admin.rows(number, columns=["unit_code"])}) > 1


@pytest.mark.parametrize(
    "condition",
    [
        "1 = 1 or unit_code = '610922'",
        "unit_code = '610922' or true",
        "1 = 1) or (unit_code = '610922'",
        "1 = 1 --",
    ],
)
def test_no_condition_of_his_own_opens_other_rows(county: Session, admin: Session, condition: str) -> None:
    number = admin.dataset("rpt_monitored_groups")
    status, answer = county.ask_chart(number, columns=["unit_code"], extras={"where": condition})
    seen = {row["unit_code"] for row in answer["result"][0]["data"]} if status == 200 else set()
    assert seen <= {COUNTY}


@pytest.mark.parametrize(
    "expression",
    [
        "(select count(*) from marts.rpt_monitored_groups)",
        "(select max(household_no) from marts.fct_monitored_households)",
        "(select count(*) from read_text('/etc/hostname'))",
    ],
)
def test_no_expression_of_his_own_reaches_beyond_the_dataset(
    county: Session, admin: Session, expression: str
) -> None:
    metric = {"expressionType": "SQL", "sqlExpression": expression, "label": "x"}
    status, answer = county.ask_chart(admin.dataset("rpt_monitored_groups"), metrics=[metric])
    assert status == 400, answer


def test_sql_lab_is_closed_to_him(county: Session) -> None:
    said = {"database_id": 1, "sql": "select 1", "schema": "marts"}
    assert county.post("/api/v1/sqllab/execute/", said)[0] == 403


def test_tables_that_are_no_dataset_are_not_there_for_him(county: Session) -> None:
    status, answer = county.get("/api/v1/database/1/tables/?q=(schema_name:marts)")
    assert status == 200
    assert {table["value"] for table in answer["result"]} == set(DATASETS)


@pytest.mark.parametrize("path", ["rowlevelsecurity", "security/roles", "security/users", "log", "query"])
def test_users_roles_and_records_are_closed_to_him(county: Session, path: str) -> None:
    assert county.get(f"/api/v1/{path}/")[0] == 403


def test_he_changes_nothing(county: Session, admin: Session) -> None:
    number = admin.dataset("rpt_monitored_groups")
    chart = {"slice_name": "x", "viz_type": "table", "datasource_id": number, "datasource_type": "table"}
    assert county.post("/api/v1/chart/", chart)[0] == 403
    assert county.post("/api/v1/dashboard/", {"dashboard_title": "x"})[0] == 403
    assert (
        county.post("/api/v1/dataset/", {"database": 1, "schema": "marts", "table_name": "fct_loans"})[0]
        == 403
    )


def test_the_bureaus_reader_sees_every_unit_and_has_no_sql_lab(superset: Running, admin: Session) -> None:
    made = make_reader(superset.instance, "610000")
    bureau = Session(superset.address).log_in(made.user, made.password)
    number = admin.dataset("rpt_unit_figures")
    assert bureau.rows(number, columns=["unit_code"], orderby=[["unit_code", True]]) == admin.rows(
        number, columns=["unit_code"], orderby=[["unit_code", True]]
    )
    said = {"database_id": 1, "sql": "select 1", "schema": "marts"}
    assert bureau.post("/api/v1/sqllab/execute/", said)[0] == 403


def test_who_has_not_logged_in_gets_nothing(superset: Running) -> None:
    stranger = Session(superset.address)
    assert stranger.ask_chart(1, columns=["unit_code"])[0] in (401, 403)
    assert (
        stranger.get("/api/v1/dashboard/")[0] in (401, 403)
        or stranger.get("/api/v1/dashboard/")[1]["count"] == 0
    )
