"""Why a message was not sent, in words that hold no secret.

Libraries name whole addresses in their errors: their words are never repeated. Belongs here: naming a failure by its kind, and
taking secrets out of what a server answered.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterable

from orchestration.personal import hide

_SHOWN = 200
_ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")


class SendFailed(Exception):
    """A message that was not sent. The reason is Chinese and holds no secret. ``again``: trying once more at once may help.

    What ran out of time is not tried again at once: it may have arrived. ``of_recipient``: others may be reached all the same.
    """

    def __init__(self, why: str, *, again: bool = False, of_recipient: bool = False):
        super().__init__(why)
        self.again = again
        self.of_recipient = of_recipient


def network_failure(error: BaseException, host: str) -> SendFailed:
    """What a connection that failed is called."""
    if isinstance(error, TimeoutError):
        return SendFailed(f"{host} 超时没有答复")
    if isinstance(error, ssl.SSLCertVerificationError):
        return SendFailed(f"{host} 的证书不可信")
    if isinstance(error, ssl.SSLError):
        return SendFailed(f"与 {host} 的加密连接没有建立", again=True)
    if isinstance(error, socket.gaierror):
        return SendFailed(f"找不到主机 {host}", again=True)
    if isinstance(error, ConnectionRefusedError):
        return SendFailed(f"{host} 拒绝连接", again=True)
    return SendFailed(f"与 {host} 的连接中断({type(error).__name__})", again=True)


def redacted(text: str, secrets: Iterable[str | None]) -> str:
    """What a server said, in one line, without any of the secrets, mail addresses and personal numbers."""
    for secret in sorted({secret for secret in secrets if secret}, key=len, reverse=True):
        text = text.replace(secret, "***")
    return hide(_ADDRESS.sub("***", " ".join(text.split())))[:_SHOWN]
