"""A restored home: as it was, with nothing left for the night to do; and never half of one."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from orchestration.backup.contents import kept_files
from orchestration.backup.make import make_backup
from orchestration.backup.manifest import Backup
from orchestration.backup.restore import restore_backup
from orchestration.cli import main
from orchestration.files import content_digest
from orchestration.home import Home
from orchestration.night_lock import AnotherNight, alone


@pytest.fixture(scope="module")
def backup(published_small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Backup:
    """A backup of the published small province; shared: copy it before changing anything."""
    return make_backup(published_small_province, tmp_path_factory.mktemp("backups")).backup


def _kept(home: Home) -> dict[str, tuple]:
    """Every file that a backup holds, with all that a restore must bring back."""
    found = {}
    for path in kept_files(home, runs=False):
        status = (home.root / path).stat()
        digest = content_digest([home.root / path]) if path != "raw/archive/register.sqlite" else ""
        found[path] = (digest, status.st_mtime_ns, status.st_mode)
    return found


def test_the_restored_home_is_as_it_was_and_the_night_finds_nothing_to_do(
    backup: Backup, published_small_province: Home, home: Home, capsys: pytest.CaptureFixture[str]
):
    assert main(["restore", str(backup.folder.parent)]) == 0
    assert _kept(home) == _kept(published_small_province)
    capsys.readouterr()
    assert main(["nightly", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["outcome"] == "standing"
    assert list(summary["seconds_by_step"]) == ["receive"]
    published = [path for path in _kept(home) if path.startswith("var/published/")]
    assert published and all(
        (home.root / path).read_bytes() == (published_small_province.root / path).read_bytes()
        for path in published
    )
    assert main(["publications", "--check"]) == 0


def test_publications_share_again_what_they_shared(backup: Backup, home: Home):
    restore_backup(home, backup.folder)
    kept = home.published / "kept" / "00001" / "warehouse.duckdb"
    assert kept.stat().st_ino == home.warehouse.stat().st_ino


def test_a_home_with_data_is_replaced_only_when_told_to_and_nothing_is_deleted(
    backup: Backup, home: Home, capsys: pytest.CaptureFixture[str]
):
    restore_backup(home, backup.folder)
    (home.lake / "_key").write_text("f" * 64, encoding="ascii")
    (home.as_of / "moment").mkdir(parents=True)
    (home.as_of / "moment" / "warehouse.duckdb").write_bytes(b"of another state")
    assert main(["restore", str(backup.folder)]) == 1
    assert "--replace" in capsys.readouterr().err
    assert (home.lake / "_key").read_text(encoding="ascii") == "f" * 64

    assert main(["restore", str(backup.folder), "--replace", "--json"]) == 0
    aside = Path(json.loads(capsys.readouterr().out)["replaced"])
    assert (aside / "var" / "lake" / "_key").read_text(encoding="ascii") == "f" * 64
    assert (home.lake / "_key").read_bytes() == backup.file("var/lake/_key").read_bytes()
    assert not home.as_of.exists(), "what was made of the replaced data would stay in use"


def test_what_services_wrote_before_the_restore_is_in_nobodys_way(backup: Backup, home: Home):
    home.dagster.mkdir(parents=True)
    (home.dagster / "dagster.yaml").write_text("{}", encoding="utf-8")
    assert restore_backup(home, backup.folder).aside is None
    assert (home.dagster / "dagster.yaml").exists() and (home.dagster / "settled.json").exists()


def test_the_inbox_keeps_what_lies_in_it_and_gets_what_was_not_received(
    published_small_province: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    before = Home(tmp_path / "before")
    shutil.copytree(published_small_province.root, before.root)
    (before.inbox / "补报.xlsx").write_bytes(b"waiting")
    (tmp_path / "backups").mkdir()
    backup = make_backup(before, tmp_path / "backups").backup
    home = Home(tmp_path / "after")
    home.inbox.mkdir(parents=True)
    (home.inbox / "新到.xlsx").write_bytes(b"arrived on the new machine")
    restore_backup(home, backup.folder)
    assert sorted(path.name for path in home.inbox.iterdir()) == ["新到.xlsx", "补报.xlsx"]


def test_a_damaged_backup_is_not_restored(
    backup: Backup, home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    damaged = tmp_path / "damaged"
    shutil.copytree(backup.folder, damaged)
    (damaged / "home" / "var" / "lake" / "_key").write_bytes(b"0" * 65)
    assert main(["restore", str(damaged)]) == 1
    assert "var/lake/_key" in capsys.readouterr().err
    assert [path for path in home.root.iterdir() if path.name not in ("damaged", "var")] == []
    assert list(home.lake.glob("*")) == []


def test_one_that_is_killed_lets_no_night_begin_and_is_done_again(backup: Backup, home: Home):
    for done_until in ("copying", "taking places"):
        _killed_restore(home, backup, done_until)
        with pytest.raises(AnotherNight, match="zhenxing restore"), alone(home):
            pass
        assert main(["nightly"]) == 1
    restore_backup(home, backup.folder)
    with alone(home):
        assert sorted(kept_files(home, runs=False)) == sorted(backup.files)


def _killed_restore(home: Home, backup: Backup, when: str) -> None:
    child = os.fork()
    if child == 0:
        if when == "copying":
            restore_backup(home, backup.folder, progress=lambda done, _: os._exit(9) if done == 9 else None)
        renamed = Path.rename

        def die(path: Path, target: Path) -> Path:
            if path.name == "published":
                os._exit(9)
            return renamed(path, target)

        Path.rename = die
        restore_backup(home, backup.folder)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_it_waits_for_no_night(backup: Backup, home: Home):
    with alone(home), pytest.raises(AnotherNight):
        restore_backup(home, backup.folder)


def test_where_there_is_no_backup_it_says_so(home: Home, tmp_path: Path, capsys):
    assert main(["restore", str(tmp_path)]) == 1
    assert "没有备份" in capsys.readouterr().err
