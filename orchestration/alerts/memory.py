"""What was said: one file for each channel in ``var/alerts/said``, written after the message has reached it.

A process killed between the two says the same once more, and loses nothing. Belongs here: these files and the lock that lets one
process at a time say anything. Does not belong here: what is to be said (``digest``).
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.alerts.digest import Said
from orchestration.files import replace_bytes
from orchestration.home import Home
from orchestration.permissions import private_folder


def folder(home: Home) -> Path:
    return home.root / "var" / "alerts"


@contextmanager
def speaking(home: Home) -> Iterator[None]:
    """Holds the lock of those who say something: the night and the hour never say the same twice. Waits for the other,
    whose sending has an end."""
    with (private_folder(folder(home)) / "speaking.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def read_said(home: Home, channel: str) -> dict[str, Said]:
    """What a channel was told, by the troubles' keys; nothing before its first message."""
    return {
        key: Said(
            entry["kind"],
            entry["subject"],
            entry["title"],
            date.fromisoformat(entry["since"]),
            tuple(entry["items"]),
            date.fromisoformat(entry["said_on"]),
        )
        for key, entry in read_json(_said_file(home, channel)).items()
    }


def write_said(home: Home, channel: str, said: Mapping[str, Said]) -> None:
    write_json(_said_file(home, channel), {key: asdict(told) for key, told in said.items()})


def read_json(path: Path) -> dict[str, Any]:
    """What a file of this folder holds; nothing where it is not there."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Durable on return, and its owner's alone; days and moments become ISO texts."""
    private_folder(path.parent)
    text = json.dumps(
        value, ensure_ascii=False, indent=1, sort_keys=True, default=lambda day: day.isoformat()
    )
    replace_bytes(path, f"{text}\n".encode())


def _said_file(home: Home, channel: str) -> Path:
    return folder(home) / "said" / f"{channel}.json"
