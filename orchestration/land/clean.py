"""Turns raw text columns into typed columns in base units, and every text that cannot be turned into a
problem that names its cell. One pass of SQL per dataset, whatever the number of submissions.

Belongs here: which treatment a card gives to which column, and collecting the problems. Does not belong here:
how a single text is read (expressions), files and folders (land). It needs no home: ``zhenxing check`` uses it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from orchestration import personal
from orchestration.cards import UNIT_FACTORS, Card, Column
from orchestration.lake import PROBLEMS, dataset_schema
from orchestration.land import expressions as sql
from orchestration.land.extract import rows_schema
from orchestration.land.pseudonym import PseudonymKey
from orchestration.land.wording import expected, expected_unit
from orchestration.units import ReportingUnits

LINEAGE = ("submission_id", "unit_code", "source_sheet")
FOUND_LENGTH = 200  # characters of a cell's text that a problem repeats

CELL_RULES = ("S-LOSSY", "S-REQUIRED", "S-TYPE", "S-ALLOWED", "S-RANGE", "S-ID", "S-PHONE")

_SCALE = re.compile(r"decimal\(\d+,\s*(\d+)\)")
_FACTORS = {word: factor for word, (_, factor) in UNIT_FACTORS.items()}


class CleanFailed(Exception):
    """The SQL of a dataset cannot run: a fault of this program. The message names the dataset and quotes nothing."""


def raw_schema(card: Card) -> pa.Schema:
    """What ``clean`` takes: lineage, source_row and the sheet columns as text. Null means that the sheet has
    no such column (reported once, by extract); '' is a blank cell."""
    lineage = [pa.field(name, pa.string()) for name in LINEAGE]
    return pa.schema([*lineage, *rows_schema(card)])


STEPS = ("half", "text", "word", "read", "base", "value", "code")


@dataclass(frozen=True, slots=True)
class _Steps:
    """The SQL of one column, step by step (``STEPS``). A step may use any column's steps before it."""

    half: str  # half-width, trimmed
    text: str  # in the column's own form
    word: str  # null for a blank
    read: str
    base: str
    value: str
    code: str  # of the rule the cell breaks


def clean(
    raw: pa.Table, letters: pa.Table, card: Card, units: ReportingUnits, key: PseudonymKey
) -> tuple[pa.Table, pa.Table]:
    """Typed rows (``lake.dataset_schema``) and problems (``lake.PROBLEMS``) of many submissions.

    ``raw`` has ``raw_schema(card)``; ``letters`` (submission_id, column_name, column_letter, at least) says
    where each column stood; ``key`` is the home's secret for pseudonyms. Order of rows is kept. A value that
    cannot be read is null in the typed rows and a problem; one that can but breaks the card stays. Raises CleanFailed.
    """
    try:
        return _clean(raw, letters, card, units, key)
    except duckdb.Error as error:
        kind = type(error).__name__
    # Raised outside of its reach: DuckDB's message may quote a cell, and cells hold personal data.
    raise CleanFailed(f"{card.dataset}: {kind}")


def _clean(
    raw: pa.Table, letters: pa.Table, card: Card, units: ReportingUnits, key: PseudonymKey
) -> tuple[pa.Table, pa.Table]:
    with duckdb.connect(config={"threads": 1}) as connection:
        for macro in sql.macros():
            connection.execute(macro)
        codes = units.code_map()
        connection.register("unit_codes", pa.table({"code": list(codes), "current": list(codes.values())}))
        connection.register("raw", raw.append_column("_row", pa.array(range(raw.num_rows), pa.int64())))
        connection.register("letters", letters)
        judged = _judge(connection, card, key)
        connection.register("judged", judged)
        return _typed(judged, card, key), _problems(connection, judged, card)


def _judge(connection: duckdb.DuckDBPyConnection, card: Card, key: PseudonymKey) -> pa.Table:
    columns = {column.name: _steps(column, card) for column in card.sheet_columns}
    query = "from raw"
    for step in STEPS:
        parts = [f'{getattr(steps, step)} as "{name}.{step}"' for name, steps in columns.items()]
        query = f"select *, {', '.join(parts)} from ({query})"
    derived = [
        f'{sql.birth_year(_part(column.derived_from, "value"))} as "{column.name}.value"'
        for column in card.columns
        if column.derived_from
    ]
    kept = [*LINEAGE, "source_row", "_row", *derived]
    for column in card.sheet_columns:
        kept.append(_part(column.name, "code"))
        if column.landed:
            kept.append(_landed(column, key))
    query = f"select {', '.join(kept)} from ({query}) order by _row"
    return connection.sql(query, params=key.parameters(query)).to_arrow_table()


def _part(name: str, step: str) -> str:
    return f'"{name}.{step}"'


def _landed(column: Column, key: PseudonymKey) -> str:
    value = _part(column.name, "value")
    stand_in = {"id_number": key.sql, "name": sql.masked_name}.get(column.personal or "")
    return f"{stand_in(value)} as {value}" if stand_in else value


def _steps(column: Column, card: Card) -> _Steps:
    raw = f'"{column.name}"'
    half, text, word = (_part(column.name, step) for step in ("half", "text", "word"))
    prose = _is_prose(column, card)
    if prose:
        forms = f"prose({raw})", half
    elif column.data_type == "string":
        forms = sql.code_start(raw), sql.squeezed(half)
    elif _is_number(column):
        forms = f"half_width({raw})", sql.number_text(half, _percent(column))
    else:
        forms = f"half_width({raw})", half
    words = sql.BLANK_WORDS_IN_PROSE if prose and column.required else sql.BLANK_WORDS
    read, base, value = _reading(column, word, prose)
    return _Steps(
        half=f"case when starts_with({raw}, chr(31)) then null else {forms[0]} end",
        text=forms[1],
        word=sql.blank_to_null(text, words),
        read=read,
        base=base,
        value=value,
        code=_code(column, card),
    )


def _is_prose(column: Column, card: Card) -> bool:
    """Free text: neither a number, a date, a code, a key, a listed word nor personal data."""
    coded = column.format or column.allowed or column.personal or column.name in _codes(card)
    return column.data_type == "string" and not coded


def _codes(card: Card) -> set[str]:
    return {*card.key, *(column.unit_from for column in card.columns if column.unit_from)}


def _is_number(column: Column) -> bool:
    return column.data_type in ("integer", "bigint") or column.data_type.startswith("decimal")


def _reading(column: Column, word: str, prose: bool) -> tuple[str, str, str]:
    """The steps from a word to a value: read it, bring it to base units, fit it into the type."""
    read, base = (_part(column.name, step) for step in ("read", "base"))
    match column:
        case Column(personal="id_number"):
            steps = sql.id_number(word), read, base
        case Column(personal="phone"):
            steps = sql.phone(word), read, base
        case Column(format="month"):
            steps = sql.month(word), sql.plausible(read), f"strftime({base}, '%Y-%m')"
        case Column(format="unit_code"):
            current = f"(select any_value(current) from unit_codes where code = {read})"
            steps = sql.unit_code(word), read, current
        case Column(allowed=(_, *_)):
            steps = word, sql.listed(read, column.allowed), f"coalesce({base}, {read})"
        case Column(data_type="string"):
            steps = sql.free_text(word) if prose else sql.code(word), read, base
        case Column(data_type="date"):
            steps = sql.day(word), sql.plausible(read), base
        case Column(data_type="boolean"):
            steps = sql.boolean(word), read, base
        case _:
            factor = _factor(column)
            number = sql.wide_number(word, factor)
            # A row may state an amount of 11 digits in 元; in the unit of a header nothing is as large.
            if not column.unit_from:
                number = f"case when {sql.is_mobile(word)} then null else {number} end"
            wide = f"case when {read} is null then {number} end"
            match = _SCALE.fullmatch(column.data_type)
            scale = int(match[1]) if match else 0
            steps = sql.usual_number(word), wide, sql.exact(read, base, factor, column.data_type, scale)
    return steps


def _factor(column: Column) -> str:
    """SQL of the factor to the base unit: of the header's unit, or of the unit the row states."""
    if column.unit_from:
        return sql.factor_of(_part(column.unit_from, "word"), _FACTORS)
    return _FACTORS[column.unit] if column.unit else "1"


def _percent(column: Column) -> str:
    """SQL of whether a percent sign may follow the number."""
    if column.unit_from:
        return f"{_part(column.unit_from, 'half')} = '%'"
    return "true" if column.unit == "%" else "false"


def _code(column: Column, card: Card) -> str:
    """The rule a cell breaks, or null. A column that is not on the sheet breaks none cell by cell."""
    name = column.name
    raw, word, base, value = f'"{name}"', *(_part(name, step) for step in ("word", "base", "value"))
    required = "'S-REQUIRED'" if column.required else "null"
    cases = [
        f"when {raw} is null then null",
        f"when starts_with({raw}, chr(31)) then 'S-LOSSY'",
        f"when {word} is null then {required}",
    ]
    if column.unit_from:
        # The number cannot be judged where its unit is unknown: the unit's own cell is the problem.
        unit = _part(column.unit_from, "word")
        cases.append(f"when {sql.factor_of(unit, _FACTORS)} is null then null")
    if any(other.unit_from == name for other in card.columns) and not column.allowed:
        cases.append(f"when {sql.factor_of(word, _FACTORS)} is null then 'S-TYPE'")
    unreadable = {"id_number": "S-ID", "phone": "S-PHONE"}.get(column.personal or "", "S-TYPE")
    cases.append(f"when {value} is null then '{unreadable}'")
    if column.allowed:
        cases.append(f"when {base} is null then 'S-ALLOWED'")
    if _is_number(column):
        cases.append(f"when {_outside(column, value)} then 'S-RANGE'")
    return f"case {' '.join(cases)} end"


def _outside(column: Column, value: str) -> str:
    """A bound on the card is in the sheet's unit; a count or an amount is never negative unless it says so."""
    factor = _FACTORS[column.unit] if column.unit else "1"
    lowest = column.minimum if column.minimum is not None else 0
    bounds = [f"{value} < {lowest} * {factor}"]
    if column.maximum is not None:
        bounds.append(f"{value} > {column.maximum} * {factor}")
    return " or ".join(bounds)


def _typed(judged: pa.Table, card: Card, key: PseudonymKey) -> pa.Table:
    """The rows as the card has them. A personal number in prose is hidden; in a code it becomes its pseudonym, so
    that a key stays a key."""
    schema = dataset_schema(card)
    plain = {"submission_id", "unit_code", "source_sheet", "source_row"}
    arrays = [judged[name if name in plain else f"{name}.value"] for name in schema.names]
    typed = pa.Table.from_arrays(arrays, names=schema.names).cast(schema)
    texts = [c for c in card.sheet_columns if c.landed and c.data_type == "string" and not c.personal]
    prose = [column.name for column in texts if _is_prose(column, card)]
    codes = [column.name for column in texts if not (column.name in prose or column.format)]
    typed = personal.hide_in_columns(typed, prose)
    return personal.hide_in_columns(typed, codes, key.of)


def _problems(connection: duckdb.DuckDBPyConnection, judged: pa.Table, card: Card) -> pa.Table:
    broken = [c for c in card.sheet_columns if judged[f"{c.name}.code"].null_count < judged.num_rows]
    queries = [_cell_problems(column, card, index) for index, column in enumerate(broken)]
    queries.append(_key_problems(card))
    fields = ", ".join(PROBLEMS.names)
    query = f"select {fields} from ({' union all '.join(queries)}) order by submission_id, source_row, place"
    problems = connection.sql(query).to_arrow_table().cast(PROBLEMS)
    hidden = personal.hide_in_columns(problems, ["found"])
    found = pc.utf8_slice_codeunits(hidden["found"], 0, FOUND_LENGTH)
    return hidden.set_column(PROBLEMS.get_field_index("found"), PROBLEMS.field("found"), found)


def _cell_problems(column: Column, card: Card, place: int) -> str:
    code = f'judged."{column.name}.code"'
    is_unit = any(other.unit_from == column.name for other in card.columns)
    wording = {
        rule: expected_unit() if is_unit and rule == "S-TYPE" else expected(column, rule)
        for rule in CELL_RULES
    }
    cases = " ".join(f"when {sql.literal(rule)} then {sql.literal(words)}" for rule, words in wording.items())
    return f"""
        {_located(card, column.name)}, {code} as rule_code, {_found(column)} as found,
            case {code} {cases} end as expected, {place} as place
        from {_PLACES} {sql.literal(column.name)}
        where {code} is not null"""


def _found(column: Column) -> str:
    """The text of the cell; of personal data only its length."""
    text = f'ltrim(raw."{column.name}", chr(31))'
    if column.personal:
        return (
            f"case when trim({text}) = '' then '' else length(trim({text})) || '个字符(个人信息不显示)' end"
        )
    return f"left({text}, {personal.room_for(FOUND_LENGTH)})"


_CELL = "letters.column_letter || judged.source_row"


def _key_problems(card: Card) -> str:
    keys = [f'"{name}.value"' for name in card.key]
    return f"""
        {_located(card, card.key[0], _key_cells(card))}, 'S-KEY' as rule_code,
            concat_ws('、', {", ".join(f"cast(judged.{name} as varchar)" for name in keys)}) as found,
            '与第' || first_row || '行重复,同一{"、".join(card.column(n).header for n in card.key)}只应有一行' as expected,
            {len(card.columns)} as place
        from (
            select _row as again, min(source_row) over (partition by submission_id, {", ".join(keys)}) as first_row
            from judged
            where {" and ".join(f"{name} is not null" for name in keys)}
        )
        join judged on judged._row = again
        {_key_letters(card)}
        where judged.source_row > first_row"""


def _key_letters(card: Card) -> str:
    """Joins the letter of each column of the key as ``key_0``, ``key_1`` …"""
    return " ".join(
        f"""left join letters as key_{number} on key_{number}.submission_id = judged.submission_id
            and key_{number}.column_name = {sql.literal(name)}"""
        for number, name in enumerate(card.key)
    )


def _key_cells(card: Card) -> str:
    cells = [f"key_{number}.column_letter || judged.source_row" for number, _ in enumerate(card.key)]
    return f"concat_ws(',', {', '.join(cells)})"


def _located(card: Card, column_name: str, cell: str = _CELL) -> str:
    return f"""select judged.submission_id, judged.unit_code, {sql.literal(card.dataset)} as dataset,
            judged.source_sheet, judged.source_row, {sql.literal(column_name)} as column_name,
            {cell} as cell"""


# Judged rows with their raw texts and, for the column whose name follows, the letter it has on the sheet.
_PLACES = """judged join raw on raw._row = judged._row
        left join letters on letters.submission_id = judged.submission_id and letters.column_name ="""
