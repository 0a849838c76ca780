"""The services of the units and the proxy before them: who gets in, what is served, and that the night will come."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from contextlib import closing

import pytest

from deploy.tests.conftest import ADMIN, READER, Installation
from deploy.tests.support import until

_SCHEDULES = """{ schedulesOrError(repositorySelector: {
    repositoryName: "__repository__", repositoryLocationName: "orchestration.definitions"}) {
    ... on Schedules { results { name executionTimezone scheduleState { status } futureTicks(limit: 1) { results { timestamp } } } } } }"""
_DAEMONS = "{ instance { daemonHealth { allDaemonStatuses { daemonType required healthy } } } }"


def _graphql(installation: Installation, query: str) -> dict:
    """The answer; empty while the webserver has not loaded the code yet."""
    answer = installation.proxy.ask("/dagster/graphql", ADMIN, json.dumps({"query": query}).encode())
    return json.loads(answer.body)["data"] if answer.status == 200 else {}


@pytest.mark.parametrize(
    "path", ["/site/index.html", "/docs/dbt/index.html", "/dagster/", "/dagster/graphql"]
)
@pytest.mark.parametrize("login", [None, ("reader", "guessed")])
def test_without_a_login_nothing_is_shown(installation: Installation, path: str, login):
    answer = installation.proxy.ask(path, login)
    assert answer.status == 401 and "全省" not in answer.body


def test_a_readers_login_opens_the_site_and_not_dagster(installation: Installation):
    assert "全省概况" in installation.proxy.ask("/site/index.html", READER).body
    assert installation.proxy.ask("/", READER).headers["Location"].endswith("/site/index.html")
    for path in ("/dagster/", "/dagster/server_info", "/dagster/graphql"):
        assert installation.proxy.ask(path, READER).status == 401


@pytest.mark.parametrize(
    "path",
    [
        "/parquet/table.parquet",
        "/site/../parquet/table.parquet",
        "/site/%2e%2e/parquet/table.parquet",
        "/reporting_units.csv",
    ],
)
def test_what_is_no_page_is_not_served(installation: Installation, path: str):
    assert installation.proxy.ask(path, ADMIN).status in (400, 404)


def test_a_link_in_the_site_leads_nowhere_else(installation: Installation):
    link = installation.home.published / "site" / "linked.html"
    link.symlink_to(installation.home.root / "reporting_units.csv")
    assert installation.proxy.ask("/site/linked.html", READER).status == 403
    link.unlink()


def test_what_is_said_on_the_way_is_not_said_in_clear(installation: Installation):
    with closing(http.client.HTTPConnection("127.0.0.1", installation.proxy.http, timeout=30)) as connection:
        connection.request("GET", "/site/index.html", headers={"Host": "localhost"})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Location"]) == (301, "https://localhost/site/index.html")
    assert "max-age" in installation.proxy.ask("/dagster/", ADMIN).headers["Strict-Transport-Security"]


def test_dagsters_pages_change_by_themselves_through_the_proxy(installation: Installation):
    assert installation.proxy.upgrade("/dagster/graphql", ADMIN) == "HTTP/1.1 101 Switching Protocols"
    assert " 401 " in installation.proxy.upgrade("/dagster/graphql", READER)
    assert " 401 " in installation.proxy.upgrade("/dagster/graphql", None)


def test_the_webserver_listens_on_loopback_alone(installation: Installation):
    listening = subprocess.run(
        [sys.executable, "-c", _LISTENING, str(installation.dagster)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert listening.stdout.split() == ["127.0.0.1"]


_LISTENING = """
import socket, struct, sys
for line in open("/proc/net/tcp").readlines()[1:]:
    address, port = line.split()[1].split(":")
    if int(port, 16) == int(sys.argv[1]) and line.split()[3] == "0A":
        print(socket.inet_ntoa(struct.pack("<I", int(address, 16))))
"""


def test_the_night_comes_at_two_and_the_daemon_is_well(installation: Installation):
    def known() -> list[dict]:
        found = _graphql(installation, _SCHEDULES).get("schedulesOrError", {})
        return [each for each in found.get("results", []) if each["name"] == "nightly_schedule"]

    [schedule] = until(known, 120, installation.said)
    assert schedule["scheduleState"]["status"] == "RUNNING"
    assert schedule["futureTicks"]["results"][0]["timestamp"] % 86400 == 18 * 3600, "02:00 in Shanghai"

    def well() -> bool:
        health = _graphql(installation, _DAEMONS).get("instance", {}).get("daemonHealth", {})
        required = [each for each in health.get("allDaemonStatuses", []) if each["required"]]
        return bool(required) and all(each["healthy"] for each in required)

    assert until(well, 120, installation.said)


def test_superset_gets_tls_from_the_proxy_and_is_said_to_be_away(installation: Installation):
    assert installation.proxy.ask("/", port=installation.proxy.superset).status == 502


def test_what_the_services_write_is_their_owners_alone(installation: Installation):
    written = [path for path in installation.home.dagster.rglob("*") if path.is_file()]
    assert written and [path for path in written if path.stat().st_mode & 0o077] == []
