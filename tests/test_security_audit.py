"""``make audit``: what the advisory service says is said, a service out of reach is no finding, a secret in the history is."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from orchestration.home import PROJECT_ROOT

AUDIT = PROJECT_ROOT / ".ci" / "audit"
# Put together here, so that this file does not hold what it looks for.
KEY = "AKIA" + "Z4QWJ7D2XK9M3PLB"
LOCK = """
[[package]]
name = "leaky"
version = "1.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "sound"
version = "2.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "itself"
version = "0.1"
source = { editable = "." }
"""


@dataclass
class Service:
    """An advisory service: what it was asked, and what it answers."""

    url: str
    status: int = 200
    asked: list[dict] = field(default_factory=list)
    withdrawn: bool = False


@pytest.fixture
def service() -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.asked += question["queries"]
            known = [query["package"]["name"] == "leaky" for query in question["queries"]]
            self._answer({"results": [{"vulns": [{"id": "PYSEC-1"}]} if leaky else {} for leaky in known]})

        def do_GET(self) -> None:
            advisory = {"aliases": ["CVE-2021-0001"], "summary": "leaks"}
            self._answer(advisory | ({"withdrawn": "2021-09-01T00:00:00Z"} if told.withdrawn else {}))

        def _answer(self, content: dict) -> None:
            self.send_response(told.status)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_: object) -> None:
            """Nothing on the tests' screen."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    told = Service(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    _git(folder, "init", "--quiet")
    (folder / "uv.lock").write_text(LOCK)
    (folder / "code.py").write_text("figure = 1\n")
    _commit(folder)
    return folder


def test_an_advisory_is_said_and_fails(repository: Path, service: Service):
    code, said = _audit(repository, service.url)
    assert code == 1
    assert "leaky 1.0: PYSEC-1 leaks" in said and "2 packages asked for, 1 advisories" in said
    assert [(each["package"]["name"], each["version"]) for each in service.asked] == [
        ("leaky", "1.0"),
        ("sound", "2.0"),
    ]


@pytest.mark.parametrize("identifier", ["PYSEC-1", "CVE-2021-0001"])
def test_an_accepted_advisory_passes(repository: Path, service: Service, identifier: str):
    entry = f'[[advisory]]\nid = "{identifier}"\nreason = "not reached"\naccepted_on = 2026-11-24\n'
    code, said = _audit(repository, service.url, entry)
    assert code == 0 and "0 advisories, 1 accepted besides" in said


def test_an_advisory_that_was_withdrawn_is_none(repository: Path, service: Service):
    service.withdrawn = True
    assert _audit(repository, service.url)[0] == 0


def test_what_is_accepted_has_a_reason_and_a_date(repository: Path, service: Service):
    for entry in ('reason = ""\naccepted_on = 2026-11-24', 'reason = "so"\naccepted_on = "soon"'):
        code, said = _audit(repository, service.url, f'[[advisory]]\nid = "PYSEC-1"\n{entry}\n')
        assert code == 1 and "needs a reason and a date" in said


def test_a_service_out_of_reach_is_said_and_is_no_finding(repository: Path):
    code, said = _audit(repository, "http://127.0.0.1:9")
    assert code == 0 and "could not be asked" in said


def test_a_service_that_answers_with_an_error_fails(repository: Path, service: Service):
    service.status = 500
    code, said = _audit(repository, service.url)
    assert code == 1 and "500" in said


def test_a_secret_is_found_where_it_was_deleted_long_ago(repository: Path):
    (repository / "code.py").write_text(f'key = "{KEY}"\n')
    _commit(repository)
    (repository / "code.py").write_text("figure = 2\n")
    _commit(repository)
    code, said = _audit(repository, "http://127.0.0.1:9")
    assert code == 1 and "code.py:1" in said and "AWS Access Key" in said
    assert KEY not in said


def test_a_secret_is_found_before_it_is_committed(repository: Path):
    (repository / "code.py").write_text(f'key = "{KEY}"\n')
    code, said = _audit(repository, "http://127.0.0.1:9")
    assert code == 1 and "in the work tree" in said


def test_a_password_is_a_finding_and_in_a_test_is_none(repository: Path):
    (repository / "tests").mkdir()
    line = "pass" + 'word = "correct-horse-7"\n'
    for name in ("tests/test_server.py", "server.py"):
        (repository / name).write_text(line)
    (repository / "tests" / "keys.py").write_text(f'key = "{KEY}"\n')
    _commit(repository)
    code, said = _audit(repository, "http://127.0.0.1:9")
    assert code == 1 and "secrets: server.py:1" in said and "tests/test_server.py" not in said
    assert "tests/keys.py:1" in said


def test_history_looked_through_once_is_not_looked_through_again(repository: Path):
    (repository / "old.py").write_text(f'key = "{KEY}"\n')
    scanned_to = _commit(repository)
    _git(repository, "rm", "--quiet", "old.py")
    _commit(repository)
    said_so = f'scanned_to = "{scanned_to}"\n'
    assert _audit(repository, "http://127.0.0.1:9", said_so)[0] == 0
    assert _audit(repository, "http://127.0.0.1:9", said_so, "--everything")[0] == 1
    assert _audit(repository, "http://127.0.0.1:9", f'scanned_to = "{"0" * 40}"\n')[0] == 1


def _audit(repository: Path, service: str, accepted: str = "", *also: str) -> tuple[int, str]:
    file = repository.parent / "accepted.toml"
    file.write_text(accepted)
    given = ["--repository", repository, "--service", service, "--accepted", file, *also]
    done = subprocess.run([sys.executable, AUDIT, *given], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def _commit(repository: Path) -> str:
    _git(repository, "add", "--all")
    _git(repository, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "x")
    return _git(repository, "rev-parse", "HEAD")


def _git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(repository), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
