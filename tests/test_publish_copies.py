"""The published tables as Parquet by period, the manifest that vouches for them, and the publications that are kept."""

from __future__ import annotations

import json
import os
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from audit_support import audited_home, edit_build

from orchestration import lake
from orchestration.home import Home
from orchestration.publish import kept as keeping
from orchestration.publish.kept import kept_folder, kept_numbers
from orchestration.publish.ledger import entries
from orchestration.publish.manifest import differences, is_whole, listed, read_manifest
from orchestration.publish.publish import publish

RENAMED = "update marts.dim_reporting_unit set unit_name = '{}' where kind = 'county'"
FIGURES = "parquet/rpt_figures/reporting_period={}/rpt_figures.parquet"


@pytest.fixture
def audited(tmp_path: Path) -> Home:
    return audited_home(tmp_path)


def _inodes(home: Home) -> dict[str, int]:
    return {
        each["file"]: (home.published / each["file"]).stat().st_ino
        for each in listed(read_manifest(home.published))
    }


def test_each_period_of_a_table_is_a_file_that_reads_alone(audited: Home):
    publish(audited)
    files = read_manifest(audited.published)["tables"]["marts.rpt_figures"]["files"]
    assert {each["reporting_period"]: each["file"] for each in files} == {
        period: FIGURES.format(period) for period in ("2021-08", "2021-Q3", "2021-H2", "2021")
    }
    for each in files:
        # Not as a dataset: the folder's name is not asked.
        table = pq.ParquetFile(audited.published / each["file"]).read()
        assert table["reporting_period"].unique().to_pylist() == [each["reporting_period"]]


def test_the_folder_reads_as_the_table_with_and_without_hive(audited: Home):
    publish(audited)
    with duckdb.connect(str(audited.warehouse), read_only=True) as connection:
        for hive in ("true", "false"):
            folder = f"read_parquet('{audited.published}/parquet/rpt_figures/**/*.parquet', hive_partitioning = {hive})"
            columns = ", ".join(
                name for name, *_ in connection.execute("describe marts.rpt_figures").fetchall()
            )
            differing = connection.execute(
                f"select count(*) from (select {columns} from {folder} except all from marts.rpt_figures)"
            ).fetchall()
            assert differing == [(0,)]


def test_a_dimension_is_one_file_and_so_is_a_table_without_periods_or_rows(audited: Home):
    publish(audited)
    files = {
        table: [(each["file"], each["reporting_period"]) for each in said["files"]]
        for table, said in read_manifest(audited.published)["tables"].items()
    }
    for table in ("marts.dim_period", "quality.rules", "quality.waivers"):
        name = table.split(".")[1]
        assert files[table] == [(f"parquet/{name}/{name}.parquet", None)]
    waivers = pq.ParquetFile(audited.published / "parquet/waivers/waivers.parquet")
    assert waivers.metadata.num_rows == 0 and "reporting_period" in waivers.schema_arrow.names


def test_rows_without_a_period_have_a_file_of_their_own(audited: Home):
    edit_build(
        audited,
        "insert into marts.rpt_figures by name (select * replace (null as reporting_period) from marts.rpt_figures limit 3)",
    )
    publish(audited)
    [file] = [
        each
        for each in read_manifest(audited.published)["tables"]["marts.rpt_figures"]["files"]
        if each["reporting_period"] is None
    ]
    assert file["rows"] == 3 and file["file"] == FIGURES.format("__HIVE_DEFAULT_PARTITION__")
    assert differences(audited.published) == []


def test_a_publication_writes_anew_only_what_changed(audited: Home):
    edit_build(
        audited,
        "insert into marts.rpt_figures by name (select * replace ('2021-07' as reporting_period) from marts.rpt_figures "
        "where reporting_period = '2021-08')",
    )
    publish(audited)
    before = _inodes(audited)
    edit_build(
        audited,
        "update marts.rpt_figures set display_zh = '另写' where reporting_period = '2021-08'",
        # The same rows in another order are the same content.
        "create table marts.turned as from marts.fct_projects order by all desc",
        "delete from marts.fct_projects",
        "insert into marts.fct_projects from marts.turned",
        "drop table marts.turned",
    )
    publish(audited)
    after = _inodes(audited)
    changed = {file for file in before if before[file] != after[file]}
    assert changed == {FIGURES.format("2021-08"), "parquet/publications/publications.parquet"}
    assert differences(audited.published) == []


def test_a_period_that_is_gone_leaves_the_folder(audited: Home):
    publish(audited)
    folder = audited.published / "parquet" / "rpt_figures"
    assert (folder / "reporting_period=2021-Q3").exists()
    edit_build(audited, "delete from marts.rpt_figures where reporting_period = '2021-Q3'")
    publish(audited)
    assert not (folder / "reporting_period=2021-Q3").exists()
    assert differences(audited.published) == []


def test_a_file_that_lost_its_bytes_is_written_again_by_the_next_publication(audited: Home):
    publish(audited)
    path = audited.published / FIGURES.format("2021-08")
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(b"half")
    assert not is_whole(audited.published, read_manifest(audited.published))
    assert not publish(audited).changed
    assert path.read_bytes() == whole and differences(audited.published) == []
    assert differences(kept_folder(audited, 1)) == []


def test_the_same_content_gives_the_same_bytes(audited: Home, tmp_path: Path):
    publish(audited)
    other = audited_home(tmp_path / "other")
    publish(other)
    sums = [
        {each["file"]: each["sha256"] for each in listed(read_manifest(home.published))}
        for home in (audited, other)
    ]
    differing = {file for file, sha in sums[0].items() if sums[1][file] != sha}
    assert differing == {"parquet/publications/publications.parquet"}  # its moment


def test_what_was_published_before_tables_were_divided_is_divided_under_its_own_number(audited: Home):
    publish(audited)
    manifest = json.loads((audited.published / "manifest.json").read_text(encoding="utf-8"))
    flat = audited.published / "parquet" / "rpt_figures" / "rpt_figures.parquet"
    older = {
        **manifest,
        "warehouse": "warehouse.duckdb",
        "tables": {"marts.rpt_figures": {"file": "…", "rows": 1}},
    }
    (audited.published / "manifest.json").write_text(json.dumps(older), encoding="utf-8")
    flat.write_bytes(b"all periods")
    assert not publish(audited).changed
    assert not flat.exists()
    assert [entry.number for entry in entries(audited)] == [1]
    assert differences(audited.published) == []


def test_the_last_publications_are_kept_and_older_ones_removed(
    audited: Home, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(keeping, "KEPT", 3)
    for number in range(1, 6):
        edit_build(audited, RENAMED.format(f"第{number}名"))
        assert publish(audited).changed
    assert kept_numbers(audited) == [3, 4, 5]
    query = "select unit_name from marts.dim_reporting_unit where kind = 'county'"
    for number in (3, 4, 5):
        folder = kept_folder(audited, number)
        assert differences(folder) == []
        with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
            assert connection.execute(query).fetchall() == [(f"第{number}名",)]


def test_what_did_not_change_lies_on_the_disk_once(audited: Home):
    publish(audited)
    edit_build(audited, RENAMED.format("改名县"))
    publish(audited)
    kept = [kept_folder(audited, number) for number in (1, 2)]
    same = [folder / FIGURES.format("2021-08") for folder in (*kept, audited.published)]
    assert len({path.stat().st_ino for path in same}) == 1
    assert (kept[1] / "warehouse.duckdb").samefile(audited.warehouse)
    assert not (kept[0] / "warehouse.duckdb").samefile(audited.warehouse)


def test_where_the_file_system_has_no_links_publications_are_copied(
    audited: Home, monkeypatch: pytest.MonkeyPatch
):
    def refuses(*_: object) -> None:
        raise OSError("no hard links here")

    monkeypatch.setattr(os, "link", refuses)
    publish(audited)
    assert differences(kept_folder(audited, 1)) == []
    assert not (kept_folder(audited, 1) / "warehouse.duckdb").samefile(audited.warehouse)


def test_what_is_not_as_the_manifest_says_is_named(audited: Home):
    publish(audited)
    figures, rules = FIGURES.format("2021-08"), "parquet/rules/rules.parquet"
    content = bytearray((audited.published / figures).read_bytes())
    content[100] ^= 1
    (audited.published / figures).unlink()
    (audited.published / figures).write_bytes(content)
    (audited.published / rules).unlink()
    (audited.published / "parquet" / "mine.parquet").write_bytes(b"x")
    assert differences(audited.published) == [
        f"{rules}:缺",
        f"{figures}:SHA-256 不符",
        "parquet/mine.parquet:清单上没有",
    ] or differences(audited.published) == [
        f"{figures}:SHA-256 不符",
        f"{rules}:缺",
        "parquet/mine.parquet:清单上没有",
    ]


def test_rows_that_the_manifest_miscounts_are_named(audited: Home):
    publish(audited)
    path = audited.published / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["tables"]["marts.fct_projects"]["rows"] = 5
    manifest["publication"] = 9
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert differences(audited.published) == [
        "warehouse.duckdb:表 marts.fct_projects 有4行,清单为5行",
        "warehouse.duckdb:是第1次发布,清单为第9次",
    ]


def test_a_folder_without_a_manifest_is_no_publication(audited: Home):
    assert differences(audited.published) == ["manifest.json:没有,或是旧格式"]
    assert read_manifest(audited.published) is None


def test_verdicts_of_each_period_are_a_file(audited: Home):
    publish(audited)
    files = read_manifest(audited.published)["tables"]["quality.verdicts"]["files"]
    assert [each["reporting_period"] for each in files] == ["2021-08"]
    assert sum(each["rows"] for each in files) == sum(lake.row_counts(audited, "verdicts").values())
