"""What the published tables say of themselves: comments of the quality tables, from dbt's own descriptions.

dbt writes the comments of the marts; the quality tables are copied from the lake, which dbt only describes.
"""

from __future__ import annotations

import re
from functools import cache

import yaml

from orchestration.home import DBT_PROJECT

_CONTROL = DBT_PROJECT / "models" / "staging" / "lake_control.yml"
_DOCS = DBT_PROJECT / "models" / "docs.md"
_DOC = re.compile(r"\{% docs (\w+) %\}\s*(.*?)\s*\{% enddocs %\}", re.DOTALL)
_REFERENCE = re.compile(r"""\{\{\s*doc\(\s*["'](\w+)["']\s*\)\s*\}\}""")


@cache
def control_comments() -> dict[str, tuple[str, dict[str, str]]]:
    """Each control table's description and its columns' descriptions, doc() references resolved."""
    docs = dict(_DOC.findall(_DOCS.read_text(encoding="utf-8")))
    tables = yaml.safe_load(_CONTROL.read_text(encoding="utf-8"))["sources"][0]["tables"]

    def resolved(words: str) -> str:
        return _REFERENCE.sub(lambda match: docs[match[1]], words)

    return {
        table["name"]: (
            resolved(table["description"]),
            {column["name"]: resolved(column["description"]) for column in table["columns"]},
        )
        for table in tables
    }
