"""Last period's registers for the next template: what the unit itself sent and the bureau accepted last.

The rows come from the archived bytes, names and ID numbers included, for the workbook goes back to the unit they came
from; the lake has neither. Belongs here: which submission of which dataset, and reading it. Does not belong here: how
its texts become cells (values), writing them (sheets).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from orchestration.audit.tables import standing_decisions
from orchestration.cards import Card, load_cards
from orchestration.home import Home
from orchestration.land.extract import extract
from orchestration.land.workers import PackedSheet, pack, unpack
from orchestration.periods import Period, parse_period, previous
from orchestration.receive.guard import run_guarded
from orchestration.receive.readers import read_workbook
from orchestration.receive.register import Register, Submission
from orchestration.receive.template.values import typed_rows
from orchestration.units import ReportingUnits, Unit

MEMORY_BYTES = 1536 * 2**20
SECONDS_PER_FILE = 60.0

Cell = str | Decimal | date | None


class CarryError(Exception):
    """An accepted workbook that cannot be read from the archive. The message is Chinese."""


@dataclass(frozen=True, slots=True)
class CarriedDataset:
    """The rows of one dataset, each with a cell for every sheet column of the card, and where they come from."""

    submission_id: str
    rows: list[tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Carried:
    """What goes over from ``period``: datasets that had accepted rows. ``without``: registers that had none."""

    period: str
    datasets: Mapping[str, CarriedDataset] = field(default_factory=dict)
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Task:
    path: Path
    cards: tuple[Card, ...]


def carry(home: Home, unit: Unit, period: str) -> Carried:
    """The unit's registers as accepted for the period before this one. Raises CarryError, ValueError (no period)."""
    now = parse_period(period)
    before = previous(now)
    wanted = [
        card.of(now.key)
        for card in load_cards().values()
        if card.owed_by(unit.kind, now.cadence) and _goes_on(card, before, now)
    ]
    sources = _in_force(home, unit.code, before.key)
    by_submission: dict[str, list[Card]] = defaultdict(list)
    for card in wanted:
        if card.dataset in sources:
            by_submission[sources[card.dataset].submission_id].append(card)
    chosen = {submission.submission_id: submission for submission in sources.values()}
    read = _read(home, [chosen[identifier] for identifier in by_submission], list(by_submission.values()))
    datasets = {card.dataset: read[card.dataset] for card in wanted if card.dataset in read}
    without = tuple(card.dataset for card in wanted if card.dataset not in read)
    return Carried(before.key, datasets, without)


def _goes_on(card: Card, before: Period, now: Period) -> bool:
    """A register of the year does not go over into the next; 2021-W01 begins anew like January."""
    return card.carry == "register" or (card.carry == "year" and before.key[:4] == now.key[:4])


def _in_force(home: Home, unit_code: str, period: str) -> dict[str, Submission]:
    """The unit's latest accepted submission of each dataset, under whichever code it came; not of one whose latest is declared
    nil."""
    codes = ReportingUnits(home.units_csv).codes_of(unit_code)
    states = _decided(home, codes, period)
    with Register(home.register) as register:
        own = [s for s in register.submissions() if s.unit_code in codes and s.reporting_period == period]
    own.sort(key=lambda s: (s.version or 0, s.received_at))
    latest: dict[str, Submission] = {}
    for submission in own:
        for dataset, state in states.get(submission.submission_id, {}).items():
            if state in ("accepted", "nil"):
                latest[dataset] = submission
    return {
        dataset: submission
        for dataset, submission in latest.items()
        if states[submission.submission_id][dataset] == "accepted"
    }


def _decided(home: Home, codes: Collection[str], period: str) -> dict[str, dict[str, str]]:
    """The standing decision on each dataset of each of the unit's submissions: its state."""
    states: dict[str, dict[str, str]] = defaultdict(dict)
    for decision in standing_decisions(home, period):
        if decision["unit_code"] in codes:
            states[decision["submission_id"]][decision["dataset"]] = decision["state"]
    return states


def _read(home: Home, submissions: list[Submission], datasets: list[list[Card]]) -> dict[str, CarriedDataset]:
    tasks = [
        _Task(home.archive / submission.archive_path, tuple(cards))
        for submission, cards in zip(submissions, datasets, strict=True)
    ]
    results = run_guarded(
        read_registers,
        tasks,
        memory_bytes=MEMORY_BYTES,
        seconds_per_item=SECONDS_PER_FILE,
        what="read registers",
    )
    cards = {card.dataset: card for of_one in datasets for card in of_one}
    carried = {}
    for submission, result in zip(submissions, results, strict=True):
        if result.value is None:
            raise CarryError(f"{submission.file_name} 已接收,但不能从存档读出:{result.error_text}")
        for sheet in result.value:
            if sheet.rows is not None:
                rows = typed_rows(unpack(sheet.rows), cards[sheet.dataset])
                carried[sheet.dataset] = CarriedDataset(submission.submission_id, rows)
    return carried


def read_registers(task: _Task) -> list[PackedSheet]:
    """In a worker: the sheets of these cards, with the columns that the new period asks for. Raises UnreadableFile."""
    workbook = read_workbook(task.path, {card.sheet for card in task.cards})
    return [pack(extract(workbook, card)) for card in task.cards]
