"""Whether an earlier publication was put back, and holds: until it is released, nights publish nothing.

The hold is the publication itself, so there is no moment at which it is in place and does not hold; releasing it is a file of
the ledger, ``released/<number>.json``. Belongs here: that question, and releasing. Does not belong here: putting back
(``putback``). Light: a night asks it before it loads anything.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from orchestration.files import replace_bytes
from orchestration.home import Home
from orchestration.periods import minute_of
from orchestration.publish.ledger import Entry, entry_of, folder, last_number


class PublishHeld(Exception):
    """An earlier publication was put back and is not released. ``reasons``: the one reason, in Chinese."""

    def __init__(self, entry: Entry):
        self.reasons = [said_of(entry)]
        super().__init__(*self.reasons)


def said_of(entry: Entry) -> str:
    """A publication that holds, and what to do, in a Chinese sentence."""
    return (
        f"第{entry.number}次发布恢复了第{entry.puts_back}次的内容({minute_of(entry.published_at)},原因:{entry.reason}),"
        "解除前不再发布;解除:zhenxing putback --release"
    )


def put_back_now(home: Home) -> Entry | None:
    """The publication that readers have, if it was put back, released or not."""
    entry = entry_of(home, last_number(home))
    return entry if entry is not None and entry.puts_back is not None else None


def held_by(home: Home) -> Entry | None:
    """The publication that was put back and not released."""
    entry = put_back_now(home)
    return None if entry is None or _released(home, entry).exists() else entry


def release(home: Home, entry: Entry, released_at: datetime) -> None:
    """Lets the next night publish again what its build says."""
    text = json.dumps({"released_at": released_at.isoformat(timespec="seconds")})
    replace_bytes(_released(home, entry), f"{text}\n".encode())


def _released(home: Home, entry: Entry) -> Path:
    return folder(home) / "released" / f"{entry.number:05d}.json"
