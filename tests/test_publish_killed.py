"""A publication, or putting one back, killed at any instant: readers have the old one or the new one, and the next completes it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from audit_support import COUNTY, audited_home

from orchestration.home import Home
from orchestration.publish.held import PublishHeld
from orchestration.publish.kept import kept_folder, kept_numbers
from orchestration.publish.ledger import entries, number_in
from orchestration.publish.manifest import differences, read_manifest
from orchestration.publish.publish import publish
from orchestration.publish.putback import put_back


@pytest.fixture
def audited(tmp_path: Path) -> Home:
    return audited_home(tmp_path / "home")


def _edit(home: Home, *statements: str) -> None:
    with duckdb.connect(str(home.build)) as connection:
        for statement in statements:
            connection.execute(statement)


# What puts files in place and takes them away, by the functions of ``os`` that pathlib calls.
_ACTS = ("replace", "rename", "link", "rmdir")


class _Killed(BaseException):
    """Not caught by anything that catches errors, as a killed process is not."""


class _Acts:
    """Counts what changes the published folder, and ends the process before one of them."""

    def __init__(self, home: Home, patch: pytest.MonkeyPatch, fatal: int | None = None):
        self.done: list[tuple[str, str]] = []
        for name in _ACTS:
            patch.setattr(os, name, self._counted(home, name, getattr(os, name), fatal))

    def _counted(self, home: Home, name: str, act: Callable, fatal: int | None) -> Callable:
        def counted(path, *rest, **options):
            if len(self.done) == fatal:
                raise _Killed
            target = Path(rest[0] if rest else path)
            below = target.relative_to(home.published) if target.is_relative_to(home.published) else Path("-")
            self.done.append((name, below.parts[0]))
            return act(path, *rest, **options)

        return counted


def _instants(home: Home, folder: Path, work: Callable[[Home], object]) -> list[int]:
    """The first and the last of each kind of act in each place, tried in a copy of the home."""
    dry = _copied(home, folder)
    with pytest.MonkeyPatch.context() as patch:
        acts = _Acts(dry, patch)
        work(dry)
    numbers = {kind: [at for at, act in enumerate(acts.done) if act == kind] for kind in acts.done}
    assert ("replace", "warehouse.duckdb") in numbers and ("link", "kept") in numbers
    return sorted({at for found in numbers.values() for at in (found[0], found[-1])})


def _copied(home: Home, folder: Path) -> Home:
    """By links: nothing that is published is ever written in place."""
    shutil.copytree(home.root, folder, copy_function=os.link)
    return Home(folder)


def _killed(home: Home, folder: Path, fatal: int, work: Callable[[Home], object]) -> Home:
    """A copy of the home in which the work was killed before one act; readers have one publication or the other, whole."""
    copy = _copied(home, folder)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(_Killed):
        _Acts(copy, patch, fatal)
        work(copy)
    number = number_in(copy.warehouse)
    if not differences(copy.published):
        assert read_manifest(copy.published)["publication"] == number
    assert [differences(kept_folder(copy, kept)) for kept in kept_numbers(copy)] == [
        [] for _ in kept_numbers(copy)
    ]
    return copy


def _stands_whole(home: Home, number: int) -> None:
    assert number_in(home.warehouse) == number
    assert differences(home.published) == []
    assert [entry.number for entry in entries(home)] == list(range(1, number + 1))
    assert kept_numbers(home) == list(range(1, number + 1))
    assert differences(kept_folder(home, number)) == []
    assert {path.name for path in home.published.iterdir()} == {
        *("kept", "ledger", "manifest.json", "parquet", "warehouse.duckdb")
    }
    assert [path.name for path in (home.published / "kept").glob(".*")] == []


def test_a_publication_killed_at_any_instant_is_whole_after_the_next(audited: Home, tmp_path: Path):
    publish(audited)
    _edit(
        audited,
        f"update marts.dim_reporting_unit set unit_name = '甲县' where unit_code = '{COUNTY}'",
        "update marts.fct_projects set village = '甲村' where reporting_period = '2021-08'",
        "drop table marts.fct_loans",
    )
    for fatal in _instants(audited, tmp_path / "dry", publish):
        home = _killed(audited, tmp_path / str(fatal), fatal, publish)
        publish(home)
        _stands_whole(home, 2)
        shutil.rmtree(home.root)


def test_putting_back_killed_at_any_instant_has_happened_whole_or_not_at_all(audited: Home, tmp_path: Path):
    publish(audited)
    _edit(audited, f"update marts.dim_reporting_unit set unit_name = '甲县' where unit_code = '{COUNTY}'")
    publish(audited)

    def work(home: Home) -> None:
        put_back(home, 1, "试")

    for fatal in _instants(audited, tmp_path / "dry", work):
        home = _killed(audited, tmp_path / str(fatal), fatal, work)
        if number_in(home.warehouse) == 2:
            assert not publish(home).changed
            _stands_whole(home, 2)
        else:
            with pytest.raises(PublishHeld, match="第3次发布恢复了第1次的内容"):
                publish(home)
            _stands_whole(home, 3)
        shutil.rmtree(home.root)
