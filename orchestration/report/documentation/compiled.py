"""The SQL of each model as the last build ran it, without the folders of the machine it ran on.

Belongs here: finding it and taking the folders out. Does not belong here: compiling (dbt, in the build).
"""

from __future__ import annotations

import re

from orchestration.home import Home
from orchestration.model.dbt import target

# A home that was moved keeps what was compiled before, so every folder goes, whichever it is.
_OF_HOME = re.compile(r"'/[^']*/var/([^']*)'")
_GIVEN = re.compile(r"'/[^']*/([^'/]+\.csv)'")


def compiled_code(home: Home) -> dict[str, str]:
    """By the path of a model's file within the project; empty before the first build."""
    folder = target(home) / "compiled" / "zhenxing"
    return {
        str(path.relative_to(folder)): without_folders(path.read_text(encoding="utf-8"))
        for path in folder.glob("models/**/*.sql")
    }


def without_folders(sql: str) -> str:
    """The SQL with every file it names said from the home on, or by its name alone where the bureau gives it."""
    return _GIVEN.sub(r"'\1'", _OF_HOME.sub(r"'$ZHENXING_HOME/var/\1'", sql))
