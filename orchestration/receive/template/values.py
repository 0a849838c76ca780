"""Texts of an accepted sheet → cells of the next template: numbers exactly, dates as dates, all else as text.

A text is read as landing reads it (its expressions); one that cannot be read stays the text it is, so that nothing is
lost. Values stay in the sheet's own units, and personal data as it was. Belongs here: cells alone.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

import duckdb
import pyarrow as pa

from orchestration.cards import Card, Column
from orchestration.land import expressions as sql
from orchestration.land.extract import LOSSY


def typed_rows(rows: pa.Table, card: Card) -> list[tuple[str | Decimal | date | None, ...]]:
    """A cell for every sheet column of the card and row of ``rows`` (``extract.rows_schema``). A column to be filled
    in afresh is blank."""
    read = _read(rows, card)
    columns = [
        [
            _cell(column, text, value)
            for text, value in zip(rows[column.name].to_pylist(), values, strict=True)
        ]
        for column, values in zip(card.sheet_columns, read, strict=True)
    ]
    return list(zip(*columns, strict=True))


def _read(rows: pa.Table, card: Card) -> list[list]:
    """What each text means in its column's type; null where nothing but the text itself can be written."""
    halves = ", ".join(f'half_width("{column.name}") as "{column.name}"' for column in card.sheet_columns)
    values = ", ".join(f'{_reading(column)} as "{column.name}"' for column in card.sheet_columns)
    with duckdb.connect(config={"threads": 1}) as connection:
        for macro in sql.macros():
            connection.execute(macro)
        connection.register("texts", rows.append_column("_row", pa.array(range(rows.num_rows), pa.int64())))
        query = f"select {values} from (select _row, {halves} from texts) order by _row"
        table = connection.execute(query).to_arrow_table()
    return [table[column.name].to_pylist() for column in card.sheet_columns]


def _reading(column: Column) -> str:
    word = f'"{column.name}"'
    match column:
        case Column(format="month"):
            return f"strftime({sql.plausible(sql.month(word))}, '%Y-%m')"
        case Column(allowed=(_, *_)):
            return sql.listed(f"regexp_replace({word}, '\\s+', '', 'g')", column.allowed)
        case Column(data_type="date"):
            return sql.plausible(sql.day(word))
        case Column(data_type="boolean"):
            return f"case {sql.boolean(word)} when true then '是' when false then '否' end"
        case Column(data_type="string"):
            return "null::varchar"
        case _:
            return sql.number_text(word, "true" if column.unit == "%" else "false")


def _cell(column: Column, text: str | None, value: str | date | None) -> str | Decimal | date | None:
    written = (text or "").strip().removeprefix(LOSSY)
    if column.afresh or not written or (_is_coded(column) and written.lower() in sql.BLANK_WORDS):
        return None
    if column.data_type in ("string", "date", "boolean"):
        return written if value is None else value
    return _number(str(value), written)


def _is_coded(column: Column) -> bool:
    """Whether a word such as 无 stands for a blank, as it may not in free text."""
    return column.data_type != "string" or bool(column.allowed or column.format)


def _number(value: str, written: str) -> str | Decimal:
    """The number, or what stood there instead of one."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return written
    return number if number.is_finite() else written
