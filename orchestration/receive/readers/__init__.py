"""Readers of every accepted file format. ``read_workbook`` chooses by content, never by name.

Belongs here: bytes → sheets of text with addresses. Does not belong here: cards, covers, meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from orchestration.receive.readers.delimited import read_bundle, read_single
from orchestration.receive.readers.ods import read_ods
from orchestration.receive.readers.sniff import sniff
from orchestration.receive.readers.unreadable import UnreadableFile
from orchestration.receive.readers.xls import read_xls
from orchestration.receive.readers.xlsb import read_xlsb
from orchestration.receive.readers.xlsx import read_xlsx
from orchestration.workbook import Workbook

__all__ = ["UnreadableFile", "read_workbook"]

Reader = Callable[[Path, Collection[str] | None], Workbook]
_READERS: dict[str, Reader] = {
    "xlsx": read_xlsx,
    "csv_bundle": read_bundle,
    "csv": read_single,
    "xls": read_xls,
    "xlsb": read_xlsb,
    "ods": read_ods,
}


def read_workbook(path: Path, sheets: Collection[str] | None = None) -> Workbook:
    """Reads all sheets of a file, or only those named (blanks and full-width forms in names ignored).

    Raises UnreadableFile for every file that is no workbook or cannot be read reliably. A hostile file may
    still exhaust memory or time: call it in a guarded worker.
    """
    return _READERS[sniff(path)](path, sheets)
