"""What a unit states of itself on 汇总表: the indicator dictionary's own formulas over the rows it sends.

Belongs here: the totals and how they are put on paper. Does not belong here: the registers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import duckdb
import pyarrow as pa

from orchestration.cards import UNIT_FACTORS, Card, load_cards
from orchestration.indicators import Indicator, indicators_in, load_indicators
from orchestration.layout import stated_indicators, stated_unit

_ARROW = {
    "string": pa.string(),
    "integer": pa.int64(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


def totals(registers: Mapping[str, Sequence[dict]], period: str) -> dict[str, Decimal]:
    """Indicator key → value in base unit, for every indicator whose dataset is among the registers."""
    values: dict[str, Decimal] = {}
    for dataset, rows in registers.items():
        formulas = {k: i for k, i in indicators_in(period).items() if i.dataset == dataset and i.measure}
        if formulas:
            values.update(_evaluate(_table(load_cards()[dataset], rows, period, formulas.values()), formulas))
    return values


def add_up(units: Sequence[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    """Totals of several units whose registers share no household, supplier or team."""
    summed: dict[str, Decimal] = {}
    for values in units:
        for key, value in values.items():
            summed[key] = summed.get(key, Decimal(0)) + value
    return summed


def rows(values: Mapping[str, Decimal], kind: str, cadence: str) -> list[dict]:
    """The rows of 汇总表 the unit owes: a county in small units, the bureau as it prints them in its bulletin."""
    stated = []
    for indicator in stated_indicators(load_indicators(), kind, cadence):
        value = _value(indicator, values)
        if value is not None:
            stated.append(_row(indicator, value, kind))
    return stated


def _value(indicator: Indicator, values: Mapping[str, Decimal]) -> Decimal | None:
    """The value in base unit; None for a ratio of nothing."""
    if not indicator.of:
        return values.get(indicator.key, Decimal(0))
    numerator, denominator = (values.get(key, Decimal(0)) for key in indicator.of)
    return numerator / denominator if denominator else None


def _row(indicator: Indicator, value: Decimal, kind: str) -> dict:
    unit, decimals = stated_unit(indicator, kind)
    step = Decimal(UNIT_FACTORS[unit][1]).scaleb(-decimals)
    rounded = (value / step).to_integral_value(ROUND_HALF_UP) * step
    return {"indicator": indicator.label, "value": rounded, "unit": unit, "decimals": decimals}


def _table(card: Card, rows: Sequence[dict], period: str, formulas) -> pa.Table:
    """The columns the formulas name, as an Arrow table."""
    text = " ".join(f"{i.measure} {i.where or ''}" for i in formulas)
    used = [column for column in card.columns if re.search(rf"\b{column.name}\b", text)]
    arrays = {c.name: pa.array([row[c.name] for row in rows], _arrow_type(c.data_type)) for c in used}
    arrays["reporting_period"] = pa.array([period] * len(rows), pa.string())
    return pa.table(arrays)


def _arrow_type(data_type: str) -> pa.DataType:
    decimal = re.fullmatch(r"decimal\((\d+),\s*(\d+)\)", data_type)
    return pa.decimal128(int(decimal[1]), int(decimal[2])) if decimal else _ARROW[data_type]


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """One connection per process: opening one costs more than a county's queries."""
    return duckdb.connect(config={"threads": 1})


def _evaluate(table: pa.Table, formulas: Mapping[str, Indicator]) -> dict[str, Decimal]:
    """Every formula in one pass; a measure is one aggregate, its condition a filter on it."""
    engine = _engine()
    engine.register("register", table)
    asked = (f"{i.measure} filter (where {i.where})" if i.where else i.measure for i in formulas.values())
    found = engine.execute(f"select {', '.join(asked)} from register").fetchone()
    engine.unregister("register")
    return {key: Decimal(value or 0) for key, value in zip(formulas, found, strict=True)}
