"""The sheets 分市 and 分县: a row for each city or county, a column for each indicator, the whole unit in the last row.

Belongs here: what stands where, and where a printed page breaks. Does not belong here: the values and the look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from xlsxwriter.worksheet import Worksheet

from orchestration.report.export.contents import Contents, Entry, in_unit
from orchestration.report.export.look import Look, print_landscape, set_widths, write_exact
from orchestration.units import Unit

_FIRST = 5  # row of the first unit
_PER_PAGE = 12  # indicators that an A4 page holds beside the unit's name
_WIDTHS = {False: 9.5, True: 13}  # of a column; with decimals: the province's 10,547,000.00万元 fits in
_SCALE = 58
_Head = tuple[tuple[str, int], ...]
_PLACE_COLUMNS: dict[str, _Head] = {
    "city": (("代码", 8), ("市", 12)),
    "county": (("代码", 8), ("县(区)", 14), ("所属市", 10)),
}


@dataclass(frozen=True, slots=True)
class _Laid:
    """The columns of a sheet: those that name the place, then one for each indicator."""

    contents: Contents
    head: _Head
    entries: Sequence[Entry]


def write_parts(sheet: Worksheet, look: Look, contents: Contents, places: Sequence[Unit], title: str) -> None:
    """``places``: all of one kind, at least one. An indicator that none of them has is left out."""
    head = _PLACE_COLUMNS[places[0].kind]
    entries = [e for e in contents.entries if any(contents.figure(place, e) for place in places)]
    entries.sort(key=lambda entry: [e.section for e in contents.entries].index(entry.section))
    last = len(head) + len(entries) - 1
    sheet.write_string(0, 0, title, look.title)
    sheet.write_string(1, 0, f"报告期:{contents.period.key}", look.note)
    sheet.write_string(
        1, len(head), _NOTE, look.note
    )  # on the first page alone: the columns before it are repeated
    laid = _Laid(contents, head, entries)
    _headers(sheet, look, laid)
    for row, place in enumerate((*places, contents.unit), _FIRST):
        _row(sheet, look, row, place, laid)
    sheet.autofilter(_FIRST - 1, 0, _FIRST + len(places) - 1, last)
    set_widths(
        sheet, [*(width for _, width in head), *(_WIDTHS[entry.stated("county")[1] > 0] for entry in entries)]
    )
    sheet.set_row(0, 28)
    sheet.set_row(3, 62)
    sheet.freeze_panes(_FIRST, len(head))
    sheet.repeat_columns(0, len(head) - 1)
    print_landscape(sheet, repeated=(0, _FIRST - 1), wide=0)
    sheet.set_print_scale(_SCALE)
    sheet.print_across()
    sheet.set_v_pagebreaks([len(head) + place for place in page_breaks(entries)])


_NOTE = "数值为精确值,按规定小数位显示;空白为没有该项数据;底色为部分汇总,有单位未计入"


def page_breaks(entries: Sequence[Entry]) -> list[int]:
    """Before which indicators a new page begins: sections stay together as long as a page holds them."""
    breaks, used, place = [], 0, 0
    for _, section in groupby(entries, lambda entry: entry.section):
        length = len(list(section))
        if used and used + length > _PER_PAGE:
            breaks.append(place)
            used = 0
        breaks += range(place + _PER_PAGE, place + length, _PER_PAGE)
        used = (used + length - 1) % _PER_PAGE + 1
        place += length
    return breaks


def _headers(sheet: Worksheet, look: Look, laid: _Laid) -> None:
    """Section, indicator, unit; a place's own columns run through all three."""
    for column, (name, _) in enumerate(laid.head):
        sheet.merge_range(2, column, 4, column, name, look.group)
    for column, entry in enumerate(laid.entries, len(laid.head)):
        sheet.write_string(3, column, entry.label, look.header)
        sheet.write_string(4, column, entry.stated("county")[0], look.header)
    column = len(laid.head)
    for section, length in _runs(laid.entries):
        last = column + length - 1
        if last > column:
            sheet.merge_range(2, column, 2, last, section, look.group)
        else:
            sheet.write_string(2, column, section, look.group)
        column = last + 1


def _runs(entries: Sequence[Entry]) -> list[tuple[str, int]]:
    """Sections and how many indicators of each follow one another on a page: no heading runs over the edge."""
    breaks = page_breaks(entries)
    pages = [sum(place >= first for first in breaks) for place in range(len(entries))]
    runs = groupby(zip(entries, pages, strict=True), lambda of: (of[0].section, of[1]))
    return [(section, len(list(own))) for (section, _), own in runs]


def _row(sheet: Worksheet, look: Look, row: int, place: Unit, laid: _Laid) -> None:
    is_whole = place is laid.contents.unit
    texts = (place.code, place.name, "" if is_whole else place.city_name or "")
    for column, text in enumerate(texts[: len(laid.head)]):
        sheet.write_string(row, column, text, look.label if is_whole else look.centred)
    for column, entry in enumerate(laid.entries, len(laid.head)):
        unit, decimals = entry.stated("county")
        figure = laid.contents.figure(place, entry)
        form = look.number(decimals, bold=is_whole, shade=bool(figure and figure.is_partial))
        write_exact(sheet, row, column, in_unit(figure.value, unit) if figure else None, form)
