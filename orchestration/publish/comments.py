"""What the published tables say of themselves: comments of the quality tables, from dbt's own descriptions.

dbt writes the comments of the marts; the quality tables are copied from the lake, the rulings and the ledger, which dbt
only describes.
"""

from __future__ import annotations

import re
from functools import cache

import yaml

from orchestration.home import DBT_PROJECT

_CONTROL = DBT_PROJECT / "models" / "staging" / "lake_control.yml"
_STAGING = DBT_PROJECT / "models" / "staging" / "staging.yml"
_DOCS = DBT_PROJECT / "models" / "docs.md"
_DOC = re.compile(r"\{% docs (\w+) %\}\s*(.*?)\s*\{% enddocs %\}", re.DOTALL)
_REFERENCE = re.compile(r"""\{\{\s*doc\(\s*["'](\w+)["']\s*\)\s*\}\}""")


# Said of the published table alone: neither the lake nor dbt has the column.
_WAIVED_UNTIL = {
    "waived_until": "豁免截止日,未豁免为空 | Last day of the waiver that covers it; null when it is not waived"
}


@cache
def lake_comments() -> dict[str, dict[str, str]]:
    """The columns' descriptions of each control table of the lake, doc() references resolved."""
    control = yaml.safe_load(_CONTROL.read_text(encoding="utf-8"))["sources"][0]["tables"]
    return {table["name"]: _said(table)[1] for table in control}


@cache
def quality_comments() -> dict[str, tuple[str, dict[str, str]]]:
    """Each quality table's description and its columns' descriptions, doc() references resolved."""
    control = yaml.safe_load(_CONTROL.read_text(encoding="utf-8"))["sources"][0]["tables"]
    staged = yaml.safe_load(_STAGING.read_text(encoding="utf-8"))["models"]
    said = {table["name"]: _said(table) for table in control}
    said |= {table["name"].removeprefix("stg_"): _said(table) for table in staged if _is_published(table)}
    for name in ("verdicts", "failures"):
        comment, columns = said[name]
        said[name] = (comment, columns | _WAIVED_UNTIL)
    return said


def _is_published(table: dict) -> bool:
    return table["name"] in ("stg_waivers", "stg_publications")


def _said(table: dict) -> tuple[str, dict[str, str]]:
    columns = {column["name"]: _resolved(column["description"]) for column in table["columns"]}
    return _resolved(table["description"]), columns


def _resolved(words: str) -> str:
    return _REFERENCE.sub(lambda match: _docs()[match[1]], words)


@cache
def _docs() -> dict[str, str]:
    return dict(_DOC.findall(_DOCS.read_text(encoding="utf-8")))
