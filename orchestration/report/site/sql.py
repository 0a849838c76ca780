"""How the site's queries write JSON: pieces of SQL, and their rows as texts by unit and period.

DuckDB writes the JSON because a number then keeps the digits it has in the file, and because Python would take seconds to hold
a province of several years. Belongs here: writing JSON. Does not belong here: what is asked.
"""

from __future__ import annotations

import duckdb


def digits(expression: str) -> str:
    """SQL: a decimal as text, all its digits and no trailing zeros; as ``decimals.exact_text`` writes it."""
    text = f"cast({expression} as varchar)"
    return f"if(contains({text}, '.'), rtrim(rtrim({text}, '0'), '.'), {text})"


def as_object(key: str, value: str, order: str | None = None) -> str:
    """SQL aggregate: a JSON object of keys that need no escaping (codes, periods, column names) and values that are JSON."""
    return f"""'{{' || string_agg('"' || {key} || '":' || {value}, ',' order by {order or key}) || '}}'"""


def as_list(value: str, order: str) -> str:
    """SQL aggregate: a JSON list of values that are JSON."""
    return f"'[' || string_agg({value}, ',' order by {order}) || ']'"


def texts(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, dict[str, str]]:
    """The rows (unit or group, reporting period, JSON text) of a query, by unit and period."""
    found: dict[str, dict[str, str]] = {}
    for unit, period, text in sorted(connection.execute(sql).fetchall()):
        found.setdefault(unit, {})[period] = text
    return found
