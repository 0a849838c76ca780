"""Every file that somebody vouched for, and its SHA-256: the archive by its names, the lake by manifests and sums, the
published folders by their manifests.

Belongs here: who vouches for what. Does not belong here: reading the files (``scrub``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration import lake, sums
from orchestration.cards import load_cards
from orchestration.home import Home
from orchestration.publish.kept import kept_folder, kept_numbers
from orchestration.publish.ledger import folder as ledger_folder
from orchestration.publish.manifest import listed, read_manifest
from orchestration.receive.register import Submission
from orchestration.scrub.damage import ARCHIVE, BATCH, JUDGED, LANDED, LEDGER, PUBLISHED, RULES, SNAPSHOT

_NAMED_BY_CONTENT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Guarded:
    """A file, what it is and whose (Chinese), and the SHA-256 it was written with; None where nobody vouched for it yet."""

    path: Path
    kind: str
    of: str
    sha256: str | None


def archived(home: Home, registered: Iterable[Submission]) -> Iterator[Guarded]:
    """What was received: every registered file, and what else lies in the archive under the name of its content."""
    known = {home.archive / each.archive_path: each for each in registered}
    for path, each in known.items():
        sender = each.unit_name or "单位不明"
        yield Guarded(
            path, ARCHIVE, f"{sender} {each.reporting_period or ''} {each.submission_id}", each.sha256
        )
    for path in sorted(home.archive.glob("[0-9a-f][0-9a-f]/*")):
        if path not in known and _NAMED_BY_CONTENT.fullmatch(path.name.partition(".")[0]):
            yield Guarded(path, ARCHIVE, "未登记", path.name[:64])


def landed(home: Home, batches: Iterable[lake.Batch]) -> Iterator[Guarded]:
    """The files of batches. Of one that says no sums, the files that its rows say must be there."""
    for batch in batches:
        with_rows = [table for table, rows in batch.rows.items() if rows]
        tables = batch.files or {table: {} for table in (*with_rows, *lake.BATCHED_CONTROL)}
        for table, said in tables.items():
            path = lake.table_file(home, table, batch.period, batch.batch)
            yield Guarded(path, LANDED, f"{batch.period} {_name_of(table)}", said.get("sha256"))


def manifests(home: Home) -> Iterator[Guarded]:
    """The manifests by which batches count."""
    for folder in sorted((home.lake / "_batches").glob("*")):
        yield from _beside(folder, "*.json", BATCH, folder.name)


def snapshot(home: Home) -> Iterator[Guarded]:
    """What the lake knows of the register."""
    yield from _beside(
        lake.single_file(home, "submissions").parent, "submissions.parquet", SNAPSHOT, "全部报送"
    )


def added(home: Home) -> Iterator[Guarded]:
    """What is only ever added to: verdicts, failures, decisions, the catalogue of rules and the ledger of publications."""
    for table in lake.RUN_CONTROL:
        for folder in sorted((home.lake / table).glob("reporting_period=*")):
            period = folder.name.partition("=")[2]
            if period != lake.NO_PERIOD:
                yield from _beside(folder, "*.parquet", JUDGED, f"{period} {_RUNS_ZH[table]}")
    yield from _beside(lake.single_file(home, "rules").parent, "rules.parquet", RULES, "规则的各个版本")
    for name, words in _LEDGER_ZH.items():
        yield from _beside(ledger_folder(home) / name, "*.parquet", LEDGER, words)


def published(home: Home) -> Iterator[Guarded]:
    """What readers have and what is kept. A kept file is mostly the same file as the published one."""
    folders = {home.published: "现行发布"}
    folders |= {kept_folder(home, number): f"保留的第{number}次发布" for number in kept_numbers(home)}
    for folder, words in folders.items():
        manifest = read_manifest(folder)
        if manifest is not None:
            for said in (manifest["warehouse"], *listed(manifest)):
                yield Guarded(folder / said["file"], PUBLISHED, words, said["sha256"])


_RUNS_ZH = {"verdicts": "审核结论", "failures": "不符之处", "decisions": "采用决定"}
_LEDGER_ZH = {"publications": "各次发布", "figures": "各次发布变更的指标"}
_CONTROL_ZH = {"landed_columns": "识别的列", "landed_sheets": "识别的工作表", "problems": "读不通的单元格"}


def _name_of(table: str) -> str:
    cards = load_cards()
    return cards[table].sheet if table in cards else _CONTROL_ZH[table]


def _beside(folder: Path, pattern: str, kind: str, words: str) -> Iterator[Guarded]:
    said = sums.read_sums(folder)
    there = {path.name for path in folder.glob(pattern)}
    for name in sorted(there | said.keys()):
        yield Guarded(folder / name, kind, words, said.get(name))
