"""Every odd workbook in one inbox beside a small province: each is answered, and the province does not notice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from pipeline_support import night
from receive_support import ODD_WORKBOOKS

from orchestration.home import Home

FILES = sorted(path.name for path in ODD_WORKBOOKS.iterdir() if path.suffix != ".md")
SECONDS = 60


@pytest.fixture(scope="module")
def odd(small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("odd") / "home")
    shutil.copytree(small_province.root, home.root)
    for name in FILES:
        shutil.copy(ODD_WORKBOOKS / name, home.inbox / name)
    run = night(home)
    # Bounded by the guard, whatever a file asks for.
    assert run.night.seconds["receive"] < SECONDS * len(FILES)
    return home


@pytest.fixture(scope="module")
def receipts(odd: Home) -> dict[str, dict]:
    found = (odd.receipts / "unidentified").rglob("receipt.json")
    return {receipt["file"]: receipt for receipt in map(_read, found)}


def _read(path: Path) -> dict:
    return {**json.loads(path.read_text(encoding="utf-8")), "page": path.with_name("receipt.html")}


def test_no_odd_workbook_is_taken_for_a_submission_of_a_unit(odd: Home, receipts):
    assert set(receipts) == set(FILES)
    assert not [path for path in odd.receipts.glob("2021-08/*") if path.name not in _units(odd)]


def _units(home: Home) -> set[str]:
    return {path.name[:6] for path in home.inbox.glob("6*_2021-08.xlsx")}


@pytest.mark.parametrize("name", FILES)
def test_an_odd_workbook_is_answered_with_what_it_is_and_what_to_do(name: str, receipts):
    receipt = receipts[name]
    assert (receipt["status"], receipt["unit_code"]) == ("退回", None)
    [problem] = receipt["problems"]
    assert problem["rule"][:2] in ("U-", "C-")
    assert problem["message"] and problem["remedy"]
    assert problem["title"] in receipt["page"].read_text(encoding="utf-8")


def test_the_province_is_published_as_if_they_were_not_there(odd: Home, published_small_province: Home):
    assert _figures(odd) == _figures(published_small_province)
    assert _facts(odd) == _facts(published_small_province)


def _figures(home: Home) -> list[tuple]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute("from marts.rpt_bulletin order by all").fetchall()


def _facts(home: Home) -> dict[str, int]:
    """A sum over every fact's rows; pseudonyms differ from home to home."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select table_name, list(column_name order by column_name) from duckdb_columns() "
            "where schema_name = 'marts' and table_name like 'fct_%' and column_name not like '%id_no' group by 1"
        ).fetchall()
        return {
            table: connection.execute(
                f"select sum(cast(hash({', '.join(columns)}) as hugeint)) from marts.{table}"
            ).fetchall()
            for table, columns in tables
        }
