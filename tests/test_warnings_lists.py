"""The counties' lists after two months: what they hold, whom they name, and that writing them again changes nothing."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import openpyxl
import pytest
from pipeline_edits import LANTIAN
from pipeline_support import Register, night, small_home, write_sample

from orchestration.cards import load_cards
from orchestration.cli import main
from orchestration.home import WARNING_LIST, Home
from orchestration.report.warnings import NoWarnings, read_warnings, write_warnings
from orchestration.report.warnings.write import list_of
from orchestration.workbook import column_letter

JULY, AUGUST = "2021-07", "2021-08"
NAME, MASKED = "欧阳试验户主", "欧**"
CARD = load_cards()["monitored_households"]


@dataclass
class Story:
    home: Home
    household: str
    cells: dict[str, str]  # of the planted household's measures, by period


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Two months in which the same household, identified in spring, stands without a measure."""
    home = small_home(tmp_path_factory.mktemp("warnings"))
    cells: dict[str, str] = {}
    household = ""
    for period in (JULY, AUGUST):
        write_sample(home.inbox, period)
        household, cells[period] = _neglect(home, period, household)
    night(home)
    return Story(home, household, cells)


def _neglect(home: Home, period: str, household: str) -> tuple[str, str]:
    path = next(home.inbox.glob(f"{LANTIAN}_*{period}.xlsx"))
    workbook = openpyxl.load_workbook(path)
    register = Register(workbook[CARD.sheet], CARD)
    row = register.find(lambda row: _is_wanted(register, row, household))
    cell = register.write(row, "measures", None)
    register.write(row, "measures_started_month", None)
    register.write(row, "head_name", NAME)
    workbook.save(path)
    return register.text(row, "household_no"), cell


def _is_wanted(register: Register, row: int, household: str) -> bool:
    if household:
        return register.text(row, "household_no") == household
    return (
        register.text(row, "risk_eliminated") == "否" and register.text(row, "identified_month") < "2021-05"
    )


def _rows(path: Path, sheet: str = "户") -> list[dict[str, object]]:
    header, *rows = openpyxl.load_workbook(path)[sheet].iter_rows(min_row=3, values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows if row[0] not in (None, "没有")]


def _planted(story: Story, period: str) -> dict[str, object]:
    rows = _rows(list_of(story.home, period, LANTIAN))
    return next(
        row for row in rows if row["户编号"] == story.household and row["预警"] == "识别满1个月仍无帮扶"
    )


def test_a_list_names_the_household_its_cells_and_the_day_and_leaves_room_for_what_is_found(story: Story):
    row = _planted(story, JULY)
    assert (row["姓名"], row["新增或持续"], row["逾期天数"]) == (MASKED, "新增", 0)
    assert str(row["核查期限"])[:10] == "2021-08-15"
    assert story.cells[JULY] in row["所在单元格"] and row["所在单元格"].startswith(f"{CARD.sheet}!")
    assert row["入户核查日期"] is None and row["核查结果"] is None
    assert "R-MON-8" in row["依据"] and "http" not in row["依据"]


def test_next_month_a_standing_warning_keeps_its_day(story: Story):
    row = _planted(story, AUGUST)
    assert (row["新增或持续"], row["逾期天数"]) == ("持续2期", 16)
    assert str(row["核查期限"])[:10] == "2021-08-15"


def test_every_name_of_a_list_is_masked(story: Story):
    lists = sorted(story.home.receipts.rglob(WARNING_LIST))
    names = [row["姓名"] for path in lists for row in _rows(path)]
    assert len(lists) > 2 and names
    assert [name for name in names if not (str(name).endswith("*") and len(str(name)) <= 3)] == []


def test_a_summary_counts_what_the_lists_hold(story: Story):
    path = list_of(story.home, AUGUST, LANTIAN)
    total = _rows(path, "按乡镇汇总")[-1]
    assert total["乡镇"] == "合计"
    assert total["预警"] == len(_rows(path)) + len(_rows(path, "乡镇和县"))
    assert total["涉及户"] == len({row["户编号"] for row in _rows(path)})


def test_a_name_in_clear_is_in_nothing_that_was_made(story: Story):
    assert [place for place, text in _made(story.home) if NAME in text] == []
    assert any(MASKED in text for _, text in _made(story.home))


def _made(home: Home) -> Iterator[tuple[str, str]]:
    for path in (home.root / "var").rglob("*"):
        if path.suffix == ".parquet":
            yield path.name, str(duckdb.execute("from read_parquet(?)", [str(path)]).fetchall())
        elif path.suffix == ".duckdb":
            yield from _tables(path)
        elif path.name == WARNING_LIST:
            with zipfile.ZipFile(path) as parts:
                yield from ((str(path), parts.read(name).decode()) for name in parts.namelist())
        elif path.is_file() and path.suffix != ".xlsx":
            yield path.name, path.read_bytes().decode("utf-8", "replace")


def _tables(path: Path) -> Iterator[tuple[str, str]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute(
            "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'"
        ).fetchall()
        for schema, name in names:
            yield f"{schema}.{name}", str(connection.execute(f'from "{schema}"."{name}"').fetchall())


def test_a_masked_name_is_in_no_fact_and_in_no_other_mart(story: Story):
    with duckdb.connect(str(story.home.warehouse), read_only=True) as connection:
        columns = connection.execute("""
            select table_name, column_name from information_schema.columns
            where column_name in ('masked_name', 'head_name', 'borrower_name', 'worker_name')""").fetchall()
    assert columns == [("rpt_warnings", "masked_name")]


def test_the_cells_of_a_list_are_where_the_register_has_them(story: Story):
    workbook = openpyxl.load_workbook(next(story.home.inbox.glob(f"{LANTIAN}_*{AUGUST}.xlsx")))
    register = Register(workbook[CARD.sheet], CARD)
    row = register.find(lambda row: register.text(row, "household_no") == story.household)
    letters = {
        column_letter(cell.column - 1)
        for line in workbook[CARD.sheet].iter_rows(max_row=6)
        for cell in line
        if cell.value in ("识别监测时间", "帮扶措施", "帮扶开始时间")
    }
    given = _planted(story, AUGUST)["所在单元格"].split("!")[1].split("、")
    assert set(given) == {f"{letter}{row}" for letter in letters}


def test_a_writing_killed_and_run_again_gives_the_same_bytes(story: Story):
    lists = {path: path.read_bytes() for path in story.home.receipts.rglob(WARNING_LIST)}
    assert write_warnings(story.home, [JULY, AUGUST]) == []
    gone, half = list(lists)[:2]
    gone.unlink()
    half.write_bytes(lists[half][:100])
    assert sorted(write_warnings(story.home, [JULY, AUGUST])) == sorted([gone, half])
    assert {path: path.read_bytes() for path in story.home.receipts.rglob(WARNING_LIST)} == lists


def test_a_list_without_warnings_is_taken_away(story: Story):
    stale = list_of(story.home, AUGUST, "610000")
    stale.write_bytes(b"old")
    write_warnings(story.home, [JULY])
    assert stale.exists()
    write_warnings(story.home, [AUGUST])
    assert not stale.exists()


def test_the_command_counts_the_province_and_lists_a_county(story: Story, monkeypatch, capsys):
    monkeypatch.setenv("ZHENXING_HOME", str(story.home.root))
    assert main(["warnings", "--period", AUGUST, "--unit", LANTIAN, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    mine = [w for w in said["warnings"] if w["household_no"] == story.household]
    assert {w["masked_name"] for w in mine} == {MASKED}
    assert said["units"][0]["warnings"] == len(said["warnings"])
    assert main(["warnings", "--period", AUGUST]) == 0
    assert "识别满1个月仍无帮扶" in capsys.readouterr().out
    assert main(["warnings", "--period", "2021-05"]) == 1


def test_a_period_nobody_reported_on_is_refused(story: Story):
    with pytest.raises(NoWarnings):
        read_warnings(story.home.warehouse, "2021-05")
