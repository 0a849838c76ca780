"""The assets of what follows a publication (``behind``), for the night's job and for the one that only catches up.

Belongs here: which assets they are. Does not belong here: an asset itself (each stage's ``assets.py``).
"""

from __future__ import annotations

import dagster as dg

from orchestration.audit.assets import receipts
from orchestration.publish.postgres.assets import postgres_assets
from orchestration.report.documentation.assets import documentation
from orchestration.report.restated.assets import restatement_notices
from orchestration.report.site.assets import published_site


def follower_assets() -> list[dg.AssetsDefinition]:
    """Every follower, each of which can be written from what is published alone."""
    return [*postgres_assets(), receipts, restatement_notices, published_site, documentation]
