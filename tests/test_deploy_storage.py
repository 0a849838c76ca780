"""Dagster's runs in PostgreSQL: where the environment names a server, and what happens when it no longer does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from postgres_support import Postgres

from orchestration.cli import main
from orchestration.dagster_history import forget_old_runs
from orchestration.dagster_home import instance, prepare
from orchestration.home import PROJECT_ROOT, Home
from orchestration.settings import DAGSTER_POSTGRES_URL, NotSet


@pytest.fixture
def named(postgres: Postgres, home: Home, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of its own, which the environment names."""
    _, url = postgres.new_database(owner_password="never-shown-20")
    monkeypatch.setenv(DAGSTER_POSTGRES_URL.name, url)
    return url


def test_a_runs_events_are_stored_and_read_back(named: str, home: Home):
    @dg.asset
    def counted() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"rows": 3})

    with instance(home) as opened:
        run_id = dg.materialize([counted], instance=opened).run_id
    with instance(home) as opened:
        assert opened.get_run_by_id(run_id).status is dg.DagsterRunStatus.SUCCESS
        record = opened.fetch_materializations(dg.AssetKey("counted"), limit=1).records[0]
        assert record.asset_materialization.metadata["rows"].value == 3
        later = datetime.now(UTC) + timedelta(days=400)
        assert forget_old_runs(opened, later) == 0, "it holds the asset's last materialization"
    assert not (home.dagster / "history").exists()


def test_a_night_by_the_command_keeps_its_run_there(
    named: str, home: Home, capsys: pytest.CaptureFixture[str]
):
    assert main(["nightly", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "nothing_received"
    with instance(home) as opened:
        assert [run.status for run in opened.get_runs()] == [dg.DagsterRunStatus.SUCCESS]


def test_the_password_lies_in_no_file_of_the_home(named: str, home: Home):
    with instance(home) as opened:
        dg.materialize([dg.asset(lambda: 1, name="one")], instance=opened)
    said = [
        path for path in home.root.rglob("*") if path.is_file() and b"never-shown-20" in path.read_bytes()
    ]
    assert said == []
    assert DAGSTER_POSTGRES_URL.name in (home.dagster / "dagster.yaml").read_text(encoding="utf-8")


def test_a_command_without_the_services_environment_does_not_move_the_runs(
    named: str, home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    written = (prepare(home) / "dagster.yaml").read_text(encoding="utf-8")
    monkeypatch.delenv(DAGSTER_POSTGRES_URL.name)
    with pytest.raises(NotSet, match=DAGSTER_POSTGRES_URL.name):
        prepare(home)
    assert main(["nightly"]) == 1
    said = capsys.readouterr().err
    assert DAGSTER_POSTGRES_URL.name in said and "Traceback" not in said
    assert (home.dagster / "dagster.yaml").read_text(encoding="utf-8") == written


def test_runs_go_back_into_the_home_when_the_file_is_deleted(
    named: str, home: Home, monkeypatch: pytest.MonkeyPatch
):
    (prepare(home) / "dagster.yaml").unlink()
    monkeypatch.delenv(DAGSTER_POSTGRES_URL.name)
    assert "KeptSqliteEventLogStorage" in (prepare(home) / "dagster.yaml").read_text(encoding="utf-8")


def test_without_a_server_nothing_of_it_is_loaded(home: Home, tmp_path: Path):
    code = (
        "import sys; from orchestration.home import Home; from orchestration.dagster_home import instance\n"
        "with instance(Home.current()) as opened: opened.get_runs()\n"
        "import orchestration.definitions\n"
        "print([name for name in ('dagster_postgres', 'psycopg2') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=PROJECT_ROOT,
        env=os.environ | {"ZHENXING_HOME": str(home.root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
