"""The home's secret that pseudonyms are made with. It never leaves the home; without it no pseudonym can be
traced to an ID number, and with another home's nothing matches."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from orchestration.home import Home


def key_path(home: Home) -> Path:
    return home.lake / "_key"


def pseudonym_key(home: Home) -> str:
    """The home's key (64 hex digits), made on first use and readable by its owner alone. Raises ValueError for
    a file that is no key: a new one would silently cut every person's history."""
    path = key_path(home)
    if not path.exists():
        _create(path)
    key = path.read_text(encoding="ascii").strip()
    if len(key) != 64 or not set(key) <= set("0123456789abcdef"):
        raise ValueError(f"{path.name} is no pseudonym key; restore it from a backup")
    return key


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and linked into place: a kill leaves no half key, and two landings agree on one.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(secrets.token_hex(32) + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return
    finally:
        temporary.unlink()
