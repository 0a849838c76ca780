"""The robots of group chats, and any program that takes JSON.

DingTalk (钉钉自定义机器人) and WeCom (企业微信群机器人) answer HTTP 200 whatever became of a message: ``errcode`` 0 says that
it was taken. Belongs here: the form of a request and the meaning of its answer.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

from orchestration.alerts.alert import Message
from orchestration.alerts.channels.failed import SendFailed, redacted
from orchestration.alerts.channels.post import host_of, post
from orchestration.alerts.wording import as_dingtalk, as_text, as_wecom

# The server is busy; what it answers to more than twenty messages a minute is not among them, for it is silent for minutes then.
_BUSY = (-1,)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A program of the bureau's: the message as text and as data."""

    url: str = field(repr=False)
    name: str = "webhook"
    title: str = "Webhook"

    def __post_init__(self) -> None:
        host_of(self.url)

    def send(self, message: Message) -> str:
        post(
            self.url,
            {
                "source": "zhenxing",
                "title": message.title,
                "text": as_text(message),
                "sent_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                **message.data,
            },
        )
        return ""


@dataclass(frozen=True, slots=True)
class DingTalk:
    """A DingTalk robot. With a secret each request is signed, for an hour at most: the clock of the machine must be right."""

    url: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    name: str = "dingtalk"
    title: str = "钉钉机器人"

    def __post_init__(self) -> None:
        host_of(self.url)

    def send(self, message: Message) -> str:
        body = {"msgtype": "markdown", "markdown": {"title": message.title, "text": as_dingtalk(message)}}
        url = signed(self.url, self.secret, time.time_ns() // 1_000_000) if self.secret else self.url
        return _taken(post(url, body), [self.url, self.secret, *_tokens(self.url)], _DINGTALK_CODES)


@dataclass(frozen=True, slots=True)
class WeCom:
    url: str = field(repr=False)
    name: str = "wecom"
    title: str = "企业微信机器人"

    def __post_init__(self) -> None:
        host_of(self.url)

    def send(self, message: Message) -> str:
        body = {"msgtype": "markdown", "markdown": {"content": as_wecom(message)}}
        return _taken(post(self.url, body), [self.url, *_tokens(self.url)], _WECOM_CODES)


def signed(url: str, secret: str, milliseconds: int) -> str:
    """The address with its timestamp and signature: HMAC-SHA256 of both lines by the secret, Base64, percent-encoded."""
    text = f"{milliseconds}\n{secret}".encode()
    sign = base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest())
    query = urllib.parse.urlencode({"timestamp": milliseconds, "sign": sign})
    return f"{url}{'&' if '?' in url else '?'}{query}"


# What the commonest refusals mean to whoever set the robot up.
_DINGTALK_CODES = {
    310000: "安全设置不符:加签密钥、关键词或 IP 不对,或本机时钟不准",
    300001: "机器人令牌无效",
    130101: "发送过于频繁,被限流",
    460101: "内容过长",
}
_WECOM_CODES = {
    93000: "机器人地址无效或机器人已被移出群",
    45009: "发送过于频繁,被限流",
    40058: "内容过长或格式不符",
}


def _taken(answer: bytes, secrets: list[str | None], meanings: dict[int, str]) -> str:
    """Nothing to remark where the robot took the message. Raises SendFailed where it did not."""
    said = _object(answer)
    code = said.get("errcode")
    if code == 0:
        return ""
    if not isinstance(code, int):
        raise SendFailed("答复不是机器人的格式,请检查地址")
    words = redacted(str(said.get("errmsg", "")), secrets)
    meaning = f"{meanings[code]}。" if code in meanings else ""
    raise SendFailed(f"没有接受,errcode {code}:{meaning}{words}", again=code in _BUSY)


def _object(answer: bytes) -> dict[str, Any]:
    try:
        said = json.loads(answer)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _tokens(url: str) -> list[str]:
    return [value for _, value in urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query)]
