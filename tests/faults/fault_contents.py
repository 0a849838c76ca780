"""What a home holds, part by part, told so that two homes are the same where they say the same.

Moments differ between two nights and are left out, and so is what is said of bytes with moments in them (sums, sizes).
Belongs here: that telling. Does not belong here: whether a part is whole in itself (``fault_whole``).
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import fault_works as works
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.home import Home

Contents = dict[str, str]

# Moments as pages, receipts and JSON write them, days and hours among them, and sums of bytes that hold moments. The number of
# the last publication before a build, which its documentation quotes, is a moment too: a build done again after publishing knows
# of one more, and publishes the same.
_MOMENTS = re.compile(
    (
        r"20[2-9]\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+\d\d:\d\d)?"
        r"|20[2-9]\d年\d{1,2}月\d{1,2}日\s?\d{1,2}[::时]\d\d分?"
        r"|[0-9a-f]{64}"
        r"|where number <= \d+"
    ).encode()
)
# Files of the lake are named by what they hold, or by the moment: a name twice is told as two.
_NAMED = re.compile(r"[0-9a-f]{16}|20\d{6}T\d{12}")
_SKIPPED = ("SHA256SUMS", ".lock")


def contents(home: Home, parts: Iterable[str]) -> Contents:
    """By part and file or table, a digest of what it holds."""
    return {f"{part}: {name}": said for part in parts for name, said in _READ[part](home).items()}


def seen(home: Home, parts: Iterable[str]) -> Contents:
    """As ``contents``, of what readers find in a home that a fault has stopped: lake and build are none of theirs, nor is a
    hidden file."""
    return visible(contents(home, [part for part in parts if part not in (works.LAKE, works.BUILD)]))


def visible(found: Contents) -> Contents:
    """Without hidden files, which are half-written ones."""
    return {name: said for name, said in found.items() if "/." not in name and ": ." not in name}


def mixed(now: Contents, before: Contents, after: Contents) -> list[str]:
    """What is neither as it was nor as it shall be, by name."""
    return sorted(name for name, said in now.items() if said not in (before.get(name), after.get(name)))


def differing(one: Contents, other: Contents) -> list[str]:
    """What is not the same in both, by name."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def _archive(home: Home) -> Contents:
    """Every byte, and the register without its moments: a file is registered once and each arrival once."""
    found = {
        path.relative_to(home.archive).as_posix(): _digest(path.read_bytes())
        for path in home.archive.glob("??/*")
    }
    if not home.register.exists():
        return found
    with sqlite3.connect(home.register) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        for table in tables:
            cursor = database.execute(f"select * from {table}")
            kept = [at for at, column in enumerate(cursor.description) if column[0] != "received_at"]
            rows = sorted(repr([row[at] for at in kept]) for row in cursor)
            if rows:
                found[f"register.{table}"] = f"{len(rows)} {_digest(repr(rows).encode())}"
    return found


def _lake(home: Home) -> Contents:
    found = {}
    for path in sorted(home.lake.rglob("*")):
        if path.is_file() and path.name not in _SKIPPED:
            name = _NAMED.sub("*", path.relative_to(home.lake).as_posix())
            while name in found:
                name += "+"
            if path.suffix == ".parquet":
                found[name] = _rows(pq.read_table(path))
            elif path.suffix == ".json":
                found[name] = _digest(
                    repr(sorted(json.loads(path.read_text("utf-8"))["rows"].items())).encode()
                )
    return found


def _rows(table: pa.Table) -> str:
    kept = [field.name for field in table.schema if not pa.types.is_timestamp(field.type)]
    rows = sorted(repr(row) for row in zip(*(table[name].to_pylist() for name in kept), strict=True))
    return f"{table.num_rows} {_digest(repr((kept, rows)).encode())}"


def _database(path: Path) -> Contents:
    """Every table and its rows, but moments and the views that stand on them."""
    found: Contents = {}
    if not path.exists():
        return found
    with duckdb.connect(str(path), read_only=True) as connection:
        for schema, name in connection.execute(_TABLES).fetchall():
            if name in _TELL_MOMENTS:
                continue
            columns = ", ".join(
                f'"{column[0]}"'
                for column in connection.execute(f"describe {schema}.{name}").fetchall()
                if not column[1].startswith("TIMESTAMP") and column[0] not in _MADE_OF_MOMENTS
            )
            query = f"select count(*), sum(cast(hash(rows) as hugeint)) from (select {columns} from {schema}.{name}) as rows"
            found[f"{schema}.{name}"] = repr(connection.execute(query).fetchone())
    return found


_TABLES = "select schema_name, table_name from duckdb_tables() where not internal order by all"
_TELL_MOMENTS = ("int_moment",)
_MADE_OF_MOMENTS = ("fingerprint",)


def _build(home: Home) -> Contents:
    return _database(home.build)


def _published(home: Home) -> Contents:
    """The file that readers have, and which publications are kept. Parquet follows from the file by the manifest."""
    kept = {f"kept/{path.name}": "there" for path in (home.published / "kept").glob("*")}
    return {**_database(home.warehouse), **kept}


def _files(folder: Path) -> Contents:
    return {
        path.relative_to(folder).as_posix(): _file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in _SKIPPED
    }


def _file(path: Path) -> str:
    """A file's digest without its moments; of a workbook or document, those of what is packed in it."""
    content = path.read_bytes()
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            content = b"".join(name.encode() + package.read(name) for name in sorted(package.namelist()))
    return _digest(_MOMENTS.sub(b"", content))


def _pages(home: Home) -> Contents:
    return {
        f"{folder.name}/{name}": said
        for folder in (home.published / "site", home.docs)
        for name, said in _files(folder).items()
    }


def _backups(home: Home) -> Contents:
    """Backups that count, without their names, which are moments."""
    folder = works.backups_of(home)
    whole = sorted(path for path in folder.glob("*") if not path.name.startswith("."))
    last = {path.relative_to(whole[-1]).as_posix() for path in whole[-1].rglob("*")} if whole else set()
    return {**dict.fromkeys(last, "there"), **{f"{path.name}": "begun" for path in folder.glob(".*")}}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


_READ: dict[str, Callable[[Home], Contents]] = {
    works.ARCHIVE: _archive,
    works.LAKE: _lake,
    works.BUILD: _build,
    works.PUBLISHED: _published,
    works.RECEIPTS: lambda home: _files(home.receipts),
    works.BULLETINS: lambda home: _files(home.bulletins),
    works.PAGES: _pages,
    works.KEPT_BACKUPS: _backups,
}
