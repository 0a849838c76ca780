"""Why one figure is no longer what it was: what each publication said of it, and what the last one to change it stood on.

Belongs here: one figure. Does not belong here: a whole publication (``found``), words.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.home import Home
from orchestration.periods import parse_period
from orchestration.publish.ledger import Entry
from orchestration.report.changes.found import Came, Change, Changes, read_changes, read_history, read_parts
from orchestration.report.trace.published import Published
from orchestration.report.trace.tracing import find_entry
from orchestration.units import ReportingUnits


@dataclass(frozen=True, slots=True)
class Said:
    """What a publication was the first to say of a figure."""

    publication: Entry
    change: Change


@dataclass(frozen=True, slots=True)
class Explained:
    """A figure's history. ``changes``: the publication that changed it last (of those asked about) as a whole; ``sent``: the
    submissions that it was changed by, of a figure that is new or goes on those of its unit and of the counties below;
    ``parts``: the counties below whose own figure changed with it."""

    unit_code: str
    reporting_period: str
    figure_key: str
    asked: Entry
    history: tuple[Said, ...]
    changes: Changes
    sent: tuple[Came, ...]
    parts: tuple[Change, ...]

    @property
    def last(self) -> Said:
        return self.history[-1]

    @property
    def is_changed(self) -> bool:
        """Whether the publication asked about changed it, and not an earlier one."""
        return self.last.publication.number == self.asked.number


def explain(
    home: Home, figure: str, period: str, unit_code: str, number: int | None = None
) -> Explained | None:
    """A figure by key, name or alias, as of a publication (default: the last); None where it was never published by then.

    Raises NotTraceable for a figure that is not known, or where nothing is published."""
    with Published(home) as published:
        key = find_entry(published.dictionary, figure).key
    asked = read_changes(home, number, limit=0)
    if asked is None:
        return None
    history = [
        Said(publication, change)
        for publication, change in read_history(home, unit_code, period, key)
        if publication.number <= asked.publication.number
    ]
    if not history:
        return None
    last = history[-1]
    changes = read_changes(home, last.publication.number, limit=0) or asked
    return Explained(
        unit_code=unit_code,
        reporting_period=period,
        figure_key=key,
        asked=asked.publication,
        history=tuple(history),
        changes=changes,
        sent=tuple(_because(home, last.change, changes)),
        parts=tuple(read_parts(home, last.publication, last.change.figure)),
    )


def _because(home: Home, change: Change, changes: Changes) -> list[Came]:
    figure = change.figure
    if change.kind not in ("new", "continued"):
        return [came for came in changes.sent if came.submission_id in figure.submissions]
    units, span = ReportingUnits(home.units_csv), parse_period(figure.reporting_period)
    found = []
    for came in changes.sent:
        unit = units.by_code(came.unit_code)
        if unit is None or not came.reporting_period:
            continue
        within = span.start <= parse_period(came.reporting_period).end <= span.end
        if within and figure.unit_code in (unit.code, unit.city_code, units.province.code):
            found.append(came)
    return found
