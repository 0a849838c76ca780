"""The bureau's rulings as read from their files, and the days until which a unit may report."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from orchestration.deadlines import window
from orchestration.home import Home
from orchestration.periods import day_of
from orchestration.rulings import Exemption, Reopening, RulingError, Rulings, load_rulings

REOPENED = Reopening(
    "610122", "*", "2021-08", date(2021, 11, 1), date(2021, 11, 5), date(2021, 11, 10), "补报"
)


def _write(home: Home, name: str, *lines: str) -> None:
    headers = {
        "waivers.csv": "rule_code,unit_code,reporting_period,granted_on,expires_on,reason",
        "reopenings.csv": "unit_code,dataset,reporting_period,opens_on,due_on,close_on,reason",
        "exemptions.csv": "unit_code,dataset,from_period,to_period,reason",
    }
    (home.root / name).write_text("\n".join([headers[name], *lines]) + "\n", encoding="utf-8")


def test_the_rulings_under_version_control_rule_nothing_yet(home: Home):
    assert load_rulings(home) == Rulings()


def test_a_home_has_rulings_of_its_own(home: Home):
    _write(home, "reopenings.csv", "610122,*,2021-08,2021-11-01,2021-11-05,2021-11-10,补报")
    assert load_rulings(home).reopenings == (REOPENED,)


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("waivers.csv", "R-LOAN-1-1,610122,*,2021-09-30,2021-09-01,理由", "expires_on 早于 granted_on"),
        ("waivers.csv", "R-LOAN-1-1,610122,*,2021-09-01,2021-09-30,", "reason 不能为空"),
        ("waivers.csv", "R-LOAN-1-1,610122,*,九月一日,2021-09-30,理由", "granted_on 应为日期"),
        ("reopenings.csv", "*,*,2021-08,2021-11-05,2021-11-01,2021-11-10,补报", "opens_on ≤ due_on"),
        ("exemptions.csv", ",microcredit,2021-01,,无此业务", "unit_code 不能为空"),
    ],
)
def test_a_ruling_that_cannot_be_understood_names_its_file_and_line(home: Home, name, line, said):
    _write(home, name, line)
    with pytest.raises(RulingError, match=said) as raised:
        load_rulings(home)
    assert str(raised.value).startswith(f"{name} 第 2 行")


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("exemptions.csv", "610199,microcredit,2021-01,,无此业务", "610199 不是报送单位"),
        ("exemptions.csv", "610100,microcredit,2021-01,,无此业务", "610100 不是报送单位"),
        ("exemptions.csv", "610122,microcredits,2021-01,,无此业务", "没有数据集 microcredits"),
        ("exemptions.csv", "610122,microcredit,2021-1,,无此业务", "from_period 应为报告期"),
        ("exemptions.csv", "610122,microcredit,*,,无此业务", "from_period 应为报告期"),
        ("exemptions.csv", "610122,microcredit,2021-01,2021,无此业务", "to_period 应为报告期"),
        ("exemptions.csv", "610122,microcredit,2021-01,,无此业务,见文件", "列数多于表头"),
        ("exemptions.csv", "610122,microcredit,2021-01", "列数少于表头"),
        ("waivers.csv", "R-LOAN-1-1,610122,八月,2021-09-01,2021-09-30,理由", "reporting_period 应为报告期"),
    ],
)
def test_a_ruling_that_would_be_missed_in_silence_is_refused(home: Home, name, line, said):
    _write(home, name, line)
    with pytest.raises(RulingError, match=said):
        load_rulings(home)


def test_a_ruling_concerns_its_unit_under_each_code_it_has_or_had(home: Home):
    units = "code,name,city_code,city_name,previous_code\n610118,鄠邑区,610100,西安市,610125\n"
    (home.root / "reporting_units.csv").write_text(units, encoding="utf-8")
    for written in ("610125", "610118"):
        _write(home, "exemptions.csv", f"{written},microcredit,2021-01,,无此业务")
        exemptions = load_rulings(home).exemptions
        assert [exemption.unit_code for exemption in exemptions] == ["610118", "610125"]


def test_a_file_saved_by_a_chinese_spreadsheet_in_its_own_encoding_is_named(home: Home):
    (home.root / "waivers.csv").write_bytes("rule_code,unit_code,理由\n".encode("gbk"))
    with pytest.raises(RulingError, match=r"waivers\.csv:不是 UTF-8"):
        load_rulings(home)


def test_a_file_without_one_of_its_columns_is_named(home: Home):
    (home.root / "waivers.csv").write_text("rule_code,unit_code,reporting_period\n", encoding="utf-8")
    with pytest.raises(RulingError, match="缺少列 expires_on、granted_on、reason"):
        load_rulings(home)


def test_lines_of_commas_and_windows_line_ends_do_no_harm(home: Home):
    _write(home, "reopenings.csv", ",,,,,,", "610122,*,2021-08,2021-11-01,2021-11-05,2021-11-10,补报\r")
    assert load_rulings(home).reopenings == (REOPENED,)


def test_a_day_is_the_day_where_the_bureau_is():
    assert day_of(datetime(2021, 9, 5, 15, 59, tzinfo=UTC)) == date(2021, 9, 5)
    assert day_of(datetime(2021, 9, 5, 16, 0, tzinfo=UTC)) == date(2021, 9, 6)


@pytest.mark.parametrize(
    ("period", "due", "close"),
    [
        ("2021-08", date(2021, 9, 5), date(2021, 9, 25)),
        ("2021-W35", date(2021, 9, 7), date(2021, 9, 14)),
        ("2021", date(2022, 1, 25), date(2022, 3, 31)),
    ],
)
def test_a_period_is_due_and_closes_by_the_calendar(period, due, close):
    found = window(period, "610122", "microcredit", due, ())
    assert (found.due_on, found.close_on, found.reopened) == (due, close, False)


def test_an_open_period_keeps_its_own_days_whatever_is_reopened():
    assert not window("2021-08", "610122", "microcredit", date(2021, 9, 25), [REOPENED]).reopened


@pytest.mark.parametrize(
    ("unit", "day", "takes", "in_time"),
    [
        ("610122", date(2021, 10, 31), False, False),  # not open again yet
        ("610122", date(2021, 11, 5), True, True),
        ("610122", date(2021, 11, 10), True, False),
        ("610122", date(2021, 11, 11), False, False),
        ("610124", date(2021, 11, 5), False, False),  # another unit
    ],
)
def test_a_closed_period_takes_what_a_reopening_allows(unit, day, takes, in_time):
    found = window("2021-08", unit, "microcredit", day, [REOPENED])
    assert (found.takes(day), found.in_time(day)) == (takes, in_time)


@pytest.mark.parametrize(
    ("period", "covered"),
    [("2021-05", False), ("2021-06", True), ("2021-W26", True), ("2021-Q3", True), ("2022-01", False)],
)
def test_an_exemption_covers_the_periods_that_end_in_its_months(period, covered):
    exemption = Exemption("610122", "resettlement_sites", "2021-06", "2021-12", "无安置点")
    assert exemption.covers("610122", "resettlement_sites", period) is covered
    assert not exemption.covers("610122", "projects", "2021-06")
    assert not exemption.covers("610124", "resettlement_sites", "2021-06")


def test_an_exemption_without_end_goes_on():
    assert Exemption("*", "*", "2021-06", "", "撤并").covers("610122", "projects", "2035-12")
