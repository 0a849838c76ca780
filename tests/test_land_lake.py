"""The lake's files: schemas, atomic writing, batches and what a killed landing leaves behind."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from land_support import lake_rows

from orchestration import lake
from orchestration.cards import load_cards
from orchestration.home import Home


def _table(rows: int = 1) -> pa.Table:
    record = dict.fromkeys(lake.PROBLEMS.names) | {"submission_id": "s", "source_row": 5}
    return pa.Table.from_pylist([record] * rows, schema=lake.PROBLEMS)


def test_every_table_can_be_read_before_anything_has_landed(home: Home) -> None:
    lake.ensure_schema_files(home)
    for table, schema in lake.partitioned_schemas().items():
        assert lake_rows(home, table) == []
        assert pq.read_schema(lake.table_file(home, table, lake.NO_PERIOD, "schema")) == schema
    for table, schema in lake.SINGLE_FILES.items():
        assert pq.read_table(lake.single_file(home, table)).schema == schema


def test_schema_files_are_written_once_and_again_when_a_card_has_changed(home: Home) -> None:
    lake.ensure_schema_files(home)
    path = lake.table_file(home, "projects", lake.NO_PERIOD, "schema")
    before = path.stat().st_ino
    lake.ensure_schema_files(home)
    assert path.stat().st_ino == before
    lake.write_parquet(path, pa.table({"old": ["column"]}))
    lake.ensure_schema_files(home)
    assert pq.read_schema(path) == lake.dataset_schema(load_cards()["projects"])


def test_the_register_snapshot_is_never_emptied_by_the_schema_files(home: Home) -> None:
    record = dict.fromkeys(lake.SUBMISSIONS.names) | {"submission_id": "s"}
    path = lake.single_file(home, "submissions")
    lake.write_parquet(path, pa.Table.from_pylist([record], schema=lake.SUBMISSIONS))
    lake.ensure_schema_files(home)
    assert pq.read_metadata(path).num_rows == 1


def test_a_failed_write_leaves_the_old_file_and_nothing_else(home: Home, monkeypatch) -> None:
    path = lake.table_file(home, "problems", "2021-08", "b")
    lake.write_parquet(path, _table())

    def fail(table, where, **_):
        where.write_bytes(b"half a file")
        raise OSError("disk full")

    monkeypatch.setattr(lake.pq, "write_table", fail)
    with pytest.raises(OSError, match="disk full"):
        lake.write_parquet(path, _table(2))
    monkeypatch.undo()
    assert pq.read_metadata(path).num_rows == 1
    assert [found.name for found in path.parent.iterdir()] == ["b.parquet"]


def test_a_batch_is_named_by_its_submissions_in_any_order() -> None:
    assert lake.batch_id(["b", "a"]) == lake.batch_id(["a", "b"])
    assert lake.batch_id(["a", "b"]) != lake.batch_id(["a", "c"])
    assert len(lake.batch_id(["a"])) == 16


def test_a_batch_counts_from_its_manifest_on(home: Home) -> None:
    batch = lake.Batch("b1", "2021-08", ("s1", "s2"), {"projects": 3})
    assert lake.batches(home) == [] and lake.landed_submissions(home) == set()
    lake.commit_batch(home, batch)
    assert lake.batches(home) == lake.batches(home, "2021-08") == [batch]
    assert lake.batches(home, "2021-07") == []
    assert lake.landed_submissions(home) == {"s1", "s2"}


def test_sweeping_removes_uncommitted_batches_and_keeps_all_else(home: Home) -> None:
    lake.ensure_schema_files(home)
    kept = [
        lake.table_file(home, "problems", "2021-08", "whole"),
        lake.table_file(home, "problems", lake.NO_PERIOD, "schema"),
        lake.table_file(home, "verdicts", "2021-08", "run1"),
        lake.table_file(home, "failures", "2021-08", "run1"),
    ]
    lost = [
        lake.table_file(home, "problems", "2021-08", "half"),
        lake.table_file(home, "problems", "2021-07", "whole"),  # committed for another period only
        lake.table_file(home, "landed_sheets", "2021-08", "half"),
        lake.table_file(home, "projects", "2021-08", "half"),
        lake.partition(home, "projects", "2021-08") / ".half.parquet.1.abc.tmp",
    ]
    for path in (*kept, *lost):
        lake.write_parquet(path, _table())
    lake.commit_batch(home, lake.Batch("whole", "2021-08", ("s1",), {}))
    assert set(lake.sweep(home)) == set(lost)
    assert all(path.exists() for path in kept) and not any(path.exists() for path in lost)
    assert lake.sweep(home) == []
