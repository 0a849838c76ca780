"""Mends what a scrub found, from what is whole: the archive, the inbox, the register, the publication itself, or a backup.

What is put back is what was vouched for, byte for byte, or is said not to be. Belongs here: where each kind of file is had
from. Does not belong here: finding damage, and how files are written (``land``, ``publish``).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from orchestration import lake, sums
from orchestration.files import replace_file, sums_of
from orchestration.home import Home
from orchestration.land.land import submissions_table
from orchestration.progress import Progress
from orchestration.receive.register import Register
from orchestration.scrub.aside import put_aside
from orchestration.scrub.damage import ARCHIVE, BATCH, JUDGED, LANDED, PUBLISHED, SNAPSHOT, Damage
from orchestration.scrub.mend_landed import mend_landed
from orchestration.scrub.mend_published import mend_published

FROM_BACKUP, FROM_INBOX = "由备份恢复", "由收件箱中的同一文件恢复"


def mend(
    home: Home,
    damages: Iterable[Damage],
    *,
    backup: Path | None = None,
    judge_anew: bool = False,
    proven: bool = False,
    progress: Progress | None = None,
) -> tuple[Damage, ...]:
    """The damages, each with how it was mended, if it could be. The caller holds the night's lock.

    The archive comes first, for the lake is mended from it. ``judge_anew``: verdicts without a backup are put aside, so that
    the next night judges again; when they were judged first is then known no more. ``proven``: landed files only come back if
    they are the same as before.
    """
    ordered = sorted(damages, key=lambda damage: damage.kind != ARCHIVE)
    mended = [_from_copies(home, damage, backup) for damage in ordered]
    for kind, mend_all in _mending(judge_anew, proven, progress).items():
        standing = [damage for damage in mended if damage.stands and damage.kind == kind]
        if standing:
            done = {damage.file: damage for damage in mend_all(home, standing)}
            mended = [done.get(damage.file, damage) for damage in mended]
    return tuple(mended)


_MendAll = Callable[[Home, list[Damage]], list[Damage]]


def _mending(judge_anew: bool, proven: bool, progress: Progress | None) -> dict[str, _MendAll]:
    mending: dict[str, _MendAll] = {
        BATCH: _forget_batches,
        LANDED: lambda home, damages: mend_landed(home, damages, progress, proven=proven),
        SNAPSHOT: _rewrite_snapshot,
        PUBLISHED: mend_published,
    }
    return mending | {JUDGED: _judge_anew} if judge_anew else mending


def _from_copies(home: Home, damage: Damage, backup: Path | None) -> Damage:
    """Puts back the very bytes that were vouched for, from a backup or, of the archive, from the inbox."""
    copies = [(path, FROM_INBOX) for path in _inbox_copies(home, damage)]
    copies += [(path, FROM_BACKUP) for path in _backup_copies(backup, damage.file)] if backup else []
    for path, words in copies:
        if damage.expected and path.is_file() and sums_of(path)["sha256"] == damage.expected:
            target = home.root / damage.file
            mode = target.stat().st_mode & 0o777 if target.exists() else None
            replace_file(target, lambda temporary, path=path: shutil.copyfile(path, temporary))
            target.chmod(mode or (0o400 if damage.kind == ARCHIVE else 0o644))
            return replace(damage, mended=words)
    return damage


def _backup_copies(folder: Path, file: str) -> list[Path]:
    """Where a backup may have a file: a folder like the home, one backup, or a folder of them, the newest first."""
    homes = [folder, folder / "home", *sorted(folder.glob("*/home"), reverse=True)]
    return [home / file for home in homes]


def _inbox_copies(home: Home, damage: Damage) -> list[Path]:
    """Files of the inbox that arrived with this content."""
    if damage.kind != ARCHIVE or not home.register.exists():
        return []
    with Register(home.register) as register:
        return [home.inbox / each.path for each in register.arrivals() if each.sha256 == damage.expected]


def _forget_batches(home: Home, damages: list[Damage]) -> list[Damage]:
    """A batch without a manifest does not count: the next landing takes its submissions from the archive again."""
    for damage in damages:
        sums.forget(home.root / damage.file)
        put_aside(home, home.root / damage.file)
    return [replace(damage, mended="已移开,下一晚由存档原件重新入湖") for damage in damages]


def _rewrite_snapshot(home: Home, damages: list[Damage]) -> list[Damage]:
    with Register(home.register) as register:
        table = submissions_table(register.submissions())
    lake.write_vouched(lake.single_file(home, "submissions"), table)
    return [replace(damage, mended="由登记簿重写") for damage in damages]


def _judge_anew(home: Home, damages: list[Damage]) -> list[Damage]:
    """Puts an audit run's files aside. Verdicts and the failures that they stand for go together."""
    for damage in damages:
        path = home.root / damage.file
        table, folder = path.parent.parent.name, path.parent.name
        together = ("decisions",) if table == "decisions" else ("failures", "verdicts")
        for each in together:
            sums.forget(home.lake / each / folder / path.name)
            put_aside(home, home.lake / each / folder / path.name)
    return [replace(damage, mended="已移开,下一晚重新审核;原来的审核时间不再可查") for damage in damages]
