"""What dbt tests to be unique in each mart, for a unique index of the same.

dbt tests it every night before anything is published, so a published table has no double. Belongs here: reading the
tests. Does not belong here: indexes (``tables``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestration.home import DBT_PROJECT
from orchestration.yaml_file import read_yaml


def unique_keys() -> dict[str, tuple[str, ...]]:
    """Columns by ``marts.<table>``: of its test ``unique_combination``, else the column tested ``unique``."""
    found = {}
    for path in sorted(DBT_PROJECT.glob("models/**/*.yml")):
        declared = read_yaml(path) or {}
        for model in declared.get("models") or []:
            if key := next(_keys(model), None):
                found[f"marts.{model['name']}"] = key
    return found


def _keys(model: Mapping) -> Iterator[tuple[str, ...]]:
    for test in model.get("data_tests") or []:
        if isinstance(test, dict) and "unique_combination" in test:
            yield tuple(test["unique_combination"]["arguments"]["columns"])
    for column in model.get("columns") or []:
        if "unique" in (column.get("data_tests") or []):
            yield (column["name"],)
