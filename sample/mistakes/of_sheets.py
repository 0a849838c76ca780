"""Mistakes in the form: headers and columns changed, sheets gone, renamed, added, empty or of somebody else.

Columns are changed on sheets whose headers stand in one row, so that no merged header goes out of step.
"""

from __future__ import annotations

from random import Random

from orchestration.cards import load_cards
from orchestration.layout import COVER_SHEET, NIL_SEPARATOR, unit_note
from orchestration.workbook import column_letter
from sample.mistakes import edits
from sample.mistakes.book import Book, Register, shown
from sample.mistakes.edits import SOUND
from sample.mistakes.kind import SHEET, WORKBOOK, Apply, Kind, Touched
from sample.write.layout import Grid

NOTE_CELL = "A2"


def _kind(
    key: str,
    name_zh: str,
    dataset: str | None,
    rules: str,
    apply: Apply,
    *,
    severity: str = "error",
    category: str = edits.LAYOUT,
    scope: str = SHEET,
    follows: str = "",
    formats: str = "xlsx xls csv_bundle",
) -> Kind:
    return Kind(
        key=key,
        name_zh=name_zh,
        category=category,
        severity=severity,
        rules=frozenset(rules.split()),
        scope=scope,
        dataset=dataset,
        apply=apply,
        follows=frozenset(follows.split()),
        formats=frozenset(formats.split()),
    )


def _header(dataset: str, column: str, text: str) -> Apply:
    """Another text in the header's cell."""

    def apply(book: Book, rng: Random) -> Touched | None:
        register = book.register(dataset)
        if register is None:
            return None
        before = register.card.column(column).header_text
        cell, lower = register.rename(column, text), register.address(register.header, column)
        # A header merged over both rows shows in the lower one too.
        also = () if cell == lower else (f"{register.sheet}!{lower}",)
        return Touched(register.sheet, (cell,), f"“{before}”改为“{text}”", also)

    return apply


def _column_deleted(dataset: str, column: str) -> Apply:
    def apply(book: Book, rng: Random) -> Touched | None:
        register = book.register(dataset)
        if register is None:
            return None
        place = register.places[column]
        _rows_from_header(register, lambda cells: cells[:place] + cells[place + 1 :])
        return Touched(register.sheet, (), f"删去“{register.card.column(column).header_text}”列")

    return apply


def _columns_moved(dataset: str, column: str, before: str) -> Apply:
    """The column stands before another one, header and all."""

    def apply(book: Book, rng: Random) -> Touched | None:
        register = book.register(dataset)
        if register is None:
            return None
        place, target = register.places[column], register.places[before]

        def moved(cells: list) -> list:
            rest = cells[:place] + cells[place + 1 :]
            return [*rest[:target], cells[place], *rest[target:]]

        _rows_from_header(register, moved)
        cell = f"{column_letter(target)}{register.header + 1}"
        rows = {column_letter(i): register.header + 1 for i in range(target, place + 1)}
        also = tuple(f"{register.sheet}!{letter}{row}" for letter, row in rows.items())
        header = register.card.column(column).header
        return Touched(
            register.sheet, (cell,), f"“{header}”列移到“{register.card.column(before).header}”之前", also
        )

    return apply


def _rows_from_header(register: Register, change) -> None:
    width = len(register.places)
    for row in (register.header, *register.rows):
        cells = register.grid.rows[row]
        register.grid.rows[row] = change(cells + [None] * (width - len(cells)))


def _column_added(dataset: str, header: str, value: str) -> Apply:
    def apply(book: Book, rng: Random) -> Touched | None:
        register = book.register(dataset)
        if register is None:
            return None
        width = len(register.places)
        for row in (register.header, *register.rows):
            cells = register.grid.rows[row]
            cells.extend([None] * (width - len(cells)))
            cells.append(header if row == register.header else value)
        cell = f"{column_letter(width)}{register.header + 1}"
        return Touched(register.sheet, (cell,), f"加了本县自用的“{header}”列")

    return apply


def _sheet_deleted(dataset: str) -> Apply:
    def apply(book: Book, rng: Random) -> Touched | None:
        grid = book.grid(load_cards()[dataset].sheet)
        if grid is None or not book.register(dataset).rows:
            return None
        book.grids.remove(grid)
        return Touched(grid.name, (), f"删去工作表“{grid.name}”")

    return apply


def _sheet_renamed(dataset: str, name: str) -> Apply:
    def apply(book: Book, rng: Random) -> Touched | None:
        grid = book.grid(load_cards()[dataset].sheet)
        if grid is None or not book.register(dataset).rows:
            return None
        was, grid.name = grid.name, name
        return Touched(was, (), f"工作表“{was}”改名为“{name}”", (f"{name}!",))

    return apply


def _sheet_emptied(dataset: str) -> Apply:
    def apply(book: Book, rng: Random) -> Touched | None:
        register = book.register(dataset)
        if register is None or not register.rows:
            return None
        del register.grid.rows[register.rows[0] : register.rows[-1] + 1]
        return Touched(register.sheet, (), "数据行全部为空,封面未声明零报送")

    return apply


def _nil_with_rows(dataset: str) -> Apply:
    """The cover declares nothing to report of a sheet that has rows."""

    def apply(book: Book, rng: Random) -> Touched | None:
        register = book.register(dataset)
        if register is None or not register.rows:
            return None
        cover = book.grid(COVER_SHEET)
        declared = next(shown(row[1]) for row in cover.rows if row and shown(row[0]).startswith("零报送"))
        names = NIL_SEPARATOR.join(filter(None, (declared, register.sheet)))
        cell = book.cover("nil_sheets", names)
        done = f"封面零报送栏写了“{register.sheet}”,表中却有{len(register.rows)}行"
        return Touched(register.sheet, (), done, (f"{COVER_SHEET}!{cell}",))

    return apply


def _rows_hidden(dataset: str) -> Apply:
    def apply(book: Book, rng: Random) -> Touched | None:
        register = book.register(dataset)
        if register is None or len(register.rows) < 3:
            return None
        hidden = register.rows[1:3]
        register.grid.hidden_rows = frozenset(hidden)
        first = column_letter(0)
        cells = (f"{first}{hidden[0] + 1}:{first}{hidden[-1] + 1}",)
        return Touched(register.sheet, cells, f"隐藏了第{hidden[0] + 1}、{hidden[-1] + 1}行")

    return apply


def _other_countys_sheet(dataset: str) -> Apply:
    """The sheet of a neighbouring county: its name in the title and the note, its code in the numbers."""

    def apply(book: Book, rng: Random) -> Touched | None:
        register = book.register(dataset)
        if register is None or not register.rows:
            return None
        rows, other = register.grid.rows, book.neighbour
        register.grid.merges = [
            (*place, text.replace(book.unit.name, other.name)) for *place, text in register.grid.merges
        ]
        rows[0][0] = str(rows[0][0]).replace(book.unit.name, other.name)
        rows[1][0] = unit_note(other.name, book.period.key)
        for row in register.rows:
            rows[row] = [_of_unit(cell, book.unit.code, other.code) for cell in rows[row]]
        return Touched(register.sheet, (NOTE_CELL,), f"整表粘贴了{other.name}的数据")

    return apply


def _of_unit(cell, code: str, other: str):
    return other + cell[len(code) :] if isinstance(cell, str) and cell.startswith(code) else cell


def _sheet_added(book: Book, rng: Random) -> Touched:
    name = "本县明细"
    book.grids.insert(len(book.grids) - 1, Grid(name, [["乡镇", "核对情况"], ["城关镇", "已核对"]], head=1))
    return Touched("", (), f"加了制度以外的工作表“{name}”")


def _total_row_inside(dataset: str, word: str) -> Apply:
    """A subtotal after the second row: no data, and not counted."""

    def apply(book: Book, rng: Random) -> Touched | None:
        register = book.register(dataset)
        if register is None or len(register.rows) < 3:
            return None
        row = register.rows[2]
        register.grid.rows.insert(row, [word, *[None] * 2, 999])
        return Touched(register.sheet, (f"A{row + 1}",), f"第{row + 1}行是“{word}”行,不是数据")

    return apply


def _header_printed_again(dataset: str) -> Apply:
    """The header at the top of the second page."""

    def apply(book: Book, rng: Random) -> Touched | None:
        register = book.register(dataset)
        if register is None or len(register.rows) < 3:
            return None
        row = register.rows[2]
        register.grid.rows.insert(row, list(register.grid.rows[register.header]))
        return Touched(register.sheet, (f"A{row + 1}",), f"第{row + 1}行又印了一次表头")

    return apply


KINDS = (
    _kind(
        "header_renamed",
        "必填列改名",
        "employment",
        "S-RENAMED S-HEADER",
        _header("employment", "people", "务工总人数(人)"),
    ),
    _kind(
        "header_of_another_unit",
        "表头计量单位改了",
        "recognised_products",
        "S-UNIT",
        _header("recognised_products", "commodity_value", "年商品价值量(元)"),
    ),
    _kind(
        "column_deleted",
        "删去必填列",
        "fund_spending",
        "S-HEADER",
        _column_deleted("fund_spending", "industry_amount"),
    ),
    _kind(
        "column_added",
        "加了一列",
        "resident_teams",
        "S-EXTRA",
        _column_added("resident_teams", "考勤核对", "已核"),
        severity="notice",
    ),
    _kind(
        "columns_moved",
        "移动了列",
        "risk_screening",
        "S-MOVED",
        _columns_moved("risk_screening", "screened_on", "screened_households"),
        severity="notice",
    ),
    _kind(
        "sheet_deleted",
        "删去一张工作表",
        "resettlement_sites",
        "S-SHEET",
        _sheet_deleted("resettlement_sites"),
    ),
    _kind(
        "sheet_renamed",
        "工作表改名",
        "resident_teams",
        "S-SHEET S-RENAMED",
        _sheet_renamed("resident_teams", "工作队花名册"),
        follows="S-EXTRASHEET",
    ),
    _kind(
        "sheet_empty",
        "空表而未声明零报送",
        "resident_training",
        "S-EMPTY",
        _sheet_emptied("resident_training"),
        category=edits.BLANK,
    ),
    _kind(
        "nil_with_rows",
        "声明零报送而有数据",
        "resident_training",
        "S-EMPTY",
        _nil_with_rows("resident_training"),
        category=edits.LOGIC,
    ),
    _kind(
        "rows_hidden",
        "隐藏了行",
        "employment",
        "S-HIDDEN",
        _rows_hidden("employment"),
        severity="warning",
        formats="xlsx xls",
    ),
    _kind(
        "sheet_of_another_county",
        "粘贴了别县的表",
        "resettlement_sites",
        "S-NOTE",
        _other_countys_sheet("resettlement_sites"),
        severity="warning",
        category=edits.SWAPPED,
    ),
    _kind(
        "sheet_added",
        "加了一张工作表",
        None,
        "S-EXTRASHEET",
        _sheet_added,
        severity="notice",
        scope=WORKBOOK,
    ),
    _kind(
        "total_row_inside",
        "数据中间有小计行(不算错)",
        "employment",
        "",
        _total_row_inside("employment", "小计"),
        severity="clean",
        category=SOUND,
    ),
    _kind(
        "header_printed_again",
        "换页重复表头(不算错)",
        "risk_screening",
        "",
        _header_printed_again("risk_screening"),
        severity="clean",
        category=SOUND,
    ),
)
