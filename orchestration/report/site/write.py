"""The site as a folder of files: written beside the old one, then put in its place.

Belongs here: the files and the swap. Does not belong here: what a page says (``pages``).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from orchestration.files import make_folder, open_as_its_folder, sync_folder
from orchestration.home import Home
from orchestration.report.site.due import STAMP, site_folder, stamp
from orchestration.report.site.links import find_links
from orchestration.report.site.material import read_material
from orchestration.report.site.pages import pages

_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Site:
    """What was written: the folder, how many pages, and their bytes together."""

    folder: Path
    pages: int
    bytes: int


def write_site(home: Home) -> Site:
    """Writes ``var/published/site``: ``index.html`` of the province and ``<unit_code>.html`` of each city and county, anew.

    A reader finds every page as it was or as it is now; what a page was opened from stays readable to whoever has it open. A
    unit that is no more leaves no page behind. Raises duckdb.Error for a published file older than what the pages show.
    """
    made_of = stamp(home, 0)
    material = read_material(home.warehouse)
    made_of["publication"] = material.publication
    links = find_links(home)
    sizes: list[int] = []

    def fill(folder: Path) -> None:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            sizes.extend(
                pool.map(lambda page: _write(folder / page[0], page[1].encode()), pages(material, links))
            )
        _write(folder / STAMP, (json.dumps(made_of) + "\n").encode())

    _swap(site_folder(home), fill)
    return Site(site_folder(home), len(sizes), sum(sizes))


def _write(path: Path, content: bytes) -> int:
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    open_as_its_folder(path)
    return len(content)


def _swap(folder: Path, fill: Callable[[Path], None]) -> None:
    """Fills a folder beside, then renames the old one away and the new one into its place; what a killed one left goes."""
    make_folder(folder.parent)
    for left in folder.parent.glob(f".{folder.name}.*"):
        shutil.rmtree(left)
    new = folder.with_name(f".{folder.name}.{uuid4().hex[:8]}.new")
    old = new.with_suffix(".old")
    make_folder(new)
    try:
        fill(new)
        sync_folder(new)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        sync_folder(folder.parent)
    finally:
        for left in (new, old):
            if left.exists():
                shutil.rmtree(left)
