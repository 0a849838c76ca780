"""When a home was last backed up, noted in the home for ``zhenxing doctor``; the note itself is in no backup.

Belongs here: the note. Does not belong here: backups.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.files import replace_bytes
from orchestration.home import Home


@dataclass(frozen=True, slots=True)
class Mark:
    made_at: datetime
    folder: str


def last_backup(home: Home) -> Mark | None:
    path = _file(home)
    if not path.exists():
        return None
    said = json.loads(path.read_text(encoding="utf-8"))
    return Mark(datetime.fromisoformat(said["made_at"]), said["folder"])


def note_backup(home: Home, made_at: datetime, folder: Path) -> None:
    said = {"made_at": made_at.isoformat(), "folder": str(folder)}
    replace_bytes(_file(home), (json.dumps(said, ensure_ascii=False) + "\n").encode())


def _file(home: Home) -> Path:
    return home.dagster / "backup.json"
