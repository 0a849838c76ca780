"""The unit's own workbook sent back, with its wrong cells coloured and commented in Chinese.

An .xlsx is marked within its own package, so that formats, formulas, input limits, hidden sheets and the unit's
own columns stay byte for byte. Any other format, and an .xlsx of a form that cannot be changed in places, is
written anew from what our own reader read.
Belongs here: the way in. Does not belong here: what is wrong with a workbook, and how it is worded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.audit.receipts.marks.in_place import mark_in_place
from orchestration.audit.receipts.marks.placing import Mark
from orchestration.audit.receipts.marks.rewrite import mark_anew
from orchestration.audit.receipts.marks.spans import NotPlain
from orchestration.files import replace_file
from orchestration.receive.readers.sniff import sniff
from orchestration.receive.readers.unreadable import UnreadableFile

__all__ = ["Mark", "MarkTask", "mark_file", "mark_workbook"]


@dataclass(frozen=True, slots=True)
class MarkTask:
    """A workbook to mark in a guarded worker, and where the marked one goes (an .xlsx)."""

    source: Path
    marks: tuple[Mark, ...]
    target: Path


def mark_file(task: MarkTask) -> None:
    """In a worker (``receive.guard.run_guarded``): the source is somebody else's. Raises as ``mark_workbook``."""
    mark_workbook(task.source, task.marks, task.target)


def mark_workbook(source: Path, marks: Sequence[Mark], target: Path) -> Path:
    """Writes ``target``, an .xlsx, whole or not at all: ``source`` with each marked cell filled in the colour of its
    worst severity and commented.

    A comment holds all marks of its cell, at most 1,000 characters. Of one sheet at most 50,000 cells are coloured
    and 2,000 commented, the worst first; the receipt names the others. Raises UnreadableFile for a source that is
    no readable workbook, ValueError for a mark with an impossible address or severity.
    """
    replace_file(target, lambda draft: _write(source, marks, draft))
    return target


def _write(source: Path, marks: Sequence[Mark], draft: Path) -> None:
    if sniff(source) == "xlsx":
        try:
            mark_in_place(source, marks, draft)
            return
        except (NotPlain, UnreadableFile, LookupError, ValueError):
            # A damaged or unusual part. Our reader knows which, and answers an unreadable file as such.
            draft.unlink(missing_ok=True)
    mark_anew(source, marks, draft)
