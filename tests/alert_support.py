"""Where alerts go in tests: an HTTP server that answers as it is told, and a mail server that keeps what it gets.

Belongs here: both servers, and a warehouse of a few rows. Does not belong here: what the tests expect.
"""

from __future__ import annotations

import json
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import duckdb
import pyarrow as pa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from orchestration.alerts.alert import Block, Entry, Message
from orchestration.alerts.channels import Channel
from orchestration.alerts.delivery import Limits, Outcome, deliver
from orchestration.home import Home

QUICK = Limits(pauses=(0.0, 0.0), seconds=5.0)
MESSAGE = Message(
    "振兴统计告警 9月6日:新发生1项",
    "2021年9月6日夜间处理和数据仓库的情况:",
    (Block("新发生", "warning", (Entry("2021年8月月报:2个单位逾期未报", ("处理:请补报",)),), numbered=True),),
    ("报送情况和数字:http://192.0.2.1/index.html",),
    {"new": [{"kind": "unit_overdue", "subject": "2021-08"}]},
)
TAKEN = {"errcode": 0, "errmsg": "ok"}


def outcome(channel: Channel, limits: Limits = QUICK) -> Outcome:
    """What becomes of the message on a channel."""
    [only] = deliver([(channel, MESSAGE)], limits)
    return only


@dataclass
class Robot:
    """A group's robot, or any program that takes JSON. ``answers``: status and body of each request, the last for ever."""

    answers: list[tuple[int, Any]] = field(default_factory=lambda: [(200, TAKEN)])
    delay: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    bodies: list[dict] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str, body: bytes) -> tuple[int, bytes]:
        self.paths.append(path)
        self.bodies.append(json.loads(body))
        time.sleep(self.delay)
        status, said = self.answers[min(len(self.bodies), len(self.answers)) - 1]
        return status, said if isinstance(said, bytes) else json.dumps(said).encode()


@contextmanager
def robot(**options: Any) -> Iterator[Robot]:
    """A robot on this machine. Its address holds a token, as a real one does."""
    told = Robot(**options)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, said = told.answer(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None: ...  # who asked may be gone

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/robot/send?access_token=geheim-7f3a"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Mailbox:
    """What a mail server has got. ``refused``: recipients it does not know; ``at_most``: mails after which it is busy;
    ``moody``: whether it fails while it says goodbye."""

    user: str = ""
    password: str = ""
    refused: tuple[str, ...] = ()
    at_most: int | None = None
    letters: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    port: int = 0
    moody: bool = False

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:
        return "421 closing in haste" if self.moody else "221 Bye"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.at_most is not None and len(self.letters) >= self.at_most:
            return "451 too busy"
        letter = message_from_bytes(envelope.content or b"", policy=default)
        self.letters.append((list(envelope.rcpt_tos), letter))
        return "250 OK"

    def check(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: Any
    ) -> AuthResult:
        given = (login.login.decode(), login.password.decode())
        return AuthResult(success=given == (self.user, self.password), handled=False)


class _Anywhere(Controller):
    """At any free port, which is known once it listens."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mailbox(tls: Any = None, *, starttls: bool = False, **options: Any) -> Iterator[Mailbox]:
    """A mail server on this machine: plain, or with a certificate's context by TLS or STARTTLS."""
    box = Mailbox(**options)
    asked = {"authenticator": box.check, "auth_required": bool(box.user)}
    # It does not count TLS from the beginning as TLS, and warns of what is asked for then.
    asked |= {"tls_context": tls, "require_starttls": True} if starttls else {"auth_require_tls": False}
    controller = _Anywhere(
        box,
        hostname="127.0.0.1",
        port=0,
        ssl_context=None if starttls else tls,
        server_hostname="localhost",
        **asked,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS", UserWarning)
        controller.start()
        box.port = controller.port
        try:
            yield box
        finally:
            controller.stop(no_assert=True)


def publish_status(
    home: Home,
    rows: Sequence[tuple[str, str, date, date, str]],
    *,
    figures: Sequence[str] = ("2021-08",),
    submissions: Sequence[tuple[str, str]] = (),
) -> None:
    """A published warehouse of these rows: period, unit, due and close day, status; one sheet each. ``figures``: the periods
    that are published; ``submissions``: their ids and statuses."""
    home.published.mkdir(parents=True, exist_ok=True)
    home.warehouse.unlink(missing_ok=True)
    columns = ("reporting_period", "unit_code", "due_on", "close_on", "status")
    standing = pa.Table.from_pylist(
        [dict(zip(columns, row, strict=True)) for row in rows],
        schema=pa.schema({name: pa.date32() if name.endswith("_on") else pa.string() for name in columns}),
    )
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.register("standing", standing)
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.rpt_submission_status as select *, 'projects' as dataset, '项目库' as sheet from standing"
        )
        connection.execute("create table marts.dim_submission (submission_id varchar, status varchar)")
        connection.execute("create table marts.rpt_figures (reporting_period varchar)")
        connection.execute(
            "create table marts.dim_period (reporting_period varchar, cadence varchar, end_on date)"
        )
        for submission in submissions:
            connection.execute("insert into marts.dim_submission values (?, ?)", list(submission))
        for period in figures:
            connection.execute("insert into marts.rpt_figures values (?)", [period])
        connection.execute(_CALENDAR)


_CALENDAR = """
    insert into marts.dim_period
    select strftime(day, '%Y-%m'), 'month', last_day(day) from range(date '2021-01-01', date '2022-01-01', interval 1 month) as r(day)
    union all
    select strftime(day, '%G-W%V'), 'week', cast(day as date) + 6 from range(date '2021-01-04', date '2022-01-03', interval 7 day) as r(day)"""
