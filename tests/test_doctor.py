"""``zhenxing doctor``: each trouble, made for real in a home of its own, is found, named and told how to mend."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, ScheduleInstigatorData
from dagster._daemon.types import DaemonHeartbeat
from postgres_support import Postgres, free_port

from orchestration.alerts.nights import FAILED, NightEnd, note_end
from orchestration.backup.make import make_backup
from orchestration.cli import main
from orchestration.dagster_home import instance, prepare
from orchestration.doctor import daemon, machine
from orchestration.doctor.examine import CHECKS, examine
from orchestration.doctor.finding import BAD, OK, WARN, Check, Finding
from orchestration.doctor.places import folders
from orchestration.home import PROJECT_ROOT, Home
from orchestration.night_lock import RESTORING, alone
from orchestration.publish.ledger import Entry


@pytest.fixture
def province(published_small_province: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A published province of the test's own, which is also the current home."""
    home = Home(tmp_path / "home")
    shutil.copytree(published_small_province.root, home.root)
    monkeypatch.setenv("ZHENXING_HOME", str(home.root))
    prepare(home)
    return home


def _found(home: Home, name: str) -> list[Finding]:
    [check] = [check for check in CHECKS if check.name == name]
    return list(check.ask(home))


def _one(home: Home, name: str) -> tuple[str, str]:
    """The level of a check's only finding, and all its words."""
    [finding] = _found(home, name)
    assert (finding.mend is None) == (finding.level == OK)
    return finding.level, f"{finding.said} → {finding.mend}"


# The installation that is sound


def test_a_sound_home_has_nothing_bad_and_nothing_of_it_is_changed(
    province: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "backups").mkdir()
    make_backup(province, tmp_path / "backups")
    before = _state(province)
    started = time.process_time()
    assert main(["doctor", "--json"]) == 0
    assert time.process_time() - started < 3
    said = json.loads(capsys.readouterr().out)["checks"]
    assert [check["name"] for check in said if check["level"] == BAD] == []
    assert {check["name"] for check in said if check["level"] == WARN} <= {
        "mode",
        "alerts",
        "bytecode",
        "space",
    }
    assert _state(province) == before


def _state(home: Home) -> dict[Path, tuple[int, int]]:
    return {
        path: (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in home.root.rglob("*")
        if path.is_file()
    }


def test_an_empty_home_is_no_trouble(home: Home):
    assert [each.check.name for each in examine(home) if each.level == BAD] == []


def test_every_check_has_a_name_and_a_title_of_its_own():
    assert len({check.name for check in CHECKS}) == len({check.title for check in CHECKS}) == len(CHECKS)


def test_a_check_that_breaks_is_a_finding_and_not_the_end(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def breaks(_: Home) -> Iterator[Finding]:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("orchestration.doctor.examine.CHECKS", (Check("broken", "坏的", breaks), *CHECKS))
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "unforeseen" in said and "报送登记" in said


# The machine


def test_a_package_that_is_not_the_locks_is_named(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    lock = machine.LOCK.read_text(encoding="utf-8")
    other = tmp_path / "uv.lock"
    other.write_text(lock.replace('name = "duckdb"\nversion = "1.5.5"', 'name = "duckdb"\nversion = "9.9.9"'))
    monkeypatch.setattr(machine, "LOCK", other)
    level, said = _one(home, "packages")
    assert level == BAD and "duckdb 1.5.5(应为 9.9.9)" in said and "make install" in said


def test_a_package_that_is_missing_is_named(home: Home, monkeypatch: pytest.MonkeyPatch):
    installed = machine._installed
    monkeypatch.setattr(machine, "_installed", lambda name: None if name == "xlrd" else installed(name))
    level, said = _one(home, "packages")
    assert level == BAD and "xlrd 没有安装" in said


def test_what_keeps_bytecode_from_being_written_is_named(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert any("PYTHONDONTWRITEBYTECODE" in finding.said for finding in _found(home, "bytecode"))


def test_packages_without_bytecode_are_named(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "empty"))
    level, said = _one(home, "bytecode")
    assert level == WARN and "dagster" in said and "compileall" in said


def test_a_clock_that_went_back_is_noticed(province: Home):
    with sqlite3.connect(province.register) as register:
        ahead = (datetime.now(UTC) + timedelta(days=2)).isoformat()
        register.execute("update arrivals set received_at = ?", (ahead,))
    level, said = _one(province, "clock")
    assert level == BAD and "set-ntp" in said


# Folders


def test_a_home_that_is_not_there_is_named(tmp_path: Path):
    assert _one(Home(tmp_path / "nowhere"), "home")[0] == BAD


def test_a_home_of_another_user_is_noticed(province: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 64000)
    level, said = _one(province, "user")
    assert level == BAD and "64000" in said and "sudo -u" in said


def test_folders_that_cannot_be_written_are_named():
    """As another user, for root may write everything; not below pytest's folder, into which nobody else may look."""
    home = Home(Path(tempfile.mkdtemp(prefix="zhenxing_doctor_")))
    try:
        home.lake.mkdir(parents=True)
        for folder in (home.root, home.root / "var", home.lake):
            folder.chmod(0o555)
        assert _level_for_another_user(home) == BAD
        for folder in (home.root, home.root / "var", home.lake):
            folder.chmod(0o777)
        assert _level_for_another_user(home) == OK
    finally:
        shutil.rmtree(home.root)


def _level_for_another_user(home: Home) -> str:
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setuid(65534)
        [finding] = folders(home)
        os._exit((OK, WARN, BAD).index(finding.level))
    return (OK, WARN, BAD)[os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])]


def test_a_restore_that_was_killed_is_noticed(province: Home):
    (province.root / RESTORING).mkdir()
    level, said = _one(province, "home")
    assert level == BAD and "zhenxing restore" in said


@pytest.mark.parametrize(("production", "expected"), [("1", BAD), ("", WARN)])
def test_an_archive_that_others_may_read_is_named(
    province: Home, monkeypatch: pytest.MonkeyPatch, production: str, expected: str
):
    monkeypatch.setenv("ZHENXING_PRODUCTION", production)
    province.archive.chmod(0o755)
    level, said = _one(province, "private")
    assert level == expected and "chmod" in said and str(province.archive) in said


def test_a_disk_that_is_nearly_full_is_said_before_the_night_finds_out(
    province: Home, monkeypatch: pytest.MonkeyPatch
):
    _disk(monkeypatch, free=100 * 2**20)
    level, said = _one(province, "space")
    assert level == BAD and "0.1 GB" in said


def test_a_disk_that_will_be_full_within_a_year_is_said(province: Home, monkeypatch: pytest.MonkeyPatch):
    with sqlite3.connect(province.register) as register:
        begun = (datetime.now(UTC) - timedelta(days=40)).isoformat()
        register.execute("update arrivals set received_at = ?", (begun,))
    monkeypatch.setattr("orchestration.doctor.places._LEAST", 0)
    monkeypatch.setattr("orchestration.doctor.places._COPIES", 0)
    _disk(monkeypatch, free=20 * 2**20)
    level, said = _one(province, "space")
    assert level == WARN and "只够" in said
    _disk(monkeypatch, free=200 * 2**30)
    assert _one(province, "space")[0] == OK


def _disk(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    real = shutil.disk_usage
    monkeypatch.setattr(shutil, "disk_usage", lambda path: real(path)._replace(free=free))


def test_a_file_system_that_takes_few_more_files_is_named(province: Home, monkeypatch: pytest.MonkeyPatch):
    class Status:
        f_files, f_favail = 1000, 10

    monkeypatch.setattr(os, "statvfs", lambda _: Status)
    assert _one(province, "inodes")[0] == WARN


def test_a_file_system_without_links_or_locks_is_named(province: Home, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    assert _one(province, "file_system")[0] == WARN
    monkeypatch.setattr("fcntl.flock", refused)
    assert _one(province, "file_system")[0] == BAD
    assert list(province.root.glob(".doctor-*")) == []


def test_an_inbox_that_anybody_may_write_is_named(province: Home):
    province.inbox.chmod(0o777)
    level, said = _one(province, "inbox")
    assert level == WARN and f"chmod o-w {province.inbox}" in said


def test_a_missing_inbox_is_named(province: Home):
    shutil.rmtree(province.inbox)
    assert _one(province, "inbox")[0] == WARN


# What lies in the home


def test_a_damaged_register_is_named(province: Home):
    content = bytearray(province.register.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    province.register.write_bytes(content)
    level, said = _one(province, "register")
    assert level == BAD and "zhenxing restore" in said


def test_a_file_of_the_archive_that_is_gone_or_changed_is_named(province: Home):
    first, second = [path for path in sorted(province.archive.glob("??/*")) if path.is_file()][:2]
    first.unlink()
    second.chmod(0o600)
    second.write_bytes(b"another content")
    found = _found(province, "archive")
    assert [finding.level for finding in found] == [BAD, BAD]
    assert first.name in found[0].said and second.name in found[1].said


def test_a_key_that_is_gone_is_named(province: Home):
    (province.lake / "_key").unlink()
    level, said = _one(province, "key")
    assert level == BAD and "备份" in said


def test_a_weak_key_in_production_is_named(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("ZHENXING_PRODUCTION", "1")
    monkeypatch.setenv("ZHENXING_PSEUDONYM_KEY", "changeme-changeme")
    assert _one(home, "key")[0] == BAD
    assert main(["doctor"]) == 1
    assert "changeme" not in capsys.readouterr().out


def test_a_build_that_somebody_holds_open_is_named(province: Home):
    with _holding(f"import duckdb; held = duckdb.connect({str(province.build)!r})"):
        level, said = _one(province, "build")
    assert level == WARN and "占用" in said


def test_a_damaged_build_is_named(province: Home):
    province.build.write_bytes(b"no database")
    level, said = _one(province, "build")
    assert level == BAD and str(province.build) in said


def test_a_published_file_that_does_not_open_is_named(province: Home):
    content = bytearray(province.warehouse.read_bytes())
    content[:8192] = b"\0" * 8192
    province.warehouse.unlink()
    province.warehouse.write_bytes(content)
    assert _one(province, "published")[0] == BAD


def test_a_publication_with_a_file_missing_is_named(province: Home):
    next(iter((province.published / "parquet").rglob("*.parquet"))).unlink()
    level, said = _one(province, "published")
    assert level == BAD and "publications --check" in said


def test_a_publication_that_is_put_back_is_named(province: Home, monkeypatch: pytest.MonkeyPatch):
    moment = datetime.now(UTC)
    held = Entry(3, moment, moment, "", 0, puts_back=1, reason="误发")
    monkeypatch.setattr("orchestration.doctor.data.put_back_now", lambda _: held)
    level, said = _one(province, "published")
    assert level == WARN and "putback --release" in said


# The nights


def test_who_writes_now_is_named_and_not_disturbed(province: Home):
    assert _one(province, "lock") == (OK, "现在没有任务在写 → None")
    code = (
        "from orchestration.home import Home; from orchestration.night_lock import alone\n"
        "held = alone(Home.current()); held.__enter__()"
    )
    with _holding(code) as process:
        level, said = _one(province, "lock")
    assert level == OK and f"进程 {process.pid}" in said
    with alone(province):
        assert str(os.getpid()) in _one(province, "lock")[1]


def test_a_writer_that_does_not_end_is_named(province: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("orchestration.doctor.nights._age", lambda _: 7 * 3600)
    with alone(province):
        level, said = _one(province, "lock")
    assert level == WARN and f"kill {os.getpid()}" in said


def test_a_night_that_failed_says_why(province: Home):
    note_end(province, NightEnd(datetime.now(UTC), FAILED, datetime.now(UTC), ("入湖",), ("磁盘空间不足",)))
    level, said = _one(province, "last_night")
    assert level == BAD and "入湖" in said and "磁盘空间不足" in said


def test_a_night_that_did_not_come_is_noticed(province: Home):
    end = NightEnd(datetime.now(UTC) - timedelta(hours=30), "done", datetime.now(UTC))
    note_end(province, end)
    assert _one(province, "last_night")[0] == BAD
    note_end(province, replace(end, ended_at=datetime.now(UTC)))
    assert _one(province, "last_night")[0] == OK


def test_dagsters_settings_of_another_version_are_named(province: Home):
    (province.dagster / "dagster.yaml").write_text("telemetry: {enabled: true}\n", encoding="utf-8")
    assert _one(province, "dagster_settings")[0] == WARN


def test_a_doctor_without_the_services_environment_says_so(
    province: Home, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ZHENXING_DAGSTER_POSTGRES_URL", postgres.url())
    prepare(province)
    monkeypatch.delenv("ZHENXING_DAGSTER_POSTGRES_URL")
    assert _one(province, "dagster_settings")[0] == BAD


@pytest.fixture(params=["sqlite", "postgresql"])
def daemons_home(request: pytest.FixtureRequest, home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home in which Dagster keeps its runs, in the one database or the other."""
    if request.param == "postgresql":
        _, url = request.getfixturevalue("postgres").new_database()
        monkeypatch.setenv("ZHENXING_DAGSTER_POSTGRES_URL", url)
    return home


def test_a_daemon_is_well_while_it_says_so(daemons_home: Home):
    assert daemon.read_daemon(daemons_home) is None
    with instance(daemons_home) as opened:
        assert opened.get_daemon_heartbeats() == {}
        assert "定时器" in _one(daemons_home, "schedule")[1]
        for seconds, expected in ((5, OK), (3600, BAD)):
            opened.add_daemon_heartbeat(DaemonHeartbeat(time.time() - seconds, "SCHEDULER", "id", None))
            assert _one(daemons_home, "schedule")[0] == expected


def test_a_schedule_that_somebody_switched_off_is_named(daemons_home: Home):
    with instance(daemons_home) as opened:
        _switch_off(opened)
        opened.add_daemon_heartbeat(DaemonHeartbeat(time.time(), "SCHEDULER", "id", None))
    level, said = _one(daemons_home, "schedule")
    assert level == BAD and "nightly_schedule" in said


def _switch_off(opened: dg.DagsterInstance) -> None:
    from dagster._core.remote_origin import (  # noqa: PLC0415
        GrpcServerCodeLocationOrigin,
        RemoteInstigatorOrigin,
        RemoteRepositoryOrigin,
    )

    repository = RemoteRepositoryOrigin(GrpcServerCodeLocationOrigin("localhost", 1), "__repository__")
    origin = RemoteInstigatorOrigin(repository, "nightly_schedule")
    opened.add_instigator_state(
        InstigatorState(
            origin,
            dg._core.definitions.run_request.InstigatorType.SCHEDULE,
            InstigatorStatus.STOPPED,
            ScheduleInstigatorData("0 2 * * *", None),
        )
    )


def test_a_home_without_a_backup_or_with_an_old_one_is_named(
    province: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert _one(province, "backup")[0] == WARN
    (tmp_path / "backups").mkdir()
    make_backup(province, tmp_path / "backups")
    assert _one(province, "backup")[0] == OK
    shutil.rmtree(tmp_path / "backups")
    assert "挂载" in _one(province, "backup")[1]
    note = province.dagster / "backup.json"
    said = json.loads(note.read_text(encoding="utf-8"))
    note.write_text(json.dumps(said | {"made_at": "2021-09-10T02:00:00+00:00"}), encoding="utf-8")
    assert "2021-09-10" in _one(province, "backup")[1]


# Outside


@pytest.mark.parametrize(
    ("check", "variable"),
    [("postgres", "ZHENXING_POSTGRES_URL"), ("dagster_postgres", "ZHENXING_DAGSTER_POSTGRES_URL")],
)
def test_a_server_is_asked_and_its_password_never_said(
    home: Home, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, check: str, variable: str
):
    urls = {
        postgres.url(): OK,
        postgres.url(password="never-shown-21"): BAD,
        f"postgresql://owner:never-shown-21@127.0.0.1:{free_port()}/none": BAD,
        "postgres://owner:never-shown-21@127.0.0.1/none": BAD,
        "127.0.0.1:never-shown-21": BAD,
    }
    for url, expected in urls.items():
        monkeypatch.setenv(variable, url)
        level, said = _one(home, check)
        assert level == expected and "never-shown-21" not in said


def test_without_a_channel_nobody_learns_of_a_trouble(home: Home):
    level, said = _one(home, "alerts")
    assert level == WARN and "zhenxing alerts --test" in said


def test_a_channel_that_cannot_be_used_is_named(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ZHENXING_ALERT_SMTP", "smtp://mail.bureau.example:25")
    assert _found(home, "alerts")[0].level == BAD, "a mail without a sender reaches nobody"


class _holding:
    """Another process that has run the code and waits until the block ends."""

    def __init__(self, code: str):
        self.code = f"{code}\nprint('held', flush=True)\ninput()"

    def __enter__(self) -> subprocess.Popen:
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.code], cwd=PROJECT_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdout.readline() == b"held\n"
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.communicate(b"\n", timeout=30)
