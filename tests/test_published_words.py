"""What the published small province says of itself: words on every table and column, its format, its manifest."""

from __future__ import annotations

import re

import duckdb
import pytest

from orchestration.home import Home
from orchestration.publish.manifest import differences, read_manifest

_CHINESE = re.compile("[\u4e00-\u9fff]")
_COMMENTS = """
    select schema_name || '.' || table_name, comment from duckdb_tables() where not internal
    union all
    select schema_name || '.' || table_name || '.' || column_name, comment from duckdb_columns() where not internal
    order by 1"""


@pytest.fixture
def comments(published_small_province: Home) -> dict[str, str | None]:
    with duckdb.connect(str(published_small_province.warehouse), read_only=True) as connection:
        return dict(connection.execute(_COMMENTS).fetchall())


def test_every_table_and_column_is_explained_in_chinese(comments: dict[str, str | None]):
    assert len(comments) > 500
    assert [name for name, comment in comments.items() if not _CHINESE.search(comment or "")] == []


def test_and_in_english_after_a_bar(comments: dict[str, str | None]):
    halves = {name: (comment or "").split(" | ") for name, comment in comments.items()}
    assert [
        name for name, said in halves.items() if len(said) != 2 or not re.search("[A-Za-z]", said[1])
    ] == []


def test_the_file_is_of_the_format_that_readers_since_1_4_open(published_small_province: Home):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published_small_province.warehouse}' as published (read_only)")
        [(tags,)] = connection.execute(
            "select tags from duckdb_databases() where database_name = 'published'"
        ).fetchall()
    assert tags["storage_version"].startswith("v1.4.0")


def test_a_night_leaves_all_as_its_manifest_says(published_small_province: Home):
    folder = published_small_province.published
    assert differences(folder) == []
    assert differences(folder / "kept" / "00001") == []
    periods = {
        each["reporting_period"] for each in read_manifest(folder)["tables"]["marts.rpt_figures"]["files"]
    }
    assert periods == {"2021-08", "2021-Q3", "2021-H2", "2021"}
