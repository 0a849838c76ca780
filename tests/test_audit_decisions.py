"""What becomes of each dataset: verdicts, waivers, the calendar and exemptions on made-up tables; what is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest
from audit_support import COUNTY, COUNTY_SUBMISSION, PERIOD, clean_rows, land, read

from expectations import catalogue
from orchestration import lake
from orchestration.audit.decisions import WORKBOOK, decide
from orchestration.audit.files import audit_files
from orchestration.home import Home
from orchestration.rulings import Exemption, Reopening, Rulings, Waiver

IN_TIME = datetime(2021, 9, 3, tzinfo=UTC)
TOO_LATE = datetime(2021, 12, 1, tzinfo=UTC)
WAIVER = Waiver("R-LOAN-1-1", COUNTY, "*", date(2021, 9, 1), date(2021, 9, 30), "历史贷款正在清理")


def _decided(
    states: dict[str, str],
    verdicts: list[tuple] = (),
    rulings: Rulings | None = None,
    *,
    received_at: datetime = IN_TIME,
    rows: int = 5,
) -> dict[str, tuple]:
    """By dataset: state, errors, warnings, waived. A verdict is (dataset, rule, severity, outcome[, version])."""
    with duckdb.connect() as connection:
        _table(
            connection,
            "submissions",
            lake.SUBMISSIONS,
            [
                {
                    "submission_id": "s",
                    "unit_code": COUNTY,
                    "reporting_period": PERIOD,
                    "received_at": received_at,
                }
            ],
        )
        sheets = [
            {
                "submission_id": "s",
                "dataset": dataset,
                "state": state,
                "rows": rows if state == "landed" else 0,
            }
            for dataset, state in states.items()
        ]
        _table(connection, "landed_sheets", lake.LANDED_SHEETS, sheets)
        _table(connection, "verdicts", lake.VERDICTS, [_verdict(*verdict) for verdict in verdicts])
        decide(connection, rulings or Rulings())
        found = connection.execute("select dataset, state, errors, warnings, waived from decided").fetchall()
    return {dataset: tuple(values) for dataset, *values in found}


def _table(connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, rows: list[dict]) -> None:
    connection.register("_rows", pa.Table.from_pylist(rows, schema=schema))
    connection.execute(f"create temp table {name} as from _rows")
    connection.unregister("_rows")


def _verdict(dataset, rule, severity, outcome, version=1) -> dict:
    return {
        "verdict_id": f"{dataset}-{rule}-{version}",
        "rule_code": rule,
        "rule_version": version,
        "scope": "structure" if rule.startswith("S-") else "file",
        "severity": severity,
        "dataset": dataset,
        "unit_code": COUNTY,
        "submission_id": "s",
        "outcome": outcome,
        "judged_at": IN_TIME,
    }


def test_a_landed_sheet_that_every_rule_passes_is_accepted():
    assert _decided({"projects": "landed"}) == {"projects": ("accepted", 0, 0, 0)}


def test_an_error_returns_its_own_dataset_and_no_other():
    found = _decided(
        {"projects": "landed", "microcredit": "landed"},
        [("microcredit", "R-LOAN-1-1", "error", "failed"), ("projects", "R-PROJ-32", "warning", "failed")],
    )
    assert found == {"projects": ("accepted", 0, 1, 0), "microcredit": ("returned", 1, 0, 0)}


def test_an_error_rule_that_could_not_run_holds_its_dataset_back():
    found = _decided({"microcredit": "landed"}, [("microcredit", "R-LOAN-1-1", "error", "could_not_run")])
    assert found["microcredit"][0] == "returned"


def test_a_notice_changes_nothing():
    found = _decided({"projects": "landed"}, [("projects", "S-EXTRA", "notice", "failed")])
    assert found == {"projects": ("accepted", 0, 0, 0)}


def test_the_newest_version_of_a_rule_decides(monkeypatch: pytest.MonkeyPatch):
    raised = replace(catalogue()["R-LOAN-1-1"], version=2)
    monkeypatch.setattr("orchestration.audit.decisions.catalogue", lambda: {"R-LOAN-1-1": raised})
    old, new = (
        ("microcredit", "R-LOAN-1-1", "error", "failed", 1),
        ("microcredit", "R-LOAN-1-1", "error", "passed", 2),
    )
    assert _decided({"microcredit": "landed"}, [old, new])["microcredit"][0] == "accepted"


def test_a_version_of_a_rule_that_was_taken_back_holds_nothing_back():
    earlier, taken_back = (
        ("microcredit", "R-LOAN-1-1", "error", "passed", 1),
        ("microcredit", "R-LOAN-1-1", "error", "failed", 2),
    )
    assert _decided({"microcredit": "landed"}, [earlier, taken_back])["microcredit"][0] == "accepted"


def test_a_rule_withdrawn_from_the_catalogue_holds_nothing_back():
    found = _decided({"microcredit": "landed"}, [("microcredit", "R-LOAN-WITHDRAWN", "error", "failed")])
    assert found["microcredit"] == ("accepted", 0, 0, 0)


def test_missing_nil_and_exempt_are_three_things():
    exempt = Rulings(exemptions=(Exemption(COUNTY, "resettlement_sites", "2021-01", "", "无安置点"),))
    found = _decided(
        {"projects": "missing", "resident_training": "nil", "resettlement_sites": "missing"},
        [("projects", "S-SHEET", "error", "failed"), ("resettlement_sites", "S-SHEET", "error", "failed")],
        exempt,
    )
    assert {dataset: state for dataset, (state, *_) in found.items()} == {
        "projects": "missing",
        "resident_training": "nil",
        "resettlement_sites": "exempt",
    }


def test_an_exempt_unit_that_reports_all_the_same_is_judged():
    exempt = Rulings(exemptions=(Exemption("*", "*", "2021-01", "", "撤并"),))
    assert _decided({"projects": "landed"}, (), exempt)["projects"][0] == "accepted"


@pytest.mark.parametrize(
    ("received_at", "state", "waived"),
    [(IN_TIME, "accepted", 1), (datetime(2021, 9, 30, 17, tzinfo=UTC), "closed", 0)],
)
def test_a_waiver_counts_for_what_is_received_while_it_lasts(received_at, state, waived):
    found = _decided(
        {"microcredit": "landed"},
        [("microcredit", "R-LOAN-1-1", "error", "failed")],
        Rulings(waivers=(WAIVER,)),
        received_at=received_at,
    )
    if waived:
        assert found["microcredit"] == (state, 0, 0, waived)
    else:
        assert found["microcredit"] == ("returned", 1, 0, 0)


def test_a_waived_failure_is_counted_and_shown_as_waived():
    found = _decided(
        {"microcredit": "landed"},
        [
            ("microcredit", "R-LOAN-1-1", "error", "failed"),
            ("microcredit", "R-LOAN-2-1", "error", "failed"),
        ],
        Rulings(waivers=(WAIVER,)),
    )
    assert found["microcredit"] == ("returned", 1, 0, 1)


def test_a_closed_period_takes_only_what_a_reopening_allows():
    reopened = Reopening(
        COUNTY, "projects", PERIOD, date(2021, 11, 1), date(2021, 12, 5), date(2021, 12, 9), "补报"
    )
    found = _decided(
        {"projects": "landed", "microcredit": "landed"},
        rulings=Rulings(reopenings=(reopened,)),
        received_at=TOO_LATE,
    )
    assert {dataset: state for dataset, (state, *_) in found.items()} == {
        "projects": "accepted",
        "microcredit": "closed",
    }


def test_an_error_of_the_workbook_as_a_whole_holds_everything_back():
    found = _decided({"projects": "landed"}, [(None, "S-WORKBOOK", "error", "failed")])
    assert found == {"projects": ("returned", 0, 0, 0), WORKBOOK: ("returned", 1, 0, 0)}


def test_deciding_again_records_nothing_and_a_waiver_adds_a_decision(home: Home):
    rows = clean_rows()
    rows["microcredit"][0]["amount"] = Decimal(60000)
    land(home, rows)
    audit_files(home)
    first = read(home, "decisions")
    audit_files(home)
    assert read(home, "decisions") == first
    waivers = "rule_code,unit_code,reporting_period,granted_on,expires_on,reason\n"
    waivers += f"R-LOAN-1-1,{COUNTY},*,2021-09-01,2021-09-30,历史贷款正在清理\n"
    (home.root / "waivers.csv").write_text(waivers, encoding="utf-8")
    audit_files(home)
    again = read(home, "decisions")
    assert all(row in again for row in first)
    loans = [
        row for row in again if (row["submission_id"], row["dataset"]) == (COUNTY_SUBMISSION, "microcredit")
    ]
    states = [(row["state"], row["waived"]) for row in sorted(loans, key=lambda row: row["decided_at"])]
    assert states == [("returned", 0), ("accepted", 1)]
