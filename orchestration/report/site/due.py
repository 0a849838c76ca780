"""Whether the site is behind: made from another publication, by other code, or before bulletins it could link to.

Light: a night with nothing to do asks it too. Belongs here: that question and the stamp it reads. Does not belong here:
writing the site (``write``).
"""

from __future__ import annotations

import json
from pathlib import Path

from orchestration.files import content_digest
from orchestration.home import Home
from orchestration.publish.ledger import number_in
from orchestration.report.site.links import listing

STAMP = "made_of.json"
PROVINCE_PAGE = "index.html"
_FOLDER = Path(__file__).parent
_MADE_BY = (
    *sorted(_FOLDER.glob("*.*")),
    *sorted((_FOLDER.parent / "page").glob("*.*")),
    _FOLDER.parent / "standing.py",
)


def site_folder(home: Home) -> Path:
    return home.published / "site"


def site_due(home: Home) -> bool:
    """Whether what is published has no site, or one made of something else. Nothing published needs none."""
    number = number_in(home.warehouse)
    if number == 0:
        return False
    path = site_folder(home) / STAMP
    return not path.exists() or json.loads(path.read_text(encoding="utf-8")) != stamp(home, number)


def stamp(home: Home, number: int) -> dict[str, int | str]:
    """What a site of a publication is made of."""
    return {"publication": number, "made_by": content_digest(_MADE_BY), "bulletins": listing(home)}
