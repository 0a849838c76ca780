"""Published files whose bytes changed are found, and written anew from what is whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.home import Home
from orchestration.publish.kept import keep, kept_numbers
from orchestration.publish.manifest import differences
from orchestration.scrub.damage import PUBLISHED, Damage
from orchestration.scrub.mend import mend
from orchestration.scrub.mend_published import FROM_BUILD, FROM_WAREHOUSE, KEPT_ANEW, KEPT_NO_MORE, NEXT_NIGHT
from orchestration.scrub.scrub import scrub


@pytest.fixture
def home(published_small_province: Home, tmp_path: Path) -> Home:
    """A copy in which what is kept is the same file as what is published."""
    home = Home(tmp_path / "home")
    shutil.copytree(published_small_province.root, home.root)
    shutil.rmtree(home.published / "kept")
    keep(home)
    return home


def flip(path: Path) -> None:
    with path.open("r+b") as handle:
        handle.seek(path.stat().st_size // 2)
        [byte] = handle.read(1)
        handle.seek(-1, 1)
        handle.write(bytes([byte ^ 0x10]))


def a_parquet(home: Home) -> Path:
    return next((home.published / "parquet" / "fct_projects").rglob("*.parquet"))


def answers(home: Home) -> list[tuple]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute("from marts.rpt_figures order by all").fetchall()


def damages(home: Home) -> list[Damage]:
    return [damage for damage in scrub(home).damages if damage.kind == PUBLISHED]


def test_a_published_home_is_whole(home: Home) -> None:
    scrubbed = scrub(home)
    assert scrubbed.whole
    assert scrubbed.vouched == 0


def test_a_published_parquet_file_is_written_from_its_warehouse(home: Home) -> None:
    path = a_parquet(home)
    flip(path)
    found = damages(home)
    assert {home.root / damage.file for damage in found} >= {path}
    mended = mend(home, found)
    assert {damage.mended for damage in mended} <= {FROM_WAREHOUSE, KEPT_ANEW}
    assert not differences(home.published)
    assert scrub(home).whole


def test_the_published_warehouse_is_written_from_the_build_it_came_from(home: Home) -> None:
    before = answers(home)
    flip(home.warehouse)
    mended = mend(home, damages(home))
    assert {damage.mended for damage in mended} <= {FROM_BUILD, KEPT_ANEW}
    assert FROM_BUILD in {damage.mended for damage in mended}
    assert answers(home) == before
    assert scrub(home).whole


def test_a_warehouse_without_a_build_is_put_aside_and_what_is_left_is_said(home: Home) -> None:
    home.build.unlink()
    flip(home.warehouse)
    mended = mend(home, damages(home))
    assert {damage.mended for damage in mended} == {NEXT_NIGHT, KEPT_NO_MORE}
    assert not home.warehouse.exists()
    assert (home.root / "var" / "damaged" / "var" / "published" / "warehouse.duckdb").exists()
    assert kept_numbers(home) == []
