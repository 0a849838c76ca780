"""The manifest of a publication: which files belong together, their rows, bytes and SHA-256. Written last.

``manifest.json`` lies beside the files it speaks of, in ``var/published`` and in each kept publication:
``publication``, ``published_at``, ``known_until``, ``fingerprint``, of one that was put back ``puts_back`` and ``reason``,
``warehouse`` (``file``, ``bytes``, ``sha256``) and, by table, ``rows`` and ``files`` (``file``, ``reporting_period``, ``rows``,
``bytes``, ``sha256`` and ``content``, the digest of the part, which does not depend on how it is written).

Belongs here: writing it, and holding a folder against it. Does not belong here: writing what it speaks of.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from orchestration.files import replace_bytes, sums_of
from orchestration.publish.contents import Part
from orchestration.publish.ledger import Entry, number_in
from orchestration.publish.parquet import file_of, files_in

NAME = "manifest.json"
WAREHOUSE = "warehouse.duckdb"

Manifest = dict[str, Any]


def read_manifest(folder: Path) -> Manifest | None:
    """What a folder's manifest says; None without one, and of one of before tables were divided by period."""
    path = folder / NAME
    if not path.exists():
        return None
    manifest = json.loads(path.read_text(encoding="utf-8"))
    return manifest if isinstance(manifest.get("warehouse"), dict) else None


def write_manifest(folder: Path, entry: Entry, parts: Iterable[Part]) -> None:
    """Vouches for what lies in the folder now. A file whose part and bytes are those of the manifest before keeps its sum."""
    before = {each["file"]: each for each in listed(read_manifest(folder))}
    tables: dict[str, dict] = {}
    for part in parts:
        table = tables.setdefault(part.table, {"rows": 0, "files": []})
        table["rows"] += part.rows
        table["files"].append(_vouched(folder, part, before.get(file_of(part))))
    put_back = {} if entry.puts_back is None else {"puts_back": entry.puts_back, "reason": entry.reason}
    manifest = {
        "publication": entry.number,
        "published_at": entry.published_at.isoformat(timespec="seconds"),
        "known_until": entry.known_until.isoformat(),
        "fingerprint": entry.fingerprint,
        **put_back,
        "warehouse": {"file": WAREHOUSE, **sums_of(folder / WAREHOUSE)},
        "tables": tables,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    replace_bytes(folder / NAME, text.encode())


def listed(manifest: Manifest | None) -> Iterator[dict[str, Any]]:
    """What a manifest says of each of its Parquet files."""
    for table in manifest["tables"].values() if manifest else ():
        yield from table["files"]


def is_whole(folder: Path, manifest: Manifest) -> bool:
    """Whether everything is there in the size the manifest says, and nothing else: a killed publication leaves an older
    manifest than its file. Light: it reads no content."""
    warehouse = folder / WAREHOUSE
    files = {each["file"]: each["bytes"] for each in listed(manifest)}
    return (
        number_in(warehouse) == manifest["publication"]
        and warehouse.stat().st_size == manifest["warehouse"]["bytes"]
        and files_in(folder) == files.keys()
        and all((folder / file).stat().st_size == size for file, size in files.items())
    )


def differences(folder: Path) -> list[str]:
    """What in a publication's folder is not as its manifest says, each in a Chinese line; none when all of it is."""
    manifest = read_manifest(folder)
    if manifest is None:
        return [f"{NAME}:没有,或是旧格式"]
    files = {each["file"]: each for each in listed(manifest)}
    strange = [f"{file}:清单上没有" for file in sorted(files_in(folder) - files.keys())]
    found = [
        *_differing(folder, manifest["warehouse"]),
        *(line for each in files.values() for line in _differing(folder, each)),
    ]
    return [*found, *strange, *([] if found else _miscounted(folder, manifest))]


def _differing(folder: Path, said: dict[str, Any]) -> Iterator[str]:
    path = folder / said["file"]
    if not path.exists():
        yield f"{said['file']}:缺"
        return
    sums = sums_of(path)
    if sums["bytes"] != said["bytes"]:
        yield f"{said['file']}:{sums['bytes']}字节,清单为{said['bytes']}字节"
    elif sums["sha256"] != said["sha256"]:
        yield f"{said['file']}:SHA-256 不符"


def _miscounted(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Of files that are the manifest's: whether they hold what it says."""
    with duckdb.connect(str(folder / WAREHOUSE), read_only=True) as connection:
        there = {name for (name,) in connection.execute(_TABLES).fetchall()}
        for table, said in manifest["tables"].items():
            if table not in there:
                yield f"{WAREHOUSE}:没有表 {table}"
                continue
            [(rows,)] = connection.execute(f"select count(*) from {table}").fetchall()
            if rows != said["rows"]:
                yield f"{WAREHOUSE}:表 {table} 有{rows}行,清单为{said['rows']}行"
        for table in sorted(there - manifest["tables"].keys()):
            yield f"{WAREHOUSE}:清单上没有表 {table}"
    if (number := number_in(folder / WAREHOUSE)) != manifest["publication"]:
        yield f"{WAREHOUSE}:是第{number}次发布,清单为第{manifest['publication']}次"
    for said in listed(manifest):
        rows = pq.read_metadata(folder / said["file"]).num_rows
        if rows != said["rows"]:
            yield f"{said['file']}:{rows}行,清单为{said['rows']}行"


_TABLES = "select schema_name || '.' || table_name from duckdb_tables() where not internal"


def _vouched(folder: Path, part: Part, before: dict[str, Any] | None) -> dict[str, Any]:
    file = file_of(part)
    said = {"file": file, "reporting_period": part.period, "rows": part.rows}
    size = (folder / file).stat().st_size
    if before and (before["content"], before["bytes"]) == (part.digest, size):
        return said | {"bytes": size, "sha256": before["sha256"], "content": part.digest}
    return said | sums_of(folder / file) | {"content": part.digest}
