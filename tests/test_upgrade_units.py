"""Counties renamed and merged between two months: who reports, what is answered, and figures that read through."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import model_support as support
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from receive_support import cover_workbook
from typer.testing import CliRunner

from orchestration import lake
from orchestration.cli import app
from orchestration.home import Home
from orchestration.model import dbt
from orchestration.receive.cover import read_cover
from orchestration.units import ReportingUnits, UnitsError

# 甲县 and 乙县 were merged into 丙区 after August; 丁区 had another code and name until then.
LISTED = """code,name,short_name,kind,kind_cn,city_code,city_name,previous_code,previous_name,former_poverty_county,poverty_exit_year,valid_from,valid_to,successor_code
610122,甲县,甲,county,县,610100,西安市,,,no,,,2021-08,610119
610124,乙县,乙,county,县,610100,西安市,,,no,,,2021-08,610119
610119,丙区,丙,district,市辖区,610100,西安市,,,no,,2021-09,,
610118,丁区,丁,district,市辖区,610100,西安市,610125,丁县,no,,,,
"""
OLD, NEW, MERGED, RENAMED, FORMER = ("610122", "610124"), "2021-09", "610119", "610118", "610125"
SELECTED = (
    *("build", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"),
    *("--select", "+rpt_figures", "+rpt_completeness", "+audit_rollup", "+audit_outliers"),
)


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A lake of two months: August under the old units, September under the new ones."""
    home = Home(tmp_path_factory.mktemp("merged"))
    (home.root / "reporting_units.csv").write_text(LISTED, encoding="utf-8")
    for name in ("waivers.csv", "reopenings.csv", "exemptions.csv"):
        shutil.copy(home.given[name], home.root / name)
    submissions = []
    for period, counties, day in (("2021-08", (*OLD, FORMER), 3), (NEW, (MERGED, RENAMED), 33)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(support, "PERIOD", period)
            patch.setattr(support, "COUNTIES", counties)
            patch.setattr(support, "RECEIVED", datetime(2021, 9 + day // 31, day % 30, tzinfo=UTC))
            support.write_lake(home)
        submissions.append(pq.read_table(lake.single_file(home, "submissions")))
    lake.write_parquet(lake.single_file(home, "submissions"), pa.concat_tables(submissions))
    dbt.run(home, *SELECTED)
    return home


@pytest.fixture
def warehouse(merged: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(merged.build), read_only=True) as connection:
        yield connection


def _figures(warehouse: duckdb.DuckDBPyConnection, unit: str, period: str) -> dict[str, tuple]:
    rows = warehouse.execute(
        "select figure_key, value, previous_value, kind from marts.rpt_figures where unit_code = ? and reporting_period = ?",
        [unit, period],
    ).fetchall()
    return {key: tuple(rest) for key, *rest in rows}


def test_each_month_shows_the_units_that_reported_for_it(warehouse) -> None:
    rows = warehouse.sql(
        "select distinct reporting_period, unit_code from marts.rpt_figures join marts.dim_reporting_unit "
        "using (unit_code) where marts.dim_reporting_unit.kind = 'county'"
    ).fetchall()
    assert {(p, u) for p, u in rows if p in ("2021-08", NEW)} == {
        *(("2021-08", unit) for unit in (*OLD, RENAMED)),
        *((NEW, unit) for unit in (MERGED, RENAMED)),
    }
    owed = warehouse.sql(
        "select distinct reporting_period, unit_code from marts.rpt_submission_status"
    ).fetchall()
    assert {u for p, u in owed if p == "2021-08"} == {*OLD, RENAMED, "610000"}
    assert {u for p, u in owed if p == NEW} == {MERGED, RENAMED, "610000"}


def test_a_merged_countys_month_before_is_the_sum_of_those_it_came_from(warehouse) -> None:
    before = [_figures(warehouse, unit, "2021-08") for unit in OLD]
    after = _figures(warehouse, MERGED, NEW)
    additive = warehouse.sql("select distinct figure_key from audit.audit_rollup").fetchall()
    keys = [key for (key,) in additive if key in after]
    sums = {key: sum(figures[key][0] for figures in before if key in figures) for key in keys}
    assert len(keys) > 20 and {key: after[key][1] for key in keys} == sums


def test_a_renamed_countys_month_before_is_its_own_under_the_former_code(warehouse) -> None:
    before, after = (_figures(warehouse, RENAMED, period) for period in ("2021-08", NEW))
    assert before and all(after[key][1] == before[key][0] for key in before if key in after)
    assert warehouse.execute(
        "select count(*) from marts.rpt_figures where unit_code = ?", [FORMER]
    ).fetchone() == (0,)


def test_province_and_city_count_everyone_once(warehouse) -> None:
    wrong = warehouse.sql("select count(*) from audit.audit_rollup where verdict <> 'exact'").fetchone()
    assert wrong == (0,)
    rows = warehouse.execute(
        "select reporting_period, expected from marts.rpt_completeness where unit_code = '610100' and dataset = 'employment'"
    ).fetchall()
    assert dict(rows) == {"2021-08": 3, "2021-09": 2, "2021-10": 2}


def test_the_quarter_belongs_to_the_units_at_its_end(warehouse) -> None:
    quarter = _figures(warehouse, MERGED, "2021-Q3")
    flows = [key for key, (_, _, kind) in quarter.items() if kind == "flow"]
    summed = {
        key: sum((_figures(warehouse, unit, "2021-08")[key][0] for unit in OLD), Decimal(0))
        + _figures(warehouse, MERGED, NEW)[key][0]
        for key in flows
    }
    assert flows and {key: quarter[key][0] for key in flows} == summed
    assert not _figures(warehouse, OLD[0], "2021-Q3")


def _problems(units: ReportingUnits, **cover: str) -> list[tuple[str, str]]:
    return [
        (problem.code, problem.text_zh) for problem in read_cover(cover_workbook(**cover), units).problems
    ]


def test_a_unit_that_ended_is_told_who_reports_now(merged: Home) -> None:
    units = ReportingUnits(merged.units_csv)
    assert _problems(units, unit_code="610122", unit_name="甲县", reporting_period="2021-08") == []
    [(code, text)] = _problems(units, unit_code="610122", unit_name="甲县", reporting_period="2021-09")
    assert code == "C-ENDED" and "只报到 2021-08" in text and "此后由丙区(610119)报送" in text
    [(code, text)] = _problems(units, unit_code="610119", unit_name="丙区", reporting_period="2021-08")
    assert code == "C-ENDED" and "自 2021-09 起报送" in text and "甲县(610122)、乙县(610124)分别报送" in text
    assert _problems(units, unit_code="610125", unit_name="丁县", reporting_period="2021-09") == []


def test_a_unit_gets_no_template_for_months_it_does_not_report(
    merged: Home, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("ZHENXING_HOME", str(merged.root))
    arguments = ["template", "--unit", "甲县", "--out", str(tmp_path)]
    assert CliRunner().invoke(app, [*arguments, "--period", "2021-08"]).exit_code == 0
    refused = CliRunner().invoke(app, [*arguments, "--period", "2021-09"])
    assert refused.exit_code != 0 and "此后由丙区(610119)报送" in str(refused.exception)


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        (",2021-08,610119", ",2021-8,610119", "应为月份"),
        (",2021-08,610119", ",2021-08,999999", "不在名录中"),
        (",2021-08,610119", ",,610119", "没有写 valid_to"),
        (",2021-08,610119", ",2021-08,610124", "没有晚于它结束"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused(tmp_path: Path, wrong: str, right: str, said: str) -> None:
    path = tmp_path / "reporting_units.csv"
    path.write_text(LISTED.replace(wrong, right, 1), encoding="utf-8")
    with pytest.raises(UnitsError, match=said):
        ReportingUnits(path)


def test_several_former_codes_and_names_lead_to_one_unit(tmp_path: Path) -> None:
    path = tmp_path / "reporting_units.csv"
    path.write_text(LISTED.replace("610125,丁县", "610125;610128,丁县;丁州"), encoding="utf-8")
    units = ReportingUnits(path)
    assert {units.by_code(code).name for code in ("610118", "610125", "610128")} == {"丁区"}
    assert units.by_name("丁州").code == "610118"
