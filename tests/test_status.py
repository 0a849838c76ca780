"""``zhenxing status``: what it says of a province, of a unit, and of nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from rich.console import Console

from orchestration.cli import main
from orchestration.home import Home
from orchestration.report.status import Completeness, Standing, Status, as_json, of_unit, read_status
from orchestration.report.status_screen import percent, print_status, print_unit

ACCEPTED = Standing(
    unit_code="610122",
    unit_name="蓝田县",
    city_code="610100",
    dataset="projects",
    sheet="项目库",
    status="accepted",
    status_zh="接收",
    reason_zh=None,
    due_on=date(2021, 9, 5),
    close_on=date(2021, 9, 25),
    received_at=datetime(2021, 9, 3, 16, 30),
    on_time=True,
    tries=1,
    warnings=0,
    waived=0,
    submission_id="610122-2021-08-00000000",
)
RETURNED = replace(
    ACCEPTED,
    dataset="microcredit",
    sheet="扶贫小额信贷",
    status="returned",
    status_zh="已报未通过",
    reason_zh="缺表",
)
OVERDUE = replace(
    ACCEPTED,
    unit_code="610922",
    unit_name="石泉县",
    status="overdue",
    status_zh="逾期未报",
    received_at=None,
    on_time=None,
    tries=0,
    submission_id=None,
)
EXEMPT = replace(OVERDUE, dataset="microcredit", sheet="扶贫小额信贷", status="exempt", status_zh="免报")
NIL = replace(ACCEPTED, unit_code="611024", unit_name="山阳县", status="nil_return", status_zh="零报送")


def completeness(unit: str, name: str, kind: str) -> Completeness:
    return Completeness(unit, name, kind, 4, 3, 2, 1, 1, 1, 1, Decimal("0.5"), Decimal("0.25"))


def status(*standings: Standing) -> Status:
    return Status(
        period="2021-08",
        due_on=date(2021, 9, 5),
        province=completeness("610000", "陕西省", "province"),
        cities=(completeness("610100", "西安市", "city"),),
        standings=standings,
    )


def shown(print_it, *arguments) -> str:
    console = Console(width=80, highlight=False, record=True, quiet=False, file=None)
    with console.capture() as captured:
        print_it(console, *arguments)
    return captured.get()


def test_the_province_and_its_cities_are_shown_with_their_rates():
    said = shown(print_status, status(ACCEPTED))
    assert "应报 4、已接收 2、退回 1、逾期未报 1、免报 1" in said
    assert "完整率 50%  按时率 25%" in said
    assert "西安市" in said


def test_units_that_want_something_are_listed_with_their_sheets_and_their_due_day():
    said = shown(print_status, status(ACCEPTED, RETURNED, OVERDUE, EXEMPT, NIL))
    listed = [line for line in said.splitlines() if "2021-09-05" in line and "截止日" not in line]
    assert [" ".join(line.split()) for line in listed] == [
        "蓝田县 610122 已报未通过(缺表) 扶贫小额信贷 2021-09-05 1",
        "石泉县 610922 逾期未报 项目库 2021-09-05 0",
    ]
    assert "山阳县" not in said


def test_a_unit_that_sent_nothing_is_said_in_a_word():
    assert "逾期未报 全部1张表" in shown(print_status, status(OVERDUE))


def test_a_province_without_gaps_says_so():
    assert "没有欠报或退回的单位" in shown(print_status, status(ACCEPTED, NIL))


def test_a_reopened_period_says_until_when():
    reopened = replace(OVERDUE, status="not_due", due_on=date(2021, 10, 20))
    assert "2021-09-05(重新开放至 2021-10-20)" in shown(print_status, status(ACCEPTED, reopened))


def test_a_unit_is_shown_by_dataset_with_beijing_days_and_its_submission():
    late = replace(RETURNED, on_time=False, warnings=2, waived=1)
    said = shown(print_unit, status(ACCEPTED, late), [ACCEPTED, late])
    assert ["项目库", "接收", "2021-09-05", "2021-09-04", "是", "1", "—", "—"] in [
        line.split() for line in said.splitlines()
    ]
    assert "已报未通过(缺表)" in said and "迟" in said
    assert said.count("610122-2021-08-00000000") == 1


def test_a_unit_fits_a_terminal_of_80_columns():
    said = shown(print_unit, status(ACCEPTED), [replace(RETURNED, sheet="12317监督举报平台", warnings=12)])
    assert "…" not in said


@pytest.mark.parametrize(
    ("rate", "said"),
    [("1", "100%"), ("0.9999", "99.9%"), ("0.6666666667", "66.7%"), ("0.1", "10%"), ("0", "0%"), (None, "—")],
)
def test_only_what_is_whole_is_a_hundred_percent(rate: str | None, said: str):
    assert percent(None if rate is None else Decimal(rate)) == said


def test_as_json_every_dataset_has_its_row_and_moments_are_utc():
    said = as_json(status(ACCEPTED, RETURNED))
    assert said["wanting"] == ["610122"]
    assert said["datasets"][0]["received_at"] == "2021-09-03T16:30:00Z"
    assert json.loads(json.dumps(said)) == said


def test_the_latest_reported_month_is_shown_unless_another_is_asked_for(published_small_province: Home):
    assert read_status(published_small_province.warehouse).period == "2021-08"
    following = read_status(published_small_province.warehouse, "2021-09")
    assert {standing.status for standing in following.standings} == {"overdue"}
    assert following.province.overdue == following.province.expected == 40


def test_a_province_that_reported_is_complete_and_on_time(published_small_province: Home):
    found = read_status(published_small_province.warehouse)
    assert (found.province.completeness, found.province.on_time_rate) == (1, 1)
    assert [city.unit_name for city in found.cities] == ["西安市", "安康市", "商洛市"]
    assert len(of_unit(found, "610122")) == 11


def test_the_command_answers_for_a_unit_by_its_name(published_small_province: Home, monkeypatch, capsys):
    monkeypatch.setenv("ZHENXING_HOME", str(published_small_province.root))
    assert main(["status", "--unit", "蓝田县", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["unit_code"] == "610122" and len(said["datasets"]) == 11
    assert main(["status", "--unit", "蓝田县"]) == 0
    assert main(["status"]) == 0
    assert "陕西省" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["--period", "2020-01"], ["--unit", "610100"], ["--unit", "999999"], ["--period", "八月"]]
)
def test_what_there_is_no_status_of_is_refused_in_words(
    published_small_province: Home, monkeypatch, capsys, arguments: list[str]
):
    monkeypatch.setenv("ZHENXING_HOME", str(published_small_province.root))
    assert main(["status", *arguments]) == 1
    said = capsys.readouterr().err
    assert said.startswith("✗") and "Traceback" not in said


def test_before_the_first_night_there_is_no_status(home: Home, capsys):
    assert main(["status"]) == 1
    assert "zhenxing nightly" in capsys.readouterr().err
