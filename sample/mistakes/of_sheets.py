"""Mistakes in the form: sheets gone, renamed, added, empty or of somebody else, rows that are no data."""

from __future__ import annotations

from random import Random

from orchestration.cards import load_cards
from orchestration.layout import COVER_SHEET, NIL_SEPARATOR, unit_note
from orchestration.workbook import column_letter
from sample.mistakes import edits
from sample.mistakes.book import Book, shown
from sample.mistakes.edits import SOUND, layout_kind
from sample.mistakes.kind import WORKBOOK, Apply, Touched
from sample.write.layout import Grid

NOTE_CELL = "A2"


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
    layout_kind(
        "sheet_deleted",
        "删去一张工作表",
        "resettlement_sites",
        "S-SHEET",
        _sheet_deleted("resettlement_sites"),
    ),
    layout_kind(
        "sheet_renamed",
        "工作表改名",
        "resident_teams",
        "S-SHEET S-RENAMED",
        _sheet_renamed("resident_teams", "工作队花名册"),
        follows="S-EXTRASHEET",
    ),
    layout_kind(
        "sheet_empty",
        "空表而未声明零报送",
        "resident_training",
        "S-EMPTY",
        _sheet_emptied("resident_training"),
        category=edits.BLANK,
    ),
    layout_kind(
        "nil_with_rows",
        "声明零报送而有数据",
        "resident_training",
        "S-EMPTY",
        _nil_with_rows("resident_training"),
        category=edits.LOGIC,
    ),
    layout_kind(
        "rows_hidden",
        "隐藏了行",
        "employment",
        "S-HIDDEN",
        _rows_hidden("employment"),
        severity="warning",
        formats="xlsx xls",
    ),
    layout_kind(
        "sheet_of_another_county",
        "粘贴了别县的表",
        "resettlement_sites",
        "S-NOTE",
        _other_countys_sheet("resettlement_sites"),
        severity="warning",
        category=edits.SWAPPED,
    ),
    layout_kind(
        "sheet_added",
        "加了一张工作表",
        None,
        "S-EXTRASHEET",
        _sheet_added,
        severity="notice",
        scope=WORKBOOK,
    ),
    layout_kind(
        "total_row_inside",
        "数据中间有小计行(不算错)",
        "employment",
        "",
        _total_row_inside("employment", "小计"),
        severity="clean",
        category=SOUND,
    ),
    layout_kind(
        "header_printed_again",
        "换页重复表头(不算错)",
        "risk_screening",
        "",
        _header_printed_again("risk_screening"),
        severity="clean",
        category=SOUND,
    ),
)
