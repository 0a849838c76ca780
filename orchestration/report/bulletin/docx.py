"""The bulletin as DOCX, in the look of an official Chinese document: 宋体 title, 黑体 headings, 仿宋 text.

Belongs here: fonts, sizes, pages, tables. Does not belong here: words and figures, and charts (``chart_docx``).
"""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from html import escape

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section as PageSection
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from orchestration.report.bulletin.chart_docx import add_chart
from orchestration.report.bulletin.pieces import Bulletin, Table, plain

_TITLE, _HEADING, _BODY, _TABLE, _PAGE = (
    ("宋体", 22),
    ("黑体", 16),
    ("仿宋", 16),
    ("宋体", 9),
    ("宋体", 14),
)  # 二号, 三号, 三号, 小五, 四号
_TABLE_WIDTH = 25.3  # cm, of a page on its side
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
    _body(document, bulletin, day)
    _annexes(document, bulletin)
    return _same_bytes(document)


def _body(document: DocumentType, bulletin: Bulletin, day: date) -> None:
    number = 0
    for paragraph in bulletin.opening:
        _text(document, plain(paragraph))
    for section in bulletin.sections:
        _indented(document.add_heading(level=1), section.heading, _HEADING)
        for paragraph in section.paragraphs:
            _text(document, plain(paragraph))
        for chart in section.charts:
            number += 1
            holder = document.add_paragraph()
            holder.alignment = WD_ALIGN_PARAGRAPH.CENTER
            add_chart(holder, chart, number, day)
    _text(document, plain(bulletin.closing))
    issuer = document.add_paragraph()
    issuer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _write(issuer, bulletin.issuer, _BODY)


def _page(document: DocumentType) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    _numbered(section)


def _numbered(section: PageSection) -> None:
    """— 1 — below every page, the following sections' too."""
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(footer, "— ", _PAGE)
    for kind in ("begin", "PAGE", "end"):
        run = _write(footer, "", _PAGE)
        if kind == "PAGE":
            run.append(parse_xml(f"<w:instrText {nsdecls('w')}>PAGE</w:instrText>"))
        else:
            run.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'))
    _write(footer, " —", _PAGE)


def _annexes(document: DocumentType, bulletin: Bulletin) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.top_margin = section.bottom_margin = section.left_margin = section.right_margin = Cm(2.2)
    for number, table in enumerate(bulletin.tables, start=1):
        heading = document.add_heading(level=1)
        _write(heading, f"附表{number} {table.title}", _HEADING)
        heading.paragraph_format.space_before = Pt(12)
        heading._p.addnext(parse_xml(_table(table)))
    for note in bulletin.notes:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(4)
        _write(paragraph, plain(note), _TABLE)


def _table(table: Table) -> str:
    """The table as WordprocessingML: its first row is repeated on each page, no row is broken across two."""
    width = [round(Cm(_TABLE_WIDTH * part / sum(table.widths)).twips) for part in table.widths]
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in width)
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    rows = [_row(table.header, width, frozenset(), header=True)]
    rows += [_row([plain(cell) for cell in row], width, table.numbers) for row in table.rows]
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(width)}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )


def _row(cells, width: list[int], numbers: frozenset[int], *, header: bool = False) -> str:
    form = "<w:cantSplit/>" + ("<w:tblHeader/>" if header else "")
    written = "".join(
        _cell(cell, w, "center" if header else "right" if n in numbers else "left", bold=header)
        for n, (cell, w) in enumerate(zip(cells, width, strict=True))
    )
    return f"<w:tr><w:trPr>{form}</w:trPr>{written}</w:tr>"


def _cell(text: str, width: int, align: str, *, bold: bool) -> str:
    name, size = _TABLE
    fonts = "".join(f' w:{script}="{name}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    weight = "<w:b/>" if bold else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:spacing w:before="0" w:after="0"/>'
        f'<w:jc w:val="{align}"/></w:pPr><w:r><w:rPr><w:rFonts{fonts}/>{weight}<w:sz w:val="{2 * size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
    )


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


def _write(paragraph: Paragraph, text: str, font: tuple[str, int], *, bold: bool = False):
    name, size = font
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.italic = Pt(size), bold, False
    run.font.name = name
    run.font.color.rgb = RGBColor(0, 0, 0)  # the heading styles are blue
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), name)
    return run._r


def _same_bytes(document: DocumentType) -> bytes:
    """Saves without the clock: python-docx stamps each part of the zip with the present time."""
    saved, fixed = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as out:
        for name in parts.namelist():
            out.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), parts.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
