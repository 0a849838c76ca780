"""The published tables as Parquet, one file for each part: ``parquet/<table>/reporting_period=<P>/<table>.parquet``, or
``parquet/<table>/<table>.parquet`` of a table that is not divided by period.

Belongs here: which of these files a publication writes anew, and putting them in place. Does not belong here: what a part
is (``contents``), and saying which files belong together (``manifest``).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from orchestration.files import make_folder, open_as_its_folder, sync_all
from orchestration.publish.contents import PERIOD, Part
from orchestration.publish.sources import quoted

FOLDER = "parquet"
_WORK = "next.parquet"
# As Hive names the partition of rows without a value.
_NO_PERIOD = "__HIVE_DEFAULT_PARTITION__"


def file_of(part: Part) -> str:
    """Where a part lies in a publication's folder."""
    period = f"{PERIOD}={part.period or _NO_PERIOD}/" if part.divided else ""
    return f"{FOLDER}/{part.name}/{period}{part.name}.parquet"


def files_in(folder: Path) -> set[str]:
    """The Parquet files that lie in a publication's folder."""
    return {path.relative_to(folder).as_posix() for path in (folder / FOLDER).rglob("*.parquet")}


def bring_up(
    connection: duckdb.DuckDBPyConnection,
    database: str,
    parts: Iterable[Part],
    folder: Path,
    standing: Mapping[str, tuple[str, int]],
) -> None:
    """Makes the files of a folder those of a database's parts. ``standing``: digest and bytes of the files that lie there;
    what these say is right is left alone. The rest is written beside and durable before the first of it takes its place.
    Readers may meet old and new files side by side until the manifest is written."""
    work = folder / _WORK
    due = {file_of(part): part for part in parts}
    changed = {
        file: part for file, part in due.items() if not _stands(folder / file, part, standing.get(file))
    }
    for file, part in changed.items():
        make_folder((work / file).parent)
        connection.execute(
            _COPY.format(database=database, part=part, rows=_rows(part), path=quoted(work / file))
        )
    sync_all([work / file for file in changed])
    for file in changed:
        make_folder((folder / file).parent)
        open_as_its_folder(work / file)
        (work / file).replace(folder / file)
    for file in files_in(folder) - due.keys():
        (folder / file).unlink()
    _remove_empty_folders(folder / FOLDER)
    shutil.rmtree(work, ignore_errors=True)


_COPY = "copy (from {database}.{part.table} {rows}) to '{path}' (format parquet, compression zstd)"


def _rows(part: Part) -> str:
    if not part.divided:
        return ""
    return f"where {PERIOD} is null" if part.period is None else f"where {PERIOD} = '{quoted(part.period)}'"


def _stands(path: Path, part: Part, standing: tuple[str, int] | None) -> bool:
    return standing is not None and path.exists() and standing == (part.digest, path.stat().st_size)


def _remove_empty_folders(folder: Path) -> None:
    for below in _deepest_first(folder):
        if not any(below.iterdir()):
            below.rmdir()


def _deepest_first(folder: Path) -> Iterator[Path]:
    folders: Sequence[Path] = [path for path in folder.rglob("*") if path.is_dir()]
    return iter(sorted(folders, key=lambda path: len(path.parts), reverse=True))
