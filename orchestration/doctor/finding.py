"""What a check finds. Belongs here: its form. Does not belong here: checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from orchestration.home import Home

OK, WARN, BAD = "ok", "warn", "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """``said``: what was found; ``mend``: what to do, a command where there is one. Both Chinese, without a secret."""

    level: str
    said: str
    mend: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """``ask`` gives at least one finding. What it raises is a finding too: ``examine`` says so."""

    name: str
    title: str
    ask: Callable[[Home], Iterable[Finding]]


def ok(said: str) -> Finding:
    return Finding(OK, said)


def warn(said: str, mend: str) -> Finding:
    return Finding(WARN, said, mend)


def bad(said: str, mend: str) -> Finding:
    return Finding(BAD, said, mend)
