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
from orchestration.scrub.damage import Damage

FROM_COPY, FROM_BUILD, FROM_WAREHOUSE = "由另一份副本恢复", "由建成的数据仓库重写", "由同次发布的数据仓库重写"


def mend_published(home: Home, damages: list[Damage]) -> list[Damage]:
    """The damages, each with how its file came back. What readers have open they keep."""
    with alone(home):
        folders = [home.published, *(kept_folder(home, number) for number in kept_numbers(home))]
        copied = [_copied(home, damage, folders) for damage in damages]
        done = [_written_anew(home, damage) for damage in copied]
        keep(home)
    return done


def _copied(home: Home, damage: Damage, folders: list[Path]) -> Damage:
    """The same bytes from another publication's folder, where the file system has no links."""
    path = home.root / damage.file
    own = next(folder for folder in reversed(folders) if path.is_relative_to(folder))
    for folder in folders:
        other = folder / path.relative_to(own)
        if other.is_file() and sums_of(other)["sha256"] == damage.expected:
            replace_file(path, lambda temporary, other=other: shutil.copyfile(other, temporary))
            return replace(damage, mended=FROM_COPY)
    return damage


def _written_anew(home: Home, damage: Damage) -> Damage:
    path = home.root / damage.file
    folder = _folder_of(home, path)
    manifest = read_manifest(folder)
    if not damage.stands or manifest is None:
        return damage
    if path.name == WAREHOUSE:
        mended = folder == home.published and _warehouse_from_build(home, manifest)
        return replace(damage, mended=FROM_BUILD) if mended else damage
    _parquet_from_warehouse(home, folder, manifest, path)
    return replace(damage, mended=FROM_WAREHOUSE)


def _folder_of(home: Home, path: Path) -> Path:
    kept = [kept_folder(home, number) for number in kept_numbers(home)]
    return next((folder for folder in kept if path.is_relative_to(folder)), home.published)


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
