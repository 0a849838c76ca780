"""The bulletin as DOCX, in the look of an official Chinese document: 宋体 title, 黑体 headings, 仿宋 text.

Belongs here: fonts, sizes, the table. Does not belong here: words and figures.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from orchestration.report.bulletin.narrative import ANNEX_HEADER, Bulletin

_TITLE, _HEADING, _BODY, _TABLE = (
    ("宋体", 22),
    ("黑体", 16),
    ("仿宋", 16),
    ("宋体", 9),
)  # 二号, 三号, 三号, 小五
_COLUMNS = tuple(Cm(width) for width in (1.2, 6.4, 3.0, 3.6, 1.6, 2.6, 6.6))
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def render_docx(bulletin: Bulletin, day: date) -> bytes:
    """The bulletin as the bytes of a DOCX file; ``day`` stands as its date, so the same words give the same
    bytes."""
    document = Document()
    title_style = document.styles["Title"].element.pPr
    title_style.remove(title_style.find(qn("w:pBdr")))  # a blue line below
    document.core_properties.title = bulletin.title
    document.core_properties.author = bulletin.issuer
    document.core_properties.created = document.core_properties.modified = datetime(*day.timetuple()[:3])
    _page(document)
    _centred(document.add_heading(level=0), bulletin.title, _TITLE)
    _centred(document.add_paragraph(), bulletin.dateline, _BODY)
    _text(document, bulletin.opening)
    for heading, text in bulletin.sections:
        _indented(document.add_heading(level=1), heading, _HEADING)
        _text(document, text)
    _text(document, bulletin.closing)
    issuer = document.add_paragraph()
    issuer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _write(issuer, bulletin.issuer, _BODY)
    _annex(document, bulletin)
    return _same_bytes(document)


def _page(document: DocumentType) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)


def _annex(document: DocumentType, bulletin: Bulletin) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.top_margin = section.bottom_margin = section.left_margin = section.right_margin = Cm(2.2)
    _write(document.add_heading(level=1), "附表 主要指标", _HEADING)
    table = document.add_table(rows=0, cols=len(ANNEX_HEADER), style="Table Grid")
    table.autofit = False
    for row in (ANNEX_HEADER, *bulletin.annex):
        for cell, text, width in zip(table.add_row().cells, row, _COLUMNS, strict=True):
            cell.width = width
            _cell(cell, text, bold=row is ANNEX_HEADER)
    header = table.rows[0]._tr.get_or_add_trPr()
    header.append(header.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))  # repeated on each page


def _cell(cell: _Cell, text: str, *, bold: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    _write(paragraph, text, _TABLE, bold=bold)


def _text(document: DocumentType, text: str) -> None:
    _indented(document.add_paragraph(), text, _BODY)


def _indented(paragraph: Paragraph, text: str, font: tuple[str, int]) -> None:
    form = paragraph.paragraph_format
    form.first_line_indent = Pt(2 * font[1])  # two characters
    form.line_spacing = Pt(28)
    form.space_before = form.space_after = Pt(0)
    _write(paragraph, text, font)


def _centred(paragraph: Paragraph, text: str, font: tuple[str, int]) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(paragraph, text, font, bold=font is _TITLE)


def _write(paragraph: Paragraph, text: str, font: tuple[str, int], *, bold: bool = False) -> None:
    name, size = font
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.italic = Pt(size), bold, False
    run.font.name = name
    run.font.color.rgb = RGBColor(0, 0, 0)  # the heading styles are blue
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), name)


def _same_bytes(document: DocumentType) -> bytes:
    """Saves without the clock: python-docx stamps each part of the zip with the present time."""
    saved, fixed = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as out:
        for name in parts.namelist():
            out.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), parts.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
