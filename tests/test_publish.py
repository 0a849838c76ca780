"""Publication: what readers get, when it is refused, and that no reader is disturbed by a swap."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from audit_support import COUNTY, audited_home, edit_build

from orchestration import lake
from orchestration.audit.warehouse import audit_warehouse
from orchestration.home import Home
from orchestration.night import is_settled, settle
from orchestration.periods import SHANGHAI
from orchestration.publish.comments import quality_comments
from orchestration.publish.ledger import FIGURES, entries, write_entry
from orchestration.publish.manifest import differences
from orchestration.publish.publish import PublishBlocked, publish

FAILING_PROVINCE = "update intermediate.int_figures set value = 99 where figure_key = 'projects_started' and unit_code = '610000'"
NEW_STATE = "update marts.rpt_submission_status set status = 'returned' where dataset = 'projects'"


@pytest.fixture
def audited(tmp_path: Path) -> Home:
    return audited_home(tmp_path)


def _query(path: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_readers_find_marts_and_quality_and_nothing_else(audited: Home):
    publication = publish(audited)
    schemas = _query(audited.warehouse, "select distinct schema_name from duckdb_tables() order by 1")
    assert schemas == [("marts",), ("quality",)]
    assert {
        "quality.rules",
        "quality.verdicts",
        "quality.failures",
        "quality.decisions",
        "quality.waivers",
        "quality.landed_sheets",
        "quality.landed_columns",
        "quality.publications",
        "marts.rpt_bulletin",
    } <= publication.tables.keys()
    assert _query(audited.warehouse, "select count(*) from duckdb_views() where not internal") == [(0,)]


def test_published_rows_are_those_of_the_build(audited: Home):
    publication = publish(audited)
    assert publication.tables["marts.fct_projects"] == 4
    with duckdb.connect() as connection:
        connection.execute(f"attach '{audited.build}' as build (read_only)")
        connection.execute(f"attach '{audited.warehouse}' as published (read_only)")
        for table in publication.tables:
            if table.startswith("marts."):
                differing = f"(from build.{table} except all from published.{table})"
                assert connection.execute(f"select count(*) from {differing}").fetchall() == [(0,)], table


def test_every_published_table_and_column_says_what_it_is_in_chinese_and_english(audited: Home):
    publish(audited)
    comments = _query(
        audited.warehouse,
        "select schema_name || '.' || table_name, comment from duckdb_tables() union all "
        "select schema_name || '.' || table_name || '.' || column_name, comment from duckdb_columns() "
        "where not internal",
    )
    wordless = [name for name, comment in comments if not comment or " | " not in comment]
    assert wordless == []


def test_a_verdict_and_its_failures_are_published(audited: Home):
    publish(audited)
    joined = _query(
        audited.warehouse,
        "select count(*), count(distinct f.verdict_id) from quality.failures as f "
        "join quality.verdicts as v using (verdict_id) join quality.rules as r on r.rule_code = v.rule_code "
        "where v.outcome = 'failed'",
    )
    # The clean province's one complaint: the bureau's own 汇总表 is wanting.
    assert joined == [(1, 1)]


def test_the_file_is_of_a_format_that_older_duckdb_reads(audited: Home):
    publish(audited)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{audited.warehouse}' as published (read_only)")
        [(tags,)] = connection.execute(
            "select tags from duckdb_databases() where database_name = 'published'"
        ).fetchall()
    assert tags["storage_version"].startswith("v1.4.0")


def test_a_province_wide_error_blocks_publication_and_leaves_the_old_file(audited: Home):
    publish(audited)
    before = audited.warehouse.read_bytes()
    edit_build(audited, FAILING_PROVINCE, NEW_STATE)
    audit_warehouse(audited)
    with pytest.raises(PublishBlocked, match="R-ID-1") as blocked:
        publish(audited)
    # The figure is above its whole, and no longer the sum of its counties'.
    assert [reason.split()[:2] for reason in blocked.value.reasons] == [
        ["2021-08", "R-ID-1"],
        ["2021-08", "R-ROLL-1"],
    ]
    assert audited.warehouse.read_bytes() == before


def test_a_warehouse_that_was_not_audited_since_it_changed_is_not_published(audited: Home):
    edit_build(audited, NEW_STATE)
    with pytest.raises(PublishBlocked, match="未能审核"):
        publish(audited)


def test_publishing_the_same_again_changes_nothing(audited: Home):
    assert publish(audited).changed
    inode = audited.warehouse.stat().st_ino
    again = publish(audited)
    assert not again.changed
    assert audited.warehouse.stat().st_ino == inode
    assert again.tables["marts.fct_projects"] == 4


def test_a_changed_value_or_comment_is_published(audited: Home):
    publish(audited)
    edit_build(
        audited, f"update marts.dim_reporting_unit set unit_name = '甲县' where unit_code = '{COUNTY}'"
    )
    assert publish(audited).changed
    edit_build(audited, "comment on table marts.fct_projects is '项目 | projects'")
    assert publish(audited).changed
    assert _query(
        audited.warehouse, "select comment from duckdb_tables() where table_name = 'fct_projects'"
    ) == [("项目 | projects",)]


def test_what_a_killed_publication_left_is_cleared_away(audited: Home):
    audited.published.mkdir(parents=True, exist_ok=True)
    (audited.published / "next.duckdb").write_bytes(b"half a file")
    (audited.published / "next.duckdb.wal").write_bytes(b"half a log")
    (audited.published / "next.parquet").mkdir()
    (audited.published / "next.parquet" / "old.parquet").write_bytes(b"half a table")
    publish(audited)
    assert sorted(path.name for path in audited.published.iterdir()) == [
        "kept",
        "ledger",
        "manifest.json",
        "parquet",
        "warehouse.duckdb",
    ]


def test_what_a_killed_publication_laid_down_does_not_count_and_is_written_over(audited: Home):
    publish(audited)
    [first] = entries(audited)
    killed = replace(first, number=2, fingerprint="killed")
    write_entry(audited, killed, FIGURES.empty_table())
    assert entries(audited) == [first]
    edit_build(
        audited, f"update marts.dim_reporting_unit set unit_name = '甲县' where unit_code = '{COUNTY}'"
    )
    publish(audited)
    assert [(entry.number, entry.fingerprint == "killed") for entry in entries(audited)] == [
        (1, False),
        (2, False),
    ]


def test_a_publication_killed_before_its_manifest_counts_and_is_completed_by_the_next(audited: Home):
    publish(audited)
    settle(audited)
    manifest = audited.published / "manifest.json"
    older = manifest.read_bytes()
    edit_build(
        audited, f"update marts.dim_reporting_unit set unit_name = '甲县' where unit_code = '{COUNTY}'"
    )
    publish(audited)
    manifest.write_bytes(older)
    assert [entry.number for entry in entries(audited)] == [1, 2]
    assert not is_settled(audited)
    assert not publish(audited).changed
    assert json.loads(manifest.read_text(encoding="utf-8"))["publication"] == 2
    assert [entry.number for entry in entries(audited)] == [1, 2]
    assert differences(audited.published) == []


def test_the_ledger_holds_each_figure_that_is_new_changed_or_gone(audited: Home):
    publish(audited)
    where = f"where reporting_period = '2021-08' and unit_code = '{COUNTY}' and figure_key"
    edit_build(
        audited,
        f"update marts.rpt_figures set value = value + 1, display_zh = '多一个' {where} = 'projects_started'",
        f"delete from marts.rpt_figures {where} = 'projects_arranged'",
        "insert into marts.rpt_figures by name (select * replace ('2021-09' as reporting_period) "
        f"from marts.rpt_figures {where} = 'projects_started')",
    )
    assert publish(audited).changed
    table = pq.read_table(audited.published / "ledger" / "figures" / "00002.parquet")
    assert [
        (row["number"], row["reporting_period"], row["figure_key"], row["display_zh"], row["source_period"])
        for row in table.to_pylist()
    ] == [
        (2, "2021-08", "projects_arranged", None, "2021-08"),
        (2, "2021-08", "projects_started", "多一个", "2021-08"),
        (2, "2021-09", "projects_started", "多一个", "2021-08"),
    ]


def test_a_ledger_of_before_quarters_were_published_is_read_as_of_months(audited: Home):
    publish(audited)
    path = audited.published / "ledger" / "figures" / "00001.parquet"
    pq.write_table(pq.read_table(path).drop_columns("source_period"), path)
    edit_build(
        audited,
        "update marts.rpt_figures set display_zh = '另写' where unit_code = '610000' and cadence = 'month'",
    )
    publish(audited)
    said = pq.read_table(audited.published / "ledger" / "figures" / "00002.parquet").to_pylist()
    months = {row["figure_key"] for row in said if row["unit_code"] == "610000"}
    assert months and {row["display_zh"] for row in said if row["reporting_period"] == "2021-08"} == {"另写"}


def test_a_publication_says_of_itself_up_to_when_its_data_were_known(audited: Home):
    publish(audited)
    [(number, known_until, published_at)] = _query(
        audited.warehouse, "select number, known_until, published_at from quality.publications"
    )
    manifest = json.loads((audited.published / "manifest.json").read_text(encoding="utf-8"))
    assert number == manifest["publication"] == 1
    assert known_until.replace(tzinfo=UTC).isoformat() == manifest["known_until"]
    assert published_at.replace(tzinfo=UTC).isoformat() == manifest["published_at"]


def test_verdicts_written_before_a_column_was_added_are_published_with_null_in_it(audited: Home):
    folder = audited.lake / "failures" / "reporting_period=2021-08"
    older = lake.FAILURES.remove(lake.FAILURES.get_field_index("hint"))
    row = dict.fromkeys(older.names)
    [(verdict,)] = duckdb.sql(
        f"select verdict_id from '{audited.lake}/verdicts/*/*.parquet' where submission_id is not null limit 1"
    ).fetchall()
    lake.write_parquet(
        folder / "older.parquet", pa.Table.from_pylist([{**row, "verdict_id": verdict}], schema=older)
    )
    publish(audited)
    found = _query(audited.warehouse, f"select hint from quality.failures where verdict_id = '{verdict}'")
    assert found == [(None,)]


@pytest.mark.parametrize(
    ("granted_on", "expires_on", "waived_until"),
    [(-1, 0, 0), (0, 5, 5), (1, 5, None), (-5, -1, None)],
    ids=["its last day", "its first day", "granted too late", "expired"],
)
def test_a_failure_of_a_submission_received_under_a_waiver_is_published_as_waived(
    audited: Home, granted_on: int, expires_on: int, waived_until: int | None
):
    received = pq.read_table(lake.single_file(audited, "submissions")).to_pylist()
    submission = next(row for row in received if row["unit_code"] == COUNTY)
    day = submission["received_at"].astimezone(SHANGHAI).date()
    (audited.root / "waivers.csv").write_text(
        "rule_code,unit_code,reporting_period,granted_on,expires_on,reason\n"
        f"R-PROJ-1,{COUNTY},*,{day + timedelta(granted_on)},{day + timedelta(expires_on)},灾后\n",
        encoding="utf-8",
    )
    subject = {
        "verdict_id": "v",
        "rule_code": "R-PROJ-1",
        "severity": "error",
        "dataset": "projects",
        "unit_code": COUNTY,
        "submission_id": submission["submission_id"],
    }
    verdict = {**subject, "rule_version": 1, "scope": "file", "outcome": "failed", "checked": 1, "failed": 1}
    for table, row, schema in (("verdicts", verdict, lake.VERDICTS), ("failures", subject, lake.FAILURES)):
        path = lake.table_file(audited, table, "2021-08", "waived")
        lake.write_parquet(path, pa.Table.from_pylist([row], schema=schema))
    publish(audited)
    until = None if waived_until is None else day + timedelta(waived_until)
    for table in ("verdicts", "failures"):
        query = f"select waived_until from quality.{table} where verdict_id = 'v'"
        assert _query(audited.warehouse, query) == [(until,)]
    assert _query(audited.warehouse, "select reason from quality.waivers") == [("灾后",)]


def test_the_manifest_vouches_for_every_parquet_copy(audited: Home):
    publication = publish(audited)
    manifest = json.loads((audited.published / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["tables"].keys() == publication.tables.keys()
    files = [entry for table in manifest["tables"].values() for entry in table["files"]]
    for entry in [manifest["warehouse"], *files]:
        content = (audited.published / entry["file"]).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (entry["sha256"], entry["bytes"])
    for table, rows in publication.tables.items():
        said = manifest["tables"][table]
        lying = [
            pq.ParquetFile(audited.published / entry["file"]).metadata.num_rows for entry in said["files"]
        ]
        assert said["rows"] == rows == sum(lying) == sum(entry["rows"] for entry in said["files"])


def test_a_table_no_longer_published_leaves_the_parquet_copies(audited: Home):
    publish(audited)
    edit_build(audited, "create table marts.fct_extra as select 1 as one")
    publish(audited)
    assert (audited.published / "parquet" / "fct_extra").exists()
    edit_build(audited, "drop table marts.fct_extra")
    publish(audited)
    assert not (audited.published / "parquet" / "fct_extra").exists()


# Holds one connection throughout, and says what it sees whenever it is asked.
_READER = """
import sys, duckdb
held = duckdb.connect(sys.argv[1], read_only=True)
held.execute("from marts.fct_projects").fetchall()
print("ready", flush=True)
while sys.stdin.readline().strip() == "look":
    [(name,)] = held.execute("select unit_name from marts.dim_reporting_unit where kind = 'county'").fetchall()
    [(rows,)] = held.execute("select count(*) from marts.fct_projects").fetchall()
    print(name, rows, flush=True)
"""


def test_a_reader_in_another_process_keeps_its_file_through_swaps_and_finds_the_new_one_when_it_reopens(
    audited: Home,
):
    publish(audited)
    [(name,)] = _query(
        audited.warehouse, "select unit_name from marts.dim_reporting_unit where kind = 'county'"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", _READER, str(audited.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with reader:
        assert reader.stdout.readline().strip() == "ready"
        for swap in range(3):
            edit_build(
                audited, f"update marts.dim_reporting_unit set unit_name = '第{swap}名' where kind = 'county'"
            )
            assert publish(audited).changed
            reader.stdin.write("look\n")
            reader.stdin.flush()
            assert reader.stdout.readline().split() == [name, "4"]
        reader.stdin.write("stop\n")
    assert reader.returncode == 0
    assert _query(
        audited.warehouse, "select unit_name from marts.dim_reporting_unit where kind = 'county'"
    ) == [("第2名",)]


def test_the_quality_tables_words_come_from_dbt_with_references_resolved():
    tables = ("rules", "verdicts", "failures", "decisions", "waivers", "landed_sheets", "landed_columns")
    for table in (*tables, "publications"):
        comment, columns = quality_comments()[table]
        assert "{{" not in comment + "".join(columns.values())
