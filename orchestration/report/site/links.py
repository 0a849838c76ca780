"""Where the pages of bulletins and traces lie, seen from the site.

Belongs here: finding what lies in ``var/bulletins``. Does not belong here: writing it (``bulletin``, ``trace``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from orchestration.home import Home
from orchestration.report.restated.due import FOLDER as NOTICES


@dataclass(frozen=True, slots=True)
class Links:
    """By reporting period the units with a bulletin's page, and by period and unit the figures with a trace's page; by
    publication the name of its notice of restatement."""

    bulletins: dict[str, set[str]]
    traces: dict[str, dict[str, list[str]]]
    notices: dict[str, str]

    def of(self, unit_code: str) -> dict[str, list[str]]:
        """The periods a unit has a bulletin of, each with the figures that have a trace's page."""
        return {
            period: self.traces.get(period, {}).get(unit_code, [])
            for period, units in sorted(self.bulletins.items())
            if unit_code in units
        }


def find_links(home: Home) -> Links:
    """What lies in the folders of bulletins. A folder that is no unit's is passed over when a unit asks."""
    bulletins: dict[str, set[str]] = {}
    traces: dict[str, dict[str, list[str]]] = {}
    notices = {}
    for page in _pages(home):
        if page.parent.name == NOTICES:
            notices[str(int(page.name.partition("_")[0]))] = page.name
            continue
        period = page.parent.name
        bulletins.setdefault(period, set()).add(page.stem)
        figures = sorted(path.stem for path in page.with_suffix(".trace").glob("*.html"))
        traces.setdefault(period, {})[page.stem] = figures
    return Links(bulletins, traces, notices)


def listing(home: Home) -> str:
    """A digest of which bulletins and notices have a page: with another one there the site has another link to show."""
    names = "\n".join(f"{page.parent.name}/{page.name}" for page in _pages(home))
    return hashlib.sha256(names.encode()).hexdigest()


def _pages(home: Home) -> list[Path]:
    return sorted(home.bulletins.glob("*/[0-9]*.html"))
