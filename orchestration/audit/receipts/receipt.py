"""The answer to one file received: what became of it, of each dataset, and every problem with its cells.

Belongs here: what a receipt says, and its JSON. Does not belong here: where it is taken from (``material``), how it
looks (``page``, ``returned``) and where it lies (``write``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime

from orchestration.audit.receipts.comparison import Comparison
from orchestration.audit.receipts.problems import Problem
from orchestration.words import DATASET_STATE, SUBMISSION_STATUS, WAIVED


@dataclass(frozen=True, slots=True)
class DatasetAnswer:
    """What became of one dataset. ``state`` as ``lake.DECISIONS`` has it; the counts are of rules."""

    dataset: str
    sheet: str
    state: str
    rows: int
    errors: int
    warnings: int
    waived: int

    @property
    def state_zh(self) -> str:
        with_warnings = self.state == "accepted" and self.warnings
        return DATASET_STATE["accepted_with_warnings" if with_warnings else self.state]


@dataclass(frozen=True, slots=True)
class Tries:
    """A resubmission beside the try before it: problems fixed, standing and new, and the cells changed."""

    against: str
    against_version: int | None
    problems: Comparison
    changes: dict | None  # ``Changes`` as JSON; None when the files could not be compared

    def to_json(self) -> dict:
        return {
            "against": self.against,
            "against_version": self.against_version,
            **{
                name: [problem.to_json() for problem in getattr(self.problems, name)]
                for name in ("fixed", "standing", "new")
            },
            **(self.changes or {}),
        }


@dataclass(frozen=True, slots=True)
class BureauRule:
    """A rule that a file alone cannot answer."""

    rule: str
    title: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """``due_on`` and ``on_time`` are None where no period could be read. ``notes`` are sentences for the sender."""

    file: str
    status_code: str
    submission_id: str | None
    sha256: str
    unit_code: str | None = None
    unit_name: str | None = None
    reporting_period: str | None = None
    cadence: str | None = None
    version: int | None = None
    received_at: datetime | None = None
    due_on: date | None = None
    on_time: bool | None = None
    notes: tuple[str, ...] = ()
    datasets: tuple[DatasetAnswer, ...] = ()
    problems: tuple[Problem, ...] = ()
    tries: Tries | None = None
    checked_at_bureau: tuple[BureauRule, ...] = field(default=())

    @property
    def status(self) -> str:
        return SUBMISSION_STATUS[self.status_code]

    @property
    def summary(self) -> str:
        """One sentence: what was accepted, and how much there is to mend."""
        if not self.datasets:
            return f"{self.status}:{self.problems[0].message}" if self.problems else self.status
        taken = [answer for answer in self.datasets if answer.state in ("accepted", "nil", "exempt")]
        parts = [f"{len(self.datasets)}张表中接收{len(taken)}张"]
        if any(answer.state == "closed" for answer in self.datasets):
            parts.append(DATASET_STATE["closed"])
        counts = {severity: self.count(severity) for severity in ("error", "warning")}
        parts += [f"{words}{counts[name]}项" for name, words in _COUNTED.items() if counts[name]]
        if waived := sum(problem.waived_until is not None for problem in self.problems):
            parts.append(f"{WAIVED}{waived}项")
        return f"{self.status}:" + ",".join(parts)

    @property
    def exit_code(self) -> int:
        """0 when all of it is accepted, 1 when something is to be mended, 2 when the file could not be taken at all."""
        if not self.datasets:
            return 2 if self.status_code == "returned" else 0
        return int(self.status_code in ("partly_accepted", "returned"))

    def count(self, severity: str) -> int:
        """Root problems of a severity, waived ones left out."""
        return sum(p.severity == severity and p.waived_until is None for p in self.problems)

    def with_notes(self, notes: Sequence[str]) -> Receipt:
        return replace(self, notes=(*self.notes, *notes))

    def with_bureau_rules(self, rules: tuple[BureauRule, ...]) -> Receipt:
        return replace(self, checked_at_bureau=rules)

    def to_json(self) -> dict:
        """As ``receipt.json`` holds it. Moments are UTC; days are the bureau's."""
        return {
            "file": self.file,
            "status": self.status,
            "status_code": self.status_code,
            "summary": self.summary,
            "submission_id": self.submission_id,
            "sha256": self.sha256,
            "unit_code": self.unit_code,
            "unit_name": self.unit_name,
            "reporting_period": self.reporting_period,
            "cadence": self.cadence,
            "version": self.version,
            "received_at": self.received_at.isoformat() if self.received_at else None,
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "on_time": self.on_time,
            "notes": list(self.notes),
            "datasets": [{**asdict(answer), "state_zh": answer.state_zh} for answer in self.datasets],
            "problems": [problem.to_json() for problem in self.problems],
            "changes": self.tries.to_json() if self.tries else None,
            "checked_at_bureau": [asdict(rule) for rule in self.checked_at_bureau],
        }


_COUNTED = {"error": "须改正", "warning": "请核对"}


def status_of(answers: Sequence[DatasetAnswer], workbook_errors: int = 0, workbook_warnings: int = 0) -> str:
    """A key of ``SUBMISSION_STATUS``: what becomes of the whole follows from its datasets. An exempt one counts for
    nothing; a workbook whose every owed dataset is exempt or nil is accepted."""
    owed = [answer for answer in answers if answer.state != "exempt"]
    taken = [answer for answer in owed if answer.state in ("accepted", "nil")]
    if workbook_errors or (owed and not taken):
        return "returned"
    if len(taken) < len(owed):
        return "partly_accepted"
    return "accepted_with_warnings" if workbook_warnings or any(a.warnings for a in taken) else "accepted"
