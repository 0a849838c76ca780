"""Whether the pseudonym key is the one that what was landed was made with, as ``land.key`` tells, among the damages.

Belongs here: nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable

from orchestration.home import Home
from orchestration.land.key import key_damage, key_path
from orchestration.scrub.damage import BATCH, KEY, Damage


def key_damages(home: Home, found: Iterable[Damage]) -> list[Damage]:
    """The key, where something is wrong with it. Not asked while a batch's manifest is damaged, for they know the key."""
    if any(damage.kind == BATCH for damage in found):
        return []
    said = key_damage(home)
    file = key_path(home).relative_to(home.root).as_posix()
    return [Damage(file, KEY, said, found="")] if said else []
