"""R, ODBC and JDBC as ``docs/reading.md`` shows them, over PostgreSQL and the exported files: ``make clients``.

Not part of ``make test`` (its name is none that pytest collects): the programs are large and come from Debian.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from postgres_support import Postgres
from reading_postgres import reader_of
from reading_support import DOC, Block, blocks, run

from orchestration.home import Home
from orchestration.report.export import write_export

CLIENTS = [block for block in blocks(DOC.read_text(encoding="utf-8")) if block.needs == "client"]


@pytest.fixture(scope="module")
def home(published_small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("clients"))
    shutil.copytree(published_small_province.published, home.published)
    shutil.copy(published_small_province.units_csv, home.root / "reporting_units.csv")
    write_export(home, "2021-08", "csv")
    return home


@pytest.fixture(scope="module")
def reader(postgres: Postgres, home: Home) -> dict[str, str]:
    return reader_of(postgres, home)


def test_the_page_shows_r_odbc_and_jdbc():
    assert sorted(block.code.split("\n")[0].split(" ")[0] for block in CLIENTS) == sorted(
        ["library(DBI)", "folder", "isql", "import"]
    )


@pytest.mark.parametrize("block", CLIENTS, ids=lambda block: block.name.replace(" ", "_"))
def test_a_client_reads_the_figures_as_they_are_published(
    block: Block, home: Home, reader: dict[str, str], tmp_path: Path
):
    found = run(block, home.root, tmp_path, reader)
    assert "监测对象" in found
    assert len(found.splitlines()) == len(block.answer.splitlines())
