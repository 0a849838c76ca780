"""Exports as CSV and Parquet, and the command: what is described is what is there, and what is not published is refused."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from export_support import faulty

from orchestration.cli import main
from orchestration.home import Home
from orchestration.report.export import write_export
from orchestration.report.export.columnar import columnar_files
from orchestration.report.export.delimited import delimited_files
from orchestration.report.export.tables import tables_of

TABLES = ["totals", "figures", "dictionary", "completeness", "missing", "flags"]


@pytest.fixture(scope="module")
def folder(published_small_province: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("exported")
    for form in ("csv", "parquet"):
        write_export(published_small_province, "2021-08", form, None, out)
    return out


def _package(folder: Path) -> tuple[Path, dict]:
    [path] = folder.glob("*_csv/datapackage.json")
    return path.parent, json.loads(path.read_text(encoding="utf-8"))


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_a_csv_opens_in_a_spreadsheet_with_its_chinese_whole(folder: Path):
    where, _ = _package(folder)
    content = (where / "totals.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and b"\r\n" in content
    assert "监测对象总户数" in content.decode("utf-8-sig")


def test_the_package_describes_every_file_as_it_is(folder: Path):
    where, package = _package(folder)
    assert [resource["name"] for resource in package["resources"]] == TABLES
    assert {path.name for path in where.iterdir()} == {
        "datapackage.json",
        *(f"{name}.csv" for name in TABLES),
    }
    for resource in package["resources"]:
        content = (where / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        header = content.decode("utf-8-sig").splitlines()[0].split(",")
        assert header == [field["name"] for field in resource["schema"]["fields"]]
        assert all(field["title"] and field["description"] for field in resource["schema"]["fields"])


_CASTS = {"string": str, "integer": int, "number": Decimal, "boolean": {"true": 1, "false": 0}.__getitem__, "date": str}  # fmt: skip


def test_every_value_is_of_the_type_that_its_column_declares_and_keys_are_unique(folder: Path):
    where, package = _package(folder)
    for resource in package["resources"]:
        rows, keys = _rows(where / resource["path"]), resource["schema"]["primaryKey"]
        for field in resource["schema"]["fields"]:
            for row in rows:
                if row[field["name"]]:
                    _CASTS[field["type"]](row[field["name"]])
                else:
                    assert field["name"] not in keys
        assert len({tuple(row[key] for key in keys) for row in rows}) == len(rows)


def test_all_formats_hold_the_published_values(folder: Path, published_small_province: Home):
    with duckdb.connect(str(published_small_province.warehouse), read_only=True) as connection:
        published = {
            row[:2]: row[2:]
            for row in connection.execute(
                "select unit_code, figure_key, value, display_zh, as_of from marts.rpt_figures"
                " where reporting_period = '2021-08' and value is not null"
            ).fetchall()
        }
    where, _ = _package(folder)
    rows = _rows(where / "figures.csv")
    table = pq.read_table(next(folder.glob("*_parquet/figures.parquet"))).to_pylist()
    assert len(rows) == len(table) == len(published)
    for row, exact in zip(rows, table, strict=True):
        value, display, as_of = published[row["unit_code"], row["figure_key"]]
        assert (Decimal(row["value"]), row["display_zh"], row["as_of"]) == (value, display, str(as_of))
        assert (exact["value"], exact["display_zh"], exact["as_of"]) == (value, display, as_of)


def test_a_parquet_file_says_what_it_is_and_what_its_columns_mean(folder: Path):
    schema = pq.read_schema(next(folder.glob("*_parquet/totals.parquet")))
    assert schema.metadata[b"publication"] == b"1"
    assert schema.metadata[b"comment"].decode().startswith("汇总表 | ")
    assert str(schema.field("value").type) == "decimal128(38, 10)"
    for field in schema:
        assert " | " in field.metadata[b"comment"].decode()


def test_made_twice_each_format_has_the_same_bytes():
    made = faulty()
    for make in (delimited_files, columnar_files):
        assert make(made, tables_of(made)) == make(made, tables_of(made))


def test_a_table_without_rows_is_there_with_its_columns(folder: Path):
    missing = pq.read_table(next(folder.glob("*_parquet/missing.parquet")))
    assert missing.num_rows == 0 and "status" in missing.column_names


def test_faults_are_rows_of_their_own_tables():
    made = faulty()
    files = delimited_files(made, tables_of(made))
    missing = list(csv.DictReader(io.StringIO(files["missing.csv"].decode("utf-8-sig"))))
    assert [(row["unit_name"], row["status"]) for row in missing] == [("周至县", "逾期未报")]
    flags = list(csv.DictReader(io.StringIO(files["flags.csv"].decode("utf-8-sig"))))
    assert [row["waived_until"] for row in flags] == ["", "", "2021-12-31"]


def test_warnings_of_reports_in_force_and_waived_errors_are_flags_and_nothing_else(
    published_small_province: Home, tmp_path: Path
):
    home = _copy(published_small_province, tmp_path)
    with duckdb.connect(str(home.warehouse)) as connection:
        rules = connection.execute("""
            select severity, min(rule_code) from quality.verdicts
            where unit_code = '610122' and severity in ('warning', 'error') and scope = 'file' group by 1 order by 1""").fetchall()
        (_, error), (_, warning) = rules
        connection.execute(f"""
            update quality.verdicts set outcome = 'failed', failed = 2
            where rule_code = '{warning}' and unit_code in ('610122', '610922')""")
        connection.execute(f"""
            update quality.verdicts set outcome = 'failed', failed = 1,
                waived_until = case unit_code when '610122' then date '2021-12-31' end
            where rule_code = '{error}' and unit_code in ('610122', '610922')""")
        connection.execute(f"""
            update marts.rpt_submission_status set status = 'returned'
            where unit_code = '610922'
                and dataset = (select any_value(dataset) from quality.verdicts where rule_code = '{warning}')""")
    told, _ = write_export(home, "2021-08", "csv", None, tmp_path)
    found = [
        (flag.rule_code, flag.unit_code, flag.failed, flag.waived_until is not None) for flag in told.flags
    ]
    assert found == sorted([(error, "610122", 1, True), (warning, "610122", 2, False)])


def test_a_rule_across_units_is_flagged_where_it_found_something(
    published_small_province: Home, tmp_path: Path
):
    home = _copy(published_small_province, tmp_path)
    with duckdb.connect(str(home.warehouse)) as connection:
        [(rule, verdict)] = connection.execute("""
            select rule_code, verdict_id from quality.verdicts
            where scope = 'bureau' and severity = 'warning' and reporting_period = '2021-08' order by 1 limit 1""").fetchall()
        connection.execute(f"""
            update quality.verdicts set outcome = 'failed', failed = 3 where verdict_id = '{verdict}';
            insert into quality.failures by name
            select '{verdict}' as verdict_id, unit_code from (values ('610122'), ('610122'), ('610922')) as found (unit_code)""")
    province, _ = write_export(home, "2021-08", "csv", None, tmp_path)
    county, _ = write_export(home, "2021-08", "csv", "610922", tmp_path)
    assert [(flag.rule_code, flag.unit_code, flag.failed) for flag in province.flags] == [
        (rule, "610122", 2),
        (rule, "610922", 1),
    ]
    assert [(flag.rule_code, flag.unit_code) for flag in county.flags] == [(rule, "610922")]


def _copy(published: Home, folder: Path) -> Home:
    home = Home(folder / "home")
    shutil.copytree(published.published, home.published)
    shutil.copy(published.units_csv, home.root / "reporting_units.csv")
    return home


@pytest.fixture
def current(published_small_province: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = _copy(published_small_province, tmp_path)
    monkeypatch.setenv("ZHENXING_HOME", str(home.root))
    return home


def test_the_command_says_what_it_wrote_and_from_which_publication(current: Home, capsys):
    assert main(["export", "--period", "2021-08", "--format", "csv", "--unit", "蓝田县", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["unit_code"], said["publication"], said["format"]) == ("610122", 1, "csv")
    assert [Path(path).parent for path in said["files"]] == [
        current.exports / "2021-08" / "610122_蓝田县_2021-08_统计资料_csv"
    ] * 7


def test_another_folder_may_be_named(current: Home, tmp_path: Path, capsys):
    assert main(["export", "--period", "2021-Q3", "--out", str(tmp_path / "mail")]) == 0
    assert Path(capsys.readouterr().out.strip()) == tmp_path / "mail" / "610000_陕西省_2021-Q3_统计资料.xlsx"
    assert not current.exports.exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--period", "2019-08"], "没有陕西省在 2019-08 的指标"),
        (["--period", "八月"], "不是报告期"),
        (["--period", "2021-08", "--unit", "999999"], "不是本省的报送单位"),
        (["--period", "2021-08", "--format", "ods"], "不是导出格式"),
    ],
)
def test_what_cannot_be_exported_is_refused_in_words(current: Home, capsys, asked: list[str], said: str):
    assert main(["export", *asked]) == 1
    assert said in capsys.readouterr().err
    assert not current.exports.exists()


def test_before_the_first_night_there_is_nothing_to_export(home: Home, capsys):
    assert main(["export", "--period", "2021-08"]) == 1
    assert "zhenxing nightly" in capsys.readouterr().err


def test_a_file_where_the_folder_should_be_is_refused(current: Home, tmp_path: Path, capsys):
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    assert main(["export", "--period", "2021-08", "--out", str(tmp_path / "taken")]) == 1
    assert "不是文件夹" in capsys.readouterr().err
