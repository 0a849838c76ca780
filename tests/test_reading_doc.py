"""``docs/reading.md``: every query of the page runs on a published province, and the figures it shows are the article's."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import bulletin_support
import duckdb
import pytest
from postgres_support import Postgres
from reading_postgres import reader_of
from reading_support import DOC, Block, blocks, run, with_answers

from orchestration.cli import app
from orchestration.home import Home
from orchestration.indicators import load_indicators

PAGE = DOC.read_text(encoding="utf-8")
BLOCKS = blocks(PAGE)
_WORD = re.compile(r"[A-Za-z_]{3,}|[\u4e00-\u9fff]+")


def _of(*needs: str) -> list:
    return [pytest.param(block, id=block.name.replace(" ", "_")) for block in BLOCKS if block.needs in needs]


@pytest.fixture(scope="module")
def home(published_small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of what readers have, for the page's exports to lie in."""
    home = Home(tmp_path_factory.mktemp("reading"))
    shutil.copytree(published_small_province.published, home.published)
    shutil.copy(published_small_province.units_csv, home.root / "reporting_units.csv")
    return home


@pytest.fixture(scope="module")
def reader(postgres: Postgres, home: Home) -> dict[str, str]:
    return reader_of(postgres, home)


@pytest.mark.parametrize("block", _of("published"))
def test_what_the_page_asks_of_the_files_has_an_answer_of_the_shape_it_shows(
    block: Block, home: Home, tmp_path: Path
):
    _same_shape(run(block, home.root, tmp_path), block.answer)


@pytest.mark.parametrize("block", _of("postgres"))
def test_what_the_page_asks_of_postgresql_has_an_answer_of_the_shape_it_shows(
    block: Block, home: Home, reader: dict[str, str], tmp_path: Path
):
    _same_shape(run(block, home.root, tmp_path, reader), block.answer)


def _same_shape(found: str, shown: str) -> None:
    """The figures are another province's; headers, and that there are rows, are not."""
    assert found and shown
    first = next(line for line in shown.splitlines() if _WORD.search(line))
    header = next(line for line in found.splitlines() if _WORD.search(line))
    if " " in first.strip("│ ") and not re.search(r"\d", first):
        assert _WORD.findall(header) == _WORD.findall(first)
    assert len(found.splitlines()) >= min(len(shown.splitlines()), 2)


def test_every_block_shows_its_answer():
    assert [block.name for block in BLOCKS if not block.answer] == []
    assert {block.language for block in BLOCKS} == {"sh", "python", "r", "java"}


def test_writing_the_same_answers_changes_nothing():
    assert with_answers(PAGE, {block.code: block.answer for block in BLOCKS}) == PAGE


def test_the_figures_shown_are_the_articles():
    printed = {
        load_indicators()[row["topic"]].label: row["value_printed"] for row in bulletin_support.TARGETS
    }
    seen = 0
    for line in "\n".join(block.answer for block in BLOCKS).splitlines():
        for label in set(re.split(r"[│\s,]+", line)) & set(printed):
            figure = rf"(?<![\d.]){re.escape(printed[label])}(?!\d|\.\d)"
            assert re.search(figure, line.replace(" ", "")), line
            seen += 1
    assert seen >= 10


def test_every_command_and_table_that_the_page_names_is_there(home: Home):
    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    known |= {group.name for group in app.registered_groups}
    assert set(re.findall(r"zhenxing ([a-z]+)", PAGE)) <= known
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        tables = {
            f"{schema}.{name}"
            for schema, name in connection.execute(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall()
        }
    assert set(re.findall(r"\b(?:marts|quality)\.[a-z_]+", PAGE)) <= tables
