"""The assets of what follows a publication (``behind``), for the night's job and for the one that only catches up.

Belongs here: which assets they are. Does not belong here: an asset itself (each stage's ``assets.py``).
"""

from __future__ import annotations

import dagster as dg

from orchestration.audit.assets import receipts
from orchestration.report.restated.assets import restatement_notices


def follower_assets() -> list[dg.AssetsDefinition]:
    """Every follower, each of which can be written from what is published alone."""
    return [receipts, restatement_notices]
