"""What readers have of the marts, as dbt exposures: ``dbt_project/models/exposures.yml``, one for each dashboard, the bulletin
and the static site. A dashboard's marts are those of its charts, the others' those that their queries name.

``make docs`` writes the file; a test holds it against what it is made of. So dbt's docs, and
``dbt ls --select +exposure:dashboard_province``, say whom a change of a model reaches.

Belongs here: that one file. Does not belong here: what a dashboard shows (``source``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bi.marts import load_marts
from bi.source import Dashboard, Source, load_source
from orchestration.home import DBT_PROJECT, PROJECT_ROOT

EXPOSURES = DBT_PROJECT / "models" / "exposures.yml"
_HEADER = "# Who reads the marts. Written by `make docs` (bi/exposures.py) from the dashboards and the code of readers.\n"
_MART = re.compile(r"\bmarts\.(\w+)")


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader made by code: the marts that the Python below ``folder`` queries. ``url`` is relative to ``var``."""

    name: str
    label: str
    kind: str  # dbt's type of exposure
    description: str
    url: str
    folder: Path


REPORT = PROJECT_ROOT / "orchestration" / "report"
READERS = (
    Reader(
        "bulletin",
        "乡村振兴通报",
        "analysis",
        "省、市、县通报 | The bulletins of the province, its cities and counties",
        "bulletins/",
        REPORT / "bulletin",
    ),
    Reader(
        "site",
        "静态网站",
        "application",
        "全省、各市、各县网页 | A page for the province and each city and county",
        "published/site/index.html",
        REPORT / "site",
    ),
)


def exposures_text(source: Source) -> str:
    """The file as it should be."""
    marts = load_marts().keys()
    exposures = [*map(_dashboard, source.dashboards), *(_reader(reader, marts) for reader in READERS)]
    said = {"version": 2, "exposures": exposures}
    return _HEADER + yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=120)


def _dashboard(dashboard: Dashboard) -> dict[str, Any]:
    name = f"dashboard_{dashboard.slug.replace('-', '_')}"
    url = f"/superset/dashboard/{dashboard.slug}/"
    said = {"description": dashboard.description, "url": url}
    return _exposure(name, dashboard.title, "dashboard", dashboard.datasets, **said)


def _reader(reader: Reader, marts: Iterable[str]) -> dict[str, Any]:
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(reader.folder.rglob("*.py")))
    named = sorted(set(_MART.findall(code)) & set(marts))
    said = {"description": reader.description, "url": reader.url}
    return _exposure(reader.name, reader.label, reader.kind, named, **said)


def _exposure(
    name: str, label: str, kind: str, marts: list[str], *, description: str, url: str
) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "type": kind,
        "maturity": "high",
        "url": url,
        "description": description,
        "owner": {"name": "team:statistics"},
        "depends_on": [f"ref('{mart}')" for mart in marts],
    }


def main() -> None:
    EXPOSURES.write_text(exposures_text(load_source()), encoding="utf-8")


if __name__ == "__main__":
    main()
