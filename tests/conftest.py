"""What every test stands on: a home of its own, no network settings, no telemetry, patient property tests.

Belongs here: fixtures that more than one area uses. Does not belong here: an area's own data.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from postgres_support import postgres  # noqa: F401 - a fixture

from orchestration import settings
from orchestration.home import PROJECT_ROOT, Home

# Shared machines are slow at times: no test may fail for that. In CI the same examples come every time.
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")

_QUIET = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "False",
    "GX_ANALYTICS_ENABLED": "False",
}
_DATA = PROJECT_ROOT / "sample" / "data"
_ZHENXING = Path(sys.executable).with_name("zhenxing")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(scope="session", autouse=True)
def _surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The default home is an empty folder, so that no test can reach the repository's own data."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZHENXING_HOME", str(tmp_path_factory.mktemp("home")))
        environment.delenv("DAGSTER_HOME", raising=False)
        environment.delenv("ZHENXING_POSTGRES_URL", raising=False)
        for setting in settings.ALERTS:
            environment.delenv(setting.name, raising=False)
        for name, value in _QUIET.items():
            environment.setenv(name, value)
        for name in _PROXIES:
            environment.delenv(name, raising=False)
            environment.delenv(name.upper(), raising=False)
        yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home, which is also the current one."""
    monkeypatch.setenv("ZHENXING_HOME", str(tmp_path))
    return Home.current()


@pytest.fixture(scope="session")
def small_province(_surroundings: None, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Three counties and the bureau for 2021-08, written by the sample into the inbox and not yet received.

    Shared by the session: copy it (``shutil.copytree``) before changing anything.
    """
    home = Home(tmp_path_factory.mktemp("small_province"))
    shutil.copy(_DATA / "small_units.csv", home.root / "reporting_units.csv")
    _zhenxing(home, "sample", "--targets", str(_DATA / "small_targets.csv"))
    return home


@pytest.fixture(scope="session")
def published_small_province(small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The small province after one night. Shared by the session: copy it before changing anything."""
    home = Home(tmp_path_factory.mktemp("published") / "home")
    shutil.copytree(small_province.root, home.root)
    _zhenxing(home, "nightly")
    return home


def _zhenxing(home: Home, *arguments: str) -> None:
    """Runs the command as its users do, and fails with all it said."""
    environment = {**os.environ, "ZHENXING_HOME": str(home.root)}
    done = subprocess.run(
        [_ZHENXING, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"zhenxing {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
