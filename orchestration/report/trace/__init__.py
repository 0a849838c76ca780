"""Tracing: from a published figure to its formula, rows, verdicts, submissions, files, sheets and cells, and back.

Reads the published file alone and writes the trace pages of a bulletin. Belongs here: the stage's entry points.
"""

from orchestration.report.trace.found import NotTraceable, Trace
from orchestration.report.trace.tracing import trace

__all__ = ["NotTraceable", "Trace", "trace"]
