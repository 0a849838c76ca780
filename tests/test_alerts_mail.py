"""Alerts by mail: a mail server on this machine, plain, with TLS and STARTTLS, as it should be and as it should not."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
import trustme
from alert_support import MESSAGE, mailbox, outcome

from orchestration.alerts.channels import Unusable, configured
from orchestration.alerts.channels import mail as mail_module
from orchestration.alerts.channels.mail import mail_from


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def certified(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate of this machine's, which this machine trusts."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return _certificate(authority)


def _certificate(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


def mail(address: str, to: str = "office@bureau.example, 值班 <duty@bureau.example>"):
    return mail_from(address, "振兴统计 <zhenxing@bureau.example>", to)


def test_a_mail_is_read_in_chinese_and_says_that_a_machine_wrote_it():
    with mailbox() as box:
        assert outcome(mail(f"smtp://127.0.0.1:{box.port}")).sent
    [(recipients, letter)] = box.letters
    assert recipients == ["office@bureau.example", "duty@bureau.example"]
    assert letter["Subject"] == MESSAGE.title
    assert letter["From"].addresses[0].display_name == "振兴统计"
    assert letter["To"].addresses[1].display_name == "值班"
    lines = letter.get_content().splitlines()
    assert lines[:4] == [
        "2021年9月6日夜间处理和数据仓库的情况:",
        "",
        "【新发生】",
        "1. 2021年8月月报:2个单位逾期未报",
    ]
    assert letter.get_content_charset() == "utf-8" and letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime.utcoffset().total_seconds() == 8 * 3600 and letter["Message-ID"]
    assert all(line.isascii() for line in letter.as_bytes().decode("ascii").splitlines())


def test_a_mail_goes_by_tls_with_a_login(certified: ssl.SSLContext):
    with mailbox(certified, user="bot@bureau.example", password="ge:he/im@1") as box:
        address = f"smtps://bot%40bureau.example:ge%3Ahe%2Fim%401@localhost:{box.port}"
        assert outcome(mail(address)).sent
    assert len(box.letters) == 1


def test_a_mail_goes_by_starttls_with_a_login(certified: ssl.SSLContext):
    with mailbox(certified, starttls=True, user="bot", password="geheim") as box:
        assert outcome(mail(f"smtp+starttls://bot:geheim@localhost:{box.port}")).sent
    assert len(box.letters) == 1


def test_a_server_without_starttls_gets_nothing_in_plain():
    with mailbox() as box:
        assert "不支持" in outcome(mail(f"smtp+starttls://127.0.0.1:{box.port}")).why
    assert box.letters == []


def test_a_certificate_that_nobody_vouches_for_is_refused(authority: trustme.CA):
    with mailbox(_certificate(authority)) as box:
        assert outcome(mail(f"smtps://localhost:{box.port}")).why == "localhost 的证书不可信"
    assert box.letters == []


def test_a_wrong_password_is_said_and_not_repeated(certified: ssl.SSLContext):
    with mailbox(certified, user="bot", password="other") as box:
        failed = outcome(mail(f"smtps://bot:geheim@localhost:{box.port}"))
    assert "用户名或密码(535)" in failed.why and "geheim" not in failed.why


def test_a_recipient_who_is_unknown_keeps_no_other_from_the_mail():
    with mailbox(refused=("duty@bureau.example",)) as box:
        told = outcome(mail(f"smtp://127.0.0.1:{box.port}"))
    assert told.sent and told.why == "1个收件人被拒收" and len(box.letters) == 1


def test_a_mail_nobody_may_get_is_a_failure():
    with mailbox(refused=("office@bureau.example", "duty@bureau.example")) as box:
        failed = outcome(mail(f"smtp://127.0.0.1:{box.port}"))
    assert failed.why == "127.0.0.1 拒收全部收件人(550)"


def test_a_mail_server_that_is_busy_is_asked_again_and_given_up():
    with mailbox(at_most=0) as box:
        assert outcome(mail(f"smtp://127.0.0.1:{box.port}")).why == "127.0.0.1 答复 451:too busy"


def test_a_mail_that_was_taken_is_sent_although_the_server_says_no_goodbye():
    with mailbox(moody=True) as box:
        assert outcome(mail(f"smtp://127.0.0.1:{box.port}")).sent
    assert len(box.letters) == 1


def test_a_mail_server_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mail_module, "TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        failed = outcome(mail(f"smtp://127.0.0.1:{silent.getsockname()[1]}"))
    assert failed.why == "127.0.0.1 超时没有答复"


@pytest.mark.parametrize(
    ("address", "sender", "to"),
    [
        ("geheim", "a@b.cn", "a@b.cn"),
        ("http://geheim@host", "a@b.cn", "a@b.cn"),
        ("smtp://host:geheim", "a@b.cn", "a@b.cn"),
        ("smtp://geheim@host", None, "a@b.cn"),
        ("smtp://geheim@host", "geheim", "a@b.cn"),
        ("smtp://geheim@host", "a@b.cn", "geheim"),
        ("smtp://geheim@host", "a@b.cn", "a@b.cn\nBcc: geheim"),
        ("smtp://geheim@127.0.0.1:1", "a@b.cn", None),
    ],
)
def test_a_mail_server_named_wrongly_is_said_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, address: str, sender: str | None, to: str | None
):
    for name, value in (("SMTP", address), ("FROM", sender), ("TO", to)):
        if value is not None:
            monkeypatch.setenv(f"ZHENXING_ALERT_{name}", value)
    [channel] = configured()
    failed = outcome(channel)
    assert not failed.sent and "geheim" not in failed.why
    assert isinstance(channel, Unusable) or failed.why == "没有设置收件人 ZHENXING_ALERT_TO"
