"""Takes the rows of one dataset out of a workbook: raw text by card column, each with its sheet row.

Belongs here: finding the sheet, telling data rows from titles, totals and notes, structural findings.
Does not belong here: what a text means (clean), where the file came from (land).
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

import pyarrow as pa

from orchestration.cards import Card, load_cards
from orchestration.land.finding import Finding
from orchestration.land.headers import FoundColumn, Header, HeaderMatcher, header_texts
from orchestration.layout import NOTE_PREFIXES, TOTAL_WORDS
from orchestration.workbook import Sheet, Workbook, column_letter

LOSSY = "\x1f"  # before the text of a number that lost digits; no cell of a spreadsheet can contain it
ALIKE = 0.8  # of a card's columns: so many make a sheet of another name probably its sheet
NAMED_CELLS = 200  # as many hidden rows and merged cells are named by their cell
_SUSPECT = frozenset(text[0] for text in (*NOTE_PREFIXES, *TOTAL_WORDS))


@dataclass(frozen=True, slots=True)
class ExtractedSheet:
    """A dataset as found in one workbook. ``rows`` has source_row (int32) and every sheet column of the card
    as text, null where the sheet has no such column. ``state``: landed, missing, nil or unrecognised."""

    dataset: str
    source_sheet: str
    state: str
    columns: tuple[FoundColumn, ...]
    rows: pa.Table
    findings: tuple[Finding, ...]


def rows_schema(card: Card) -> pa.Schema:
    """Row number and one text column for each sheet column of the card."""
    texts = [pa.field(column.name, pa.string()) for column in card.sheet_columns]
    return pa.schema([pa.field("source_row", pa.int32()), *texts])


def extract(workbook: Workbook, card: Card, *, nil: bool = False) -> ExtractedSheet:
    """The card's rows in a workbook. ``nil``: the cover declares the sheet to have nothing to report."""
    sheet = find_sheet(workbook, card.sheet)
    if sheet is None:
        return _without_rows(card, nil, workbook)
    header = HeaderMatcher(card).find(sheet)
    if header is None:
        return _without_header(card, nil, sheet)
    numbers = _data_rows(sheet, header)
    findings = [
        *header.findings,
        *_hidden(sheet, header, numbers),
        *_merged(sheet, header, numbers),
        *_unheaded(sheet, header, numbers),
        *_empty(card, nil, len(numbers)),
    ]
    state = "nil" if nil and not numbers else "landed"
    rows = _table(card, sheet, header, numbers)
    return ExtractedSheet(card.dataset, sheet.name, state, header.found, rows, tuple(findings))


def find_sheet(workbook: Workbook, name: str) -> Sheet | None:
    """The sheet of that name, whatever its blanks and width; a visible one before a hidden one."""
    wanted = _plain(name)
    named = [sheet for sheet in workbook.sheets if _plain(sheet.name) == wanted]
    return min(named, key=lambda sheet: sheet.hidden, default=None)


def alike_sheet(workbook: Workbook, card: Card) -> Sheet | None:
    """A sheet under a name no card has whose headers are (nearly all) this card's: probably it, renamed. It is named
    to the sender and not read."""
    taken = {_plain(known.sheet) for known in load_cards().values()}
    others = [sheet for sheet in workbook.sheets if _plain(sheet.name) not in taken]
    return next((sheet for sheet in others if has_headers_of(sheet, card)), None)


def has_headers_of(sheet: Sheet, card: Card) -> bool:
    header = HeaderMatcher(card).find(sheet)
    return header is not None and len(header.found) >= ALIKE * len(card.sheet_columns)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _without_rows(card: Card, nil: bool, workbook: Workbook) -> ExtractedSheet:
    alike = None if nil else alike_sheet(workbook, card)
    names = "、".join(sheet.name for sheet in workbook.sheets if not sheet.hidden)
    expected = f"应有工作表“{card.sheet}”,无数据时在封面零报送栏写明"
    if alike is not None:
        expected = f"应有工作表“{card.sheet}”;“{alike.name}”的表头与它相同,如是此表,请改回表名"
    missing = Finding("S-SHEET", f"现有工作表:{names}", expected)
    return ExtractedSheet(
        card.dataset,
        card.sheet,
        "nil" if nil else "missing",
        (),
        rows_schema(card).empty_table(),
        () if nil else (missing,),
    )


def _without_header(card: Card, nil: bool, sheet: Sheet) -> ExtractedSheet:
    blank = not any(text.strip() for cells in sheet.rows.values() for text in cells)
    required = "、".join(column.header_text for column in card.sheet_columns if column.required)
    finding = Finding("S-HEADER", "找不到表头行", f"表头应含:{required}")
    nothing = nil and blank
    state = "nil" if nothing else "unrecognised"
    findings = () if nothing else (finding,)
    return ExtractedSheet(card.dataset, sheet.name, state, (), rows_schema(card).empty_table(), findings)


def _data_rows(sheet: Sheet, header: Header) -> list[int]:
    """Numbers of the rows below the header that are data, in order."""
    places = [column.index for column in header.found]
    printed = {_signature(sheet.rows[row]) for row in sheet.rows if row <= header.row}
    suspects = {_first_text(signature) for signature in printed}
    numbers = []
    noted = False
    for row in sorted(number for number in sheet.rows if number > header.row):
        cells = sheet.rows[row]
        first = _first_text(cells)
        suspect = first[:1] in _SUSPECT
        if suspect and _is_note(first):
            noted = True
            continue
        filled = _filled(cells, places)
        if not filled or (noted and filled < 2):
            continue  # blank, or a note that runs over several lines
        if suspect and _is_total(first):
            continue
        if first in suspects and _signature(cells) in printed:
            continue  # a title or header printed again at the top of a page
        numbers.append(row)
    return numbers


def _filled(cells: list[str], places: list[int]) -> int:
    """How many of the card's columns a row fills; 2 stands for two or more."""
    filled = 0
    for index in places:
        if index < len(cells) and cells[index] and not cells[index].isspace():
            filled += 1
            if filled == 2:
                break
    return filled


def _first_text(cells: Sequence[str]) -> str:
    for text in cells:
        if text and not text.isspace():
            return text.strip()
    return ""


def _is_note(first: str) -> bool:
    words = _plain(first)
    return any(words.startswith(f"{prefix}:") for prefix in NOTE_PREFIXES)


def _is_total(first: str) -> bool:
    return _plain(first).rstrip(":") in TOTAL_WORDS


def _signature(cells: Sequence[str]) -> tuple[str, ...]:
    texts = [text.strip() for text in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _hidden(sheet: Sheet, header: Header, numbers: list[int]) -> list[Finding]:
    hidden = [row for row in numbers if row in sheet.hidden_rows]
    if not hidden:
        return []
    listed = "、".join(str(row) for row in hidden[:20]) + ("等" if len(hidden) > 20 else "")
    found = f"第{listed}行被隐藏,共{len(hidden)}行"
    first = header.found[0].letter
    cells = ",".join(f"{first}{row}" for row in hidden[:NAMED_CELLS])
    return [Finding("S-HIDDEN", found, "隐藏行已按数据读入,请取消隐藏或删除", hidden[0], cell=cells)]


def _merged(sheet: Sheet, header: Header, numbers: list[int]) -> list[Finding]:
    """S-MERGED: cells merged among the data keep the value of the first alone, and the others are read as blank."""
    joined = [cells for merge in sheet.merges if len(cells := _covered(merge, header, numbers)) > 1]
    if not joined:
        return []
    named = [cell for cells in joined for _, cell in cells][:NAMED_CELLS]
    found = f"数据中有{len(joined)}处合并单元格"
    first = min(cells[0][0] for cells in joined)
    return [Finding("S-MERGED", found, "合并后只有第一格有值,其余按空白读入", first, cell=",".join(named))]


def _covered(merge: tuple[int, int, int, int], header: Header, numbers: list[int]) -> list[tuple[int, str]]:
    """The row and address of the data cells of a merge, the first few of a large one."""
    top, left, bottom, right = merge
    letters = [column.letter for column in header.found if left <= column.index <= right]
    rows = numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)][:NAMED_CELLS]
    return [(row, f"{letter}{row}") for row in rows for letter in letters]


def _unheaded(sheet: Sheet, header: Header, numbers: list[int]) -> list[Finding]:
    """S-EXTRA: data under no header. Nobody can tell what they are, so they are not read, and the sender is told."""
    texts = header_texts(sheet, header.row)
    width = max((len(sheet.rows[row]) for row in numbers), default=0)
    findings = []
    for index in range(width):
        if index >= len(texts) or not texts[index].strip():
            filled = (
                row for row in numbers if index < len(cells := sheet.rows[row]) and cells[index].strip()
            )
            row = next(filled, None)
            if row is not None:
                letter = column_letter(index)
                found, cell = f"{letter}列(表头空白)", f"{letter}{row}"
                findings.append(Finding("S-EXTRA", found, "这一列有数据而没有表头,未读入", row, cell=cell))
    return findings


def _empty(card: Card, nil: bool, rows: int) -> list[Finding]:
    if nil and rows:
        return [Finding("S-EMPTY", f"封面声明零报送,表中却有{rows}行数据", "删去零报送声明,或清空数据")]
    if not nil and not rows:
        return [Finding("S-EMPTY", "没有数据行", f"填报数据,或在封面零报送栏写明“{card.sheet}”")]
    return []


def _table(card: Card, sheet: Sheet, header: Header, numbers: list[int]) -> pa.Table:
    rows = [sheet.rows[number] for number in numbers]
    shortest = min(map(len, rows), default=0)
    places = {column.name: column.index for column in header.readable}
    arrays = [pa.array(numbers, pa.int32())]
    for column in card.sheet_columns:
        index = places.get(column.name)
        if index is None:
            arrays.append(pa.nulls(len(rows), pa.string()))
            continue
        if index < shortest:
            texts = list(map(itemgetter(index), rows))
        else:
            texts = [cells[index] if index < len(cells) else "" for cells in rows]
        if sheet.lossy_cells and column.data_type == "string":
            texts = _mark_lossy(texts, sheet, numbers, index)
        arrays.append(pa.array(texts, pa.string()))
    return pa.Table.from_arrays(arrays, schema=rows_schema(card))


def _mark_lossy(texts: list[str], sheet: Sheet, numbers: list[int], index: int) -> list[str]:
    return [
        f"{LOSSY}{text}" if (number, index) in sheet.lossy_cells else text
        for number, text in zip(numbers, texts, strict=True)
    ]
