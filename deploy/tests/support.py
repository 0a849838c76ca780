"""Starting what ``deploy/`` starts, as its files say it, on this machine: only places and ports are put in.

Belongs here: reading the units, processes on free ports, asking the proxy. Does not belong here: what is expected.
"""

from __future__ import annotations

import base64
import os
import re
import shlex
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.nginx_here import DEPLOY

REPOSITORY = DEPLOY.parent
UNITS = DEPLOY / "systemd"
TEMPLATE = DEPLOY / "zhenxing.env.example"
_ASSIGNED = re.compile(r"^#?([A-Z_]+)='([^']*)'$", re.MULTILINE)


def started_by(unit: str) -> list[str]:
    """The command of a unit with this repository in the place of /opt/zhenxing."""
    text = (UNITS / unit).read_text(encoding="utf-8")
    [command] = re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)
    return shlex.split(command.replace("/opt/zhenxing", str(REPOSITORY)))


def template() -> dict[str, str]:
    """Every variable of the environment's template and its example, those too that are commented out."""
    return dict(_ASSIGNED.findall(TEMPLATE.read_text(encoding="utf-8")))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen]:
    """A service until the end of the block, in a group of its own that ends with it."""
    with log.open("ab") as said:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=REPOSITORY,
            stdout=said,
            stderr=said,
            start_new_session=True,
            umask=0o077,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def until(what: Callable[[], object], seconds: float, why: Callable[[], str]) -> object:
    """What the question answers, once that is not false; fails after these seconds with the reason."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := what():
            return answer
        time.sleep(0.5)
    raise AssertionError(why())


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Proxy:
    """nginx as it was started, and the certificate by which it is known."""

    https: int
    http: int
    superset: int
    certificate: Path

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def ask(
        self,
        path: str,
        login: tuple[str, str] | None = None,
        body: bytes | None = None,
        port: int | None = None,
    ) -> Answer:
        """GET, or POST of JSON; a redirect is an answer."""
        headers = {"Content-Type": "application/json"} | (_basic(login) if login else {})
        request = urllib.request.Request(f"https://localhost:{port or self.https}{path}", body, headers)
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self.context()), _Stay()
        )
        try:
            with opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.read().decode(), dict(answer.headers))
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.read().decode(), dict(refused.headers))

    def upgrade(self, path: str, login: tuple[str, str] | None) -> str:
        """The status line that a websocket's opening gets."""
        headers = {
            "Host": f"localhost:{self.https}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(b"0123456789abcdef").decode(),
            "Sec-WebSocket-Protocol": "graphql-ws",
        } | (_basic(login) if login else {})
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        with (
            socket.create_connection(("127.0.0.1", self.https), timeout=30) as plain,
            self.context().wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            connection.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
            return connection.recv(4096).decode().splitlines()[0]


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _basic(login: tuple[str, str]) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(":".join(login).encode()).decode()}
