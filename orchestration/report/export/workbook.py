"""The export as one workbook: which sheets there are, in which order.

Belongs here: the workbook as a whole. Does not belong here: what stands on a sheet.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from orchestration.cards import load_cards
from orchestration.layout import COVER_SHEET
from orchestration.report.export.contents import Contents
from orchestration.report.export.look import Look
from orchestration.report.export.notes import write_cover, write_dictionary, write_notes
from orchestration.report.export.parts import write_parts
from orchestration.report.export.title import title_of
from orchestration.report.export.totals import write_detail, write_totals

STATED_TOTALS = "stated_totals"
DETAIL, CITIES, COUNTIES, NOTES, DICTIONARY = "指标明细", "分市", "分县", "说明", "数据字典"

_Write = Callable[[Worksheet, Look, Contents], None]


def workbook(contents: Contents) -> bytes:
    """封面, 汇总表, 指标明细, 分市 and 分县 where there are any, 说明, 数据字典. The same contents give the same bytes."""
    content = BytesIO()
    sheets = _sheets(contents)
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties(
            {
                "title": title_of(contents),
                "author": contents.issuer,
                "company": contents.issuer,
                "subject": f"{contents.period.key} 第{contents.publication.number}次发布",
                "created": contents.publication.published_at,
            }
        )
        look = Look(book)
        cover = book.add_worksheet(COVER_SHEET)
        write_cover(cover, look, contents, [(name, text) for name, text, _ in sheets])
        for name, _, write in sheets:
            write(book.add_worksheet(name), look, contents)
    return content.getvalue()


def _sheets(contents: Contents) -> list[tuple[str, str, _Write]]:
    """Name, what it is, and who writes it, in order after the cover."""
    card = load_cards()[STATED_TOTALS]
    unit = contents.unit.name
    sheets: list[tuple[str, str, _Write]] = [
        (
            card.sheet,
            "按规定的单位和小数位,格式与各单位报送的汇总表相同",
            lambda *into: write_totals(*into, card),
        ),
        (DETAIL, f"{unit}每项指标的印发数、精确值、上期和上年同期", write_detail),
    ]
    for name, kind, of in ((CITIES, "city", "各市"), (COUNTIES, "county", "各县(区)")):
        if places := contents.of_kind(kind):
            title = f"{unit}{of}指标"
            sheets.append(
                (name, f"{of}每项指标的精确值", lambda *into, p=places, t=title: write_parts(*into, p, t))
            )
    sheets.append((NOTES, "舍位平衡、报送完整情况、未计入的报送、带提示发布的规则", write_notes))
    sheets.append((DICTIONARY, "每项指标的口径、算法、单位、精度和来源", write_dictionary))
    return sheets
