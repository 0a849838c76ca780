"""Mistakes that real senders make, put into the sample's workbooks on purpose and noted on an answer sheet.

The answers lie outside the inbox: what the pipeline says of the workbooks is scored against them (bench.mistakes).
Belongs here: the registry. A new kind goes into the module of its register and here by itself.
"""

from __future__ import annotations

from sample.mistakes import (
    of_columns,
    of_covers,
    of_files,
    of_loans,
    of_people,
    of_places,
    of_projects,
    of_sheets,
    of_teams,
    of_totals,
)
from sample.mistakes.kind import Kind

_ALL = (
    *of_files.KINDS,
    *of_covers.KINDS,
    *of_columns.KINDS,
    *of_sheets.KINDS,
    *of_totals.KINDS,
    *of_loans.KINDS,
    *of_people.KINDS,
    *of_teams.KINDS,
    *of_places.KINDS,
    *of_projects.KINDS,
)
KINDS: dict[str, Kind] = {kind.key: kind for kind in _ALL}
