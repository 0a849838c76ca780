"""Tracing: from a published figure to its formula, rows, verdicts, submissions, files, sheets and cells, and back.

Reads the published file alone and writes the trace pages of a bulletin. Belongs here: the entry points.
"""

from __future__ import annotations

from collections.abc import Iterable

from orchestration.home import Home
from orchestration.report.trace.found import NotTraceable, Trace
from orchestration.report.trace.reach import Reached, reached
from orchestration.report.trace.tracing import trace

__all__ = ["NotTraceable", "Reached", "Trace", "reached", "trace", "write_trace_pages"]


def write_trace_pages(home: Home, period: str, unit_code: str, keys: Iterable[str]) -> dict[str, str]:
    """Writes the trace page of each figure of a unit's bulletin; see ``pages``."""
    from orchestration.report.trace.pages import write_trace_pages as write  # noqa: PLC0415 - Jinja, for pages alone

    return write(home, period, unit_code, keys)
