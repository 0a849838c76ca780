"""A SQLite database read without a trace. Belongs here: opening one. Does not belong here: which, and what is asked."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def opened(path: Path) -> sqlite3.Connection:
    """A connection that writes nothing, not even what SQLite keeps beside a database that is read: where nobody else has it
    open it is taken as it lies."""
    alone = not path.with_name(f"{path.name}-wal").exists()
    mode = "immutable=1" if alone else "mode=ro"
    return sqlite3.connect(f"{path.as_uri()}?{mode}", uri=True, timeout=2)
