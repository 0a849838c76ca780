"""The example province reports periods long closed: the reopening that lets its home take them, on time.

Belongs here: which periods are closed on a day, and the lines they add to the home's ``reopenings.csv``.
Does not belong here: what a reopening does (the pipeline's calendar).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from orchestration.deadlines import cadence_days
from orchestration.home import Home
from orchestration.periods import Period

COLUMNS = ("unit_code", "dataset", "reporting_period", "opens_on", "due_on", "close_on", "reason")
REASON = "样例省演示"
ALL = "*"

_NAME = "reopenings.csv"
_DUE_DAYS, _CLOSE_DAYS = 7, 30


def home_of(out: Path, home: Home) -> Home | None:
    """The home whose inbox ``out`` is: the current one, or the folder that ``raw/inbox`` lies in."""
    folder = out.resolve()
    return next((known for known in (home, Home(folder.parent.parent)) if known.inbox == folder), None)


def reopen(home: Home, periods: Sequence[Period], today: date) -> list[str]:
    """Adds what is missing to the reopenings the home has, in its own file. Returns the periods reopened."""
    path = home.root / _NAME
    text = home.reopenings_csv.read_text(encoding="utf-8-sig")
    added = missing(list(csv.DictReader(io.StringIO(text))), periods, today, closing_days())
    if not added:
        return []
    buffer = io.StringIO(newline="")
    csv.DictWriter(buffer, COLUMNS, lineterminator="\n").writerows(added)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text.rstrip()}\n{buffer.getvalue()}", encoding="utf-8", newline="")
    return [row["reporting_period"] for row in added]


def missing(
    known: Iterable[Mapping[str, str]], periods: Sequence[Period], today: date, days: Mapping[str, int]
) -> list[dict[str, str]]:
    """The lines that periods closed on ``today`` still need; ``days`` from a period's end to its close, by cadence."""
    open_again = {row["reporting_period"] for row in known if _takes_all(row, today)}
    closed = [p.key for p in periods if today > p.end + timedelta(days=days[p.cadence])]
    return [_line(period, today) for period in closed if period not in open_again]


def closing_days() -> dict[str, int]:
    """Days from a period's end to the day it closes, by cadence."""
    return {cadence: close for cadence, (_, close) in cadence_days().items()}


def _takes_all(row: Mapping[str, str], today: date) -> bool:
    """Whether the line lets every unit send everything on the day, and on time."""
    everything = row["unit_code"] == row["dataset"] == ALL
    return everything and row["opens_on"] <= today.isoformat() <= row["due_on"]


def _line(period: str, today: date) -> dict[str, str]:
    due, close = today + timedelta(days=_DUE_DAYS), today + timedelta(days=_CLOSE_DAYS)
    values = (ALL, ALL, period, today.isoformat(), due.isoformat(), close.isoformat(), REASON)
    return dict(zip(COLUMNS, values, strict=True))
