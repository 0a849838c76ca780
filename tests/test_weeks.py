"""Weekly workbooks beside the monthly ones, night after night: judged, decided, modelled, published and answered alike.

Night 1: everyone's 2021-08, 2021-W34 and 2021-W35, which ends in September. Night 2: nothing new. Night 3: Lantian sends
2021-W34 again with one more person in a household, Shiquan 2021-W35 with a household under another number.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from pipeline_edits import LANTIAN, SHIQUAN, add, put
from pipeline_support import (
    PERIOD,
    PROVINCE,
    lake_files,
    night,
    send_version,
    small_home,
    workbook_of,
    write_sample,
)

from orchestration.audit.check import check_files
from orchestration.dagster_common import BULLETIN, PERIODS, landed_key
from orchestration.dagster_home import instance
from orchestration.home import Home
from orchestration.indicators import load_indicators
from orchestration.nightly import Run
from orchestration.receive.template import carry
from orchestration.report.status import read_status
from orchestration.summary import Summary, summarise
from orchestration.units import ReportingUnits

W34, W35 = "2021-W34", "2021-W35"
HOUSEHOLDS, PEOPLE = "monitored_households_total", "monitored_people_total"
REGISTER = "monitored_households"


@dataclass(repr=False)
class Weeks:
    home: Home
    runs: dict[int, Run]
    summaries: dict[int, Summary]
    figures: dict[int, dict[tuple[str, str, str], Decimal]]  # by night; period, unit and key
    changes: dict[int, dict[tuple[str, str, str], Decimal | None]]  # against the period before
    failed: dict[int, set[tuple[str, str]]]  # by night; period and rule
    bulletins: dict[int, dict[str, bytes]]  # Markdown of the province by period
    lake_was_left_alone: bool


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    home = small_home(tmp_path_factory.mktemp("weeks"))
    write_sample(home.inbox, f"{PERIOD},{W34}..{W35}")
    found = Weeks(home, {}, {}, {}, {}, {}, {}, lake_was_left_alone=False)
    _live(found, 1)
    before = lake_files(home)
    _live(found, 2)
    found.lake_was_left_alone = lake_files(home) == before
    send_version(home, LANTIAN, 2, {REGISTER: add("members", 1)}, period=W34)
    send_version(home, SHIQUAN, 2, {REGISTER: put("household_no", "6109229999999999")}, period=W35)
    _live(found, 3)
    return found


def _live(weeks: Weeks, number: int) -> None:
    weeks.runs[number] = night(weeks.home)
    weeks.summaries[number] = summarise(weeks.home, weeks.runs[number])
    figures = _rows(
        weeks.home,
        "select reporting_period, unit_code, figure_key, b.value, f.previous_change from marts.rpt_bulletin as b "
        "join marts.rpt_figures as f using (reporting_period, unit_code, figure_key)",
    )
    weeks.figures[number] = {(period, unit, key): value for period, unit, key, value, _ in figures}
    weeks.changes[number] = {(period, unit, key): change for period, unit, key, _, change in figures}
    weeks.failed[number] = {
        (period, rule)
        for period, rule in _rows(
            weeks.home,
            "select reporting_period, rule_code from quality.verdicts where outcome <> 'passed' "
            "qualify row_number() over (partition by reporting_period, rule_code, submission_id order by judged_at desc) = 1",
        )
    }
    weeks.bulletins[number] = {
        path.parent.name: path.read_bytes() for path in weeks.home.bulletins.glob(f"*/{PROVINCE}.md")
    }


def _rows(home: Home, query: str) -> list[tuple]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def _receipt(home: Home, period: str, unit: str) -> dict:
    return json.loads((home.receipts / period / unit / "receipt.json").read_text(encoding="utf-8"))


def test_a_clean_sample_of_weeks_and_months_passes_every_rule(weeks: Weeks):
    assert weeks.failed[1] == set()
    assert weeks.summaries[1].rules["failed"] == weeks.summaries[1].rules["could_not_run"] == 0


def test_weeks_and_months_are_worked_on_in_the_order_in_which_they_end(weeks: Weeks):
    assert weeks.runs[1].periods == (W34, PERIOD, W35)
    assert weeks.summaries[1].periods == [W34, PERIOD, W35]
    assert weeks.summaries[1].period == PERIOD


def test_dagster_shows_as_landed_anew_what_a_night_touched_and_nothing_between(weeks: Weeks):
    landed, bulletin = landed_key(REGISTER), BULLETIN
    with instance(weeks.home) as opened:
        assert list(opened.get_dynamic_partitions(PERIODS.name)) == [W34, PERIOD, W35]
        assert _times(opened, landed) == {W34: 2, PERIOD: 1, W35: 2}
        assert _times(opened, bulletin) == {W34: 2, PERIOD: 2, W35: 2}


def _times(opened: dg.DagsterInstance, key: dg.AssetKey) -> dict[str, int]:
    """How often each partition was materialized."""
    records = opened.fetch_materializations(key, limit=100).records
    return Counter(record.partition_key for record in records)


def test_what_a_week_landed_lies_under_its_own_period(weeks: Weeks):
    for table in (REGISTER, "landed_sheets", "verdicts", "decisions"):
        for period in (W34, PERIOD, W35):
            assert list((weeks.home.lake / table / f"reporting_period={period}").glob("*.parquet")), (
                table,
                period,
            )
    assert not (weeks.home.lake / "projects" / f"reporting_period={W35}").exists()


def test_every_weekly_dataset_is_owed_and_stands_accepted(weeks: Weeks):
    owed = _rows(
        weeks.home,
        "select reporting_period, dataset, count(*), count(*) filter (where status in ('accepted', 'partly_accepted')) "
        f"from marts.rpt_submission_status where reporting_period in ('{W34}', '{W35}') group by all order by all",
    )
    assert owed == [
        (W34, REGISTER, 3, 3),
        (W34, "stated_totals", 4, 4),
        (W35, REGISTER, 3, 3),
        (W35, "stated_totals", 4, 4),
    ]


def test_a_week_is_due_by_the_days_of_its_cadence(weeks: Weeks):
    status = read_status(weeks.home.warehouse, W35)
    assert status.due_on.isoformat() == "2021-09-07"
    assert (status.province.expected, status.province.accepted) == (7, 7)


def test_without_a_period_the_status_is_that_of_the_last_month(weeks: Weeks):
    assert read_status(weeks.home.warehouse).period == PERIOD


def test_the_bulletin_of_a_week_has_the_figures_of_the_register(weeks: Weeks):
    keys = {key for period, unit, key in weeks.figures[1] if (period, unit) == (W35, PROVINCE)}
    wanted = {i.key for i in load_indicators().values() if i.in_bulletin and "week" in i.cadences}
    assert keys == wanted
    counties = [ReportingUnits(weeks.home.units_csv).province.code, "610122", "610922", "611024"]
    province, *parts = [weeks.figures[1][W35, unit, HOUSEHOLDS] for unit in counties]
    assert province == sum(parts) >= weeks.figures[1][PERIOD, PROVINCE, HOUSEHOLDS] == 322


def test_a_week_is_compared_with_the_week_before(weeks: Weeks):
    figures, changes = weeks.figures[1], weeks.changes[1]
    difference = figures[W35, PROVINCE, PEOPLE] - figures[W34, PROVINCE, PEOPLE]
    assert changes[W35, PROVINCE, PEOPLE] == difference
    assert changes[W34, PROVINCE, PEOPLE] is changes[PERIOD, PROVINCE, PEOPLE] is None


def test_bulletins_are_written_of_weeks_and_months_and_of_no_unfinished_quarter(weeks: Weeks):
    assert set(weeks.bulletins[1]) == {W34, PERIOD, W35}


def test_each_weekly_workbook_has_its_receipt(weeks: Weeks):
    for unit in (PROVINCE, LANTIAN, SHIQUAN):
        receipt = _receipt(weeks.home, W34, unit)
        assert (receipt["reporting_period"], receipt["cadence"]) == (W34, "week")
    assert _receipt(weeks.home, W34, PROVINCE)["status"] == "接收"


def test_the_next_night_finds_nothing_to_do(weeks: Weeks):
    assert (weeks.runs[2].periods, weeks.summaries[2].outcome) == ((), "standing")
    assert set(weeks.runs[2].night.seconds) == {"receive"}
    assert weeks.lake_was_left_alone


def test_a_correction_of_one_week_moves_its_figures_and_no_others(weeks: Weeks):
    before, after = weeks.figures[2], weeks.figures[3]
    assert {key: after[key] - before[key] for key in before if after[key] != before[key]} == {
        (W34, unit, key): 1 for unit in (PROVINCE, "610100", LANTIAN) for key in _people_of_lantian(weeks)
    }
    assert weeks.changes[3][W35, PROVINCE, PEOPLE] == weeks.changes[2][W35, PROVINCE, PEOPLE] - 1


def _people_of_lantian(weeks: Weeks) -> set[str]:
    """The total, and the category of the household that grew."""
    before, after = weeks.figures[2], weeks.figures[3]
    return {
        key
        for period, unit, key in before
        if unit == LANTIAN and after[period, unit, key] != before[period, unit, key]
    }


def test_a_corrected_week_is_a_restatement_of_the_week_alone(weeks: Weeks):
    restated = _rows(weeks.home, "select distinct reporting_period, unit_code from marts.rpt_restatements")
    assert set(restated) == {(W34, PROVINCE), (W34, "610100"), (W34, LANTIAN)}


def test_the_bulletins_of_a_corrected_week_are_written_anew(weeks: Weeks):
    changed = {period for period, text in weeks.bulletins[3].items() if text != weeks.bulletins[2][period]}
    assert changed == {W34, W35}


def test_a_register_of_a_week_is_held_against_the_week_before(weeks: Weeks):
    assert {rule for period, rule in weeks.failed[3] if period == W35} == {"R-MON-31", "R-MON-32"}
    expected = _rows(
        weeks.home,
        f"select expected from quality.failures where rule_code = 'R-MON-31' and reporting_period = '{W35}'",
    )
    assert expected and all(W34 in text for (text,) in expected)
    assert not {rule for period, rule in weeks.failed[3] if period == PERIOD}


def test_the_receipt_of_a_week_sent_again_says_what_changed(weeks: Weeks):
    receipt = _receipt(weeks.home, W34, LANTIAN)
    assert receipt["status"] == "部分接收"  # the totals stated are those of the first version
    assert receipt["changes"]["cells_changed"] >= 1
    assert (weeks.home.receipts / W34 / LANTIAN / "earlier").is_dir()


def test_the_form_of_the_next_week_starts_from_the_last_one(weeks: Weeks):
    unit = ReportingUnits(weeks.home.units_csv).by_code(LANTIAN)
    carried = carry(weeks.home, unit, "2021-W36")
    assert carried.period == W35
    assert len(carried.datasets[REGISTER].rows) == weeks.figures[3][W35, LANTIAN, HOUSEHOLDS]


def test_a_weekly_workbook_is_checked_before_it_is_sent_as_the_night_judges_it(weeks: Weeks, tmp_path: Path):
    [receipt] = check_files(weeks.home, [workbook_of(weeks.home, LANTIAN, W35)])
    assert receipt.status == "接收"
    assert {answer.dataset for answer in receipt.datasets} == {REGISTER, "stated_totals"}
