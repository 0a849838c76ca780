"""Damage to what is kept, as the last check of it found: noted by whoever checks, told by the next message.

Belongs here: the note. Does not belong here: finding damage.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from orchestration.alerts.alert import DAMAGE, Alert
from orchestration.alerts.memory import folder, read_json, write_json
from orchestration.home import Home
from orchestration.periods import day_of

_SHOWN = 5


def note_damage(home: Home, found: Sequence[str], now: datetime) -> None:
    """Writes down what a check of the files found, in Chinese lines without anything of their content; none ends the trouble."""
    path = folder(home) / "damage.json"
    if not found and not path.exists():
        return
    before = read_json(path)
    since = before["since"] if before.get("found") else day_of(now).isoformat()
    write_json(path, {"found": list(found), "since": since})


def damage_alerts(home: Home) -> list[Alert]:
    """What the last check found."""
    noted = read_json(folder(home) / "damage.json")
    if not noted.get("found"):
        return []
    found = noted["found"]
    more = (f"另有{len(found) - _SHOWN}处",) if len(found) > _SHOWN else ()
    return [
        Alert(
            DAMAGE,
            "files",
            f"{len(found)}个文件损坏或缺失",
            date.fromisoformat(noted["since"]),
            (*found[:_SHOWN], *more),
            items=tuple(found),
            action="运行 zhenxing scrub 查看,zhenxing scrub --rebuild 由存档重建",
        )
    ]
