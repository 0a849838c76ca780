"""Backups: what they hold, what they cost, and that there is never half of one."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from orchestration.backup.contents import kept_files
from orchestration.backup.make import NotBackedUp, make_backup
from orchestration.backup.manifest import NoBackup, backups, differences, read
from orchestration.cli import main
from orchestration.home import Home
from orchestration.night_lock import AnotherNight, alone


@pytest.fixture
def province(published_small_province: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A published province of the test's own, which is also the current home."""
    home = Home(tmp_path / "home")
    shutil.copytree(published_small_province.root, home.root)
    # As cp -a would: the shared fixture's links are those that the publication made.
    monkeypatch.setenv("ZHENXING_HOME", str(home.root))
    return home


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "backups"
    path.mkdir()
    return path


def test_it_holds_what_cannot_be_computed_again(province: Home, folder: Path):
    backup = make_backup(province, folder).backup
    places = {"/".join(path.split("/")[:2]) for path in backup.files}
    assert {"raw/archive", "var/lake", "var/published", "var/receipts", "var/bulletins"} <= places
    for path in (
        "raw/archive/register.sqlite",
        "var/lake/_key",
        "var/dagster/settled.json",
        "reporting_units.csv",
    ):
        assert path in backup.files
    assert any(path.startswith("var/published/ledger/") for path in backup.files)
    assert any(path.startswith("var/published/kept/") for path in backup.files)
    assert differences(backup) == []


def test_it_leaves_what_is_made_again(province: Home, folder: Path):
    backup = make_backup(province, folder).backup
    again = ("var/warehouse/dbt_", "var/dagster/history/", "raw/inbox/")
    assert [path for path in backup.files if path.startswith(again)] == []
    assert [path for path in backup.files if path.endswith(("lock", ".tmp", "dagster.yaml"))] == []


def test_a_folder_that_nobody_told_it_of_is_kept(province: Home):
    (province.root / "var" / "alerts").mkdir(exist_ok=True)
    (province.root / "var" / "alerts" / "said.json").write_text("{}", encoding="utf-8")
    assert "var/alerts/said.json" in kept_files(province, runs=False)


def test_dagsters_runs_come_along_when_asked_for(province: Home, folder: Path):
    backup = make_backup(province, folder, runs=True).backup
    database = next(path for path in backup.files if path.endswith("/runs.db"))
    with sqlite3.connect(backup.file(database)) as copy:
        assert copy.execute("select count(*) from runs").fetchone()[0] > 0


def test_a_second_one_costs_what_changed(province: Home, folder: Path):
    first = make_backup(province, folder)
    assert first.copied > 0
    (province.root / "reopenings.csv").write_text(
        (province.root / "reopenings.csv").read_text(encoding="utf-8") + "\n", encoding="utf-8"
    )
    second = make_backup(province, folder)
    assert second.copied == second.backup.files["reopenings.csv"].bytes
    same = "raw/archive/register.sqlite"
    assert second.backup.file(same).stat().st_ino == first.backup.file(same).stat().st_ino
    assert differences(second.backup) == []


def test_a_database_with_something_beside_it_is_copied_with_that(province: Home, folder: Path):
    make_backup(province, folder)
    writer = sqlite3.connect(province.register, isolation_level=None)
    writer.execute("pragma journal_mode = wal")
    writer.execute("update submissions set unit_name = 'changed'")
    assert province.register.with_name("register.sqlite-wal").exists()
    backup = make_backup(province, folder).backup
    writer.close()
    with sqlite3.connect(backup.file("raw/archive/register.sqlite")) as copy:
        assert copy.execute("select distinct unit_name from submissions").fetchall() == [("changed",)]
    assert [path for path in backup.files if path.endswith(("-wal", "-shm"))] == []


def test_what_waits_in_the_inbox_is_kept_whatever_its_name(province: Home, folder: Path):
    name = os.fsdecode("蓝田县补报.xlsx".encode("gb18030"))
    (province.inbox / name).write_bytes(b"not received yet")
    backup = make_backup(province, folder).backup
    assert [path for path in backup.files if path.startswith("raw/inbox/")] == [f"raw/inbox/{name}"]
    assert read(backup.folder).files == backup.files


def test_publications_share_in_the_backup_what_they_share_in_the_home(
    published_small_province: Home, folder: Path
):
    backup = make_backup(published_small_province, folder).backup
    [kept] = [path for path in backup.files if path.endswith("kept/00001/warehouse.duckdb")]
    assert backup.file(kept).stat().st_ino == backup.file("var/published/warehouse.duckdb").stat().st_ino


def test_nobody_else_may_look_into_one(province: Home, folder: Path):
    assert make_backup(province, folder).backup.folder.stat().st_mode & 0o077 == 0


def test_one_that_is_killed_is_no_backup_and_is_cleared_away(province: Home, folder: Path):
    make_backup(province, folder)

    def die(done: int, total: int) -> None:
        if done == 20:
            os._exit(9)

    child = os.fork()
    if child == 0:
        make_backup(province, folder, progress=die)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert len(list(folder.iterdir())) == 2 and len(backups(folder)) == 1
    make_backup(province, folder)
    assert len(list(folder.iterdir())) == len(backups(folder)) == 2


def test_it_waits_for_no_night_unless_told_to(province: Home, folder: Path):
    with alone(province), pytest.raises(AnotherNight):
        make_backup(province, folder)
    assert list(folder.iterdir()) == []


def test_a_disk_that_is_not_there_is_not_written_below(province: Home, folder: Path, capsys):
    assert main(["backup", str(folder / "disk")]) == 1
    assert "挂载" in capsys.readouterr().err
    assert not (folder / "disk").exists()


def test_a_folder_of_the_home_is_refused(province: Home):
    with pytest.raises(NotBackedUp, match="别处"):
        make_backup(province, province.published)


def test_the_last_ones_are_kept_and_each_is_whole(province: Home, folder: Path):
    made = [make_backup(province, folder, keep=2) for _ in range(3)]
    assert [each.removed for each in made] == [0, 0, 1]
    assert [differences(read(path)) for path in backups(folder)] == [[], []]


def test_a_damaged_file_of_the_archive_is_named_and_taken_from_the_backup_before(
    province: Home, folder: Path, capsys: pytest.CaptureFixture[str]
):
    make_backup(province, folder)
    path = next(path for path in sorted(province.archive.glob("??/*")) if path.is_file())
    whole = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(b"\0" + whole[1:])
    assert main(["backup", str(folder), "--keep", "1", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    name = path.relative_to(province.root).as_posix()
    assert (said["damaged"], said["removed"]) == ([name], 0)
    backup = read(backups(folder)[-1])
    assert backup.file(name).read_bytes() == whole and differences(backup) == []


def test_with_a_damaged_register_no_backup_takes_the_place_of_the_good_ones(
    province: Home, folder: Path, capsys: pytest.CaptureFixture[str]
):
    make_backup(province, folder)
    content = bytearray(province.register.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    province.register.write_bytes(content)
    assert main(["backup", str(folder)]) == 1
    assert "register.sqlite 损坏" in capsys.readouterr().err
    assert len(backups(folder)) == len(list(folder.iterdir())) == 1


def test_a_file_that_rots_in_a_backup_is_found(province: Home, folder: Path, capsys):
    backup = make_backup(province, folder).backup
    assert main(["backup", str(folder), "--check"]) == 0
    key = backup.file("var/lake/_key")
    key.write_bytes(b"0" * key.stat().st_size)
    capsys.readouterr()
    assert main(["backup", str(folder), "--check", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["differences"] == ["var/lake/_key:SHA-256 不符"]


def test_a_backup_of_a_later_version_is_refused(province: Home, folder: Path):
    listed = make_backup(province, folder).backup.folder / "backup.json"
    listed.write_text(listed.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(NoBackup, match="更新版本"):
        read(listed.parent)
