"""Senders who write, replace and take away while the inbox is read: what is archived is what was there whole, and nothing is lost."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.home import Home
from orchestration.receive.receive import receive
from orchestration.receive.register import Register


@pytest.fixture
def home(small_province: Home, tmp_path: Path) -> Home:
    shutil.copytree(small_province.root, tmp_path / "home")
    return Home(tmp_path / "home")


def _files(home: Home) -> list[Path]:
    return sorted(home.inbox.glob("*.xlsx"))


def _add(home: Home) -> None:
    shutil.copyfile(_files(home)[0], home.inbox / "另一份.xlsx")


def _replace(home: Home) -> None:
    last = _files(home)[-1]
    shutil.copyfile(_files(home)[0], last.with_suffix(".new"))
    last.with_suffix(".new").replace(last)


def _truncate(home: Home) -> None:
    last = _files(home)[-1]
    last.write_bytes(last.read_bytes()[:1000])


def _remove(home: Home) -> None:
    _files(home)[-1].unlink()


def _rename(home: Home) -> None:
    last = _files(home)[-1]
    last.rename(last.with_name("改名.xlsx"))


@pytest.mark.parametrize("change", [_add, _replace, _truncate, _remove, _rename])
def test_an_inbox_that_changes_while_it_is_read_is_taken_whole_by_the_next_night(
    home: Home, change: Callable[[Home], None]
):
    changed = False

    def progress(what: str, done: int, total: int) -> None:
        nonlocal changed
        if what == "archive" and not changed:
            change(home)
            changed = True

    receive(home, progress=progress)
    assert changed
    receive(home)
    with Register(home.register) as register:
        submissions, arrivals = register.submissions(), register.arrivals()
    archived = {hashlib.sha256(path.read_bytes()).hexdigest() for path in home.archive.glob("??/*")}
    there = {hashlib.sha256(path.read_bytes()).hexdigest() for path in home.inbox.iterdir()}
    assert there <= archived
    assert archived == {submission.sha256 for submission in submissions}
    assert len(submissions) == len({submission.sha256 for submission in submissions})
    assert {path.name for path in home.inbox.iterdir()} <= {arrival.path for arrival in arrivals}


def test_a_file_that_changes_under_the_reader_waits_for_the_next_night(
    home: Home, monkeypatch: pytest.MonkeyPatch
):
    last = _files(home)[-1]
    read = Path.stat

    def growing(self: Path, **options: bool):
        if self == last:
            with last.open("ab") as file:
                file.write(b"x")
        return read(self, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", growing)
        received = receive(home)
    assert received.waiting == [last.name]
    assert [submission.file_name for submission in receive(home).new] == [last.name]
