"""What a metric's expression reads, by DuckDB's own parser: the one that will run it.

Belongs here: columns, and what an expression does with them. Does not belong here: whether a mart has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import duckdb

_COUNTING = ("sum", "avg", "+", "-", "*", "/")


class ExpressionError(Exception):
    """Not an expression of SQL; the message is the parser's."""


@dataclass(frozen=True, slots=True)
class Read:
    """A column that an expression reads; ``counted``: it is added up or divided, so it must be a number."""

    column: str
    counted: bool


@cache
def columns_read(expression: str) -> tuple[Read, ...]:
    """Each column once, in the order of the expression. Raises ExpressionError."""
    [(answer,)] = duckdb.execute(
        "select json_serialize_sql(?)", [f"select {expression} from mart"]
    ).fetchall()
    parsed = json.loads(answer)
    if parsed["error"]:
        raise ExpressionError(parsed["error_message"])
    node = parsed["statements"][0]["node"]
    if len(node["select_list"]) != 1 or node["from_table"].get("table_name") != "mart":
        raise ExpressionError("more than one expression")
    counted: dict[str, bool] = {}
    for column, by in _reads(node["select_list"][0], ""):
        counted[column] = counted.get(column, False) or by in _COUNTING
    return tuple(Read(column, is_counted) for column, is_counted in counted.items())


def _reads(node: object, inside: str) -> Iterator[tuple[str, str]]:
    """Columns below a node, each with the function whose argument it is itself."""
    if isinstance(node, list):
        for each in node:
            yield from _reads(each, inside)
    elif isinstance(node, dict):
        if node.get("class") == "COLUMN_REF":
            yield node["column_names"][-1], inside
            return
        for name, below in node.items():
            yield from _reads(below, node.get("function_name", "") if name == "children" else "")
