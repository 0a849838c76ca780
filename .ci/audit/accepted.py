"""What somebody looked at and accepted: ``accepted.toml``, each entry with a reason and a date."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Accepted:
    """``scanned_to``: the commit up to which the history was looked through; nothing before it changes any more."""

    advisories: dict[str, str]
    secrets: frozenset[tuple[str, str]]
    scanned_to: str | None

    def advisory(self, identifiers: Iterable[str]) -> str | None:
        """Why an advisory with any of these identifiers is accepted; None when it is not."""
        return next((self.advisories[name] for name in identifiers if name in self.advisories), None)

    def secret(self, path: str, sha1: str) -> bool:
        return (path, sha1) in self.secrets


def read_accepted(path: Path) -> Accepted:
    """Raises KeyError for an entry without a reason, TypeError for one without a date."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    for entry in (*entries.get("advisory", ()), *entries.get("secrets", ())):
        if not entry["reason"].strip() or not isinstance(entry["accepted_on"], date):
            raise TypeError(f"{path.name}: an entry needs a reason and a date: {entry}")
    return Accepted(
        {entry["id"]: entry["reason"] for entry in entries.get("advisory", ())},
        frozenset((entry["path"], sha1) for entry in entries.get("secrets", ()) for sha1 in entry["sha1"]),
        entries.get("scanned_to"),
    )
