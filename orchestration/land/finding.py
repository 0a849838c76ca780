"""One structural problem of a sheet, before it is known whose sheet it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule broken: what stands there, what was expected (Chinese), and where, as far as it has a place.

    ``cell`` is an address, or several joined by commas. A finding of a sheet belongs to that sheet's dataset; one
    of the workbook (``layout_findings``) says itself on which ``sheet`` its cell stands and, where it concerns one
    dataset alone, on which ``dataset``.
    """

    rule_code: str
    found: str
    expected: str
    row: int | None = None
    column_name: str | None = None
    cell: str | None = None
    dataset: str | None = None
    sheet: str | None = None
