"""The publications that a home has whole: which readers have, which are kept, and whether each is as its manifest says.

Belongs here: choosing and listing. Does not belong here: showing (``commands.publishing``), keeping and putting back.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.home import Home
from orchestration.publish.kept import kept_folder, kept_numbers
from orchestration.publish.ledger import Entry, entry_of, number_in
from orchestration.publish.manifest import differences


@dataclass(frozen=True, slots=True)
class Listed:
    """A publication and the folders it lies in: ``var/published`` of the one that readers have, and where it is kept."""

    entry: Entry
    current: bool
    folders: tuple[Path, ...]


def list_publications(home: Home) -> list[Listed]:
    """What lies there whole, in the order of the numbers."""
    now, kept = number_in(home.warehouse), kept_numbers(home)
    found = []
    for number in sorted({*kept, *([now] if now else [])}):
        folders = [home.published] if number == now else []
        folders += [kept_folder(home, number)] if number in kept else []
        if entry := entry_of(home, number):
            found.append(Listed(entry, number == now, tuple(folders)))
    return found


def check(listed: Listed) -> dict[Path, list[str]]:
    """By folder: what is not as its manifest says, in Chinese lines; none where all of it is."""
    return {folder: differences(folder) for folder in listed.folders}


def as_json(listed: Listed) -> dict[str, Any]:
    """Plain values: moments in ISO, UTC; paths are text."""
    return {
        **asdict(listed.entry),
        "published_at": listed.entry.published_at.isoformat(),
        "known_until": listed.entry.known_until.isoformat(),
        "current": listed.current,
        "folders": [str(folder) for folder in listed.folders],
    }
