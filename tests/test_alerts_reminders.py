"""Reminders: who still owes before a due day, to the bureau's group and to each unit's office, once."""

from __future__ import annotations

import json
import multiprocessing
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alert_support import QUICK, Robot, mailbox, publish_status, robot

from orchestration.alerts import remind
from orchestration.alerts.nights import ended, note_end
from orchestration.alerts.tell import after_night, every_hour
from orchestration.backup.contents import kept_files
from orchestration.cli import main
from orchestration.home import Home

THURSDAY = datetime(2021, 9, 2, 18, 30, tzinfo=UTC)  # Friday, 3 September, in Shanghai


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> Robot:
    with robot() as told:
        monkeypatch.setenv("ZHENXING_ALERT_WECOM", told.url)
        yield told


def content(group: Robot, number: int = -1) -> str:
    return group.bodies[number]["markdown"]["content"]


def contacts(home: Home, *rows: str) -> Path:
    path = home.root / "contacts.csv"
    path.write_text("\n".join(["unit_code,email", *rows]) + "\n", encoding="utf-8-sig")
    return path


@pytest.fixture
def owing(home: Home) -> Home:
    """A home two days before the due day of August: two counties have sent nothing, of one a sheet was returned."""
    due, close = date(2021, 9, 5), date(2021, 9, 25)
    rows = [("610122", "not_due"), ("610922", "not_due"), ("611024", "returned"), ("610124", "accepted")]
    publish_status(home, [("2021-08", code, due, close, status) for code, status in rows])
    home.dagster.mkdir(parents=True)
    note_end(home, ended({}, THURSDAY))
    return home


def test_a_night_reminds_two_days_before_the_due_day_and_on_it(owing: Home, group: Robot):
    days = [after_night(owing, {}, THURSDAY + timedelta(days=days), QUICK) for days in (-1, 0, 1, 2)]
    assert [len(told.reminded.sent) for told in days] == [0, 1, 0, 1]
    assert "2021年8月月报:9月5日截止,还有2天,还欠3个单位" in content(group, 0)
    assert "> " not in content(group, 0) and "· 西安市1个:蓝田县" in content(group, 0)
    assert "· 商洛市1个:山阳县(1张退回待改)" in content(group, 0)
    assert "今天截止" in content(group, 1)


def test_a_night_that_was_missed_is_made_up_for(owing: Home, group: Robot):
    assert after_night(owing, {}, THURSDAY + timedelta(days=1), QUICK).reminded.sent
    assert "还有1天" in content(group)


def test_the_hour_reminds_nobody_before_the_days_night(owing: Home, group: Robot):
    before = THURSDAY - timedelta(hours=1)
    note_end(owing, ended({}, THURSDAY - timedelta(days=1)))
    assert every_hour(owing, before, QUICK).reminded.reminders == []
    note_end(owing, ended({}, THURSDAY))
    assert every_hour(owing, THURSDAY + timedelta(hours=1), QUICK).reminded.sent


def test_each_unit_with_an_office_gets_its_own_letter_once(
    owing: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    contacts(
        owing,
        "610122,lantian@county.example",
        "610122,desk@county.example",
        "610124,zhouzhi@county.example",
        ",",
    )
    with mailbox() as box:
        mail(monkeypatch, box.port)
        told = after_night(owing, {}, THURSDAY, QUICK)
        every_hour(owing, THURSDAY + timedelta(hours=1), QUICK)
    assert told.reminded.mailed == ["610122"]
    letters = {tuple(recipients): letter for recipients, letter in box.letters}
    assert list(letters) == [("office@bureau.example",), ("lantian@county.example", "desk@county.example")]
    letter = letters["lantian@county.example", "desk@county.example"]
    assert letter["Subject"] == "【催报】蓝田县 2021年8月月报,9月5日截止,还有2天"
    words = letter.get_content()
    assert "· 未报送:全部1张表" in words and "截止日 2021-09-05(星期日),还有2天。" in words


def mail(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    for name, value in (
        ("SMTP", f"smtp://127.0.0.1:{port}"),
        ("FROM", "zhenxing@bureau.example"),
        ("TO", "office@bureau.example"),
    ):
        monkeypatch.setenv(f"ZHENXING_ALERT_{name}", value)


def test_an_office_that_refuses_keeps_no_other_from_its_letter_and_is_tried_again(
    owing: Home, monkeypatch: pytest.MonkeyPatch
):
    contacts(owing, "610122,gone@county.example", "610922,shiquan@county.example")
    with mailbox(refused=("gone@county.example",)) as box:
        mail(monkeypatch, box.port)
        told = after_night(owing, {}, THURSDAY, QUICK)
        assert told.reminded.mailed == ["610922"]
        assert told.reminded.failed == ["催报(邮件至蓝田县):127.0.0.1 拒收全部收件人(550)"]
        box.refused = ()
        again = every_hour(owing, THURSDAY + timedelta(hours=1), QUICK)
    assert again.reminded.mailed == ["610122"] and again.reminded.sent == []


def test_letters_that_a_busy_server_did_not_take_are_sent_the_next_time(
    owing: Home, monkeypatch: pytest.MonkeyPatch
):
    contacts(owing, "610122,a@county.example", "610922,b@county.example", "611024,c@county.example")
    with mailbox(at_most=2) as box:
        mail(monkeypatch, box.port)
        told = after_night(owing, {}, THURSDAY, QUICK)
        assert told.reminded.mailed == ["610122"]
        assert told.reminded.failed == ["催报(各单位邮件):127.0.0.1 答复 451:too busy"]
        box.at_most = None
        assert every_hour(owing, THURSDAY + timedelta(hours=1), QUICK).reminded.mailed == ["610922", "611024"]


def test_a_letter_sent_by_a_process_killed_before_it_remembered_comes_at_most_twice(
    owing: Home, monkeypatch: pytest.MonkeyPatch
):
    contacts(owing, "610122,a@county.example", "610922,b@county.example")
    with mailbox() as box:
        mail(monkeypatch, box.port)
        killed = multiprocessing.get_context("fork").Process(
            target=_killed_at_the_third_letter, args=(owing,)
        )
        killed.start()
        killed.join()
        after_night(owing, {}, THURSDAY, QUICK)
    to = [recipients[0] for recipients, _ in box.letters]
    assert killed.exitcode == 9
    assert (to.count("a@county.example"), to.count("b@county.example")) == (1, 2)


def _killed_at_the_third_letter(home: Home) -> None:
    remember, count = remind.write_json, iter(range(9))
    remind.write_json = lambda *given: os._exit(9) if next(count) == 2 else remember(*given)
    after_night(home, {}, THURSDAY, QUICK)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("999999,geheim@county.example", "contacts.csv 第 3 行:unit_code 不是报送单位的代码"),
        ("610100,geheim@county.example", "contacts.csv 第 3 行:unit_code 不是报送单位的代码"),
        ("610122,geheim", "contacts.csv 第 3 行:email 不是有效的邮箱地址"),
        ("610122,geheim@", "contacts.csv 第 3 行:email 不是有效的邮箱地址"),
        ("610122", "contacts.csv 第 3 行:email 不是有效的邮箱地址"),
    ],
)
def test_an_address_that_cannot_be_used_is_named_by_its_line_and_the_bureau_is_reminded_all_the_same(
    owing: Home, group: Robot, row: str, said: str
):
    contacts(owing, "610922,shiquan@county.example", row)
    told = after_night(owing, {}, THURSDAY, QUICK)
    assert told.reminded.sent == ["企业微信机器人"] and told.reminded.mailed == []
    assert told.reminded.failed == [f"催报(各单位邮件):{said}"]


def test_contacts_are_in_a_backup(owing: Home):
    contacts(owing, "610122,a@county.example")
    assert "contacts.csv" in kept_files(owing, runs=False)


def test_contacts_without_a_mail_server_are_said(owing: Home, group: Robot):
    contacts(owing, "610122,a@county.example")
    told = after_night(owing, {}, THURSDAY, QUICK)
    assert told.reminded.failed == ["催报(各单位邮件):没有设置邮件服务器 ZHENXING_ALERT_SMTP"]


def test_a_contact_under_a_former_code_is_the_units(owing: Home):
    units = (Path(owing.units_csv)).read_text(encoding="utf-8-sig").splitlines()
    former = next(
        row.split(",") for row in units[1:] if row.split(",")[units[0].split(",").index("previous_code")]
    )
    code, before = (
        former[units[0].split(",").index("code")],
        former[units[0].split(",").index("previous_code")],
    )
    contacts(owing, f"{before},a@county.example")
    assert list(remind.load_contacts(owing)) == [code]


def test_a_week_that_nobody_has_reported_on_yet_is_owed_by_all_who_report_weekly(home: Home, group: Robot):
    publish_status(
        home, [("2021-W34", "610122", date(2021, 8, 31), date(2021, 9, 7), "accepted")], figures=["2021-W34"]
    )
    home.dagster.mkdir(parents=True)
    sunday = datetime(2021, 9, 4, 18, 30, tzinfo=UTC)
    assert after_night(home, {}, sunday, QUICK).reminded.sent
    assert "2021年第35周周报:9月7日截止,还有2天,还欠10" in content(group)


def test_a_unit_whose_period_is_reopened_is_reminded_by_its_own_day(home: Home, group: Robot):
    reopened = ("2021-08", "610122", date(2021, 10, 20), date(2021, 10, 31), "not_due")
    publish_status(home, [reopened, ("2021-08", "610922", date(2021, 9, 5), date(2021, 9, 25), "overdue")])
    home.dagster.mkdir(parents=True)
    after_night(home, {}, datetime(2021, 10, 17, 18, 30, tzinfo=UTC), QUICK)
    assert "2021年8月月报:10月20日截止,还有2天,还欠1个单位" in content(group)


def test_a_reopening_that_is_not_under_way_moves_no_due_day(home: Home, group: Robot):
    publish_status(home, [], figures=["2021-07"])
    home.dagster.mkdir(parents=True)
    (home.root / "reopenings.csv").write_text(
        "unit_code,dataset,reporting_period,opens_on,due_on,close_on,reason\n"
        "610122,*,2021-08,2021-09-26,2021-10-05,2021-10-10,灾后补报\n",
        encoding="utf-8",
    )
    told = after_night(home, {}, THURSDAY, QUICK)
    assert {one.due_on for one in told.reminded.reminders[0].owing} == {date(2021, 9, 5)}


def test_who_is_exempt_is_not_reminded(home: Home, group: Robot):
    publish_status(home, [], figures=["2021-07"])
    home.dagster.mkdir(parents=True)
    (home.root / "exemptions.csv").write_text(
        "unit_code,dataset,from_period,to_period,reason\n610122,*,2021-01,,试点\n", encoding="utf-8"
    )
    after_night(home, {}, THURSDAY, QUICK)
    assert "蓝田县" not in content(group) and "周至县" in content(group)


def test_rulings_that_cannot_be_read_are_said_and_fail_no_night(home: Home, group: Robot):
    publish_status(home, [], figures=["2021-07"])
    home.dagster.mkdir(parents=True)
    (home.root / "exemptions.csv").write_text("unit_code\n", encoding="utf-8")
    told = after_night(home, {}, THURSDAY, QUICK)
    assert "exemptions.csv 第 1 行" in told.reminded.failed[0]


def test_the_command_lists_who_owes_and_reminds_once_a_day(
    owing: Home, group: Robot, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("orchestration.commands.alerting.datetime", _Friday)
    assert main(["remind", "--preview"]) == 0
    said = capsys.readouterr().out
    assert "· 西安市1个:蓝田县" in said and "【催报】蓝田县" in said and group.bodies == []
    assert main(["remind", "--days", "1"]) == 0
    assert capsys.readouterr().out == "没有需要催报的单位\n"
    assert main(["remind"]) == 0
    assert capsys.readouterr().out == "催报已发:企业微信机器人\n"
    assert main(["remind"]) == 0
    assert capsys.readouterr().out == "今天已催报过,不再重复\n"
    assert main(["remind", "--period", "2021-08", "--preview", "--json"]) == 0
    units = json.loads(capsys.readouterr().out)["reminders"][0]["units"]
    assert [unit["unit_name"] for unit in units] == ["蓝田县", "石泉县", "山阳县"]


class _Friday(datetime):
    @classmethod
    def now(cls, tz=None) -> datetime:
        return THURSDAY


def test_a_period_that_is_overdue_is_reminded_of_on_request(
    owing: Home, group: Robot, monkeypatch: pytest.MonkeyPatch
):
    class Later(datetime):
        @classmethod
        def now(cls, tz=None) -> datetime:
            return datetime(2021, 9, 10, tzinfo=UTC)

    monkeypatch.setattr("orchestration.commands.alerting.datetime", Later)
    assert main(["remind", "--period", "2021-08"]) == 0
    assert "9月5日截止,已逾期5天" in content(group)


def test_the_command_without_channels_or_without_a_warehouse_says_so(
    owing: Home, capsys: pytest.CaptureFixture
):
    assert main(["remind"]) == 0
    assert "没有设置告警渠道" in capsys.readouterr().out
    owing.warehouse.unlink()
    assert main(["remind"]) == 1
