"""What was restated so far, for the terminal and as JSON: one entry for each publication that did, with its notice.

Belongs here: choosing and listing. Does not belong here: showing (``screen``), and the notice itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.home import Home
from orchestration.periods import day_of
from orchestration.report.restated.due import notice_files, restating
from orchestration.report.restated.found import Restated, Restatement, read_restatement
from orchestration.report.restated.issued import Issued
from orchestration.report.restated.notice import number_of
from orchestration.report.restated.saying import say_difference


@dataclass(frozen=True, slots=True)
class Listed:
    """A restatement and the files of its notice that are there; none before the next night."""

    restatement: Restatement
    files: tuple[Path, ...]


def list_restatements(home: Home, period: str | None = None) -> list[Listed]:
    """All restatements of a home in their order, or those that concern a period, with its figures alone."""
    issued = Issued(home)
    found = [read_restatement(home, entry, issued).of_period(period) for entry in restating(home)]
    return [
        Listed(
            restatement, tuple(path for path in notice_files(home, restatement.publication) if path.exists())
        )
        for restatement in found
        if restatement.figures
    ]


def as_json(listed: Sequence[Listed]) -> list[dict[str, Any]]:
    """Plain values: moments in ISO, UTC; values with all their digits as text."""
    return [
        {
            "notice": number_of(each.restatement.publication),
            "publication": each.restatement.publication.number,
            "day": day_of(each.restatement.publication.published_at).isoformat(),
            "files": [str(path) for path in each.files],
            "submissions": [
                {**asdict(sent), "received_at": sent.received_at.isoformat(), "receipt": sent.receipt}
                for sent in each.restatement.sent
            ],
            "figures": [_figure(figure) for figure in each.restatement.figures],
        }
        for each in listed
    ]


def _figure(figure: Restated) -> dict[str, Any]:
    return {
        "reporting_period": figure.reporting_period,
        "unit_code": figure.unit_code,
        "unit_name": figure.unit_name,
        "figure_key": figure.figure_key,
        "label_zh": figure.label,
        "published": figure.printed_before,
        "value_published": None if figure.before is None else str(figure.before),
        "published_at": figure.published_at.isoformat(),
        "corrected": figure.printed_after,
        "value_corrected": None if figure.after is None else str(figure.after),
        "difference": say_difference(figure),
        "printed_alike": figure.is_printed_alike,
        "reason": figure.reason,
        "submissions": list(figure.submissions),
        "carried_by": [
            {**asdict(carrier), "day": carrier.day.isoformat() if carrier.day else None}
            for carrier in figure.carried_by
        ],
    }
