"""The submissions that changed published figures, and what their units changed in them, as the receipts say it.

Belongs here: reading submissions and receipts. Does not belong here: figures (``found``), comparing workbooks (the audit does).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.audit.receipts.write import EARLIER, JSON, PAGE
from orchestration.home import Home


@dataclass(frozen=True, slots=True)
class Edited:
    """What a receipt says was changed since the try before, of which ``against`` is the version: counts of all, and the places
    of the first cells, by sheet. What stood in the cells is for the unit's own receipt."""

    against: int | None
    cells: int
    rows_added: int
    rows_removed: int
    places: tuple[tuple[str, tuple[str, ...]], ...]  # sheet, cell with its column


@dataclass(frozen=True, slots=True)
class Sent:
    """A submission that came into force and changed published figures. ``reason``: 更正, 补报 or both; '' where it cannot be told
    apart from others'. ``edited`` is None of a first try, or where no receipt compares it."""

    submission_id: str
    unit_code: str
    unit_name: str
    reporting_period: str
    version: int | None
    received_at: datetime
    file_name: str
    reason: str
    edited: Edited | None

    @property
    def receipt(self) -> str:
        """The receipt, from the home: where it lies until the unit sends again. It then moves to ``moves_to``."""
        return f"var/receipts/{self.reporting_period}/{self.unit_code}/{PAGE}"

    @property
    def moves_to(self) -> str:
        return f"{EARLIER}/{self.submission_id}/{PAGE}"


def read_sent(
    home: Home, connection: duckdb.DuckDBPyConnection, reasons: Mapping[str, set[str]]
) -> list[Sent]:
    """The submissions named, by unit, period and time of receipt. ``reasons``: by submission, what its figures say of it."""
    rows = connection.execute(_SENT, {"ids": sorted(reasons)}).fetchall()
    return [
        Sent(
            submission_id=submission,
            unit_code=unit,
            unit_name=name,
            reporting_period=period,
            version=version,
            received_at=received.replace(tzinfo=UTC),
            file_name=file_name,
            reason=_reason(reasons[submission]),
            edited=_edited(home, submission, unit, period),
        )
        for submission, unit, name, period, version, received, file_name in rows
    ]


def _reason(said: set[str]) -> str:
    return next(iter(said)) if len(said) == 1 else "更正和补报" if said else ""


def _edited(home: Home, submission_id: str, unit_code: str, period: str) -> Edited | None:
    folder = Home(home.root).receipts / period / unit_code
    receipts = [_receipt(folder), _receipt(folder / EARLIER / submission_id)]
    found = next((each for each in receipts if each.get("submission_id") == submission_id), {})
    changes = found.get("changes") or {}
    if "cells" not in changes:
        return None
    places: dict[str, list[str]] = {}
    for cell in changes["cells"]:
        places.setdefault(cell["sheet"], []).append(f"{cell['cell']} {cell['column']}")
    return Edited(
        against=changes["against_version"],
        cells=changes["cells_changed"],
        rows_added=changes["rows_added"],
        rows_removed=changes["rows_removed"],
        places=tuple((sheet, tuple(cells)) for sheet, cells in places.items()),
    )


def _receipt(folder: Path) -> dict:
    path = folder / JSON
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


_SENT = """
    select s.submission_id, s.unit_code, coalesce(u.unit_name, s.unit_code), s.reporting_period, s.version, s.received_at,
           s.file_name
    from marts.dim_submission as s
    left join marts.dim_reporting_unit as u on u.unit_code = s.unit_code
    where list_contains($ids, s.submission_id)
    order by s.unit_code, s.reporting_period, s.received_at, s.submission_id"""
