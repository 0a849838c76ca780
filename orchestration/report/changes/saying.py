"""How a change is said: a figure's before and after, how many of each kind, and what the publication was made by otherwise.

Belongs here: words and plain values, the same for the terminal, ``--json`` and Dagster. Does not belong here: finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from orchestration.home import Home
from orchestration.made_by import GROUPS
from orchestration.periods import minute_of
from orchestration.publish.ledger import Entry
from orchestration.publish.made import Differing
from orchestration.report.changes.figure import Explained
from orchestration.report.changes.found import KINDS, Came, Change, Changes
from orchestration.report.restated.saying import say_difference, say_value

NONE = "—"
_NAMED = 12  # parts named of one group


def say_publication(entry: Entry) -> str:
    back = f",恢复第{entry.puts_back}次发布" if entry.puts_back else ""
    return f"第{entry.number}次发布({minute_of(entry.published_at)}{back})"


def say_counts(counts: Mapping[str, int]) -> str:
    """``更正 48、首次公布 12``."""
    return "、".join(f"{KINDS[kind]} {count}" for kind, count in counts.items()) or "没有变化"


def say_periods_of(line: Sequence[Change]) -> str:
    """Of figures that changed alike: the first, which is the month or week that the others are made of, and how many."""
    first = line[0].figure.reporting_period
    return first if len(line) == 1 else f"{first} 等{len(line)}期"


def say_reason(change: Change) -> str:
    """Why, with who: ``更正(山阳县)``."""
    figure = change.figure
    return (figure.reason or KINDS[change.kind]) + (f"({figure.senders})" if figure.senders else "")


def say_made(changes: Changes, *, named: int = _NAMED) -> list[str]:
    """A line for each group of what the publication was made by otherwise, with some of its parts; none where all is the same."""
    if changes.made is None:
        return []
    lines = [_say_group(each, named) for each in changes.made]
    before, after = changes.commits
    if before != after:
        lines.append(f"代码版本:{before or NONE} → {after or NONE}")
    return lines


def _say_group(differing: Differing, named: int) -> str:
    said = [
        f"{word} {_listed(names, named)}"
        for word, names in (
            ("新增", differing.added),
            ("改动", differing.changed),
            ("删去", differing.removed),
        )
        if names
    ]
    return f"{GROUPS[differing.group]}:{';'.join(said)}"


def _listed(names: Iterable[str], named: int) -> str:
    listed = list(names)
    more = f" 等 {len(listed)} 项" if len(listed) > named else ""
    return "、".join(listed[:named]) + more


def change_row(change: Change) -> dict[str, str | None]:
    """One figure as plain text. ``published`` and ``value_published`` are null where it was not there before."""
    figure = change.figure
    return {
        "figure_key": figure.figure_key,
        "label_zh": figure.label,
        "unit_code": figure.unit_code,
        "unit_name": figure.unit_name,
        "reporting_period": figure.reporting_period,
        "kind": change.kind,
        "before": figure.printed_before,
        "after": figure.printed_after,
        "value_before": None if figure.before is None else say_value(figure.before, figure.unit),
        "value_after": None if figure.after is None else say_value(figure.after, figure.unit),
        "difference": None if figure.difference is None else say_difference(figure),
        "reason": say_reason(change),
        "submissions": "、".join(figure.submissions),
    }


def sent_row(home: Home, came: Came) -> dict[str, Any]:
    """One submission as plain values, with where its receipt lies."""
    return {
        "submission_id": came.submission_id,
        "unit_code": came.unit_code,
        "unit_name": came.unit_name,
        "reporting_period": came.reporting_period,
        "version": came.version,
        "received_at": came.received_at.isoformat(timespec="seconds"),
        "status": came.status,
        "supersedes": list(came.supersedes),
        "figures_changed": came.figures,
        "receipt": receipt_of(home, came),
    }


def receipt_of(home: Home, came: Came) -> str | None:
    """The receipts of its unit and period; None of a file that nobody could be told of."""
    if not (came.unit_code and came.reporting_period):
        return None
    return str(home.receipts / came.reporting_period / came.unit_code)


def changes_as_json(home: Home, changes: Changes) -> dict[str, Any]:
    """All of a publication's changes as plain values; ``figures`` are the weightiest."""
    return {
        "publication": _entry(changes.publication),
        "before": _entry(changes.before) if changes.before else None,
        "figures_changed": changes.total,
        "counts": changes.counts,
        "by_period": changes.by_period,
        "figures": [change_row(change) for change in changes.figures],
        "submissions": [sent_row(home, came) for came in changes.sent],
        "made_by": made_as_json(changes),
        "notices": [str(path) for path in changes.notices],
    }


def made_as_json(changes: Changes) -> dict[str, Any] | None:
    """None where what either was made by was not kept."""
    if changes.made is None:
        return None
    before, after = changes.commits
    return {
        "commit": {"before": before, "after": after},
        **{
            each.group: {
                "added": list(each.added),
                "changed": list(each.changed),
                "removed": list(each.removed),
            }
            for each in changes.made
        },
    }


def explained_as_json(home: Home, explained: Explained) -> dict[str, Any]:
    changes = explained.changes
    return {
        "changed_by_this_publication": explained.is_changed,
        "asked": _entry(explained.asked),
        "publication": _entry(changes.publication),
        "before": _entry(changes.before) if changes.before else None,
        "figure": change_row(explained.last.change),
        "submissions": [sent_row(home, came) for came in explained.sent],
        "parts": [change_row(change) for change in explained.parts],
        "made_by": made_as_json(changes),
        "notices": [str(path) for path in changes.notices],
        "history": [
            {"publication": said.publication.number, **change_row(said.change)} for said in explained.history
        ],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "published_at": entry.published_at.isoformat(timespec="seconds"),
        "puts_back": entry.puts_back,
        "reason": entry.reason,
    }
