"""The documentation as files, each written beside the old one and then put in its place.

Belongs here: which pages are written, and when. Does not belong here: what they say (``dbt_page``, ``checks``).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from orchestration.files import clear_unfinished, replace_bytes
from orchestration.home import Home
from orchestration.model.dbt import manifest
from orchestration.report.documentation.catalogue import published_tables
from orchestration.report.documentation.checks import INDEX, index_page, period_page, rules_page
from orchestration.report.documentation.compiled import compiled_code
from orchestration.report.documentation.dbt_page import dbt_page
from orchestration.report.documentation.due import (
    checks_index,
    dbt_index,
    documentation_due,
    made_by,
    stamp,
    stamp_file,
)
from orchestration.report.documentation.suites import RULES_PAGE
from orchestration.report.documentation.verdicts import Checked, read_checked


@dataclass(frozen=True, slots=True)
class Documentation:
    """Where the two ways in lie, and the pages that were written this time."""

    dbt: Path
    checks: Path
    written: tuple[Path, ...]


def write_documentation(home: Home) -> Documentation:
    """Writes ``var/published/docs``: ``dbt/index.html`` and ``checks/``, of what is published; nothing when it stands already.

    A page of a period that is as it was is left alone. The stamp is written last: killed anywhere, the next night goes on.
    Raises FileNotFoundError where nothing is published.
    """
    if not home.warehouse.exists():
        raise FileNotFoundError(f"nothing is published yet: {home.warehouse}")
    written: list[Path] = []
    if documentation_due(home):
        clear_unfinished(home.docs)
        code = made_by()
        checked = read_checked(home.warehouse)
        if replace_bytes(dbt_index(home), _dbt_page(home, checked).encode()):
            written.append(dbt_index(home))
        written += _write_checks(checks_index(home).parent, checked, code)
        replace_bytes(stamp_file(home), (json.dumps(stamp(checked.publication, code)) + "\n").encode())
    return Documentation(dbt_index(home), checks_index(home), tuple(written))


def _dbt_page(home: Home, checked: Checked) -> str:
    from dbt.task.docs import DOCS_INDEX_FILE_PATH  # noqa: PLC0415  (dbt is the night's, and no other command's)

    return dbt_page(
        Path(DOCS_INDEX_FILE_PATH).read_text(encoding="utf-8"),
        json.loads(manifest(home).read_text(encoding="utf-8")),
        compiled_code(home),
        published_tables(home.warehouse),
        f"第 {checked.publication} 次发布,{checked.published_at}。",
    )


def _write_checks(folder: Path, checked: Checked, code: str) -> list[Path]:
    """Writes the pages of the checks, the way in last; returns those that were not there, or said something else."""
    written = []
    for period in checked.periods:
        path, made_of = folder / f"{period}.html", _digest(checked, period, code)
        if not path.exists() or made_of not in path.read_text(encoding="utf-8"):
            replace_bytes(path, period_page(checked, period, made_of).encode())
            written.append(path)
    for name, page in ((RULES_PAGE, rules_page), (INDEX, index_page)):
        if replace_bytes(folder / name, page(checked).encode()):
            written.append(folder / name)
    for path in folder.glob("*.html"):
        if path.stem not in checked.periods and path.name not in (RULES_PAGE, INDEX):
            path.unlink()
    return written


def _digest(checked: Checked, period: str, code: str) -> str:
    """Of what a period's page says and is made by; the page carries it."""
    return hashlib.sha256(repr((code, checked.rules, checked.standings[period])).encode()).hexdigest()
