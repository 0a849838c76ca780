"""Where the bureau's PostgreSQL is, and what may be said of it: never the password.

``ZHENXING_POSTGRES_URL`` is a URL as libpq takes it. Belongs here: reading and judging it, and the one error by which
everything about PostgreSQL fails. Does not belong here: connecting.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

VARIABLE = "ZHENXING_POSTGRES_URL"

# Stricter than libpq: what it would read otherwise than meant (an @ or a / in a password), it repeats in its error.
_URL = re.compile(
    r"postgres(?:ql)?://(?:(?P<user>[^:@/?#\s]*)(?::(?P<password>[^:@/?#\s]*))?@)?"
    r"(?P<hosts>[^@/?#\s]*)(?:/(?P<database>[^@/?#\s]*))?(?:\?(?P<options>[^?@#\s]*))?"
)
# How long it may take until a server answers, and until one that has gone is noticed.
_BOUNDS = {
    "connect_timeout": "3",
    "tcp_user_timeout": "30000",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "application_name": "zhenxing",
}


class PostgresFailed(Exception):
    """PostgreSQL did not do what was asked. One line in Chinese without a password; ``state`` is its SQLSTATE, if any;
    ``unreachable``: nobody answered, or nobody who takes connections now."""

    def __init__(self, said: str, state: str | None = None, *, unreachable: bool = False):
        super().__init__(said)
        self.state = state
        self.unreachable = unreachable


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """A server and a database to load into. ``url`` holds the password and is for libpq alone; ``place`` may be shown."""

    url: str
    place: str
    _secrets: tuple[str, ...]

    def discreet(self, words: str) -> str:
        """Words of others without the password, should they repeat it."""
        for secret in self._secrets:
            words = words.replace(secret, "…")
        return words

    def __repr__(self) -> str:
        return f"Address({self.place})"


def is_named() -> bool:
    """Whether the environment names a PostgreSQL."""
    return bool(_named())


def address() -> Address | None:
    """The address that the environment names; None where it names none. Raises PostgresFailed for what is none."""
    return parse(_named()) if is_named() else None


def _named() -> str:
    return os.environ.get(VARIABLE, "").strip()


def parse(url: str) -> Address:
    """A URL with the project's bounds on waiting added, where it does not say them itself. Raises PostgresFailed."""
    found = _URL.fullmatch(url)
    if not found:
        raise PostgresFailed(
            f"{VARIABLE} 不是 postgresql://用户:密码@主机:端口/库名 的写法;密码里的特殊字符要写成 %xx,如 @ 写作 %40"
        )
    options = found["options"] or ""
    given = parse_qs(options, keep_blank_values=True)
    if any("password" in name for name in given):
        raise PostgresFailed(f"{VARIABLE} 的密码要写在 用户:密码@主机 的位置,或放进 ~/.pgpass")
    added = "&".join(f"{name}={value}" for name, value in _BOUNDS.items() if name not in given)
    whole = url.partition("?")[0] + "?" + "&".join(part for part in (options, added) if part)
    host = found["hosts"] or given.get("host", ["localhost"])[0]
    secret = found["password"] or ""
    secrets = tuple(sorted({secret, unquote(secret)} - {""}, key=len, reverse=True))
    return Address(whole, f"{host}/{unquote(found['database'] or '')}", secrets)
