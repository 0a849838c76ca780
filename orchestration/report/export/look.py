"""The look of the exported workbook: every cell format once, and how an exact number becomes a cell.

Belongs here: fonts, colours, number formats, print set-up. Does not belong here: what stands on a sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache

from xlsxwriter.workbook import Format, Workbook
from xlsxwriter.worksheet import Worksheet

from orchestration.decimals import exact_text

FONT = "微软雅黑"
A4 = 9
PARTIAL_COLOUR = "#FFF3C4"
_LINE = 14  # points a line of text takes
_MOST_DIGITS = 15  # a spreadsheet keeps no more of a number


class Look:
    """Formats of one workbook. ``number``: right-aligned with so many decimals; ``shade`` for a figure that is not whole."""

    def __init__(self, workbook: Workbook) -> None:
        base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
        self._cell = {**base, "border": 1, "border_color": "#9AA5B1"}
        self._workbook = workbook
        head = {**self._cell, "bold": True, "align": "center", "text_wrap": True}
        self.cover_title = workbook.add_format({**base, "bold": True, "font_size": 22, "align": "center"})
        self.title = workbook.add_format({**base, "bold": True, "font_size": 16})
        self.sheet_title = workbook.add_format({**base, "bold": True, "font_size": 16, "align": "center"})
        self.heading = workbook.add_format({**base, "bold": True, "font_size": 12, "font_color": "#243B53"})
        self.note = workbook.add_format({**base, "font_size": 9, "font_color": "#52606D"})
        self.words = workbook.add_format({**base, "text_wrap": True, "valign": "top"})
        self.group = workbook.add_format({**head, "bg_color": "#D9E2EC"})
        self.header = workbook.add_format({**head, "bg_color": "#F0F4F8"})
        self.label = workbook.add_format({**self._cell, "bold": True, "bg_color": "#F0F4F8", "indent": 1})
        # Indented: a text beside a right-aligned number would touch it.
        self.text = workbook.add_format({**self._cell, "num_format": "@", "text_wrap": True, "indent": 1})
        self.centred = workbook.add_format({**self._cell, "num_format": "@", "align": "center"})
        self.date = workbook.add_format({**self._cell, "num_format": "yyyy-mm-dd", "align": "center"})
        self.general = workbook.add_format({**self._cell, "align": "right"})  # as many digits as there are
        self.number = cache(self._number)

    def _number(self, decimals: int, *, bold: bool = False, shade: bool = False) -> Format:
        form = "#,##0" + ("." + "0" * decimals if decimals else "")
        colour = {"bg_color": PARTIAL_COLOUR} if shade else {}
        return self._workbook.add_format(
            {**self._cell, **colour, "num_format": form, "align": "right", "bold": bold}
        )


def write_exact(sheet: Worksheet, row: int, column: int, value: Decimal | None, form: Format) -> None:
    """A number as it is; one of more digits than a spreadsheet keeps as text, so that none is lost; none as a blank."""
    if value is None:
        sheet.write_blank(row, column, None, form)
    elif len(exact_text(abs(value)).replace(".", "").lstrip("0")) > _MOST_DIGITS:
        sheet.write_string(row, column, exact_text(value), form)
    else:
        sheet.write_number(row, column, value, form)


def fit_height(sheet: Worksheet, row: int, texts: Iterable[tuple[str, float]]) -> None:
    """As high as its fullest cell, given with its column's width, needs: a Chinese character is as wide as two others."""
    lines = max(1 + int(sum(2 - char.isascii() for char in text) / width) for text, width in texts)
    if lines > 1:
        sheet.set_row(row, _LINE * lines + 3)


def set_widths(sheet: Worksheet, widths: Iterable[float]) -> None:
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def write_headers(sheet: Worksheet, row: int, headers: Sequence[str], look: Look) -> None:
    for column, header in enumerate(headers):
        sheet.write_string(row, column, header, look.header)


def print_landscape(sheet: Worksheet, *, repeated: tuple[int, int], wide: int = 1) -> None:
    """A4 landscape, so many pages wide and as many tall as needed, with these rows on each and the pages counted."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(*repeated)
    sheet.hide_gridlines(2)
    sheet.set_footer("&L&F&C&A&R第 &P 页,共 &N 页")
    if wide:
        sheet.fit_to_pages(wide, 0)
