"""Lands batches again from the archive, to have back the files that were damaged.

The same submissions, landed by the same code, give the same bytes; whether they did is said. Belongs here: that, and what
counts as the same. Does not belong here: landing (``land``), and landing otherwise than before (``land.reland``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration import lake
from orchestration.cards import load_cards
from orchestration.files import sums_of
from orchestration.home import Home
from orchestration.land.key import key_damage, pseudonym_key
from orchestration.land.land import take, write_control
from orchestration.progress import Progress
from orchestration.receive.register import Register
from orchestration.scrub.damage import Damage

SAME_BYTES = "由存档原件重新入湖,与原来逐字节相同"
SAME_CONTENT = "由存档原件重新入湖;同批其他表内容相同,写法已变"
OTHER_CODE = "由存档原件按现行卡片重新入湖,与原来是否相同无从核对"


def mend_landed(
    home: Home, damages: list[Damage], progress: Progress | None = None, *, proven: bool = False
) -> list[Damage]:
    """The damages, each with how its file came back; one whose archived files are not whole stands, and all do without the
    key that they were landed with. ``proven``: so does one that nothing proves to be the same as before."""
    of_batches: dict[tuple[str, str], list[Damage]] = {}
    for damage in damages:
        path = home.root / damage.file
        of_batches.setdefault((path.parent.name.partition("=")[2], path.stem), []).append(damage)
    found: list[Damage] = []
    if key_damage(home):
        return damages
    with lake.alone(home):
        batches = {(batch.period, batch.batch): batch for batch in lake.batches(home)}
        for key, each in of_batches.items():
            found += _mend_batch(home, batches[key], each, progress, proven)
    return found


def _mend_batch(
    home: Home, batch: lake.Batch, damages: list[Damage], progress: Progress | None, proven: bool
) -> list[Damage]:
    with Register(home.register) as register:
        submissions = [s for s in register.submissions() if s.submission_id in batch.submissions]
    submissions.sort(key=lambda submission: submission.submission_id)
    sources = [(home.archive / s.archive_path, s.sha256) for s in submissions]
    if len(submissions) < len(batch.submissions) or not all(
        path.is_file() and sums_of(path)["sha256"] == sha256 for path, sha256 in sources
    ):
        return damages
    name = f"{batch.batch}-again"  # it does not count, and a landing would sweep it
    cards = load_cards()
    key = pseudonym_key(home)
    taken = take(home, batch.period, name, submissions, cards.values(), key=key, progress=progress)
    files = {**taken.files, **write_control(home, batch.period, name, taken.control)}
    damaged = {(home.root / damage.file).parent.parent.name: damage for damage in damages}
    how = _how(home, batch, name, files, damaged)
    back = damaged.keys() & files.keys() if how != OTHER_CODE or not proven else set()
    for table in files:
        again = lake.table_file(home, table, batch.period, name)
        if table in back:
            again.replace(lake.table_file(home, table, batch.period, batch.batch))
        else:
            again.unlink()
    if how != SAME_BYTES and back:
        lake.commit_batch(
            home, replace(batch, files={**batch.files, **{table: files[table] for table in back}})
        )
    return [replace(damage, mended=how) if table in back else damage for table, damage in damaged.items()]


def _how(
    home: Home,
    batch: lake.Batch,
    name: str,
    files: Mapping[str, dict[str, Any]],
    damaged: Mapping[str, Damage],
) -> str:
    """Whether what was landed again is what was damaged, by its sums, or by the tables that were not damaged."""
    if all(
        files.get(table, {}).get("sha256") == batch.files.get(table, {}).get("sha256") for table in damaged
    ):
        return SAME_BYTES
    others = [table for table in files if table not in damaged]
    same = all(_content(home, table, batch, name).equals(_content(home, table, batch)) for table in others)
    return SAME_CONTENT if same and others else OTHER_CODE


def _content(home: Home, table: str, batch: lake.Batch, name: str | None = None) -> pa.Table:
    path = lake.table_file(home, table, batch.period, name or batch.batch)
    return pq.ParquetFile(path).read() if path.exists() else pa.table({})
