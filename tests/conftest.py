"""What every test stands on: a home of its own, no network settings, no telemetry, patient property tests.

Belongs here: fixtures that more than one area uses. Does not belong here: an area's own data.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from orchestration.home import Home

# Shared machines are slow at times: no test may fail for that. In CI the same examples come every time.
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")

_QUIET = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "False",
    "GX_ANALYTICS_ENABLED": "False",
}
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(scope="session", autouse=True)
def _surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The default home is an empty folder, so that no test can reach the repository's own data."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZHENXING_HOME", str(tmp_path_factory.mktemp("home")))
        environment.delenv("DAGSTER_HOME", raising=False)
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
