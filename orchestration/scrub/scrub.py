"""Reads every byte that somebody vouched for and names what has changed.

A file that nobody vouched for yet (written before sums were kept, or just before a kill) is vouched for as it is, if it can be
read. Belongs here: finding, and remembering what was found. Does not belong here: mending (``mend``), what the night looks at
(``night``).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration import lake, sums
from orchestration.files import replace_bytes, sums_of
from orchestration.home import Home
from orchestration.progress import Progress
from orchestration.scrub.damage import BATCH, LANDED, Damage
from orchestration.scrub.guarded import Guarded, added, archived, landed, manifests, published, snapshot
from orchestration.scrub.key import key_damages
from orchestration.scrub.register import registered_or_damaged

THREADS = 4  # hashing lets other threads run


@dataclass(frozen=True, slots=True)
class Held:
    """What was found of files held against their sums: how much was read, damages, and files nobody had vouched for."""

    files: int
    bytes: int
    damages: tuple[Damage, ...]
    unvouched: tuple[tuple[Guarded, dict[str, Any]], ...] = ()

    def __add__(self, other: Held) -> Held:
        return Held(
            self.files + other.files,
            self.bytes + other.bytes,
            self.damages + other.damages,
            self.unvouched + other.unvouched,
        )


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A whole home held against what was vouched for. ``at`` is UTC; ``vouched``: files vouched for from now on."""

    at: datetime
    files: int
    bytes: int
    seconds: float
    vouched: int
    damages: tuple[Damage, ...]

    @property
    def whole(self) -> bool:
        return not any(damage.stands for damage in self.damages)


def scrub(home: Home, progress: Progress | None = None) -> Scrubbed:
    """Reads everything that is vouched for. The caller holds the night's lock, so that nothing is replaced meanwhile."""
    started = time.monotonic()
    registered, damages = registered_or_damaged(home)
    held = hold(home, [*archived(home, registered), *published(home)], progress)
    in_lake = hold_lake(home, progress)
    vouched = vouch_for(home, in_lake.unvouched)
    found = (*damages, *key_damages(home, in_lake.damages), *held.damages, *in_lake.damages)
    both = held + in_lake
    return Scrubbed(datetime.now(UTC), both.files, both.bytes, time.monotonic() - started, vouched, found)


def hold_lake(home: Home, progress: Progress | None = None) -> Held:
    """The lake and the ledger. Which files belong to batches is asked only while the batches' manifests are whole."""
    first = hold(home, [*manifests(home), *added(home), *snapshot(home)], progress)
    if any(damage.kind == BATCH for damage in first.damages):
        return first
    return first + hold(home, list(landed(home, lake.batches(home))), progress)


def hold(home: Home, guarded: Sequence[Guarded], progress: Progress | None = None) -> Held:
    """Hashes each file once, however many names it has, and compares."""
    there = [each for each in guarded if each.path.is_file()]
    files: dict[tuple[int, int], Path] = {}
    identities = {}
    for each in there:
        status = each.path.stat()
        identities[each.path] = identity = (status.st_dev, status.st_ino)
        files.setdefault(identity, each.path)
    said: dict[tuple[int, int], dict[str, Any]] = {}
    with ThreadPoolExecutor(THREADS) as threads:
        found_sums = threads.map(sums_of, files.values())
        for number, (identity, found) in enumerate(zip(files, found_sums, strict=True), 1):
            said[identity] = found
            if progress:
                progress("核对文件", number, len(files))
    damages, unvouched = [], []
    for each in guarded:
        found = said[identities[each.path]] if each.path in identities else None
        if found is not None and each.sha256 is None:
            if can_be_read(each.path):
                unvouched.append((each, found))
            else:
                damages.append(damage_of(home, each, found))
        elif found is None or found["sha256"] != each.sha256:
            damages.append(damage_of(home, each, found))
    return Held(len(files), sum(each["bytes"] for each in said.values()), tuple(damages), tuple(unvouched))


def damage_of(home: Home, guarded: Guarded, found: dict[str, Any] | None) -> Damage:
    file = guarded.path.relative_to(home.root).as_posix()
    return Damage(file, guarded.kind, guarded.of, guarded.sha256, found["sha256"] if found else None)


def can_be_read(path: Path) -> bool:
    """Whether every page of a Parquet file can be unpacked; of any other file it is not asked."""
    if path.suffix != ".parquet":
        return True
    try:
        pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError):
        return False
    return True


def vouch_for(home: Home, unvouched: Iterable[tuple[Guarded, dict[str, Any]]]) -> int:
    """Says of files nobody had vouched for that they are as they are; returns how many."""
    found = list(unvouched)
    of_batches: dict[str, dict[str, Any]] = {}
    for guarded, said in found:
        if guarded.kind == LANDED:
            of_batches.setdefault(guarded.path.stem, {})[guarded.path.parent.parent.name] = said
        else:
            sums.vouch(guarded.path, said["sha256"])
    for batch in lake.batches(home) if of_batches else ():
        if batch.batch in of_batches:
            lake.commit_batch(home, replace(batch, files={**batch.files, **of_batches[batch.batch]}))
    return len(found)


def remember(home: Home, scrubbed: Scrubbed, by: str = "scrub") -> None:
    """Keeps what was found last: ``by`` is ``scrub`` (everything) or ``night`` (what a night looks at)."""
    said = {
        "at": scrubbed.at.isoformat(timespec="seconds"),
        "whole": scrubbed.whole,
        "files": scrubbed.files,
        "bytes": scrubbed.bytes,
        "seconds": round(scrubbed.seconds, 3),
        "vouched": scrubbed.vouched,
        "damages": [damage.as_json() for damage in scrubbed.damages],
    }
    text = json.dumps({**_remembered(home), by: said}, ensure_ascii=False, indent=1)
    replace_bytes(_path(home), f"{text}\n".encode())


def last_scrub(home: Home, by: str = "scrub") -> dict[str, Any] | None:
    """What the last scrub found (``at`` ISO in UTC, ``whole``, ``files``, ``bytes``, ``seconds``, ``damages``); None before
    the first."""
    return _remembered(home).get(by)


def standing_damages(home: Home) -> list[dict[str, Any]]:
    """The damages that the last scrub or the last night found and that are not mended, a file once. Keys as in ``Damage``,
    with ``kind_zh`` and ``remedy_zh``."""
    found = [damage for said in _remembered(home).values() for damage in said["damages"]]
    return list({damage["file"]: damage for damage in found if damage["mended"] is None}.values())


def _remembered(home: Home) -> dict[str, Any]:
    path = _path(home)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _path(home: Home) -> Path:
    return home.root / "var" / "scrub.json"
