"""Mail by SMTP: plain, TLS from the beginning (smtps), or STARTTLS, which is never given up for a plain connection.

Belongs here: the address of the environment, a mail's form, and one connection. Does not belong here: to which units (``contacts``).
"""

from __future__ import annotations

import smtplib
import ssl
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses, make_msgid, parseaddr

from orchestration.alerts.alert import Message
from orchestration.alerts.channels.failed import SendFailed, network_failure, redacted
from orchestration.alerts.wording import as_text
from orchestration.periods import SHANGHAI

TIMEOUT = 10.0  # seconds for each wait on the network
_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server, who sends, and who gets what goes to the bureau."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    sender: Address
    recipients: tuple[Address, ...]
    name: str = "mail"
    title: str = "邮件"

    def send(self, message: Message) -> str:
        """To the bureau."""
        if not self.recipients:
            raise SendFailed("没有设置收件人 ZHENXING_ALERT_TO")
        with self.session() as send:
            return send(self.recipients, message)

    @contextmanager
    def session(self) -> Iterator[Callable[[Sequence[Address], Message], str]]:
        """One connection, and what sends a mail over it: it says how many recipients were refused where others were not, and
        raises SendFailed; so does the connection."""
        with self._named():
            server = self._connected()

        def send(recipients: Sequence[Address], message: Message) -> str:
            to = [address.addr_spec for address in recipients]
            with self._named():
                refused = server.send_message(self.letter(recipients, message), self.sender.addr_spec, to)
            return f"{len(refused)}个收件人被拒收" if refused else ""

        try:
            yield send
            with suppress(OSError):  # a server that does not say goodbye has taken the mail all the same
                server.quit()
        finally:
            server.close()

    def letter(self, recipients: Sequence[Address], message: Message) -> EmailMessage:
        """A mail in UTF-8 whose lines no server along the way breaks."""
        letter = EmailMessage(policy=SMTP)
        letter["Subject"] = " ".join(message.title.split())
        letter["From"] = self.sender
        letter["To"] = tuple(recipients)
        letter["Date"] = format_datetime(datetime.now(SHANGHAI))
        letter["Message-ID"] = make_msgid(domain=self.sender.domain)
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(as_text(message), charset="utf-8", cte="base64")
        return letter

    def _connected(self) -> smtplib.SMTP:
        server = self._connection()
        try:
            if self.scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user is not None:
                server.login(self.user, self.password or "")
        except BaseException:
            server.close()
            raise
        return server

    @contextmanager
    def _named(self) -> Iterator[None]:
        """What a library raises is raised by its kind."""
        try:
            yield
        except smtplib.SMTPException as error:
            raise self._failure(error) from None
        except (OSError, ValueError) as error:
            raise network_failure(error, self.host) from None

    def _connection(self) -> smtplib.SMTP:
        if self.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)

    def _failure(self, error: smtplib.SMTPException) -> SendFailed:
        cause = error.__context__
        if isinstance(cause, TimeoutError):  # the library says of it that the connection was closed
            return network_failure(cause, self.host)
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return SendFailed(f"{self.host} 不接受邮箱用户名或密码({error.smtp_code})")
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return SendFailed(f"{self.host} 不支持所要求的加密或登录方式")
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            codes = sorted({code for code, _ in error.recipients.values()})
            return SendFailed(
                f"{self.host} 拒收全部收件人({'、'.join(map(str, codes))})",
                again=max(codes) < 500,
                of_recipient=True,
            )
        if isinstance(error, smtplib.SMTPResponseException):
            words = (
                error.smtp_error
                if isinstance(error.smtp_error, str)
                else error.smtp_error.decode("utf-8", "replace")
            )
            said = redacted(words, [self.password, self.user])
            return SendFailed(
                f"{self.host} 答复 {error.smtp_code}:{said}", again=400 <= error.smtp_code < 500
            )
        return SendFailed(f"{self.host} 中断了连接", again=True)


def mail_from(address: str, sender: str | None, recipients: str | None) -> Mail:
    """The server of an address like ``smtps://user:password@host:465``, whose user and password are percent-encoded.
    Raises SendFailed."""
    try:
        parts = urllib.parse.urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SendFailed("不是有效的邮件服务器地址") from error
    if parts.scheme not in _PORTS or not host:
        raise SendFailed("应形如 smtps://用户:密码@主机:465(或 smtp://、smtp+starttls://)")
    user = urllib.parse.unquote(parts.username) if parts.username else None
    return Mail(
        scheme=parts.scheme,
        host=host,
        port=port or _PORTS[parts.scheme],
        user=user,
        password=urllib.parse.unquote(parts.password) if parts.password else None,
        sender=_sender(sender or (user if user and "@" in user else None)),
        recipients=tuple(addresses(recipients or "")),
    )


def addresses(text: str) -> list[Address]:
    """Addresses separated by commas, with names or without. Raises SendFailed."""
    pairs = getaddresses([text.replace(";", ",").replace(",", ",")])
    return [address_of(name, spec) for name, spec in pairs if name or spec]


def address_of(name: str, spec: str) -> Address:
    """One address. Raises SendFailed for what is none."""
    user, at, domain = spec.strip().rpartition("@")
    try:
        if not (user and at and domain):
            raise ValueError(spec)
        return Address(name, user, domain)
    except ValueError as error:
        raise SendFailed("收发件人地址有误") from error


def _sender(text: str | None) -> Address:
    if text is None:
        raise SendFailed("没有设置发件人 ZHENXING_ALERT_FROM")
    return address_of(*parseaddr(text))
