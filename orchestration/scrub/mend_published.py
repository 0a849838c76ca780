"""Writes published files anew: Parquet from the warehouse it was written from, a warehouse from a copy of the same bytes or
from the build that it was published from.

Belongs here: that, folder by folder. Does not belong here: publishing (``publish``).
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.files import replace_file, sums_of
from orchestration.home import Home
from orchestration.publish.contents import fingerprint, read_parts
from orchestration.publish.kept import keep, kept_folder, kept_numbers
from orchestration.publish.ledger import entry_of
from orchestration.publish.manifest import WAREHOUSE, Manifest, listed, read_manifest, write_manifest
from orchestration.publish.parquet import bring_up
from orchestration.publish.sources import publications, quoted, sources, tables_of
from orchestration.publish.swap import alone, next_file
from orchestration.publish.warehouse import STORAGE_VERSION, write_file
from orchestration.scrub.aside import put_aside
from orchestration.scrub.damage import Damage

FROM_COPY, KEPT_ANEW = "由另一份副本恢复", "由现行发布重新保留"
NEXT_NIGHT = "无从恢复,损坏的数据仓库已移开;下一晚重新发布"
KEPT_NO_MORE = "无从恢复,已移开,不再保留(可用 --as-of 重建)"
FROM_BUILD, FROM_WAREHOUSE = "由建成的数据仓库重写", "由同次发布的数据仓库重写"


def mend_published(home: Home, damages: list[Damage]) -> list[Damage]:
    """The damages, each with how its file came back. What readers have open they keep.

    First what readers have, which is then kept anew; then what else is kept."""
    kept = [damage for damage in damages if _folder_of(home, home.root / damage.file) != home.published]
    with alone(home):
        current = [_mended(home, damage) for damage in damages if damage not in kept]
        keep(home)
        return current + [_mended(home, damage) for damage in kept]


def _mended(home: Home, damage: Damage) -> Damage:
    """A file put right by the first way that can be gone. A warehouse for which there is none is put aside, and with it the
    kept publication that it was: the next night publishes anew."""
    path = home.root / damage.file
    folder = _folder_of(home, path)
    manifest = read_manifest(folder)
    if manifest is None or not (folder / WAREHOUSE).exists():
        put_aside(home, path)  # the night would take a file of the right size for whole
        return replace(damage, mended=NEXT_NIGHT if folder == home.published else KEPT_NO_MORE)
    for words, way in (
        (KEPT_ANEW, lambda: _is_as_said(folder, manifest, path)),
        (FROM_COPY, lambda: _copied(home, damage, folder)),
        (FROM_BUILD, lambda: path == home.warehouse and _warehouse_from_build(home, manifest)),
        (FROM_WAREHOUSE, lambda: path.name != WAREHOUSE and _from_warehouse(home, folder, manifest, path)),
        (NEXT_NIGHT, lambda: path == home.warehouse and put_aside(home, path)),
        (KEPT_NO_MORE, lambda: path.name == WAREHOUSE and put_aside(home, folder)),
    ):
        if way():
            return replace(damage, mended=words)
    return damage


def _is_as_said(folder: Path, manifest: Manifest, path: Path) -> bool:
    said = {folder / each["file"]: each["sha256"] for each in (manifest["warehouse"], *listed(manifest))}
    return path.is_file() and sums_of(path)["sha256"] == said.get(path)


def _copied(home: Home, damage: Damage, own: Path) -> bool:
    """Whether the same bytes lay in another publication's folder: where the file system has no links, or of before."""
    path = home.root / damage.file
    for folder in (home.published, *(kept_folder(home, number) for number in kept_numbers(home))):
        other = folder / path.relative_to(own)
        if other.is_file() and sums_of(other)["sha256"] == damage.expected:
            replace_file(path, lambda temporary, other=other: shutil.copyfile(other, temporary))
            return True
    return False


def _folder_of(home: Home, path: Path) -> Path:
    """The folder of the publication that a file is of; of a kept one also when it has been put aside."""
    within = path.relative_to(home.published).parts
    return home.published / within[0] / within[1] if within[0] == "kept" else home.published


def _warehouse_from_build(home: Home, manifest: Manifest) -> bool:
    """Whether the build is what was published, and the file was written from it again."""
    if not home.build.exists():
        return False
    with duckdb.connect() as connection:
        tables = sources(connection, home, home.build)
        parts = {table.full_name: read_parts(connection, table) for table in tables}
        if fingerprint(tables, parts, STORAGE_VERSION) != manifest["fingerprint"]:
            return False
        ledger = publications(home, manifest["publication"])
        next_file(home).unlink(missing_ok=True)
        write_file(connection, [*tables, ledger], next_file(home))
        parts[ledger.full_name] = read_parts(connection, ledger)
    next_file(home).replace(home.warehouse)
    write_manifest(
        home.published,
        entry_of(home, manifest["publication"]),
        [part for table in parts.values() for part in table],
    )
    return True


def _from_warehouse(home: Home, folder: Path, manifest: Manifest, path: Path) -> bool:
    """Whether the publication's own warehouse could be read, and the file was written from it again."""
    try:
        _parquet_from_warehouse(home, folder, manifest, path)
    except duckdb.Error:  # the warehouse is damaged too
        return False
    return True


def _parquet_from_warehouse(home: Home, folder: Path, manifest: Manifest, path: Path) -> None:
    standing = {
        each["file"]: (each["content"], each["bytes"])
        for each in listed(manifest)
        if folder / each["file"] != path
    }
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{quoted(folder / WAREHOUSE)}' as published (read_only)")
        tables = tables_of(connection, "published")
        parts = [part for table in tables for part in read_parts(connection, table)]
        bring_up(connection, "published", parts, folder, standing)
    write_manifest(folder, entry_of(home, manifest["publication"]), parts)
