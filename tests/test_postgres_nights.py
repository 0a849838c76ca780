"""Nights of a province whose PostgreSQL is down, still down, back, and up to date: the publication stands whatever becomes
of it, and nothing ever says the password."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest
from postgres_support import Postgres, free_port

from orchestration.cli import main
from orchestration.dagster_home import instance
from orchestration.home import Home
from orchestration.night import is_settled
from orchestration.nightly import Run, run_night
from orchestration.publish.postgres.address import VARIABLE
from orchestration.publish.postgres.stamp import postgres_due

SECRET = "n0t.T0.Be.Seen"


@dataclass(frozen=True, slots=True)
class Ended:
    """What a night left: its exit code, its screen, whether it is settled, and the steps that failed in Dagster."""

    exit_code: int
    screen: str
    settled: bool
    failed_steps: set[str]


@dataclass(frozen=True, slots=True)
class Story:
    home: Home
    database: str
    down: Ended
    still_down: Ended
    back: Run
    idle: Run
    due_after: bool
    kept: dict[Path, bytes]


@pytest.fixture(scope="module")
def story(small_province: Home, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Story:
    home = Home(tmp_path_factory.mktemp("with_postgres") / "home")
    shutil.copytree(small_province.root, home.root)
    database, url = postgres.new_database()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZHENXING_HOME", str(home.root))
        environment.setenv(VARIABLE, f"postgresql://loader:{SECRET}@127.0.0.1:{free_port()}/zhenxing")
        down, still_down = _night(home), _night(home, "--json")
        environment.setenv(VARIABLE, url)
        back, idle = run_night(home), run_night(home)
        due_after = postgres_due(home)
    kept = {path: path.read_bytes() for path in (home.root / "var").rglob("*") if path.is_file()}
    return Story(home, database, down, still_down, back, idle, due_after, kept)


def _night(home: Home, *options: str) -> Ended:
    with redirect_stdout(io.StringIO()) as screen:
        exit_code = main(["nightly", *options])
    with instance(home) as opened:
        failed = {
            entry.dagster_event.step_key
            for run in opened.get_runs()
            for entry in opened.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
        }
    return Ended(exit_code, screen.getvalue(), is_settled(home), failed)


def test_the_publication_stands_and_all_else_is_written_when_postgresql_is_down(story: Story):
    assert story.home.warehouse.exists()
    assert list(story.home.bulletins.rglob("*.docx")) and list(story.home.receipts.rglob("receipt.html"))
    assert story.down.settled


def test_it_is_the_one_asset_that_failed(story: Story):
    assert story.down.failed_steps == {"postgres_marts"}


def test_the_screen_says_that_figures_are_published_and_postgresql_is_not(story: Story):
    assert "已发布;没有完成:写入 PostgreSQL,下一晚自动补做  报告期 2021-08" in story.down.screen
    assert "写入 PostgreSQL:连不上 PostgreSQL(127.0.0.1:" in story.down.screen
    assert "监测对象总户数" in story.down.screen


def test_such_a_night_is_told_from_a_good_one_by_its_exit_code(story: Story):
    assert (story.down.exit_code, story.still_down.exit_code) == (1, 1)


def test_the_next_night_tries_again_though_nothing_is_pending(story: Story):
    summary = json.loads(story.still_down.screen)
    assert (summary["outcome"], summary["periods"]) == ("standing", [])
    assert list(summary["unfinished"]) == ["postgres"]


def test_the_night_after_postgresql_is_back_loads_and_does_nothing_else(story: Story, postgres: Postgres):
    assert story.back.succeeded and story.back.periods == ()
    assert set(story.back.night.seconds) == {"receive", "postgres"}
    [[rows]] = postgres.rows("select count(*) from marts.rpt_figures", story.database)
    assert int(rows) == story.back.night.results["postgres"].tables["marts.rpt_figures"] > 0


def test_a_night_with_nothing_to_do_leaves_it_alone(story: Story):
    assert story.idle.succeeded
    assert set(story.idle.night.seconds) == {"receive"}
    assert not story.due_after


def test_the_password_is_nowhere(story: Story):
    assert SECRET not in story.down.screen + story.still_down.screen
    assert [path for path, content in story.kept.items() if SECRET.encode() in content] == []
    assert any(path.name == "nightly.log" for path in story.kept)
