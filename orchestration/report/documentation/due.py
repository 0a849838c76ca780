"""Whether the documentation is behind: made from another publication, or by other code, models or rules.

Light: a night with nothing to do asks it too. Belongs here: that question, the stamp it reads, and where pages lie. Does not
belong here: writing them (``write``).
"""

from __future__ import annotations

import json
from pathlib import Path

from orchestration.files import content_digest
from orchestration.home import PROJECT_ROOT, Home
from orchestration.model.dbt import project_digest
from orchestration.publish.ledger import number_in

_FOLDER = Path(__file__).parent
_MADE_BY = (_FOLDER, _FOLDER / "data_docs", _FOLDER.parent / "page", PROJECT_ROOT / "expectations")


def dbt_index(home: Home) -> Path:
    return home.docs / "dbt" / "index.html"


def checks_index(home: Home) -> Path:
    return home.docs / "checks" / "index.html"


def documentation_due(home: Home) -> bool:
    """Whether what is published has no documentation, or one made of something else. Nothing published needs none."""
    number = number_in(home.warehouse)
    if number == 0:
        return False
    ways_in = (dbt_index(home), checks_index(home), stamp_file(home))
    if not all(path.exists() for path in ways_in):
        return True
    return json.loads(stamp_file(home).read_text(encoding="utf-8")) != stamp(number, made_by())


def stamp(number: int, code: str) -> dict[str, int | str]:
    """What the documentation of a publication is made of."""
    return {"publication": number, "made_by": code}


def made_by() -> str:
    """A digest of the models, the rules and the code that the pages are made by."""
    pages = sorted(path for folder in _MADE_BY for path in folder.glob("*.*"))
    return project_digest() + content_digest([*pages, _FOLDER.parent / "standing.py"])


def stamp_file(home: Home) -> Path:
    return home.docs / "made_of.json"
