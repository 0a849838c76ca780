"""Recognises the header row of a dataset sheet: which card column stands in which sheet column.

Counties rename, reorder and merge headers; only the words count, not the place. Belongs here: matching
header texts to a card. Does not belong here: the rows below the header.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from orchestration.cards import UNIT_FACTORS, Card, Column
from orchestration.land.finding import Finding
from orchestration.land.renamed import Unknown, renamed_columns
from orchestration.workbook import Sheet, column_letter

HEADER_SEARCH_ROWS = 30
FEWEST_HEADERS = 2  # one word in common is no header row

_BRACKETS = str.maketrans("〔〕【】[]{}", "()()()()")
_MARKS = "*★☆:"
_WITH_SUFFIX = re.compile(r"(.+)\((?:单位:)?([^()]+)\)")
_SAME_UNIT = {"名": "人"}
# Units in use that no card has: a header that says 年 where the card says 月 must not pass as unit-less.
_FOREIGN_UNITS = frozenset(
    {"年", "天", "日", "周", "季度", "千元", "百万元", "千万元", "角", "分", "‰", "笔", "亩"}
)


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """A card column on the sheet: its 0-based index, letter and the header as written."""

    name: str
    index: int
    letter: str
    header: str


@dataclass(frozen=True, slots=True)
class Header:
    """The header row found. ``readable`` leaves out columns whose unit is not the card's: a number without
    its unit is no number, so such a column is reported and not read."""

    row: int
    found: tuple[FoundColumn, ...]
    readable: tuple[FoundColumn, ...]
    findings: tuple[Finding, ...]


def plain(text: str) -> str:
    """A header's words alone: NFKC, no blanks or line breaks, one kind of bracket, no required-marks."""
    joined = "".join(unicodedata.normalize("NFKC", text).split())
    return joined.translate(_BRACKETS).strip(_MARKS)


class HeaderMatcher:
    """Matches header texts to the columns of one card."""

    def __init__(self, card: Card):
        self.card = card
        self._columns: dict[str, list[Column]] = {}
        for column in card.sheet_columns:
            for text in column.headers:
                self._columns.setdefault(plain(text), []).append(column)
        self._headers = {c.name: tuple(map(plain, c.headers)) for c in card.sheet_columns}
        self._groups_of = {c.name: plain(c.group or "") for c in card.sheet_columns}

    def candidates(self, text: str) -> tuple[list[Column], str | None]:
        """The columns a header text may mean, and the bracketed words after it (``元`` of ``贷款金额(元)``)."""
        words = plain(text)
        if words in self._columns:
            return self._columns[words], None
        match = _WITH_SUFFIX.fullmatch(words)
        if match and match[1] in self._columns:
            return self._columns[match[1]], match[2]
        return [], None

    def find(self, sheet: Sheet) -> Header | None:
        """The row that names most of the card's columns, or None. A header merged over two rows has its text
        in the upper one, so a blank cell takes the text above it."""
        best_row, best_names = 0, 0
        for row in sorted(sheet.rows)[:HEADER_SEARCH_ROWS]:
            matched = [self.candidates(text)[0] for text in header_texts(sheet, row)]
            names = len({columns[0].name for columns in matched if columns})
            if names > best_names:
                best_row, best_names = row, names
            if best_names == len(self.card.sheet_columns):
                break
        if best_names < min(FEWEST_HEADERS, len(self.card.sheet_columns)):
            return None
        return self._resolve(sheet, best_row)

    def _resolve(self, sheet: Sheet, row: int) -> Header:
        texts = header_texts(sheet, row)
        groups = self._groups(sheet, row)
        found: dict[str, FoundColumn] = {}
        readable: list[FoundColumn] = []
        left_over: list[int] = []
        findings: list[Finding] = []
        places = [index for index, text in enumerate(texts) if text.strip()]
        # Columns in the group the card puts them in come first: a doubled header is told apart by its group.
        ordered = sorted(
            places, key=lambda index: (self._choose(texts[index], groups[index], set())[1], index)
        )
        for index in ordered:
            text = " ".join(texts[index].split())
            cell = _header_cell(sheet, row, index)
            column, _ = self._choose(text, groups[index], set(found))
            if column is None:
                left_over.append(index)
                continue
            place = FoundColumn(column.name, index, column_letter(index), text)
            found[column.name] = place
            wrong_unit = unit_mismatch(column, self.candidates(text)[1])
            if wrong_unit is None:
                readable.append(place)
            else:
                expected = f"{column.header_text};本列数据未读入"
                findings.append(Finding("S-UNIT", wrong_unit, expected, row, column.name, cell))
        renamed = self._renamed(texts, groups, left_over, found)
        for index in left_over:
            text, cell = " ".join(texts[index].split()), _header_cell(sheet, row, index)
            if index in renamed:
                findings.append(_renaming(text, renamed[index], cell, row))
            else:
                findings.append(self._left_over(text, groups[index], cell, row, found))
        findings += self._missing({*found, *(column.name for column in renamed.values())}, row)
        by_place = sorted(found.values(), key=lambda place: place.index)
        findings += self._moved(by_place, row)
        findings.sort(key=lambda finding: (finding.rule_code, finding.cell or "", finding.expected))
        return Header(row, tuple(by_place), tuple(sorted(readable, key=lambda p: p.index)), tuple(findings))

    def _groups(self, sheet: Sheet, row: int) -> list[str]:
        """The group over each column, or '' for all when the row above names no group of the card (a title)."""
        groups = header_groups(sheet, row)
        known = {plain(column.group) for column in self.card.sheet_columns if column.group}
        return groups if known & set(groups) else [""] * len(groups)

    def _choose(self, text: str, group: str, taken: set[str]) -> tuple[Column | None, int]:
        """The free column a header means, and how sure that is: 0 same group, 1 another group."""
        free = [column for column in self.candidates(text)[0] if column.name not in taken]
        same = [column for column in free if plain(column.group or "") == group]
        if same:
            return same[0], 0
        return (free[0], 1) if free else (None, 2)

    def _left_over(
        self, text: str, group: str, cell: str, row: int, found: dict[str, FoundColumn]
    ) -> Finding:
        """A header no column is free for: the same one twice, or a column the card does not have."""
        candidates = [column for column in self.candidates(text)[0] if column.name in found]
        twice = [column.name for column in candidates if group in ("", plain(column.group or ""))]
        if twice:
            first = found[twice[0]]
            expected = f"每列只出现一次;{first.letter}{row} 已是“{first.header}”"
            return Finding("S-HEADER", text, expected, row, twice[0], cell)
        expected = "本列不属于统计制度,原样保留在退回的文件中,不入库"
        return Finding("S-EXTRA", text, expected, row, None, cell)

    def _renamed(
        self, texts: list[str], groups: list[str], left_over: list[int], found: dict[str, FoundColumn]
    ) -> dict[int, Column]:
        """The missing column that each header of unknown words probably is, by the header's index."""
        unknown = [
            Unknown(index, _without_suffix(texts[index]), groups[index])
            for index in left_over
            if not self.candidates(texts[index])[0]
        ]
        places = {name: place.index for name, place in found.items()}
        return renamed_columns(unknown, self.card.sheet_columns, places, self._headers, self._groups_of)

    def _moved(self, by_place: list[FoundColumn], row: int) -> list[Finding]:
        """One finding for all columns that stand in another order than the template's."""
        order = {column.name: number for number, column in enumerate(self.card.sheet_columns)}
        kept = _longest_rising([order[place.name] for place in by_place])
        moved = [place for number, place in enumerate(by_place) if number not in kept]
        if not moved:
            return []
        found = "、".join(f"“{place.header}”({place.letter}列)" for place in moved)
        cells = ",".join(f"{place.letter}{row}" for place in moved)
        return [Finding("S-MOVED", found, "次序与模板不同,已按表头读入", row, None, cells)]

    def _missing(self, found: set[str], row: int) -> list[Finding]:
        return [
            Finding("S-HEADER", "", f"应有列“{column.header_text}”", row, column.name, None)
            for column in self.card.sheet_columns
            if column.required and column.name not in found
        ]


def _renaming(text: str, column: Column, cell: str, row: int) -> Finding:
    code = "S-RENAMED" if column.required else "S-RENAMED-OPT"
    expected = f"疑为“{column.header_text}”改了名,请改回;本列数据未读入"
    return Finding(code, text, expected, row, column.name, cell)


def _without_suffix(text: str) -> str:
    words = plain(text)
    match = _WITH_SUFFIX.fullmatch(words)
    return match[1] if match else words


def _longest_rising(numbers: list[int]) -> set[int]:
    """Positions of a longest rising run (not necessarily of neighbours): what has kept its order."""
    best: list[list[int]] = []
    for position, number in enumerate(numbers):
        before = [run for run in best if numbers[run[-1]] < number]
        best.append([*max(before, key=len, default=[]), position])
    return set(max(best, key=len, default=[]))


def header_texts(sheet: Sheet, row: int) -> list[str]:
    """The header texts of a row; a blank cell takes the text of the cell above, as a vertical merge shows it."""
    cells, above = sheet.rows.get(row, []), sheet.rows.get(row - 1, [])
    width = max(len(cells), len(above))
    return [_at(cells, index) if _at(cells, index).strip() else _at(above, index) for index in range(width)]


def _header_cell(sheet: Sheet, row: int, index: int) -> str:
    """The cell a header's text stands in: the one above, where it is merged downwards."""
    own = _at(sheet.rows.get(row, []), index).strip()
    return f"{column_letter(index)}{row if own else row - 1}"


def header_groups(sheet: Sheet, row: int) -> list[str]:
    """The group header over each column of a row ('' for none), from merges; without merges (.csv) a group
    reaches to the next text in the row above."""
    cells, above = sheet.rows.get(row, []), sheet.rows.get(row - 1, [])
    width = max(len(cells), len(above))
    groups = [""] * width
    current = ""
    for index in range(width):
        text, own = _at(above, index), _at(cells, index).strip()
        if not own:
            current = ""  # the text above is this column's own header, merged downwards
        elif text.strip():
            current = plain(text)
        elif sheet.merges:
            current = _merged_over(sheet, row - 1, index)
        groups[index] = current
    return groups


def _merged_over(sheet: Sheet, row: int, column: int) -> str:
    for first_row, first_column, last_row, last_column in sheet.merges:
        if first_row <= row <= last_row and first_column <= column <= last_column:
            return plain(_at(sheet.rows.get(first_row, []), first_column))
    return ""


def unit_mismatch(column: Column, stated: str | None) -> str | None:
    """What is wrong with the unit a header states, as text, or None. Money and shares must state it, for
    元 and 万元 cannot be told apart by their numbers alone; heads and households need not."""
    known = stated is not None and (stated in UNIT_FACTORS or stated in _FOREIGN_UNITS)
    if column.unit is None:
        numeric = column.data_type != "string" and column.data_type not in ("date", "boolean")
        return f"{column.header}({stated})" if known and numeric else None
    if known and _SAME_UNIT.get(stated, stated) != _SAME_UNIT.get(column.unit, column.unit):
        return f"{column.header}({stated})"
    if not known and UNIT_FACTORS[column.unit][0] in ("元", "1"):
        return f"{column.header}(未注明单位)"
    return None


def _at(cells: list[str], index: int) -> str:
    return cells[index] if index < len(cells) else ""
