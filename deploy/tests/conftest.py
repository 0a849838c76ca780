"""One installation for all of these tests: the units' services and the proxy, started by hand on loopback.

Belongs here: what stands once. Does not belong here: what is expected of it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import urllib.error
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.nginx_here import Here, make_certificate, set_password, write_settings
from deploy.tests.support import Proxy, free_port, running, started_by, until
from orchestration.home import PROJECT_ROOT, Home

READER, ADMIN = ("reader", "reads the site"), ("admin", "starts runs")


@dataclass(frozen=True, slots=True)
class Installation:
    home: Home
    proxy: Proxy
    dagster: int
    logs: Path
    environment: dict[str, str]

    def said(self) -> str:
        """What the services said, for a failure."""
        return "\n".join(
            f"== {log.name}\n{log.read_text()[-4000:]}" for log in sorted(self.logs.glob("*.log"))
        )


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """A home of four units with a page of a site; webserver, daemon and proxy over it."""
    # Not below pytest's folder, into which nginx, having given root up, may not look.
    root = Path(tempfile.mkdtemp(prefix="zhenxing_installation_"))
    root.chmod(0o755)
    try:
        yield from _installed(root)
    finally:
        shutil.rmtree(root)


def _installed(root: Path) -> Iterator[Installation]:
    home = Home(root / "home")
    (home.published / "site").mkdir(parents=True)
    shutil.copy(PROJECT_ROOT / "sample" / "data" / "small_units.csv", home.root / "reporting_units.csv")
    (home.published / "site" / "index.html").write_text("<h1>全省概况</h1>", encoding="utf-8")
    (home.published / "parquet").mkdir()
    (home.published / "parquet" / "table.parquet").write_bytes(b"not for the web")
    ports = {name: free_port() for name in ("http", "https", "superset_tls", "dagster", "superset")}
    etc = root / "etc"
    certificate = make_certificate(etc)
    set_password(etc / "htpasswd-readers", *READER)
    set_password(etc / "htpasswd-readers", *ADMIN)
    set_password(etc / "htpasswd-admins", *ADMIN)
    settings = write_settings(Here(root / "nginx", etc, home.root, **ports))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZHENXING_")}
    environment |= {"ZHENXING_HOME": str(home.root)}
    proxy = Proxy(ports["https"], ports["http"], ports["superset_tls"], certificate)
    installed = Installation(home, proxy, ports["dagster"], root, environment)
    webserver = [
        str(ports["dagster"]) if word == "3000" else word for word in started_by("zhenxing-webserver.service")
    ]
    with ExitStack() as services:
        for name, command in {
            "webserver": webserver,
            "daemon": started_by("zhenxing-daemon.service"),
            "nginx": ["nginx", "-c", str(settings), "-g", "daemon off;"],
        }.items():
            services.enter_context(running(command, environment, root / f"{name}.log"))
        until(lambda: _answers(proxy), 120, installed.said)
        yield installed


def _answers(proxy: Proxy) -> bool:
    try:
        return proxy.ask("/dagster/server_info", ADMIN).status == 200
    except urllib.error.URLError:
        return False  # the proxy itself is not there yet
