"""The floor: one plain script from a folder of workbooks to facts in DuckDB and the province's figures.

    python -m bench.floor INBOX PERIOD FACTS.duckdb

Nothing of the pipeline is imported; the cards and the indicator dictionary are read as the YAML they are. It
does the least that gives the same figures: no archive, no cell addresses, no rules, no verdicts, no history,
no atomic publish, no city or county figures, no Dagster and no dbt. It trusts what it reads: a value it cannot
read becomes null, a crashing file ends it, personal data is dropped. What the nightly takes longer is the
price of all that. Prints one JSON object: figures, rows per dataset, seconds per step.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import time
import zipfile
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import yaml
from python_calamine import CalamineWorkbook

MODELS = Path(__file__).resolve().parent.parent / "dbt_project" / "models"
ASCII = "".join(map(chr, range(0x21, 0x7F)))
WIDE = "".join(chr(ord(character) + 0xFEE0) for character in ASCII)  # the full-width forms of the same
NARROW = str.maketrans(WIDE, ASCII)
# ASCII is left alone, other text is narrowed only where it holds full-width characters.
CLEAN = f"""nullif(case
    when strlen(?) = length(?) then case when ? in ('null', 'NULL', '-', '/') then '' else trim(?) end
    when ? in ('无', '—') then ''
    when regexp_matches(?, '[\uff01-\uff5e\u3000]')
        then trim(translate(replace(?, '\u3000', ' '), '{WIDE.replace("'", "''")}', '{ASCII.replace("'", "''")}'))
    else trim(?) end, '')"""
FACTORS = {"万": 10_000, "亿": 100_000_000, "%": Decimal("0.01")}
NOT_DATA = re.compile("注|说明|填报|备注|审核|制表|合计|总计|小计|共计|本页|本表")


def main(inbox: Path, period: str, facts: Path) -> dict:
    cards = [_card(path) for path in sorted((MODELS / "datasets").glob("*.yml"))]
    seconds, started = {}, time.perf_counter()
    raw = read(inbox, period, cards)
    seconds["read"] = time.perf_counter() - started
    connection = duckdb.connect(str(facts))
    started = time.perf_counter()
    rows = {card["name"]: load(connection, card, raw[card["name"]], period) for card in cards}
    seconds["clean"] = time.perf_counter() - started
    started = time.perf_counter()
    found = compute(connection)
    connection.close()
    seconds["figures"] = time.perf_counter() - started
    return {"figures": found, "rows": rows, "seconds": seconds}


def _card(path: Path) -> dict:
    table = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["sources"][0]["tables"][0]
    columns = [column | column["config"]["meta"] for column in table["columns"]]
    kept = [column for column in columns if "header" in column and "personal" not in column]
    return {"name": table["name"], "sheet": table["config"]["meta"]["sheet"], "columns": kept}


def read(inbox: Path, period: str, cards: list[dict]) -> dict[str, dict[str, list]]:
    """Raw text by dataset and column, of the highest version of each unit's workbook of the period."""
    latest: dict[str, tuple[int, dict]] = {}
    for path in sorted(path for path in inbox.rglob("*") if path.is_file() and path.name[0] not in ".~"):
        sheets = _sheets(path)
        cover = _cover(sheets["封面"])
        version = int(float(cover["版本号"]))
        if cover["报告期"] == period and version >= latest.get(cover["报送单位代码"], (0,))[0]:
            latest[cover["报送单位代码"]] = (version, sheets)
    raw: dict[str, dict[str, list]] = {card["name"]: defaultdict(list) for card in cards}
    for unit, (_, sheets) in latest.items():
        for card in cards:
            if card["sheet"] in sheets:
                _take(sheets[card["sheet"]], card, unit, raw[card["name"]])
    return raw


def _sheets(path: Path) -> dict[str, list[list]]:
    content = path.read_bytes()
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            names = [name for name in bundle.namelist() if name.lower().endswith(".csv")]
            if names:
                return {Path(name).stem: _csv(bundle.read(name)) for name in names}
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}


def _csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    return list(csv.reader(io.StringIO(text)))


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


def _cover(rows: list[list]) -> dict[str, str]:
    """Values by label: the first two filled cells of each row."""
    found = {}
    for row in rows:
        filled = [text for cell in row if (text := _text(cell).translate(NARROW).strip())]
        if len(filled) > 1:
            found[filled[0].rstrip(": ")] = filled[1]
    return found


def _take(rows: list[list], card: dict, unit: str, into: dict[str, list]) -> None:
    wanted = {name: c["name"] for c in card["columns"] for name in (c["header"], *c.get("aliases", ()))}
    wanted = {name.translate(NARROW): column for name, column in wanted.items()}
    places = [{wanted[h]: i for i, h in enumerate(_headers(row, wanted)) if h in wanted} for row in rows[:8]]
    # A header merged downwards stands in the row above the others: the best two neighbouring rows are taken.
    pairs = [upper | lower for upper, lower in zip(places, [*places[1:], {}], strict=True)]
    at = max(range(len(pairs)), key=lambda index: len(pairs[index]))
    place = pairs[at]
    first = min(place.values())
    end = at + 2
    while (
        end < len(rows)
        and rows[end]
        and (text := _text(rows[end][first]).strip())
        and not NOT_DATA.match(text)
    ):
        end += 1
    cells = list(zip(*rows[at + 2 : end], strict=True))
    for column in card["columns"] if cells else ():
        index = place.get(column["name"])
        column_cells = [""] * len(cells[0]) if index is None else cells[index]
        into[column["name"]] += [cell if type(cell) is str else _text(cell) for cell in column_cells]
    into["submitter"] += [unit] * (end - at - 2)


def _headers(row: list, wanted: dict[str, str]) -> list[str]:
    """Headers without the unit in brackets, unless the header itself has brackets."""
    cleaned = ("".join(_text(cell).translate(NARROW).split()) for cell in row)
    return [cell if cell in wanted else re.sub(r"\([^()]*\)$", "", cell) for cell in cleaned]


def load(connection: duckdb.DuckDBPyConnection, card: dict, raw: dict[str, list], period: str) -> int:
    """One typed fact table from the raw text. Returns its rows."""
    columns = [column["name"] for column in card["columns"]]
    table = pa.table({name: pa.array(raw[name], pa.string()) for name in [*columns, "submitter"]})
    connection.register("raw", table)
    cleaned = ", ".join(f"{CLEAN.replace('?', name)} as {name}" for name in columns)
    typed = ", ".join(f"{_typed(column, column['name'])} as {column['name']}" for column in card["columns"])
    connection.execute(
        f"create table {card['name']} as with cleaned as materialized (select submitter, {cleaned} from raw)"
        f" select submitter as unit_code, '{period}' as reporting_period, {typed} from cleaned"
    )
    connection.unregister("raw")
    return table.num_rows


def _typed(column: dict, text: str) -> str:
    match column["data_type"].split("(")[0]:
        case "string" if column.get("format") == "month":
            digits = f"regexp_replace({text}, '[^0-9]', '', 'g')"
            year_month = f"regexp_extract({text}, '^(\\d{{4}})\\D+(\\d{{1,2}})\\D*$', ['y', 'm'])"
            return (
                f"case when length({digits}) = 6 then {digits}[1:4] || '-' || {digits}[5:6]"
                f" else {year_month}.y || '-' || lpad({year_month}.m, 2, '0') end"
            )
        case "string":
            return text
        case "boolean":
            return f"{text} = '是'"
        case "date":
            return (
                f"case when regexp_full_match({text}, '\\d{{5}}') then date '1899-12-30' + cast({text} as int)"
                f" when regexp_full_match({text}, '\\d{{8}}') then cast(strptime({text}, '%Y%m%d') as date)"
                f" else try_cast(rtrim(regexp_replace({text}, '[年月./]', '-', 'g'), '日') as date) end"
            )
        case _:
            # 18 digits: a cast of text to a wider decimal is two hundred times slower
            number = f"try_cast(replace(rtrim({text}, '%'), ',', '') as decimal(18, 6))"
            factor = _factor(column)
            scaled = number if factor == "1" else f"cast({number} as decimal(28, 6)) * {factor}"
            return f"cast({scaled} as {column['data_type']})"


def _factor(column: dict) -> str:
    if "unit_from" in column:
        cases = " ".join(f"when starts_with(unit, '{word}') then {by}" for word, by in FACTORS.items())
        return f"(case {cases} else 1 end)"
    return str(FACTORS.get(column.get("unit", " ")[0], 1))


def compute(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The province's value of every indicator, exact, as text; a ratio to ten decimals."""
    model = yaml.load((MODELS / "marts" / "dim_indicator.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    indicators = model["models"][0]["config"]["meta"]["indicators"]
    values: dict[str, Decimal] = {}
    for indicator in indicators:
        if "dataset" in indicator:
            query = f"select {indicator['measure']} from {indicator['dataset']} where {indicator.get('where', 'true')}"
            values[indicator["key"]] = Decimal(connection.execute(query).fetchone()[0] or 0)
    for indicator in indicators:
        if "of" in indicator:
            part, whole = (values[key] for key in indicator["of"])
            values[indicator["key"]] = (part / whole).quantize(Decimal("1e-10"), ROUND_HALF_UP)
    return {i["key"]: str(values[i["key"]]) for i in indicators if i.get("in_bulletin", True)}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])), ensure_ascii=False))
