"""Superset's way to the published file: in one process each publication has a path of its own."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from bi.superset import published_file
from bi.superset.published_file import pinned


def test_who_opens_after_a_publication_sees_it_while_others_still_read_the_one_before(tmp_path: Path) -> None:
    warehouse, links = tmp_path / "warehouse.duckdb", tmp_path / "reading"
    _publish(warehouse, 1)
    with duckdb.connect(str(pinned(warehouse, links)), read_only=True) as earlier:
        _publish(warehouse, 2)
        assert _number(pinned(warehouse, links)) == 2
        assert earlier.execute("select number from publication").fetchone() == (1,)


def test_by_its_own_path_they_would_be_shown_the_one_before(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    _publish(warehouse, 1)
    with duckdb.connect(str(warehouse), read_only=True):
        _publish(warehouse, 2)
        assert _number(warehouse) == 1
    assert _number(warehouse) == 2


def test_one_publication_has_one_path(tmp_path: Path) -> None:
    warehouse, links = tmp_path / "warehouse.duckdb", tmp_path / "reading"
    _publish(warehouse, 1)
    assert pinned(warehouse, links) == pinned(warehouse, links)
    assert len(list(links.iterdir())) == 1


def test_a_superseded_file_is_let_go_when_no_query_can_still_need_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse, links = tmp_path / "warehouse.duckdb", tmp_path / "reading"
    _publish(warehouse, 1)
    first = pinned(warehouse, links)
    _publish(warehouse, 2)
    second = pinned(warehouse, links)
    assert first.exists()
    monkeypatch.setattr(published_file, "KEPT_SECONDS", -1)
    _publish(warehouse, 3)
    third = pinned(warehouse, links)
    assert [path.exists() for path in (first, second, third)] == [False, False, True]


def test_a_reader_that_was_beaten_to_it_takes_the_link_that_is_there(tmp_path: Path) -> None:
    warehouse, links = tmp_path / "warehouse.duckdb", tmp_path / "reading"
    _publish(warehouse, 1)
    first = pinned(warehouse, links)
    assert published_file._linked(warehouse, links) == first
    assert [path.name for path in links.iterdir()] == [first.parent.name]


def test_before_anything_is_published_there_is_nothing_to_open(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        pinned(tmp_path / "warehouse.duckdb", tmp_path / "reading")


def _publish(warehouse: Path, number: int) -> None:
    """As publishing does: a whole new file, renamed into place."""
    made = warehouse.with_name("next.duckdb")
    with duckdb.connect(str(made)) as connection:
        connection.execute("create table publication (number integer)")
        connection.execute("insert into publication values (?)", [number])
    made.replace(warehouse)


def _number(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("select number from publication").fetchone()[0]
