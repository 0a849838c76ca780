"""A clock that is set back: what comes later is stamped later all the same, and nothing received is overlooked."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from pipeline_support import Register as Sheet
from pipeline_support import send_again

from orchestration import clock
from orchestration.audit.files import audit_files
from orchestration.home import Home
from orchestration.land.land import land
from orchestration.publish.ledger import entries
from orchestration.publish.publish import publish
from orchestration.receive.receive import receive
from orchestration.receive.register import Register

PERIOD = "2021-08"


@pytest.fixture
def home(published_small_province: Home, tmp_path: Path) -> Home:
    shutil.copytree(published_small_province.root, tmp_path / "home")
    return Home(tmp_path / "home")


def _set_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    class Shifted(datetime):
        @classmethod
        def now(cls, zone=None):
            return datetime.now(zone) + by

    monkeypatch.setattr(clock, "datetime", Shifted)


def _another_village(sheet: Sheet) -> str:
    return sheet.write(sheet.rows[0], "village", "新村")


def _correct_a_name(home: Home) -> None:
    with duckdb.connect(str(home.build)) as connection:
        connection.execute(
            "update marts.dim_reporting_unit set unit_name = '甲县' where unit_code = '610122'"
        )


def test_a_clock_set_back_a_day_stamps_what_comes_later_as_later(home: Home, monkeypatch: pytest.MonkeyPatch):
    send_again(home, "610122", 2, "projects", _another_village)
    _set_clock(monkeypatch, -timedelta(days=1))
    receive(home)
    with Register(home.register) as register:
        moments = [submission.received_at for submission in register.submissions()]
        newest = register.submissions()[-1]
    assert newest.version == 2
    assert moments[-1] > moments[-2]
    land(home, periods=[PERIOD])
    audit_files(home, periods=[PERIOD])
    files = [str(path) for path in (home.lake / "decisions").glob("*/*.parquet")]
    with duckdb.connect() as connection:
        [(decided, before)] = connection.execute(
            "select epoch_us(min(decided_at) filter (submission_id = $new)), "
            "epoch_us(max(decided_at) filter (submission_id <> $new)) from read_parquet($files)",
            {"new": newest.submission_id, "files": files},
        ).fetchall()
    assert decided > before
    # What a build may know is everything that was received, judged and decided.
    assert clock.moment(home) > newest.received_at


def test_publications_follow_each_other_whatever_the_clock_says(home: Home, monkeypatch: pytest.MonkeyPatch):
    _set_clock(monkeypatch, -timedelta(days=1))
    _correct_a_name(home)
    publish(home)
    first, second = entries(home)
    assert (first.number, second.number) == (1, 2)
    assert second.published_at > first.published_at


def test_a_clock_that_is_right_is_believed(home: Home):
    before = datetime.now(UTC)
    assert before <= clock.moment(home) <= datetime.now(UTC)


def test_after_a_clock_that_ran_ahead_a_year_what_comes_later_is_still_later(
    home: Home, monkeypatch: pytest.MonkeyPatch
):
    _set_clock(monkeypatch, timedelta(days=365))
    _correct_a_name(home)
    publish(home)
    monkeypatch.undo()
    ahead = entries(home)[-1].published_at
    assert clock.moment(home) > ahead
    assert clock.second(home) > ahead
