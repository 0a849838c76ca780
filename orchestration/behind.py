"""What follows a publication and may be behind it: receipts, notices, and whatever else is written from what is published.

A night with months pending writes all of it. One with nothing pending asks here what an earlier night was killed before,
or failed at, and does just that. Each follower says so by itself, from what lies there; the question is light, for a night
with nothing to do asks it too. Belongs here: the followers by the name of their asset. Does not belong here: how one is
written, and Dagster.
"""

from __future__ import annotations

from collections.abc import Callable

from orchestration.audit.receipts.write import receipts_due
from orchestration.home import Home
from orchestration.publish.postgres.stamp import postgres_due
from orchestration.report.documentation.due import documentation_due
from orchestration.report.restated.due import notices_due
from orchestration.report.site.due import site_due

# By asset, in the order in which they are written.
FOLLOWERS: dict[str, Callable[[Home], bool]] = {
    "postgres_marts": postgres_due,
    "receipts": receipts_due,
    "restatement_notices": notices_due,
    "published_site": site_due,
    "documentation": documentation_due,
}


def behind(home: Home) -> tuple[str, ...]:
    """The followers that are not what the publication would have them, in their order."""
    return tuple(name for name, due in FOLLOWERS.items() if due(home))
