"""A chart as Word and WPS keep it: a DrawingML part with the workbook it is drawn from, so that the bureau can edit both.

XlsxWriter writes a workbook with the data and the chart; its chart part is the same one that a document holds.
Belongs here: the workbook, and its chart part inside a document. Does not belong here: what is drawn (``charts``).
"""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.text.paragraph import Paragraph
from lxml import etree

from orchestration.report.bulletin.charts import Chart

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_COLOUR, _FALLING, _LINE = "#0072B2", "#D55E00", "#000000"  # Okabe and Ito's, told apart by everyone
_SOFT, _GRID = "#7F7F7F", "#D9D9D9"
_FONT = {"name": "宋体", "size": 9}
_WIDTH, _ROW, _LEAST, _FLAT = Cm(15.2), Cm(0.62), Cm(4.0), Cm(7.0)


def add_chart(paragraph: Paragraph, chart: Chart, number: int, day: date) -> None:
    """Puts the chart into the paragraph, as the document's ``number``-th; ``day`` is its workbook's date."""
    workbook = chart_workbook(chart, day)
    package = paragraph.part.package
    data = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _WORKBOOK_TYPE, workbook, package)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART_TYPE, b"", package)
    part._blob = _with_data(_chart_part(workbook), part.relate_to(data, f"{_OFFICE}/package"))
    reference = paragraph.part.relate_to(part, f"{_OFFICE}/chart")
    paragraph.add_run()._r.append(_drawing(chart, number, reference))


def chart_workbook(chart: Chart, day: date) -> bytes:
    """The workbook of a chart: names in column A, values in B (rounded to a float's 16 digits), a marked value in C."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(
        written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"title": chart.title, "created": datetime(*day.timetuple()[:3])})
        sheet = book.add_worksheet("数据")
        sheet.write_row(0, 0, ["", chart.unit, *([chart.marked.label] if chart.marked else [])])
        for row, point in enumerate(chart.points, start=1):
            sheet.write_string(row, 0, _folded(point.label) if chart.form == "progress" else point.label)
            if point.value is not None:
                sheet.write_number(row, 1, point.value)
            if chart.marked:
                sheet.write_number(row, 2, chart.marked.value)
        sheet.insert_chart("E2", _drawn(book, chart))
    return written.getvalue()


def _folded(label: str) -> str:
    """A long name in two lines, so that it stands upright below its column."""
    half = (len(label) + 1) // 2
    return label if len(label) <= 6 else f"{label[:half]}\n{label[half:]}"


def _drawn(book: xlsxwriter.Workbook, chart: Chart) -> Any:
    kind = {"trend": "line", "progress": "column"}.get(chart.form, "bar")
    drawn = book.add_chart({"type": kind})
    drawn.add_series(_series(chart, 1, kind))
    if chart.marked:
        line = book.add_chart({"type": "line"})
        line.add_series({**_range(chart, 2), "line": {"color": _LINE, "width": 1.5, "dash_type": "dash"}})
        drawn.combine(line)
    drawn.set_title(
        {
            "name": f"{chart.title}（单位：{chart.unit}）",
            "name_font": {"name": "黑体", "size": 11, "bold": False},
            "overlay": False,
        }
    )
    drawn.set_legend({"position": "bottom", "font": _FONT} if chart.marked else {"none": True})
    sideways = kind == "bar"
    # XlsxWriter names a bar chart's axes by where they are drawn: its names run up the y axis, from the first at the top.
    names, values = (drawn.set_y_axis, drawn.set_x_axis) if sideways else (drawn.set_x_axis, drawn.set_y_axis)
    names(
        {
            "num_font": _FONT,
            "reverse": sideways,
            "label_position": "low",
            "major_tick_mark": "none",
            "minor_tick_mark": "none",
            "major_gridlines": {"visible": False},
            "line": {"color": _SOFT},
        }
    )
    values(
        {
            "num_font": _FONT,
            "num_format": "#,##0",
            "visible": chart.form == "progress",
            "major_tick_mark": "none",
            "minor_tick_mark": "none",
            "major_gridlines": {"visible": chart.form == "progress", "line": {"color": _GRID, "width": 0.75}},
            "line": {"none": True},
            **_bounds(chart),
        }
    )
    return drawn


def _bounds(chart: Chart) -> dict[str, int]:
    """A line through time shows its changes; all else stands on nought, with room for what is written at the ends."""
    known = [point.value for point in chart.points if point.value is not None]
    least, most = min(known), max(known)
    if chart.form == "trend":
        room = max((most - least) / 2, most / 50, Decimal(1))
        return {"min": int(max(least - room, Decimal(0))), "max": int(most + room) + 1}
    if chart.form == "changes":
        room = (max(most, Decimal(0)) - min(least, Decimal(0))) / 4
        return {"min": int(min(least - room, Decimal(0))), "max": int(most + room) + 1 if most > 0 else 0}
    return {"min": 0}


def _series(chart: Chart, column: int, kind: str) -> dict[str, Any]:
    labels = {
        "value": True,
        "font": _FONT,
        "custom": [{"value": point.printed, "font": _FONT} for point in chart.points],
    }
    look: dict[str, Any] = {"fill": {"color": _COLOUR}, "gap": 60, "data_labels": labels}
    if kind == "line":
        look = {
            "line": {"color": _COLOUR, "width": 2.25},
            "marker": {"type": "circle", "size": 5, "fill": {"color": _COLOUR}, "border": {"color": _COLOUR}},
            "data_labels": {**labels, "position": "above"},
        }
    elif chart.form == "changes":
        look |= {"points": [{"fill": {"color": _COLOUR if p.value > 0 else _FALLING}} for p in chart.points]}
    return {**_range(chart, column), **look}


def _range(chart: Chart, column: int) -> dict[str, list]:
    last = len(chart.points)
    return {
        "name": ["数据", 0, column],
        "categories": ["数据", 1, 0, last, 0],
        "values": ["数据", 1, column, last, column],
    }


def _chart_part(workbook: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        return parts.read("xl/charts/chart1.xml")


def _with_data(chart: bytes, reference: str) -> bytes:
    """The chart part pointing at its workbook, in place of the page that a sheet would print it on."""
    space = etree.fromstring(chart)
    for setup in space.findall(f"{{{_DRAWING}}}printSettings"):
        space.remove(setup)
    external = etree.SubElement(space, f"{{{_DRAWING}}}externalData", {f"{{{_OFFICE}}}id": reference})
    etree.SubElement(external, f"{{{_DRAWING}}}autoUpdate", {"val": "0"})
    return etree.tostring(space, xml_declaration=True, encoding="UTF-8", standalone=True)


def _drawing(chart: Chart, number: int, reference: str) -> Any:
    height = _FLAT if chart.form in ("trend", "progress") else max(_LEAST, Cm(2.2) + _ROW * len(chart.points))
    drawing = parse_xml(_DRAWING_XML.format(width=_WIDTH, height=height, number=number, reference=reference))
    drawing.find(f".//{qn('wp:docPr')}").set("descr", chart.in_words)
    return drawing


_DRAWING_XML = """
<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
  xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
  xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
  xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
  xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
  <wp:inline distT="0" distB="0" distL="0" distR="0">
    <wp:extent cx="{width}" cy="{height}"/>
    <wp:docPr id="{number}" name="图 {number}"/>
    <wp:cNvGraphicFramePr/>
    <a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="{reference}"/></a:graphicData></a:graphic>
  </wp:inline>
</w:drawing>"""
