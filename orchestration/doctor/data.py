"""What lies in the home: register, archive, key, build, publication. A look, where ``zhenxing scrub`` reads every byte.

Belongs here: whether the data are whole. Does not belong here: folders, and the nights.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.doctor.finding import Finding, bad, ok, warn
from orchestration.doctor.register import asked
from orchestration.home import Home
from orchestration.land.key import key_damage
from orchestration.publish.held import put_back_now
from orchestration.publish.manifest import is_whole, read_manifest
from orchestration.settings import PSEUDONYM_KEY, in_production

# Of an archive of any size: two dozen files a day see all of it in the end, and cost a tenth of a second.
_SAMPLE, _SAMPLE_BYTES = 24, 32 * 2**20
_RESTORE = "从备份恢复:zhenxing restore FOLDER --replace"


def register(home: Home) -> Iterator[Finding]:
    if not home.register.exists():
        yield ok("还没有收过报表")
        return
    try:
        said = [line for (line,) in asked(home, "pragma integrity_check(1)")]
        [(count,)] = asked(home, "select count(*) from submissions")
    except sqlite3.DatabaseError as error:
        yield bad(f"报送登记损坏:{error}", _RESTORE)
        return
    if said != ["ok"]:
        yield bad(f"报送登记损坏:{said[0]}", _RESTORE)
    else:
        yield ok(f"报送登记完好,{count} 份报送")


def archive(home: Home) -> Iterator[Finding]:
    """Every registered file is there, and a sample of them holds what its name says."""
    try:
        registered = [home.archive / path for (path,) in asked(home, "select archive_path from submissions")]
    except sqlite3.DatabaseError:
        return  # the check of the register says so
    missing = [path for path in registered if not path.is_file()]
    if missing:
        yield bad(f"存档缺 {len(missing)} 个文件,如 {missing[0].name}", "zhenxing scrub,再从备份恢复缺的文件")
    sample = _sampled([path for path in registered if path not in set(missing)])
    wrong = [path for path in sample if _digest(path) != path.name[:64]]
    if wrong:
        yield bad(
            f"存档文件内容与名称(SHA-256)不符:{wrong[0].name}", "zhenxing scrub --rebuild --backup FOLDER"
        )
    elif not missing:
        yield ok(f"存档 {len(registered)} 个文件都在,抽查 {len(sample)} 个完好")


def _sampled(paths: list[Path]) -> list[Path]:
    """Others each day, so that in time all are seen."""
    chosen, size = [], 0
    for path in random.Random(datetime.now(UTC).date().toordinal()).sample(paths, min(_SAMPLE, len(paths))):
        size += path.stat().st_size
        if size > _SAMPLE_BYTES and chosen:
            break
        chosen.append(path)
    return chosen


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def key(home: Home) -> Iterator[Finding]:
    """The key of the pseudonyms: strong in production, and the one that what was landed was made with."""
    if damage := key_damage(home):
        yield bad(damage, f"核对 /etc/zhenxing/zhenxing.env 中的 {PSEUDONYM_KEY.name},或从备份恢复")
    elif PSEUDONYM_KEY.value:
        yield ok("密钥由环境变量给出,与已入湖数据一致")
    else:
        yield ok("密钥存于数据目录")


def mode(_: Home) -> Iterator[Finding]:
    if in_production():
        yield ok("正式环境")
    else:
        yield warn("不是正式环境:弱密钥和敞开的存档不会被拒绝", "处理真实农户数据时设 ZHENXING_PRODUCTION=1")


def build(home: Home) -> Iterator[Finding]:
    """Nobody else may hold the build: with a BI tool on it no night could write."""
    if not home.build.exists():
        yield ok("还没有建过数据仓库" if not home.warehouse.exists() else "下一晚重新建")
        return
    try:
        with duckdb.connect(str(home.build), read_only=True):
            yield ok("可以打开,没有被占用")
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            yield warn(
                "正被另一个进程占用(夜间任务,或有人打开了它)",
                "若不是夜间任务,关闭打开它的程序;查数请用已发布的文件",
            )
        else:
            yield bad("打不开,可能损坏", f"删除 {home.build},下一晚重新建")


def published(home: Home) -> Iterator[Finding]:
    if not home.warehouse.exists():
        yield ok("还没有发布过")
        return
    try:
        with duckdb.connect(str(home.warehouse), read_only=True) as connection:
            connection.execute("select count(*) from marts.dim_submission").fetchone()
        manifest = read_manifest(home.published)
        whole = manifest is not None and is_whole(home.published, manifest)
    except (duckdb.Error, OSError, ValueError, KeyError) as error:
        yield bad(
            f"已发布的数据仓库打不开:{type(error).__name__}",
            "zhenxing scrub --rebuild,或 zhenxing putback 恢复上一次发布",
        )
        return
    if not whole:
        yield bad(
            "已发布的文件与清单不符,或发布没有做完", "zhenxing publications --check,再 zhenxing nightly"
        )
    elif held := put_back_now(home):
        yield warn(
            f"第 {held.number} 次发布恢复了旧内容,解除前不发布新数据", "查明后 zhenxing putback --release"
        )
    else:
        yield ok(f"第 {manifest['publication']} 次发布,文件与清单一致")
