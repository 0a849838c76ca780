"""Who may open what lies in a home, whatever the umask of whoever runs a night."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration import permissions, settings
from orchestration.files import make_folder, replace_bytes
from orchestration.home import Home
from orchestration.permissions import Exposed, exposed, prepare, private_files, tighten
from orchestration.receive.archive import Archive
from orchestration.receive.receive import receive

OPEN_UMASK = 0o000


@pytest.fixture
def careless() -> Iterator[None]:
    """A shell that lets everybody read and write everything."""
    before = os.umask(OPEN_UMASK)
    yield
    os.umask(before)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.usefixtures("careless")
def test_folders_are_made_for_whom_they_are(home: Home):
    prepare(home)
    private = {home.archive, home.lake, home.build.parent, home.receipts, home.dagster}
    assert {_mode(folder) for folder in private} == {0o700}
    assert {_mode(folder) for folder in (home.root / "var", home.published, home.bulletins)} == {0o755}


def test_readers_reach_what_is_published_in_a_home_that_a_command_began(home: Home):
    with private_files():
        home.dagster.mkdir(parents=True)
        prepare(home)
    assert _mode(home.root / "var") == _mode(home.published) == 0o755
    (home.root / "var").chmod(0o750)
    prepare(home)
    assert _mode(home.root / "var") == 0o750


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_file_is_as_open_as_its_folder_whatever_the_umask(tmp_path: Path, umask: int):
    before = os.umask(umask)
    try:
        for mode, below, file in ((0o755, 0o755, 0o644), (0o700, 0o700, 0o600), (0o750, 0o750, 0o640)):
            folder = tmp_path / oct(mode)
            folder.mkdir()
            folder.chmod(mode)
            replace_bytes(folder / "deep" / "deeper" / "file", b"x")
            assert _mode(folder / "deep") == _mode(folder / "deep" / "deeper") == below
            assert _mode(folder / "deep" / "deeper" / "file") == file
    finally:
        os.umask(before)


def test_no_folder_is_made_writable_by_others(tmp_path: Path):
    tmp_path.chmod(0o777)
    make_folder(tmp_path / "made")
    assert _mode(tmp_path / "made") == 0o755


@pytest.mark.usefixtures("careless")
def test_what_is_archived_is_its_owners_alone(tmp_path: Path):
    (tmp_path / "sent.xlsx").write_bytes(b"PK")
    archive = Archive(tmp_path / "archive")
    stored = archive.store(tmp_path / "sent.xlsx")
    kept = archive.folder / stored.path
    assert (_mode(kept), _mode(kept.parent), _mode(archive.folder)) == (0o400, 0o700, 0o700)


@pytest.mark.usefixtures("careless")
def test_what_libraries_write_meanwhile_is_private(tmp_path: Path):
    with private_files():
        (tmp_path / "inside").write_text("x")
        code = f"open({str(tmp_path / 'child')!r}, 'w')"
        subprocess.run([sys.executable, "-c", code], check=True)
    (tmp_path / "after").write_text("x")
    assert [_mode(tmp_path / name) for name in ("inside", "child", "after")] == [0o600, 0o600, 0o666]


def test_an_older_home_is_tightened_and_readers_keep_what_is_theirs(home: Home):
    _older_home(home)
    assert exposed(home) != []
    receive(home)
    assert exposed(home) == []
    assert _mode(home.archive / "ab" / "abcd.xlsx") == 0o400
    assert _mode(home.lake / "projects" / "x.parquet") == 0o600
    assert _mode(home.root / "var" / "anything" / "log") == 0o600
    assert _mode(home.published / "parquet" / "x.parquet") == 0o644
    assert _mode(home.inbox / "sent.xlsx") == 0o664
    assert _mode(home.root / "elsewhere") == 0o644
    assert _mode(home.root / "var") == _mode(home.published) == 0o755


def _older_home(home: Home) -> None:
    """As it was made before anyone looked, with a link out of it."""
    modes = {
        home.archive / "ab" / "abcd.xlsx": 0o444,
        home.lake / "projects" / "x.parquet": 0o644,
        home.root / "var" / "anything" / "log": 0o666,
        home.published / "parquet" / "x.parquet": 0o666,
        home.inbox / "sent.xlsx": 0o664,
        home.root / "elsewhere": 0o644,
    }
    for path, mode in modes.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o755)
        path.write_bytes(b"x")
        path.chmod(mode)
    for folder in (home.archive, home.lake):
        folder.chmod(0o755)
    for folder in (home.root / "var", home.published):
        folder.chmod(0o777)
    (home.lake / "link").symlink_to(home.root / "elsewhere")


def test_what_lies_behind_a_closed_folder_is_not_exposed(home: Home):
    _older_home(home)
    for root in permissions.private_roots(home):
        root.chmod(0o700)
    assert exposed(home) == []


def test_production_refuses_an_archive_that_cannot_be_closed(home: Home, monkeypatch: pytest.MonkeyPatch):
    _older_home(home)
    monkeypatch.setattr(Path, "chmod", _not_permitted)
    tighten(home)
    monkeypatch.setenv(settings.PRODUCTION.name, "1")
    with pytest.raises(Exposed, match="正式环境拒绝运行"):
        tighten(home)


def _not_permitted(self: Path, mode: int) -> None:
    raise PermissionError(str(self))


def test_production_runs_once_the_archive_is_closed(home: Home, monkeypatch: pytest.MonkeyPatch):
    _older_home(home)
    monkeypatch.setenv(settings.PRODUCTION.name, "1")
    tighten(home)
    assert exposed(home) == []
