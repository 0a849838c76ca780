"""Puts damaged files where they are in nobody's way: ``var/damaged``, under the path they had. Nothing is thrown away.

Belongs here: that. Does not belong here: deciding on it (``mend``).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from orchestration.home import Home


def put_aside(home: Home, path: Path) -> bool:
    """Moves a file or folder of the home; returns whether it was there. What lay there before is replaced."""
    if not path.exists():
        return False
    aside = home.root / "var" / "damaged" / path.relative_to(home.root)
    aside.parent.mkdir(parents=True, exist_ok=True)
    if aside.is_dir():
        shutil.rmtree(aside)
    path.replace(aside)
    return True
