"""Where messages go: the channels that the environment names.

A channel takes a message and says in Chinese why it could not: the reason names a host at most, never an address with its token,
a password or a secret. Belongs here: which channels there are. Does not belong here: what is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from orchestration import settings
from orchestration.alerts.alert import Message
from orchestration.alerts.channels.failed import SendFailed
from orchestration.alerts.channels.mail import Mail, mail_from
from orchestration.alerts.channels.robots import DingTalk, Webhook, WeCom
from orchestration.settings import Setting


class Channel(Protocol):
    """``name`` is that of its file of what was said; ``title`` what the bureau calls it."""

    name: str
    title: str

    def send(self, message: Message) -> str:
        """Sends once. Returns what is to be remarked of it, mostly nothing. Raises SendFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Unusable:
    """A channel that the environment names wrongly: it fails whenever it is asked, and says why."""

    name: str
    title: str
    why: str

    def send(self, message: Message) -> str:
        raise SendFailed(self.why)


def configured() -> list[Channel]:
    """The channels of the environment; none where it names none."""
    makers: tuple[tuple[Setting, str, str, Callable[[str], Channel]], ...] = (
        (settings.ALERT_WEBHOOK, "webhook", "Webhook", Webhook),
        (
            settings.ALERT_DINGTALK,
            "dingtalk",
            "钉钉机器人",
            lambda url: DingTalk(url, settings.ALERT_DINGTALK_SECRET.value),
        ),
        (settings.ALERT_WECOM, "wecom", "企业微信机器人", WeCom),
        (settings.ALERT_SMTP, "mail", "邮件", lambda _: mail_server()),
    )
    return [_made(make, name, title, setting) for setting, name, title, make in makers if setting.value]


def mail_server() -> Mail:
    """The mail server of the environment. Raises SendFailed where it is named wrongly, or not at all."""
    address = settings.ALERT_SMTP.value
    if address is None:
        raise SendFailed(f"没有设置邮件服务器 {settings.ALERT_SMTP.name}")
    return mail_from(address, settings.ALERT_FROM.value, settings.ALERT_TO.value)


def _made(make: Callable[[str], Channel], name: str, title: str, setting: Setting) -> Channel:
    try:
        return make(setting.value or "")
    except SendFailed as failed:
        return Unusable(name, title, f"{setting.name} {failed}")
