"""Writes the bulletins and the lists of warnings anew after a publication was put back: what lies there is of the one before.

Belongs here: which of them. Does not belong here: writing them (``bulletin``, ``warnings``), and what follows a publication by
itself (``followers``).
"""

from __future__ import annotations

from pathlib import Path

from orchestration.home import Home
from orchestration.periods import in_time, parse_period
from orchestration.publish.ledger import changed_periods, number_in
from orchestration.report.bulletin import write_bulletins
from orchestration.report.warnings import write_warnings
from orchestration.report.warnings.found import periods_of


def reissue_bulletins(home: Home) -> list[Path]:
    """The province's bulletins that lie there, of the periods whose figures the publication changed. One of a period that
    has no figures any more stays as it is: the notice of restatement says that they are withdrawn."""
    lying = {path.name for path in home.bulletins.glob("*") if path.is_dir()}
    changed = lying.intersection(changed_periods(home, number_in(home.warehouse)))
    return write_bulletins(home, [period.key for period in in_time(parse_period(key) for key in changed)])


def reissue_warnings(home: Home) -> list[Path]:
    """The counties' lists of every period that is published."""
    return write_warnings(home, periods_of(home.warehouse))
