"""Alerts told: through every channel, remembered by channel, never failing a night, with nothing personal and no secret in them."""

from __future__ import annotations

import json
import multiprocessing
import os
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from alert_support import QUICK, TAKEN, Robot, mailbox, publish_status, robot

from orchestration.alerts import tell
from orchestration.alerts.nights import ended, note_end
from orchestration.alerts.tell import after_night, every_hour
from orchestration.cli import main
from orchestration.dagster_home import log_file
from orchestration.home import Home
from orchestration.night import Night
from orchestration.nightly import Run
from orchestration.permissions import exposed
from orchestration.publish.publish import PublishBlocked

NIGHT = datetime(2021, 9, 7, 18, 30, tzinfo=UTC)
DUE, CLOSE = date(2021, 9, 5), date(2021, 9, 25)
FAILED = {"land": ("OSError", "[Errno 28] No space left on device")}
GROUP = "ZHENXING_ALERT_WECOM"


@pytest.fixture
def late(home: Home) -> Home:
    """A home whose night has ended well, and where two counties are late."""
    publish_status(home, [("2021-08", code, DUE, CLOSE, "overdue") for code in ("610122", "610922")])
    home.dagster.mkdir(parents=True)
    note_end(home, ended({}, NIGHT))
    return home


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> Robot:
    with robot() as told:
        monkeypatch.setenv(GROUP, told.url)
        yield told


def content(group: Robot, number: int = -1) -> str:
    return group.bodies[number]["markdown"]["content"]


def log(home: Home) -> str:
    return log_file(home).read_text(encoding="utf-8") if log_file(home).exists() else ""


def test_a_night_tells_what_is_news_once(late: Home, group: Robot):
    told = after_night(late, {}, NIGHT, QUICK)
    assert told.lines() == ["告警已发:企业微信机器人"]
    assert "2个单位逾期未报" in content(group)
    assert every_hour(late, NIGHT + timedelta(hours=1), QUICK).lines() == []
    assert after_night(late, {}, NIGHT + timedelta(days=1), QUICK).lines() == []
    assert len(group.bodies) == 1


def test_a_failure_and_its_end_are_one_message_each(late: Home, group: Robot):
    after_night(late, FAILED, NIGHT, QUICK)
    assert "夜间处理没有完成:入湖" in content(group) and "磁盘空间不足" in content(group)
    after_night(late, FAILED, NIGHT + timedelta(days=1), QUICK)
    after_night(late, {}, NIGHT + timedelta(days=2), QUICK)
    assert len(group.bodies) == 2
    assert "夜间处理恢复正常" in content(group) and "历时2天" in content(group)


def test_without_channels_nothing_is_told_and_the_night_is_noted(late: Home):
    told = after_night(late, FAILED, NIGHT, QUICK)
    assert (told.channels, told.alerts, told.lines()) == ([], [], [])
    assert not (late.root / "var" / "alerts" / "said").exists()
    assert json.loads((late.root / "var" / "alerts" / "night.json").read_text(encoding="utf-8"))["steps"] == [
        "入湖"
    ]


def test_a_channel_that_failed_is_told_the_next_time_and_the_others_are_not_told_twice(
    late: Home, group: Robot, monkeypatch: pytest.MonkeyPatch
):
    with robot(answers=[(403, b""), (200, TAKEN)]) as other:
        monkeypatch.setenv("ZHENXING_ALERT_DINGTALK", other.url)
        told = after_night(late, {}, NIGHT, QUICK)
        assert told.sent == ["企业微信机器人"]
        assert told.failed == ["钉钉机器人:127.0.0.1 答复 HTTP 403"]
        assert "没有发出,下次再发:钉钉机器人:127.0.0.1 答复 HTTP 403" in log(late)
        assert every_hour(late, NIGHT + timedelta(hours=1), QUICK).sent == ["钉钉机器人"]
        assert (len(group.bodies), len(other.bodies)) == (1, 2)


def test_a_channel_that_is_new_is_told_all_that_stands(
    late: Home, group: Robot, monkeypatch: pytest.MonkeyPatch
):
    after_night(late, {}, NIGHT, QUICK)
    with robot() as program:
        monkeypatch.setenv("ZHENXING_ALERT_WEBHOOK", program.url)
        every_hour(late, NIGHT + timedelta(hours=1), QUICK)
    assert [alert["subject"] for alert in program.bodies[0]["new"]] == ["2021-08"]


def test_what_was_sent_by_a_process_killed_before_it_remembered_is_said_once_more_and_not_lost(
    late: Home, group: Robot
):
    killed = multiprocessing.get_context("fork").Process(target=_killed_before_remembering, args=(late,))
    killed.start()
    killed.join()
    assert killed.exitcode == 9 and len(group.bodies) == 1
    for hour in range(3):
        every_hour(late, NIGHT + timedelta(hours=hour), QUICK)
    assert len(group.bodies) == 2 and content(group) == content(group, 0)


def _killed_before_remembering(home: Home) -> None:
    tell.write_said = lambda *_: os._exit(9)
    every_hour(home, NIGHT, QUICK)


@pytest.mark.parametrize("broken", ["collect", "read_said", "write_said", "note_end"])
def test_a_full_disk_fails_no_night_and_keeps_nobody_from_being_told(
    late: Home, group: Robot, monkeypatch: pytest.MonkeyPatch, broken: str
):
    monkeypatch.setattr(tell, broken, full)
    told = after_night(late, FAILED, NIGHT, QUICK)
    assert told.failed == ["告警程序出错:磁盘空间不足"] and told.sent == ["企业微信机器人"]
    assert "夜间处理没有完成:入湖" in content(group) and "告警程序出错" in content(group)
    assert "没有发出,下次再发:告警程序出错:磁盘空间不足" in log(late) and "张三" not in log(late)


def full(*_: object) -> None:
    raise OSError(28, "No space left on device", "/x/张三")


def test_nothing_in_it_fails_a_night(late: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tell, "configured", full)
    told = after_night(late, {}, NIGHT, QUICK)
    assert told.failed == ["告警程序出错:磁盘空间不足", "告警程序出错(OSError)"]


def test_a_weekly_reminder_of_what_stands_and_growth_at_once(late: Home, group: Robot):
    after_night(late, {}, NIGHT, QUICK)
    for days in (1, 6, 7):
        note_end(late, ended({}, NIGHT + timedelta(days=days)))
        every_hour(late, NIGHT + timedelta(days=days), QUICK)
    assert len(group.bodies) == 2 and "仍未解决" in content(group)


def test_a_recipient_who_was_refused_is_remarked_and_the_message_is_not_sent_again(
    late: Home, monkeypatch: pytest.MonkeyPatch
):
    with mailbox(refused=("gone@bureau.example",)) as box:
        monkeypatch.setenv("ZHENXING_ALERT_SMTP", f"smtp://127.0.0.1:{box.port}")
        monkeypatch.setenv("ZHENXING_ALERT_FROM", "a@bureau.example")
        monkeypatch.setenv("ZHENXING_ALERT_TO", "b@bureau.example,gone@bureau.example")
        assert after_night(late, {}, NIGHT, QUICK).lines() == ["告警已发:邮件", "邮件:1个收件人被拒收"]
        assert every_hour(late, NIGHT, QUICK).lines() == []


def test_no_secret_is_written_anywhere(
    late: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    with robot(
        answers=[(200, {"errcode": 310000, "errmsg": "sign not match SECgeheim geheim-7f3a"})]
    ) as group:
        monkeypatch.setenv("ZHENXING_ALERT_DINGTALK", group.url)
        monkeypatch.setenv("ZHENXING_ALERT_DINGTALK_SECRET", "SECgeheim")
        monkeypatch.setenv("ZHENXING_ALERT_SMTP", "smtp://geheim:geheim@127.0.0.1:1")
        monkeypatch.setenv("ZHENXING_ALERT_FROM", "a@bureau.example")
        monkeypatch.setenv("ZHENXING_ALERT_TO", "b@bureau.example")
        monkeypatch.setattr("orchestration.alerts.delivery.time.sleep", lambda _: None)
        after_night(late, FAILED, NIGHT, QUICK)
        for command in (["alerts"], ["alerts", "--json"], ["alerts", "--test"], ["alerts", "--preview"]):
            main(command)
    said = "".join(capsys.readouterr()) + everything(late)
    assert "errcode 310000" in said and "geheim" not in said


def everything(home: Home) -> str:
    paths = [path for path in (home.root / "var").rglob("*") if path.is_file() and path.suffix != ".duckdb"]
    return "".join(f"{path}\n{path.read_bytes().decode('utf-8', 'replace')}" for path in paths)


def test_nothing_personal_is_told(late: Home, group: Robot, monkeypatch: pytest.MonkeyPatch):
    planted = ("张三", "000000198503071000", "13900000000")
    words = "、".join(planted)
    errors = {
        "receive": ("ValueError", words),
        "land": ("ConversionException", f"Could not convert '{words}'"),
        "model": ("ModelFailed", f"fct_loans: {words};Compilation Error {words}"),
        "publish": ("PublishBlocked", f"2021-08 R-ROLL-1 合计 {planted[1]}:2处不符"),
        "report": ("RulingError", f"waivers.csv 第 2 行:实为“{planted[1]} {planted[2]}”"),
        "site": ("OSError", f"[Errno 5] Input/output error: '/x/{words}'"),
    }
    with robot() as program, mailbox() as box:
        monkeypatch.setenv("ZHENXING_ALERT_WEBHOOK", program.url)
        monkeypatch.setenv("ZHENXING_ALERT_SMTP", f"smtp://127.0.0.1:{box.port}")
        monkeypatch.setenv("ZHENXING_ALERT_FROM", "a@bureau.example")
        monkeypatch.setenv("ZHENXING_ALERT_TO", "b@bureau.example")
        told = after_night(late, errors, NIGHT, QUICK)
    assert len(told.sent) == 3
    sent = json.dumps([group.bodies, program.bodies], ensure_ascii=False) + str(
        box.letters[0][1].get_content()
    )
    found = sent + everything(late) + str(told)
    assert "发布受阻" in sent and [value for value in planted if value in found] == []


def test_the_command_says_per_channel_what_became_of_a_test(
    late: Home, group: Robot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    assert main(["alerts", "--test"]) == 0
    assert capsys.readouterr().out == "✓ 企业微信机器人\n"
    assert "测试消息" in content(group)
    monkeypatch.setenv("ZHENXING_ALERT_DINGTALK", "geheim")
    assert main(["alerts", "--test"]) == 1
    assert "✗ 钉钉机器人:ZHENXING_ALERT_DINGTALK 不是 http 或 https 网址\n" in capsys.readouterr().out
    assert main(["alerts", "--test", "--json"]) == 1
    said = {each["channel"]: each["sent"] for each in json.loads(capsys.readouterr().out)["channels"]}
    assert said == {"dingtalk": False, "wecom": True}


def test_the_command_without_channels_says_how_to_name_one(late: Home, capsys: pytest.CaptureFixture):
    assert main(["alerts"]) == 0
    assert "没有设置告警渠道" in capsys.readouterr().out
    assert main(["alerts", "--test"]) == 1
    assert main(["alerts", "--json"]) == 0
    assert main(["alerts", "--preview", "--test"]) == 1


def test_a_preview_shows_the_message_and_sends_nothing(
    late: Home, group: Robot, capsys: pytest.CaptureFixture
):
    note_end(late, ended(FAILED, datetime.now(UTC)))
    assert main(["alerts", "--preview"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("振兴统计告警") and "夜间处理没有完成:入湖" in said
    assert main(["alerts", "--preview", "--json"]) == 0
    assert group.bodies == [] and not (late.root / "var" / "alerts" / "said").exists()


def test_the_hour_is_quiet_when_there_is_nothing_to_say(
    home: Home, group: Robot, capsys: pytest.CaptureFixture
):
    assert main(["alerts"]) == 0
    assert capsys.readouterr().out == "没有新情况,不发消息\n" and group.bodies == []


def test_a_link_of_the_bureaus_takes_the_place_of_the_path(
    late: Home, group: Robot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ZHENXING_ALERT_LINK", "http://192.0.2.1/site/")
    after_night(late, {}, NIGHT, QUICK)
    assert "报送情况和数字:http://192.0.2.1/site/" in content(group)


def test_two_processes_at_once_say_a_thing_once(late: Home, monkeypatch: pytest.MonkeyPatch):
    with robot(delay=0.05) as slow:
        monkeypatch.setenv(GROUP, slow.url)
        fork = multiprocessing.get_context("fork")
        both = [fork.Process(target=every_hour, args=(late, NIGHT, QUICK)) for _ in range(2)]
        for process in both:
            process.start()
        for process in both:
            process.join()
    assert len(slow.bodies) == 1


def test_a_night_by_hand_says_in_its_summary_what_was_told_and_what_was_not(
    late: Home, group: Robot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    error = PublishBlocked(["2021-08 R-ROLL-1 全省数等于各市、各县数之和:2处不符"])
    run = Run(Night(late, errors={"publish": error}), ("2021-08",), 1.2, error)
    monkeypatch.setattr("orchestration.nightly.run_night", lambda *_, **__: run)
    monkeypatch.setattr("orchestration.summary.main_figures", lambda *_: [])
    monkeypatch.setattr("orchestration.summary._by_status", lambda *_: {})
    assert main(["nightly", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["alerts"] == ["告警已发:企业微信机器人"]
    assert "发布受阻:1项全省性审核没有通过" in content(group)
    monkeypatch.setenv("ZHENXING_ALERT_DINGTALK", "geheim")
    assert main(["nightly"]) == 1
    assert "没有发出,下次再发:钉钉机器人:ZHENXING_ALERT_DINGTALK" in capsys.readouterr().out


def test_a_night_that_breaks_outside_of_its_stages_is_told_too(
    late: Home, group: Robot, monkeypatch: pytest.MonkeyPatch
):
    def breaks(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system", "/x")

    monkeypatch.setattr("orchestration.nightly.run_night", breaks)
    with suppress(OSError):
        main(["nightly"])
    assert "夜间处理没有完成:启动或登记" in content(group) and "文件系统只读" in content(group)


def test_what_was_told_is_its_owners_alone_whatever_the_umask(late: Home, group: Robot):
    before = os.umask(0)
    try:
        after_night(late, {}, NIGHT, QUICK)
    finally:
        os.umask(before)
    folder = late.root / "var" / "alerts"
    assert (folder / "said").is_dir()
    assert [path for path in exposed(late) if path.is_relative_to(folder)] == []
