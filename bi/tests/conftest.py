"""A small published province, its Superset on a free port, and the people who log in there.

Belongs here: what stands once for all of these tests. Does not belong here: what is expected of it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bi.serve import prepare
from bi.server import Instance, admin_password, start, stop
from bi.tests.browsing import chromium
from bi.users import Reader, make_reader
from orchestration.home import PROJECT_ROOT, Home

_DATA = PROJECT_ROOT / "sample" / "data"
COUNTY = "610122"


@dataclass(frozen=True, slots=True)
class Running:
    """A Superset that answers. ``admin`` may do everything, ``county`` is the user of COUNTY."""

    instance: Instance
    admin: Reader
    county: Reader

    @property
    def home(self) -> Home:
        return self.instance.home

    @property
    def address(self) -> str:
        return self.instance.address


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Three counties and the bureau for 2021-08 after one night."""
    home = Home(tmp_path_factory.mktemp("published"))
    shutil.copy(_DATA / "small_units.csv", home.root / "reporting_units.csv")
    _zhenxing(home, "sample", "--targets", str(_DATA / "small_targets.csv"))
    _zhenxing(home, "nightly")
    return home


@pytest.fixture(scope="session")
def superset(published: Home) -> Iterator[Running]:
    """Prepared and served as ``make bi`` does it; gone with all its processes at the end."""
    instance = Instance(published, _free_port())
    assert prepare(instance)
    county = make_reader(instance, COUNTY)
    server = start(instance)
    yield Running(instance, Reader("admin", "Admin", admin_password(instance)), county)
    stop(server)
    left = subprocess.run(
        ["ps", "-o", "pid=", "-g", str(server.pid)], capture_output=True, text=True, check=False
    )
    assert left.stdout.strip() == "", "processes of Superset that outlived it"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _zhenxing(home: Home, *arguments: str) -> None:
    command = [Path(sys.executable).with_name("zhenxing"), *arguments]
    environment = {**os.environ, "ZHENXING_HOME": str(home.root)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"zhenxing {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
