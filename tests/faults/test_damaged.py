"""Bits that flip in any kind of file: each is found by its sum, named, and mended from what else there is."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from orchestration.home import Home
from orchestration.scrub.mend import mend
from orchestration.scrub.scrub import scrub

# One of each kind: what came, what was landed, judged, entered in the ledger and published.
_MENDED = (
    "raw/archive/??/*",
    "var/lake/projects/reporting_period=2021-08/*.parquet",
    "var/published/warehouse.duckdb",
    "var/published/parquet/**/*.parquet",
)
_NAMED = (
    "var/lake/verdicts/reporting_period=2021-08/*.parquet",
    "var/published/ledger/publications/*.parquet",
)


@pytest.fixture
def home(published_small_province: Home, tmp_path: Path) -> Home:
    shutil.copytree(published_small_province.root, tmp_path / "home")
    return Home(tmp_path / "home")


def _flip(path: Path, chance: random.Random) -> None:
    """One bit somewhere, as on a disk; the kept publication that shares the bytes keeps its own."""
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.unlink()
    path.write_bytes(content)


@pytest.mark.parametrize("place", [*_MENDED, *_NAMED])
def test_a_flipped_bit_is_found_and_named(home: Home, place: str):
    chance = random.Random(place)
    path = chance.choice(sorted(home.root.glob(place)))
    _flip(path, chance)
    found = scrub(home).damages
    assert [damage.file for damage in found] == [path.relative_to(home.root).as_posix()]
    assert found[0].remedy
    if place in _MENDED:
        mend(home, found)
        assert scrub(home).whole
