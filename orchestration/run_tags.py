"""What a run says of itself in Dagster, besides what asked for it: why, for whom, of which code, into which publication.

Set by the steps themselves, so that a run from the UI says the same as one of the schedule. Belongs here: the names and
setting them. Does not belong here: finding the reasons (``reasons``).
"""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from orchestration.home import Home
from orchestration.made_by import commit
from orchestration.reasons import reasons, say_units, unpublished
from orchestration.receive.register import Submission

WHY, UNITS, PERIODS, CODE = "zhenxing/why", "zhenxing/units", "zhenxing/periods", "zhenxing/code"
PUBLICATION, FIGURES_CHANGED = "zhenxing/publication", "zhenxing/figures_changed"
BY_HAND = "by hand"


def say_why(context: dg.AssetExecutionContext, home: Home, periods: Sequence[str] = ()) -> None:
    """Tags the run with why it is there, the units that sent since the last publication, its periods and the code's commit."""
    tags = {
        WHY: ", ".join(reasons(home)) or BY_HAND,
        UNITS: say_units(unpublished(home)),
        PERIODS: ", ".join(periods),
        CODE: commit() or "",
    }
    _tag(context, tags)


def say_sent(context: dg.AssetExecutionContext, new: Sequence[Submission]) -> None:
    """Tags the run that receives with the units whose files are new."""
    _tag(context, {UNITS: say_units(new), CODE: commit() or ""})


def say_publication(context: dg.AssetExecutionContext, number: int, figures: int) -> None:
    """Tags the run with the publication that readers have after it, and how many figures it changed there."""
    _tag(context, {PUBLICATION: str(number), FIGURES_CHANGED: str(figures)})


def _tag(context: dg.AssetExecutionContext, tags: dict[str, str]) -> None:
    context.instance.add_run_tags(context.run.run_id, {key: value for key, value in tags.items() if value})
