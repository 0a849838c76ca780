"""JSON by POST to an address of the environment, with limits and without redirects.

The token is in the address: a redirect would carry it to another host, so none is followed. Belongs here: one request. Does not
belong here: what the answer means to a robot (``robots``), and trying again (``delivery``).
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from orchestration.alerts.channels.failed import SendFailed, network_failure

TIMEOUT = 10.0  # seconds for each wait on the network
_ANSWER = 65_536
_BUSY = (408, 425, 429)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


def host_of(url: str) -> str:
    """The host of an address, which is all that is ever shown of it. Raises SendFailed for what is no address."""
    try:
        parts = urllib.parse.urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SendFailed("不是有效的网址") from error
    if parts.scheme not in ("http", "https") or not host:
        raise SendFailed("不是 http 或 https 网址")
    return host


def post(url: str, value: dict[str, Any]) -> bytes:
    """Posts a value as JSON in UTF-8; returns the first part of the answer. Raises SendFailed."""
    host = host_of(url)
    request = urllib.request.Request(
        url,
        data=json.dumps(value, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "zhenxing"},
    )
    try:
        with _OPENER.open(request, timeout=TIMEOUT) as answer:
            return answer.read(_ANSWER)
    except urllib.error.HTTPError as error:
        error.close()
        again = error.code >= 500 or error.code in _BUSY
        raise SendFailed(f"{host} 答复 HTTP {error.code}", again=again) from None
    except urllib.error.URLError as error:
        cause = error.reason if isinstance(error.reason, BaseException) else error
        raise network_failure(cause, host) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise network_failure(error, host) from None
