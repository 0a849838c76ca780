"""Puts a finished file in the place of the one readers have, and brings the copies up to it.

In this order: the warehouse by one rename, the Parquet files that changed, the manifest, the kept publication. Killed anywhere,
``finish`` does the rest later: everything after the rename follows from the file in its place and its entry in the ledger.

Belongs here: that order. Does not belong here: deciding what is published (``publish``, ``putback``), and each of the copies.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.files import make_folder, open_as_its_folder, sync_folder
from orchestration.home import Home
from orchestration.publish.contents import Part, read_parts
from orchestration.publish.kept import clear_unfinished, keep
from orchestration.publish.ledger import Entry, entry_of, folder, number_in
from orchestration.publish.manifest import is_whole, listed, read_manifest, write_manifest
from orchestration.publish.parquet import bring_up
from orchestration.publish.sources import quoted, tables_of


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """One publication at a time, a night's or one put back: a second one waits here until the first is done."""
    make_folder(folder(home))
    with (folder(home) / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def next_file(home: Home) -> Path:
    """Where the file is written that will take the place of the published one."""
    return home.published / "next.duckdb"


def swap_in(home: Home, parts: Iterable[Part] | None = None) -> None:
    """Readers get the next file. ``parts``: what it holds, where that is known already."""
    open_as_its_folder(next_file(home))
    next_file(home).replace(home.warehouse)
    sync_folder(home.published)
    _bring_up_copies(home, parts)


def finish(home: Home) -> None:
    """Clears away what a killed publication left, and completes it if its file had taken its place."""
    make_folder(home.published)
    clear_unfinished(home)
    for leftover in (*home.published.glob("next.*"), *home.published.glob(".*.tmp")):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()
    _bring_up_copies(home)


def _bring_up_copies(home: Home, parts: Iterable[Part] | None = None) -> None:
    """Parquet, manifest and kept publication of the file in its place; nothing of one older than the ledger."""
    entry = entry_of(home, number_in(home.warehouse))
    if entry is None:
        return
    manifest = read_manifest(home.published)
    if manifest is None or not is_whole(home.published, manifest):
        _write_copies(home, entry, parts)
    keep(home)


def _write_copies(home: Home, entry: Entry, parts: Iterable[Part] | None) -> None:
    before = listed(read_manifest(home.published))
    standing = {each["file"]: (each["content"], each["bytes"]) for each in before}
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{quoted(home.warehouse)}' as published (read_only)")
        if parts is None:
            tables = tables_of(connection, "published")
            parts = [part for table in tables for part in read_parts(connection, table)]
        parts = list(parts)
        bring_up(connection, "published", parts, home.published, standing)
    write_manifest(home.published, entry, parts)
