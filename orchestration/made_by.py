"""What a published figure is made by, besides what was received: rules, models, other code, rulings and units.

A digest of it says that a publication is out of date; each part's own digests, kept with a publication (``publish.made``), say
what differs from the one before. Belongs here: which files those are, and their digests. Does not belong here: keeping them.
"""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import asdict
from pathlib import Path

from orchestration.files import content_digest
from orchestration.home import PROJECT_ROOT, Home

# By group: a change of any of these makes the last publication out of date. What the bureau gives (``Home.given``) is its own.
_SOURCES = {
    "rules": ("expectations/**/*.py",),
    "models": (
        "dbt_project/models/**/*",
        "dbt_project/macros/**/*",
        "dbt_project/seeds/**/*",
        "dbt_project/*.yml",
    ),
    "code": ("orchestration/**/*.py",),
}
UNITS = "reporting_units.csv"
GROUPS = {"rules": "规则", "models": "模型和指标", "code": "程序", "rulings": "裁定", "units": "报送单位"}
_GIT_SECONDS = 10

Digests = dict[str, dict[str, str]]


def made_by(home: Home) -> str:
    """One digest of everything."""
    sources = {path for group in _SOURCES for path in _files(group)}
    return content_digest([*sorted(sources), home.units_csv, *home.rulings])


def digests(home: Home) -> Digests:
    """Of each group the digest of each part: of the rules also by their codes, of files by their path within the project."""
    given = set(home.given.values())
    found = {
        group: {
            path.relative_to(PROJECT_ROOT).as_posix(): _digest(path.read_bytes())
            for path in sorted(_files(group) - given)
        }
        for group in _SOURCES
    }
    found["rules"] |= _rules()
    found["rulings"] = {path.name: _digest(path.read_bytes()) for path in home.rulings}
    found["units"] = {UNITS: _digest(home.units_csv.read_bytes())}
    return found


def commit() -> str | None:
    """The commit of the code, ``-dirty`` where files differ from it; None where there is no version control."""
    command = [
        "git",
        "-C",
        str(PROJECT_ROOT),
        "describe",
        "--always",
        "--dirty",
        "--abbrev=12",
        "--exclude=*",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_GIT_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None


def _rules() -> dict[str, str]:
    """By code: a rule in force with everything that it says."""
    from expectations import catalogue  # noqa: PLC0415  (a night with nothing to do asks only for the one digest)

    return {code: _digest(repr(asdict(rule)).encode()) for code, rule in catalogue().items()}


def _files(group: str) -> set[Path]:
    return {path for pattern in _SOURCES[group] for path in PROJECT_ROOT.glob(pattern) if path.is_file()}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
