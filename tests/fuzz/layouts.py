"""A sheet laid out otherwise than the form: what people do to it with rows, columns and headers.

Each change keeps what every cell stands under, or takes it away; ``misread`` says whether a sheet so changed was read otherwise
without a word. Belongs here: layouts. Does not belong here: texts of cells (``spellings``), files (``packages``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from land_support import sheet_of, workbook_of

from orchestration.cards import Card, load_cards
from orchestration.land.extract import extract
from orchestration.workbook import Sheet

ROWS = 4
Change = Callable[[Sheet, Card, Random], Sheet]


def original(of: Card) -> tuple[Sheet, list[dict[str, str]]]:
    """The sheet as the form has it, every cell another text, and its rows."""
    rows = [{column.name: f"{column.name}#{number}" for column in of.sheet_columns} for number in range(ROWS)]
    return sheet_of(of, rows), rows


def misread(dataset: str, random: Random) -> tuple[str | None, list[str]]:
    """A sheet of this dataset after one to three changes: what was read wrongly without a word, and the changes."""
    of = load_cards()[dataset]
    sheet, rows = original(of)
    changes = random.sample(CHANGES, random.choice((1, 1, 2, 3)))
    for change in changes:
        sheet = change(sheet, of, random)
    names = [change.__name__ for change in changes]
    extracted = extract(workbook_of(sheet), of)
    if extracted.findings or extracted.state != "landed":
        return None, names
    read = [
        {name: text for name, text in row.items() if name != "source_row"}
        for row in extracted.rows.to_pylist()
    ]
    if read != rows and any(row not in rows and _will_be_said(row, of) for row in read):
        return None, names
    if read == rows:
        return None, names
    unlike = next((pair for pair in zip(read, rows, strict=False) if pair[0] != pair[1]), None)
    if unlike is None:
        return f"{len(read)} rows instead of {len(rows)}", names
    fields = {name: (unlike[0][name], text) for name, text in unlike[1].items() if unlike[0][name] != text}
    if all(seen is None and not of.column(name).required for name, (seen, _) in fields.items()):
        return None, names  # a column that need not be there is not there
    return f"read {fields}"[:300], names


def _will_be_said(row: dict[str, str | None], of: Card) -> bool:
    """Whether a row that is no data breaks the card: something required is blank, or words stand where none may."""
    return any(
        (column.required and not row[column.name])
        or (
            row[column.name]
            and "#" not in row[column.name]
            and (column.data_type != "string" or column.allowed)
        )
        for column in of.sheet_columns
    )


def _moved(sheet: Sheet, place: Callable[[int, int], tuple[int, int]]) -> Sheet:
    """Every cell, merge and hidden row where ``place`` puts it."""
    rows: dict[int, list[str]] = {}
    for number, cells in sheet.rows.items():
        for index, text in enumerate(cells):
            if text:
                row, column = place(number, index)
                held = rows.setdefault(row, [])
                held.extend([""] * (column + 1 - len(held)))
                held[column] = text
    merges = tuple((*place(top, left), *place(bottom, right)) for top, left, bottom, right in sheet.merges)
    hidden = frozenset(place(row, 0)[0] for row in sheet.hidden_rows)
    return replace(sheet, rows=dict(sorted(rows.items())), merges=merges, hidden_rows=hidden)


def _header_row(sheet: Sheet, of: Card) -> int:
    """Where the header stands now: by the header of the key, which no change rewrites beyond blanks and width."""
    return max(
        (
            row
            for row, cells in sheet.rows.items()
            if any(text and "#" not in text for text in cells) and len(cells) > 3
        ),
        default=min(sheet.rows),
    )


def down(sheet: Sheet, of: Card, random: Random) -> Sheet:
    by = random.randrange(1, 30)
    return _moved(sheet, lambda row, column: (row + by, column))


def right(sheet: Sheet, of: Card, random: Random) -> Sheet:
    by = random.randrange(1, 5)
    return _moved(sheet, lambda row, column: (row, column + by))


def blank_column(sheet: Sheet, of: Card, random: Random) -> Sheet:
    at = random.randrange(1, len(of.sheet_columns))
    return _moved(sheet, lambda row, column: (row, column + (column >= at)))


def other_order(sheet: Sheet, of: Card, random: Random) -> Sheet:
    width = max(map(len, sheet.rows.values()))
    order = random.sample(range(width), width)
    return replace(_moved(sheet, lambda row, column: (row, order[column])), merges=())


def titles_above(sheet: Sheet, of: Card, random: Random) -> Sheet:
    moved = _moved(sheet, lambda row, column: (row + 2, column))
    title = random.choice(
        ("陕西省乡村振兴统计", "制表机关:省局", f"{of.columns[0].header}、{of.columns[1].header}填报说明")
    )
    return replace(moved, rows={1: [title], 2: ["", "2021年8月"], **moved.rows})


def blank_rows(sheet: Sheet, of: Card, random: Random) -> Sheet:
    at = random.randrange(1, max(sheet.rows) + 1)
    by = random.randrange(1, 4)
    return _moved(sheet, lambda row, column: (row + by * (row >= at), column))


def total_below(sheet: Sheet, of: Card, random: Random) -> Sheet:
    word = random.choice(
        (
            "合计",
            "总计",
            "小计",
            "合 计",
            "合计:",
            "制表人:",
            "注:以上为本月数",
            "填表人:  审核人:",
            "以下空白",
        )
    )
    last = max(sheet.rows) + random.randrange(1, 4)
    return replace(sheet, rows={**sheet.rows, last: [word]})


def header_again(sheet: Sheet, of: Card, random: Random) -> Sheet:
    row = _header_row(sheet, of)
    return replace(sheet, rows={**sheet.rows, max(sheet.rows) + 1: list(sheet.rows[row])})


def headers_spaced(sheet: Sheet, of: Card, random: Random) -> Sheet:
    """Blanks, line ends, asterisks and full-width brackets in headers."""

    def spaced(text: str) -> str:
        place = random.randrange(len(text) + 1)
        between = random.choice((" ", "\n", "\u3000", ""))
        return (
            (text[:place] + between + text[place:])
            .replace("(", random.choice(("(", "(")))
            .replace(")", random.choice((")", ")")))
        )

    rows = {
        row: [spaced(text) if text and "#" not in text else text for text in cells]
        for row, cells in sheet.rows.items()
    }
    return replace(sheet, rows=rows)


def column_gone(sheet: Sheet, of: Card, random: Random) -> Sheet:
    at = random.randrange(len(of.sheet_columns))
    rows = {
        row: [text for index, text in enumerate(cells) if index != at] for row, cells in sheet.rows.items()
    }
    return replace(sheet, rows=rows, merges=())


def column_twice(sheet: Sheet, of: Card, random: Random) -> Sheet:
    """The same header over other values."""
    at = random.randrange(len(of.sheet_columns))
    row = _header_row(sheet, of)
    rows = {
        number: [
            *cells,
            *[""] * (60 - len(cells)),
            (cells[at] if number <= row else "other") if at < len(cells) else "",
        ]
        for number, cells in sheet.rows.items()
    }
    return replace(sheet, rows=rows)


def column_more(sheet: Sheet, of: Card, random: Random) -> Sheet:
    row = _header_row(sheet, of)
    header = random.choice(("备注2", "联系人", "县局核对", "序号", "2020年同期"))
    rows = {
        number: [*cells, header if number == row else "extra"] if number >= row else cells
        for number, cells in sheet.rows.items()
    }
    return replace(sheet, rows=rows)


def header_blank(sheet: Sheet, of: Card, random: Random) -> Sheet:
    row = _header_row(sheet, of)
    cells = list(sheet.rows[row])
    cells[random.randrange(len(cells))] = ""
    return replace(sheet, rows={**sheet.rows, row: cells})


def other_unit(sheet: Sheet, of: Card, random: Random) -> Sheet:
    """A header that says another unit than the form."""
    pairs = (("万元", "元"), ("万元", "亿元"), ("(元)", "(万元)"), ("%", "‰"), ("(人)", "(万人)"))
    old, new = random.choice(pairs)
    rows = {
        row: [text.replace(old, new) if "#" not in text else text for text in cells]
        for row, cells in sheet.rows.items()
    }
    return replace(sheet, rows=rows) if rows != sheet.rows else column_gone(sheet, of, random)


def rows_hidden(sheet: Sheet, of: Card, random: Random) -> Sheet:
    return replace(sheet, hidden_rows=frozenset(random.sample(sorted(sheet.rows), 2)))


def data_merged(sheet: Sheet, of: Card, random: Random) -> Sheet:
    """Two rows of a column joined: the second has no value any more."""
    last, column = max(sheet.rows), random.randrange(len(of.sheet_columns))
    cells = list(sheet.rows[last])
    if column < len(cells):
        cells[column] = ""
    merges = (*sheet.merges, (last - 1, column, last, column))
    return replace(sheet, rows={**sheet.rows, last: cells}, merges=merges)


def second_table(sheet: Sheet, of: Card, random: Random) -> Sheet:
    """Another table beside it, under headers of its own."""
    row = _header_row(sheet, of)
    width = len(of.sheet_columns) + random.randrange(1, 4)
    beside = {
        number: [*cells, *[""] * (width - len(cells)), f"说明{number}", str(number)]
        for number, cells in sheet.rows.items()
        if number >= row
    }
    return replace(sheet, rows={**sheet.rows, **beside})


CHANGES: tuple[Change, ...] = (
    down, right, blank_column, other_order, titles_above, blank_rows, total_below, header_again, headers_spaced, column_gone,
    column_twice, column_more, header_blank, other_unit, rows_hidden, data_merged, second_table,
)  # fmt: skip
