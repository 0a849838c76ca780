"""Sheet names as people write them: ``封 面`` is 封面. Which sheets of a workbook were asked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection


def sheet_key(name: str) -> str:
    """A sheet name without blanks and with full-width forms made half-width."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def is_wanted(name: str, sheets: Collection[str] | None) -> bool:
    """Whether a sheet was asked for; with None all are."""
    return sheets is None or sheet_key(name) in {sheet_key(wanted) for wanted in sheets}
