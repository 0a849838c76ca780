"""A trouble that somebody must know of, as data, and the one message that speaks of several.

Nothing personal is in either: they hold units, periods, rules, counts and names of steps, never what a cell or an error says.
Belongs here: these forms and the kinds of trouble. Does not belong here: finding (``collect``), wording, sending.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

RUN_FAILED = "run_failed"
PUBLISH_BLOCKED = "publish_blocked"
DAMAGE = "damage"
WAREHOUSE_STALE = "warehouse_stale"
UNIT_OVERDUE = "unit_overdue"

# The kinds in the order in which a message speaks of them, and after how many days one that stands is said again.
REPEATED_AFTER = {RUN_FAILED: 3, PUBLISH_BLOCKED: 3, DAMAGE: 3, WAREHOUSE_STALE: 7, UNIT_OVERDUE: 7}


@dataclass(frozen=True, slots=True)
class Alert:
    """One trouble as it stands. ``kind`` and ``subject`` name it: the same ones later are the same trouble.

    ``title`` is one Chinese line, ``lines`` say more, ``action`` what to do. ``since``: the day on which it began, in
    Shanghai. ``items``: what it consists of; with one more than was said it has grown and is said again.
    """

    kind: str
    subject: str
    title: str
    since: date
    lines: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    action: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind} {self.subject}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a message says: a line, and lines below it."""

    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Entries under a heading. ``tone``: warning | comment | info, as WeCom colours them; ``numbered``: 1. 2. 3."""

    heading: str
    tone: str
    entries: tuple[Entry, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel sends: a title (a mail's subject), a line, blocks, and where to look. ``data`` is for programs."""

    title: str
    lead: str
    blocks: tuple[Block, ...] = ()
    footer: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
