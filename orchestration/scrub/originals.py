"""Whether archived files are what was received, before they are landed.

Belongs here: that question. Does not belong here: the whole archive (``scrub``).
"""

from __future__ import annotations

from collections.abc import Iterable

from orchestration.files import sums_of
from orchestration.home import Home
from orchestration.receive.register import Submission
from orchestration.scrub.damage import ARCHIVE, Damage, Damaged


def hold_originals(home: Home, submissions: Iterable[Submission]) -> None:
    """Raises Damaged for archived files that are gone or no longer what was received: a damaged original is nobody's report."""
    damages = [damage for submission in submissions if (damage := _damage(home, submission))]
    if damages:
        raise Damaged(damages)


def _damage(home: Home, submission: Submission) -> Damage | None:
    path = home.archive / submission.archive_path
    found = sums_of(path)["sha256"] if path.is_file() else None
    if found == submission.sha256:
        return None
    of = (
        f"{submission.unit_name or '单位不明'} {submission.reporting_period or ''} {submission.submission_id}"
    )
    return Damage(path.relative_to(home.root).as_posix(), ARCHIVE, of, submission.sha256, found)
