"""What is found wrong at a moment: a night that failed, was blocked or did not come, units that are late, periods not published."""

from __future__ import annotations

import errno
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alert_support import publish_status

from orchestration.alerts.alert import (
    DAMAGE,
    PUBLISH_BLOCKED,
    RUN_FAILED,
    UNIT_OVERDUE,
    WAREHOUSE_STALE,
    Alert,
)
from orchestration.alerts.collect import collect
from orchestration.alerts.nights import ended, note_end, reasons_of
from orchestration.home import Home
from orchestration.publish.ledger import Entry
from orchestration.receive.register import Register, Submission
from orchestration.scrub.damage import ARCHIVE, LANDED, Damage
from orchestration.scrub.scrub import Scrubbed, remember
from orchestration.units import ReportingUnits

NIGHT = datetime(2021, 9, 7, 18, 30, tzinfo=UTC)  # half past two of 8 September in Shanghai
DUE, CLOSE = date(2021, 9, 5), date(2021, 9, 25)


def night(home: Home, moment: datetime = NIGHT, **errors: tuple[str, str]) -> None:
    note_end(home, ended(errors, moment))


def kinds(home: Home, now: datetime = NIGHT) -> list[tuple[str, str]]:
    return [(alert.kind, alert.subject) for alert in collect(home, now)]


def only(home: Home, now: datetime = NIGHT) -> Alert:
    [alert] = collect(home, now)
    return alert


def late(*codes: str, period: str = "2021-08", status: str = "overdue") -> list[tuple]:
    return [(period, code, DUE, CLOSE, status) for code in codes]


def register(home: Home, unit: str, received_at: datetime = NIGHT, period: str = "2021-08") -> None:
    submission = Submission(
        submission_id=f"{unit}-{period}",
        sha256=f"{unit}-{period}",
        file_name="x.xlsx",
        archive_path="x",
        format="xlsx",
        unit_code=unit,
        unit_name=unit,
        reporting_period=period,
        cadence="month",
        version=1,
        received_at=received_at,
    )
    with Register(home.register) as opened:
        opened.record([submission], [])


def test_a_new_home_has_no_troubles(home: Home):
    assert collect(home, NIGHT) == []


def test_a_night_that_ended_well_is_none(home: Home):
    night(home)
    assert collect(home, NIGHT) == []


def test_a_night_that_failed_says_its_step_its_reason_and_its_log(home: Home):
    night(home, model=("ModelFailed", "fct_loans: Binder Error 张三;rpt_bulletin: skipped"))
    alert = only(home)
    assert (alert.kind, alert.title) == (RUN_FAILED, "夜间处理没有完成:建模(2021-09-08 02:30)")
    assert alert.lines == ("模型没有建成:fct_loans、rpt_bulletin",) and "运行日志" in alert.action


def test_a_night_that_published_and_failed_at_what_follows_says_that_readers_have_the_figures(home: Home):
    night(home, site=("KeyError", "'x'"), receipts=("OSError", "[Errno 13] Permission denied"))
    alert = only(home)
    assert alert.title == "夜间处理已发布,没有写完:写网站、写回执(2021-09-08 02:30)"
    assert alert.lines == ("程序出错(KeyError)", "没有读写权限") and "下一晚自动补做" in alert.action


def test_a_night_that_goes_on_failing_has_failed_since_the_first(home: Home):
    night(home, land=("OSError", f"[Errno {errno.ENOSPC}] No space left on device: '/x/张三'"))
    night(home, NIGHT + timedelta(days=2), land=("OSError", "[Errno 28] No space left on device"))
    alert = only(home, NIGHT + timedelta(days=2))
    assert alert.since == date(2021, 9, 8) and alert.lines == ("磁盘空间不足",)
    night(home, NIGHT + timedelta(days=3))
    assert collect(home, NIGHT + timedelta(days=3)) == []


def test_a_blocked_publication_names_its_rules_and_counts(home: Home):
    night(
        home,
        publish=(
            "PublishBlocked",
            "2021-08 R-ROLL-1 全省数等于各市、各县数之和:2处不符;2021-08 R-FUND-2 资金:未能审核",
        ),
    )
    alert = only(home)
    assert (alert.kind, alert.items) == (PUBLISH_BLOCKED, ("2021-08 R-ROLL-1", "2021-08 R-FUND-2"))
    assert "2项全省性审核没有通过" in alert.title
    assert alert.lines[0] == "2021-08 R-ROLL-1 全省数等于各市、各县数之和:2处不符"


def test_a_publication_put_back_holds_until_it_is_released(home: Home, monkeypatch: pytest.MonkeyPatch):
    entry = Entry(3, NIGHT, NIGHT, "", 0, puts_back=1, reason="张三误发")
    monkeypatch.setattr("orchestration.alerts.collect.held_by", lambda _: entry)
    night(home, publish=("PublishHeld", "第3次发布…"))
    alert = only(home)
    assert (alert.kind, alert.subject) == (PUBLISH_BLOCKED, "held")
    assert "第3次发布恢复了第1次的内容(2021-09-08 02:30)" in alert.title and "张三" not in str(alert)


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        (
            "ConversionException",
            "Could not convert string '张三 000000198503071000' to INT32",
            "程序出错(ConversionException)",
        ),
        ("ModelFailed", "Compilation Error in 张三", "模型没有建成"),
        (
            "RulingError",
            "exemptions.csv 第 2 行:000000198503071000 不是报送单位的代码",
            "exemptions.csv 第 2 行:(个人信息) 不是报送单位的代码",
        ),
        ("PermissionError", "[Errno 13] Permission denied: '/x/张三.xlsx'", "没有读写权限"),
        ("OSError", "[Errno 71] Protocol error", "系统错误 EPROTO"),
        ("IOException", "IO Error: Could not write file: No space left on device", "磁盘空间不足"),
    ],
)
def test_a_reason_never_repeats_what_an_error_says_of_a_cell(name: str, words: str, said: str):
    assert reasons_of(name, words) == [said]


def test_units_that_are_late_are_grouped_by_city(home: Home):
    publish_status(home, late("610122", "610124", "610922"))
    alert = only(home)
    assert alert.title == "2021年8月月报:3个单位逾期未报(9月5日截止,9月25日关闭)"
    assert alert.lines == ("西安市2个(蓝田县、周至县);安康市1个(石泉县)",)
    assert (alert.items, alert.since) == (("610122", "610124", "610922"), DUE)


def test_forty_late_counties_are_one_line_with_a_few_names_of_each_city(home: Home):
    counties = [unit.code for unit in ReportingUnits(home.units_csv).counties][:40]
    publish_status(home, late(*counties, "610000"))
    alert = only(home)
    assert "41个单位逾期未报" in alert.title and len(alert.items) == 41
    [line] = alert.lines
    assert line.startswith("宝鸡市") or line.startswith("西安市")
    assert "西安市13个(新城区、碑林区、莲湖区等)" in line and line.endswith("省本级1个(陕西省)")
    assert len(line) < 150


def test_a_unit_not_due_when_it_was_published_is_late_once_its_day_has_passed(home: Home):
    publish_status(home, late("610122", status="not_due"))
    assert kinds(home, datetime(2021, 9, 5, 15, 59, tzinfo=UTC)) == []
    assert kinds(home, datetime(2021, 9, 5, 16, 1, tzinfo=UTC)) == [(UNIT_OVERDUE, "2021-08")]


def test_a_unit_whose_workbook_came_since_the_publication_is_not_late(home: Home):
    night(home)
    publish_status(home, late("610122", "610922"))
    register(home, "610122")
    assert only(home).items == ("610922",)


def test_what_was_returned_is_counted_beside_what_never_came(home: Home):
    publish_status(
        home, [*late("610122"), *late("610922", status="returned"), *late("611024", status="accepted")]
    )
    assert only(home).lines == ("西安市1个(蓝田县)", "另有1个单位已报未通过,尚未改报")
    publish_status(home, late("610922", status="returned"))
    assert collect(home, NIGHT) == []


def test_nobody_is_late_for_a_period_that_takes_nothing_any_more(home: Home):
    publish_status(home, late("610122"))
    assert kinds(home, datetime(2021, 9, 25, 8, tzinfo=UTC)) == [(UNIT_OVERDUE, "2021-08")]
    assert kinds(home, datetime(2021, 9, 25, 17, tzinfo=UTC)) == []


def test_a_night_that_does_not_come_is_missed_after_its_hours(home: Home, monkeypatch: pytest.MonkeyPatch):
    night(home)
    assert collect(home, NIGHT + timedelta(hours=26)) == []
    alert = only(home, NIGHT + timedelta(hours=27))
    assert (alert.kind, alert.title) == (WAREHOUSE_STALE, "夜间处理已有27小时没有运行")
    assert alert.lines == ("上次结束:2021-09-08 02:30",)
    assert "5天没有运行" in only(home, NIGHT + timedelta(days=5)).title
    monkeypatch.setenv("ZHENXING_ALERT_NIGHT_HOURS", "74")
    assert collect(home, NIGHT + timedelta(hours=73)) == []


def test_hours_that_are_no_number_are_said(home: Home, monkeypatch: pytest.MonkeyPatch):
    night(home)
    monkeypatch.setenv("ZHENXING_ALERT_NIGHT_HOURS", "每天")
    assert only(home).title == "告警检查没有完成:夜间处理的时间(ValueError)"


@pytest.mark.parametrize(
    ("moment", "missing"),
    [("2021-10-06", ()), ("2021-10-07", ("2021-09",)), ("2021-11-07", ("2021-09", "2021-10"))],
)
def test_a_month_is_missed_once_the_night_after_its_due_day_has_passed(
    home: Home, moment: str, missing: tuple
):
    publish_status(home, [], figures=["2021-08"])
    found = [
        alert.items
        for alert in collect(home, datetime.fromisoformat(f"{moment}T04:00+08:00").astimezone(UTC))
    ]
    assert found == ([missing] if missing else [])


def test_several_periods_missed_are_one_trouble_that_grows(home: Home):
    publish_status(home, [], figures=["2021-08"])
    alert = only(home, datetime(2021, 11, 8, tzinfo=UTC))
    assert alert.title == "2021年9月至2021年10月月报(2期)尚未发布(最迟应于10月6日发布)"


def test_weeks_are_missed_while_units_report_weekly_and_not_for_ever(home: Home):
    publish_status(home, [], figures=["2021-08", "2021-W34"])
    friday = datetime(2021, 9, 10, 4, tzinfo=UTC)
    assert only(home, friday).title == "2021年第35周周报尚未发布(最迟应于9月8日发布)"
    assert (WAREHOUSE_STALE, "week") not in kinds(home, datetime(2021, 12, 1, tzinfo=UTC))


def test_what_came_and_is_not_published_after_two_days_is_said_unless_a_failure_says_why(home: Home):
    publish_status(home, [])
    register(home, "610122", NIGHT - timedelta(days=3))
    night(home)
    assert only(home).title == "1份报表收到超过2天仍未发布"
    night(home, land=("OSError", "[Errno 28]"))
    assert kinds(home) == [(RUN_FAILED, "night")]


def test_damage_is_told_until_a_check_finds_none(home: Home):
    scrubbed(
        home,
        Damage("raw/archive/ab/abcd", ARCHIVE, "蓝田县 2021-08"),
        Damage("var/lake/x", LANDED, "projects 2021-08"),
    )
    alert = only(home)
    assert (alert.kind, alert.title) == (DAMAGE, "2个数据文件损坏或缺失")
    assert alert.lines[0].startswith("存档原件(蓝田县 2021-08):") and len(alert.items) == 2
    scrubbed(home)
    assert collect(home, NIGHT) == []


def scrubbed(home: Home, *damages: Damage) -> None:
    remember(home, Scrubbed(NIGHT, 2, 2, 0.1, 0, damages))


def test_a_warehouse_that_does_not_open_is_said_and_hides_nothing_else(home: Home):
    night(home, land=("OSError", "[Errno 28]"))
    home.published.mkdir(parents=True)
    home.warehouse.write_bytes(b"no database" * 1000)
    found = collect(home, NIGHT)
    assert (RUN_FAILED, "night") in [(alert.kind, alert.subject) for alert in found]
    assert "告警检查没有完成:报送情况(IOException)" in [alert.title for alert in found]


def test_a_published_province_that_reported_has_only_what_is_due_since(
    published_small_province: Home, tmp_path: Path
):
    home = published_small_province
    while_open = datetime(2021, 10, 10, tzinfo=UTC)
    units = {alert.subject: alert for alert in collect(home, while_open) if alert.kind == UNIT_OVERDUE}
    assert list(units) == ["2021-09"]
    assert "4个单位逾期未报" in units["2021-09"].title
