"""``make bi`` a second time, its secrets, its files, and the page that follows a publication."""

from __future__ import annotations

import stat
import subprocess
import sys

import pytest

from bi.serve import prepare
from bi.server import REQUIREMENTS, SupersetFailed, start
from bi.superset.published_file import pinned
from bi.tests.asking import Session
from bi.tests.conftest import Running
from bi.users import UnknownUnit, make_reader
from orchestration.home import PROJECT_ROOT


def test_what_stands_prepared_is_not_prepared_again(superset: Running) -> None:
    assert prepare(superset.instance) is False


def test_a_second_call_finds_the_server_running(superset: Running) -> None:
    command = [sys.executable, "-m", "bi.serve", "--port", str(superset.instance.port)]
    environment = {"ZHENXING_HOME": str(superset.home.root), "PATH": ""}
    done = subprocess.run(
        command, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "已在" in done.stdout


def test_a_port_that_is_taken_is_said_so(superset: Running) -> None:
    with pytest.raises(SupersetFailed, match="占用"):
        start(superset.instance)


@pytest.mark.parametrize("secret", ["secret_key", "admin_password"])
def test_secrets_are_readable_by_their_owner_alone(superset: Running, secret: str) -> None:
    assert stat.S_IMODE((superset.instance.folder / secret).stat().st_mode) == 0o600


def test_a_reader_made_again_has_a_new_password(superset: Running) -> None:
    first = make_reader(superset.instance, "石泉县")
    again = make_reader(superset.instance, "610922")
    assert first.user == again.user == "610922"
    said = {"username": first.user, "password": first.password, "provider": "db"}
    assert Session(superset.address).post("/api/v1/security/login", said)[0] == 401
    session = Session(superset.address).log_in(again.user, again.password)
    admin = Session(superset.address).log_in(superset.admin.user, superset.admin.password)
    rows = session.rows(admin.dataset("rpt_monitored_groups"), columns=["unit_code"])
    assert rows == [{"unit_code": "610922"}]


def test_there_is_no_reader_for_a_place_that_is_no_unit(superset: Running) -> None:
    with pytest.raises(UnknownUnit):
        make_reader(superset.instance, "999999")


def test_the_published_file_is_opened_by_a_name_of_its_own(superset: Running) -> None:
    path = pinned(superset.home.warehouse, superset.instance.folder / "reading")
    assert path.samefile(superset.home.warehouse)
    assert path.name == superset.home.warehouse.name


def test_the_lock_names_no_host_and_pins_everything() -> None:
    text = REQUIREMENTS.read_text(encoding="utf-8")
    assert "://" not in text
    lines = [line for line in text.splitlines() if line and line[0] not in " #"]
    assert all("==" in line for line in lines)
    assert text.count("--hash=sha256:") >= len(lines)
