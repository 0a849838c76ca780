"""A disk that is full, read-only or another's is said in words, with the file and what to do, and never as a traceback."""

from __future__ import annotations

import errno
import logging
import os
import resource
import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy.exc import OperationalError

from orchestration import cli
from orchestration.dagster_home import LogFile
from orchestration.home import Home
from orchestration.storage_trouble import said_of


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "磁盘已满:/data/a。请腾出空间后再运行一次"),
        (errno.EROFS, "磁盘是只读的:/data/a。请检查磁盘并以可写方式挂载"),
        (errno.EACCES, "没有写入或读取权限:/data/a。请检查该文件(目录)的属主和权限"),
    ],
)
def test_python_says_which_file(number: int, words: str):
    assert words in (said_of(OSError(number, os.strerror(number), "/data/a")) or "")


def test_what_another_error_came_of_is_found():
    try:
        try:
            raise OSError(errno.ENOSPC, "No space left on device", "/data/a")
        except OSError as error:
            raise RuntimeError("the step failed") from error
    except RuntimeError as error:
        assert "磁盘已满:/data/a" in (said_of(error) or "")


def test_sqlite_is_understood_and_no_one_else_who_uses_its_words():
    assert "磁盘已满" in (said_of(sqlite3.OperationalError("database or disk is full")) or "")
    assert said_of(ValueError("database or disk is full")) is None


def test_the_address_of_a_page_that_explains_an_error_is_no_file():
    error = OperationalError("insert", {}, sqlite3.OperationalError("database or disk is full"))
    assert "磁盘已满:数据目录。" in (said_of(error) or "")


def test_a_log_that_cannot_be_written_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    log = LogFile(str(tmp_path / "not there" / "nightly.log"))
    for line in ("a", "b"):
        log.handle(logging.LogRecord("nightly", logging.INFO, __file__, 0, line, None, None))
    said = capsys.readouterr().err
    assert said.count("日志写不进") == 1
    assert "Traceback" not in said


def test_an_error_of_the_figures_is_none_of_the_disk():
    assert said_of(ValueError("3.22万户")) is None


def _duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table t as select range as n, md5(range::varchar) as m from range(300000)")


def _arrow(path: Path) -> None:
    pq.write_table(pa.table({"n": [os.urandom(64) for _ in range(20000)]}), path)


def _python(path: Path) -> None:
    path.write_bytes(bytes(2**20))


@pytest.mark.parametrize("write", [_duckdb, _arrow, _python])
def test_a_real_limit_of_the_system_is_said_whoever_writes(tmp_path: Path, write: Callable[[Path], None]):
    """Files may not grow beyond a size: what a user without rights can have of a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**18, before[1]))
    try:
        with pytest.raises(Exception) as raised:
            write(tmp_path / "file")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "文件超过允许的大小" in (said_of(raised.value) or "")


def test_a_command_says_it_in_one_line_and_ends_with_1(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(home.root / "var"))

    monkeypatch.setattr("orchestration.nightly.run_night", full)
    assert cli.main(["nightly"]) == 1
    said = capsys.readouterr()
    assert f"磁盘已满:{home.root / 'var'}。请腾出空间后再运行一次" in said.err
    assert "Traceback" not in said.out + said.err


def test_a_second_night_is_refused_while_one_works(home: Home, capsys: pytest.CaptureFixture[str]):
    from orchestration.night_lock import alone  # noqa: PLC0415

    with alone(home):
        assert cli.main(["nightly"]) == 1
    assert "另一个任务正在写入" in capsys.readouterr().err
