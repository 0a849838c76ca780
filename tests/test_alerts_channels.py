"""Alerts on their way: a robot and a mail server on this machine, as they should be and as they should not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import time
import urllib.parse
from collections.abc import Iterator

import pytest
from alert_support import MESSAGE, QUICK, TAKEN, outcome, robot

from orchestration.alerts.alert import Message
from orchestration.alerts.channels import configured, post
from orchestration.alerts.channels.failed import SendFailed
from orchestration.alerts.channels.mail import mail_from
from orchestration.alerts.channels.robots import DingTalk, Webhook, WeCom, signed
from orchestration.alerts.delivery import Limits, deliver

SECRET = "SEC0123456789abcdef"


def test_a_webhook_gets_the_message_as_text_and_as_data():
    with robot(answers=[(204, b"")]) as program:
        assert outcome(Webhook(program.url)).sent
    [body] = program.bodies
    assert body["title"] == MESSAGE.title and "2个单位逾期未报" in body["text"]
    assert body["new"] == [{"kind": "unit_overdue", "subject": "2021-08"}] and body["source"] == "zhenxing"


def test_dingtalk_gets_markdown_signed_by_its_secret_within_the_hour():
    with robot() as group:
        assert outcome(DingTalk(group.url, SECRET)).sent
    [body], [path] = group.bodies, group.paths
    assert body["msgtype"] == "markdown" and body["markdown"]["title"] == MESSAGE.title
    assert "**新发生**" in body["markdown"]["text"]
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query, strict_parsing=True))
    digest = hmac.new(SECRET.encode(), f"{query['timestamp']}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert base64.b64decode(query["sign"]) == digest
    assert abs(time.time() * 1000 - int(query["timestamp"])) < 3_600_000


def test_a_signature_is_the_one_of_the_robots_manual():
    url = signed("https://oapi.dingtalk.com/robot/send?access_token=x", "this is secret", 1577262236757)
    assert url.endswith("&timestamp=1577262236757&sign=" + urllib.parse.quote_plus(_manual()))


def _manual() -> str:
    """The steps of DingTalk's manual (自定义机器人安全设置, 加签), one by one."""
    return base64.b64encode(
        hmac.new(b"this is secret", b"1577262236757\nthis is secret", digestmod="sha256").digest()
    ).decode()


def test_without_a_secret_dingtalk_is_asked_as_its_address_says():
    with robot() as group:
        assert outcome(DingTalk(group.url)).sent
    assert group.paths == ["/robot/send?access_token=geheim-7f3a"]


def test_wecom_gets_markdown_in_its_form():
    with robot() as group:
        assert outcome(WeCom(group.url)).sent
    [body] = group.bodies
    assert body["msgtype"] == "markdown"
    assert '<font color="warning">**新发生**</font>\n1. 2021年8月月报' in body["markdown"]["content"]


@pytest.mark.parametrize(
    ("make", "code", "said"),
    [
        (DingTalk, 310000, "加签密钥"),
        (WeCom, 93000, "机器人地址无效"),
        (WeCom, 45009, "限流"),
        (DingTalk, 99, ""),
    ],
)
def test_a_robot_that_answers_200_with_an_errcode_has_not_taken_it(make, code: int, said: str):
    answer = (200, {"errcode": code, "errmsg": "token geheim-7f3a of <a.b@geheim.cn> 13900000000 invalid"})
    with robot(answers=[answer]) as group:
        failed = outcome(make(group.url))
    assert not failed.sent and f"errcode {code}" in failed.why and said in failed.why
    assert "geheim" not in failed.why and "13900000000" not in failed.why
    assert len(group.bodies) == 1


def test_a_robot_that_is_busy_is_asked_again():
    with robot(answers=[(200, {"errcode": -1, "errmsg": "系统繁忙"}), (200, TAKEN)]) as group:
        assert outcome(DingTalk(group.url)).sent
    assert len(group.bodies) == 2


@pytest.mark.parametrize("answer", [b"<html>login</html>", b"[]", b'{"ok": true}', b"\xff\xfe"])
def test_an_answer_that_is_no_robots_is_a_failure(answer: bytes):
    with robot(answers=[(200, answer)]) as portal:
        assert outcome(WeCom(portal.url)).why == "答复不是机器人的格式,请检查地址"


def test_a_server_in_trouble_is_tried_three_times_and_no_more():
    with robot(answers=[(500, b"")]) as server:
        failed = outcome(Webhook(server.url))
    assert failed.why == "127.0.0.1 答复 HTTP 500" and len(server.bodies) == 3


def test_a_server_that_recovers_gets_it():
    with robot(answers=[(503, b""), (429, b""), (200, b"")]) as server:
        assert outcome(Webhook(server.url)).sent


@pytest.mark.parametrize("status", [400, 403, 404])
def test_what_is_refused_is_not_tried_again_at_once(status: int):
    with robot(answers=[(status, b"")]) as server:
        assert f"HTTP {status}" in outcome(Webhook(server.url)).why
    assert len(server.bodies) == 1


def test_no_redirect_carries_the_token_to_another_host():
    with robot() as thief, robot(answers=[(307, b"")], headers={"Location": thief.url}) as server:
        assert "HTTP 307" in outcome(Webhook(server.url)).why
    assert thief.bodies == []


def test_a_server_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(post, "TIMEOUT", 0.1)
    with robot(delay=0.5) as slow:
        assert outcome(Webhook(slow.url)).why == "127.0.0.1 超时没有答复"
    assert len(slow.bodies) == 1


def test_a_server_that_drips_keeps_nobody_waiting():
    with socket.create_server(("127.0.0.1", 0)) as drip:
        address = f"http://127.0.0.1:{drip.getsockname()[1]}/"
        started = time.monotonic()
        failed = outcome(Webhook(address), Limits(pauses=(), seconds=0.3))
    assert not failed.sent and failed.why == "0秒内没有发完" and time.monotonic() - started < 3


def test_nobody_listening_and_no_such_host_are_said():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert outcome(Webhook(f"http://127.0.0.1:{port}/")).why == "127.0.0.1 拒绝连接"
    assert "nowhere.invalid" in outcome(Webhook("http://nowhere.invalid/?key=geheim")).why


def test_one_channel_that_fails_keeps_no_other_from_being_sent():
    with robot() as group, robot(answers=[(500, b"")]) as broken:
        outcomes = {
            each.channel.name: each.sent
            for each in deliver([(Webhook(broken.url), MESSAGE), (WeCom(group.url), MESSAGE)], QUICK)
        }
    assert outcomes == {"webhook": False, "wecom": True}


def test_a_channel_that_breaks_is_said_by_its_kind_alone():
    class Broken:
        name = title = "x"

        def send(self, _: Message) -> str:
            raise RuntimeError("geheim")

    assert outcome(Broken()).why == "程序出错(RuntimeError)"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/geheim",
        "geheim",
        "http://",
        "http://[geheim",
        "http://host:geheim/",
        "http://host/ \ngeheim",
    ],
)
def test_an_address_that_is_none_is_said_without_repeating_it(monkeypatch: pytest.MonkeyPatch, url: str):
    monkeypatch.setenv("ZHENXING_ALERT_WECOM", url)
    [channel] = configured()
    failed = outcome(channel)
    assert not failed.sent and failed.why and "geheim" not in failed.why


def test_an_environment_that_names_nothing_has_no_channels():
    assert configured() == []


def test_no_channel_shows_its_secrets_when_it_is_printed():
    for channel in (
        mail_from("smtps://bot:geheim@host", "a@b.cn", "a@b.cn"),
        DingTalk("http://h/?t=geheim", "geheim"),
        WeCom("http://h/?k=geheim"),
    ):
        assert "geheim" not in repr(channel)


def test_a_failure_never_names_more_than_the_host():
    with pytest.raises(SendFailed) as raised:
        Webhook("http://127.0.0.1:1/geheim?token=geheim").send(MESSAGE)
    assert "geheim" not in str(raised.value)
    assert raised.value.__cause__ is None and raised.value.__suppress_context__


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("no_proxy", "*")
    yield
