"""One message of all that is wrong: what is new, what still stands, what has ended, against what a channel was told before.

Nothing is said twice at once: a trouble that stands is said again when it has grown, or after some days. Pure. Belongs here:
what a channel must be told now. Does not belong here: where it is remembered (``memory``), and how it looks (``wording``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from orchestration.alerts.alert import (
    DAMAGE,
    PUBLISH_BLOCKED,
    REPEATED_AFTER,
    RUN_FAILED,
    UNIT_OVERDUE,
    WAREHOUSE_STALE,
    Alert,
    Block,
    Entry,
    Message,
)
from orchestration.alerts.naming import NAME, day

# How the end of a trouble is said.
_ENDED = {
    RUN_FAILED: "夜间处理恢复正常",
    PUBLISH_BLOCKED: "已恢复发布",
    DAMAGE: "已修复",
    WAREHOUSE_STALE: "已发布,或不再等待",
    UNIT_OVERDUE: "已报,或报送期已关闭",
}
_STALE_ENDED = {"missed_night": "夜间处理恢复运行", "waiting": "积压的报表已发布"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a channel was told of a trouble, and on which day."""

    kind: str
    subject: str
    title: str
    since: date
    items: tuple[str, ...]
    said_on: date


@dataclass(frozen=True, slots=True)
class Digest:
    """``new`` and ``grown`` are said in full, ``standing`` in a line each; ``ended`` is what the channel was told before."""

    today: date
    new: tuple[Alert, ...] = ()
    grown: tuple[Alert, ...] = ()
    standing: tuple[Alert, ...] = ()
    ended: tuple[Said, ...] = ()
    due_again: bool = False

    @property
    def has_news(self) -> bool:
        """Whether anything is to be said: a message with standing troubles alone comes every few days."""
        return bool(self.new or self.grown or self.ended or self.due_again)


def digest(alerts: Sequence[Alert], said: Mapping[str, Said], today: date) -> Digest:
    """What is new to a channel that was told ``said`` (by the troubles' keys)."""
    order = list(REPEATED_AFTER)
    ordered = sorted(alerts, key=lambda alert: (order.index(alert.kind), alert.subject))
    known = [_since_said(alert, said[alert.key]) for alert in ordered if alert.key in said]
    grown = [alert for alert in known if not set(alert.items) <= set(said[alert.key].items)]
    current = {alert.key for alert in alerts}
    return Digest(
        today=today,
        new=tuple(alert for alert in ordered if alert.key not in said),
        grown=tuple(grown),
        standing=tuple(alert for alert in known if alert not in grown),
        ended=tuple(told for key, told in sorted(said.items()) if key not in current),
        due_again=any(_is_due(alert, said[alert.key], today) for alert in known),
    )


def _since_said(alert: Alert, before: Said) -> Alert:
    """A trouble that does not know its own beginning began when it was first said."""
    return replace(alert, since=min(alert.since, before.since))


def _is_due(alert: Alert, told: Said, today: date) -> bool:
    return today - told.said_on >= timedelta(days=REPEATED_AFTER[alert.kind])


def told(found: Digest) -> dict[str, Said]:
    """What a channel has been told once the digest has reached it."""
    return {
        alert.key: Said(alert.kind, alert.subject, alert.title, alert.since, alert.items, found.today)
        for alert in (*found.new, *found.grown, *found.standing)
    }


def message(found: Digest, footer: Sequence[str] = ()) -> Message:
    """The digest in words."""
    blocks = (
        Block("新发生", "warning", tuple(_full(alert) for alert in found.new), numbered=True),
        Block("有新增", "warning", tuple(_full(alert, found.today) for alert in found.grown), numbered=True),
        Block("仍未解决", "comment", tuple(_short(alert, found.today) for alert in found.standing)),
        Block("已解除", "info", tuple(_end(told, found.today) for told in found.ended)),
    )
    shown = tuple(block for block in blocks if block.entries)
    counts = "、".join(f"{block.heading}{len(block.entries)}项" for block in shown)
    return Message(
        title=f"{NAME}告警 {day(found.today)}:{counts}" if counts else f"{NAME}:目前没有告警",
        lead=f"{found.today.year}年{day(found.today)}夜间处理和数据仓库的情况:"
        if counts
        else "目前没有告警。",
        blocks=shown,
        footer=tuple(footer) if shown else (),
        data=_data(found),
    )


def _full(alert: Alert, today: date | None = None) -> Entry:
    lasting = (f"自{day(alert.since)}起,{_lasting(alert.since, today)}",) if today else ()
    action = (f"处理:{alert.action}",) if alert.action else ()
    return Entry(alert.title, (*alert.lines, *lasting, *action))


def _short(alert: Alert, today: date) -> Entry:
    return Entry(f"{alert.title}({_lasting(alert.since, today)})")


def _lasting(since: date, today: date) -> str:
    days = (today - since).days
    return f"已{days}天" if days > 0 else "不到1天"


def _end(told: Said, today: date) -> Entry:
    ending = _STALE_ENDED.get(told.subject) or _ENDED[told.kind]
    return Entry(f"{ending}:原为“{told.title}”,历时{_lasting(told.since, today).removeprefix('已')}")


def _data(found: Digest) -> dict[str, Any]:
    """The digest for programs. Days are ISO."""

    def plain(entry: Alert | Said) -> dict[str, Any]:
        values = asdict(entry)
        return {
            name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()
        }

    return {
        "day": found.today.isoformat(),
        **{
            name: [plain(entry) for entry in getattr(found, name)]
            for name in ("new", "grown", "standing", "ended")
        },
    }
