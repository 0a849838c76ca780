"""What each publication was made by, kept with the ledger: what differs from the one before it can be named.

``var/published/ledger/made/<number>.json``: the commit of the code and the digests of its parts, by group. A publication made
by the same as the one before has no file of its own. Belongs here: keeping it and telling two apart. Does not belong here:
which files count (``made_by``), and words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.files import replace_bytes
from orchestration.home import Home
from orchestration.made_by import GROUPS, Digests, commit, digests
from orchestration.publish.ledger import folder


@dataclass(frozen=True, slots=True)
class Made:
    """What a publication was made by. ``commit`` is None where the code is under no version control."""

    commit: str | None
    digests: Digests


@dataclass(frozen=True, slots=True)
class Differing:
    """The parts of one group that were added, changed or removed: rule codes and paths within the project."""

    group: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def keep_made(home: Home, number: int) -> None:
    """Keeps what a publication is made by now. What a killed publication of the same number left is replaced."""
    path = _file(home, number)
    path.unlink(missing_ok=True)
    made = Made(commit(), digests(home))
    if made_of(home, number) != made:
        text = json.dumps({"commit": made.commit, **made.digests}, ensure_ascii=False, indent=0)
        replace_bytes(path, text.encode())


def made_of(home: Home, number: int) -> Made | None:
    """What a publication of a night was made by; None of one of before this was kept."""
    kept = [path for path in _kept(home) if int(path.stem) <= number]
    if not kept:
        return None
    said = json.loads(kept[-1].read_text(encoding="utf-8"))
    return Made(said.pop("commit"), said)


def differing(before: Made, after: Made) -> list[Differing]:
    """What was changed between two publications, group by group; a group that is the same is left out."""
    found = [
        _differing(group, before.digests.get(group, {}), after.digests.get(group, {})) for group in GROUPS
    ]
    return [each for each in found if each.added or each.changed or each.removed]


def _differing(group: str, before: Mapping[str, str], after: Mapping[str, str]) -> Differing:
    return Differing(
        group,
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(name for name in after.keys() & before.keys() if after[name] != before[name])),
        removed=tuple(sorted(before.keys() - after.keys())),
    )


def _kept(home: Home) -> list[Path]:
    return sorted((folder(home) / "made").glob("[0-9]*.json"))


def _file(home: Home, number: int) -> Path:
    return folder(home) / "made" / f"{number:05d}.json"
