"""A published home for the tests of the documentation: the small province after its night, with verdicts that did not pass.

Belongs here: making it, and reading its pages. Does not belong here: what is expected of them.
"""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import duckdb

from orchestration.home import Home
from orchestration.report.documentation.due import checks_index

PERIOD, COUNTY = "2021-08", "611024"
FAILED, CRASHED, WAIVED, SUPERSEDED = "R-PROJ-20", "R-MON-2", "R-PROJ-21", "R-PROJ-22"
ODD_TITLE = "</script><b>不是标签</b> & ${x}"


def copied(published: Home, root: Path) -> Home:
    """A copy of what the documentation is made from, and of the documentation."""
    home = Home(root)
    shutil.copytree(published.published, home.published)
    shutil.copytree(published.build.parent / "dbt_target", home.build.parent / "dbt_target")
    shutil.copy(published.units_csv, root / "reporting_units.csv")
    return home


def with_faults(published: Home, root: Path) -> Home:
    """A copy in which a rule failed on a county, one could not run, one is waived, and one failed on a version since replaced."""
    home = copied(published, root)
    with duckdb.connect(str(home.warehouse)) as connection:
        for rule, change in (
            (FAILED, "outcome = 'failed', failed = 7"),
            (CRASHED, "outcome = 'could_not_run', checked = 0"),
            (WAIVED, "outcome = 'failed', failed = 2, waived_until = date '2099-12-31'"),
        ):
            connection.execute(
                f"update quality.verdicts set {change} where rule_code = ? and unit_code = ?", [rule, COUNTY]
            )
        connection.execute(_OLDER, [COUNTY])
        connection.execute(_OLDER_VERDICT, [SUPERSEDED, COUNTY])
        connection.execute("update quality.rules set title_zh = ? where rule_code = ?", [ODD_TITLE, FAILED])
    return home


def period_rows(home: Home, period: str = PERIOD) -> dict[str, list[str]]:
    """Of each rule on a period's page its cells as text: outcome, title, failed, severity, judged, failing, checked."""
    page = (checks_index(home).parent / f"{period}.html").read_text(encoding="utf-8")
    rows = {}
    for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL):
        code = re.search(r'href="rules\.html#([^"]+)"', row)
        if code:
            rows[code[1]] = [_text(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
    return rows


def _text(cell: str) -> str:
    marked = re.sub(r'<i class="([^"]*)" ?></i>', r"\1", cell)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", marked)).split())


_OLDER = """
    insert into marts.dim_submission by name
    select * replace ('older' as submission_id, version - 1 as version, received_at - interval 1 day as received_at)
    from marts.dim_submission where unit_code = ? and is_current"""
_OLDER_VERDICT = """
    insert into quality.verdicts by name
    select * replace ('older' as submission_id, 'older' as verdict_id, 'failed' as outcome, 99 as failed)
    from quality.verdicts where rule_code = ? and unit_code = ?"""
