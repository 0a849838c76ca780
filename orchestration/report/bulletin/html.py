"""The bulletin as one HTML page that needs nothing beside it: its charts are drawn by the ECharts inside.

Belongs here: what the template is given. Does not belong here: words, and how charts look (``charts.js``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from orchestration.report.bulletin.charts import Chart, Point
from orchestration.report.bulletin.pieces import Bulletin
from orchestration.report.bulletin.saying import say_exact
from orchestration.report.page import ECHARTS, render

_DRAWING = Path(__file__).parent / "charts.js"


def render_html(bulletin: Bulletin, unit_code: str, traces: Mapping[str, str]) -> str:
    """The page. ``traces``: by figure key, where the page of a figure of ``unit_code`` lies, seen from this one's folder."""
    charts = [_plain(chart) for section in bulletin.sections for chart in section.charts]
    return render(
        "bulletin/bulletin.html.j2",
        bulletin=bulletin,
        unit_code=unit_code,
        traces=traces,
        charts=charts,
        echarts=_script(ECHARTS) if charts else "",
        drawing=_script(_DRAWING) if charts else "",
    )


def _plain(chart: Chart) -> dict[str, Any]:
    """Values as texts with all their digits: what JSON would make of them is the browser's business."""
    return {
        "key": chart.key,
        "form": chart.form,
        "unit": chart.unit,
        "words": chart.in_words,
        "points": [_point(point) for point in chart.points],
        "marked": _point(chart.marked) if chart.marked else None,
    }


def _point(point: Point) -> dict[str, str | None]:
    value = None if point.value is None else say_exact(point.value)
    return {"label": point.label, "value": value, "printed": point.printed}


@cache
def _script(path: Path) -> Markup:
    """A script of this project, to stand inside a page: it must not end its own element."""
    text = path.read_text(encoding="utf-8")
    if "</script" in text.lower():
        raise ValueError(f"{path.name} would end the element it stands in")
    return Markup(text)
