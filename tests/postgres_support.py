"""A real PostgreSQL of the tests' own: Debian's binaries, a folder under /tmp, a free port of the loopback, gone at the end.

The fixture ``postgres`` is known to every test (``conftest``) and starts at the first that asks for it. Belongs here:
starting and stopping it, databases, and asking it. Does not belong here: what is loaded into it.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
# Root may not own a cluster; Debian's package has made this user.
_SERVER_USER = "postgres"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "timezone": "Asia/Shanghai",  # as a bureau's server would have it: what is loaded must not depend on it
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server. ``folder`` holds its data, its socket and its log; ``password`` is the superuser's."""

    folder: Path
    port: int
    password: str

    def url(self, database: str = "postgres", user: str = "postgres", password: str | None = None) -> str:
        """The address by which a client reaches a database over TCP, with the password in it."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def rows(
        self, sql: str, database: str = "postgres", user: str = "postgres", password: str | None = None
    ) -> list[list[str]]:
        """What psql answers, as texts; a null is empty. Raises RuntimeError with what the server said."""
        done = psql(self.url(database, user, password), sql)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def new_database(self, name: str | None = None, owner_password: str = "owner") -> tuple[str, str]:
        """A new database with an owner of its own, as ``docs/postgresql.md`` has them made; (its name, the owner's URL)."""
        database = name or f"zhenxing_{secrets.token_hex(4)}"
        owner = f"{database}_owner"
        self.rows(f"create role {owner} login createrole password '{owner_password}'")
        self.rows(f"create database {database} owner {owner}")
        return database, self.url(database, owner, owner_password)


def psql(url: str, sql: str, *options: str) -> subprocess.CompletedProcess[str]:
    """The command-line client: rows as lines, columns separated by tabs, stopping at the first error."""
    command = [_binary("psql"), "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", *options]
    return subprocess.run(
        [*command, "-c", sql, url], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the session; each test that changes something makes a database of its own."""
    # Not below pytest's folder, into which no other user may look; short, for a socket's name has 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="zhenxing_pg_"))
    server = Postgres(folder, free_port(), secrets.token_hex(8))
    try:
        _initialise(server)
        _pg_ctl(server, "start", "-w", "-t", "60", "-l", str(folder / "log"), "-o", _options(server))
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            _pg_ctl(server, "stop", "-w", "-m", "immediate")
        shutil.rmtree(folder)


def _initialise(server: Postgres) -> None:
    secret = server.folder / "password"
    secret.write_text(server.password + "\n", encoding="utf-8")
    if os.geteuid() == 0:
        for path in (server.folder, secret):
            shutil.chown(path, _SERVER_USER, pwd.getpwnam(_SERVER_USER).pw_gid)
    access = ["-U", "postgres", "-A", "scram-sha-256", "--pwfile", str(secret)]
    locale = ["-E", "UTF8", "--locale=C.UTF-8"]
    data = ["-D", str(server.folder / "data"), "--no-sync", "--no-instructions"]
    _run(server, "initdb", [*data, *access, *locale])


def _options(server: Postgres) -> str:
    settings = _SETTINGS | {"port": str(server.port), "unix_socket_directories": str(server.folder)}
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _pg_ctl(server: Postgres, action: str, *arguments: str) -> None:
    _run(server, "pg_ctl", [action, "-s", "-D", str(server.folder / "data"), *arguments])


def _run(server: Postgres, program: str, arguments: Sequence[str]) -> None:
    """As the user who runs the tests; where that is root, as the package's own user."""
    other = {"user": _SERVER_USER, "group": _SERVER_USER, "extra_groups": []} if os.geteuid() == 0 else {}
    # The server inherits its standard streams from pg_ctl: a pipe would never end.
    with (server.folder / f"{program}.out").open("ab") as said:
        done = subprocess.run(
            [_binary(program), *arguments], cwd=server.folder, stdout=said, stderr=said, check=False, **other
        )
    assert done.returncode == 0, (server.folder / f"{program}.out").read_text(encoding="utf-8")


def _binary(name: str) -> str:
    if not _BINARIES:
        raise RuntimeError("PostgreSQL is not installed: make tools (Debian: apt-get install postgresql)")
    return str(_BINARIES[-1] / name)


def free_port() -> int:
    """A port of the loopback where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
