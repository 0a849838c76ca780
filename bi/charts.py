"""A declared chart in Superset's terms: its visualisation, and the parameters Superset keeps with it.

Belongs here: one function for each kind of chart. Does not belong here: files, ids, layout.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from bi.source import Chart, Dataset, Source

ANY = "*"
ROW_LIMIT = 1000


def title(chart: Chart, source: Source) -> str:
    """As declared; a number without a title is called as its metric, whose unit stands below it."""
    return chart.title or _words(chart, source)[0]


def viz_type(chart: Chart) -> str:
    return {
        "number": "big_number_total",
        "bar": "echarts_timeseries_bar",
        "line": "echarts_timeseries_line",
        "pie": "pie",
        "treemap": "treemap_v2",
        "heatmap": "heatmap_v2",
        "table": "table",
        "rows": "table",
    }[chart.kind]


def params(chart: Chart, source: Source) -> dict[str, Any]:
    """The form data of a chart; the dataset is filled in by Superset when it imports the chart."""
    shared = {
        "viz_type": viz_type(chart),
        "adhoc_filters": [condition(column, value) for column, value in chart.where.items()],
        "row_limit": chart.limit or ROW_LIMIT,
        "color_scheme": source.palette.id,
        "extra_form_data": {},
    }
    return shared | _KINDS[chart.kind](chart, source)


def condition(column: str, value: Any) -> dict[str, Any]:
    """{column: value} as Superset's filter: equal to a value, one of several, or (``*``) anything but null."""
    if value == ANY:
        operator, comparator = ("IS NOT NULL", "IS_NOT_NULL"), None
    elif isinstance(value, list):
        operator, comparator = ("IN", "IN"), value
    else:
        operator, comparator = ("==", "EQUALS"), value
    digest = hashlib.sha256(repr((column, value)).encode()).hexdigest()[:16]
    return {
        "expressionType": "SIMPLE",
        "clause": "WHERE",
        "subject": column,
        "operator": operator[0],
        "operatorId": operator[1],
        "comparator": comparator,
        "isExtra": False,
        "filterOptionName": f"filter_{digest}",
    }


def _number(chart: Chart, source: Source) -> dict[str, Any]:
    return {
        "metric": chart.metrics[0],
        "subtitle": chart.unit or _words(chart, source)[1],
        "y_axis_format": _format(chart, source),
        "header_font_size": 0.5,
        "subtitle_font_size": 0.2,
    }


def _bar(chart: Chart, source: Source) -> dict[str, Any]:
    """Lying bars are drawn from below: the smallest first puts the largest on top."""
    ordered, ascending = _order(chart)
    from_below = ascending is chart.upright
    return _series(chart, source, ordered, from_below) | {
        "orientation": "vertical" if chart.upright else "horizontal",
        "stack": "Stack" if chart.series or chart.drills else None,
        "show_value": not chart.series,
        "show_legend": bool(chart.series) or len(chart.metrics) > 1,
        "xAxisLabelInterval": "auto" if chart.upright else "0",  # every bar that lies has its name
    }


def _line(chart: Chart, source: Source) -> dict[str, Any]:
    return _series(chart, source, chart.by[0], True) | {
        "markerEnabled": True,
        "markerSize": 8,
    }


def _series(chart: Chart, source: Source, ordered: str, ascending: bool) -> dict[str, Any]:
    """``ordered``: a metric or the axis. Of several series Superset sorts by what they come to together."""
    [axis] = chart.by
    # Superset 6.1 filters by the name of a series, and of a lying bar without series by its length: so each bar that drills
    # is a series of its own.
    series = chart.drills or chart.series
    several = bool(series) or len(chart.metrics) > 1
    together = "name" if ordered == axis else "sum"
    form = _format(chart, source)
    return {
        "x_axis": axis,
        "xAxisForceCategorical": True,
        "x_axis_sort": together if several else ordered,
        "x_axis_sort_asc": ascending,
        "metrics": list(chart.metrics),
        "groupby": [series] if series else [],
        "order_desc": True,
        "truncate_metric": True,
        "show_legend": several,
        "legendType": "scroll",
        "legendOrientation": "top",
        "rich_tooltip": True,
        "tooltipTimeFormat": "smart_date",
        "y_axis_format": form,
        "truncateYAxis": form.endswith("%"),
        "y_axis_bounds": [0, 1] if form.endswith("%") else [None, None],
        # The names on the axis speak for themselves, and a title would lie over them.
        "x_axis_title": "",
        "x_axis_title_margin": 0,
        "y_axis_title": chart.unit or _words(chart, source)[1],
        "y_axis_title_margin": 30,
        "y_axis_title_position": "Top",
    }


def _pie(chart: Chart, source: Source) -> dict[str, Any]:
    """Shares in the ring, names in the legend: what stands beside the ring is cut in a narrow chart."""
    return {
        "groupby": list(chart.by),
        "metric": chart.metrics[0],
        "sort_by_metric": True,
        "number_format": _format(chart, source),
        "label_type": "percent",
        "show_labels": True,
        "labels_outside": False,
        "label_line": False,
        "donut": True,
        "innerRadius": 50,
        "outerRadius": 95,
        "show_legend": True,
        "legendType": "plain",
        "legendOrientation": "right",
    }


def _treemap(chart: Chart, source: Source) -> dict[str, Any]:
    return {
        "groupby": list(chart.by),
        "metric": chart.metrics[0],
        "number_format": _format(chart, source),
        "label_type": "key_value",
        "show_labels": True,
        "show_upper_labels": len(chart.by) > 1,
    }


def _heatmap(chart: Chart, source: Source) -> dict[str, Any]:
    return {
        "x_axis": chart.by[0],
        "groupby": chart.series,
        "metric": chart.metrics[0],
        "sort_x_axis": "alpha_asc",
        "sort_y_axis": "alpha_asc",
        "xscale_interval": 1,
        "yscale_interval": 1,
        "normalize_across": "heatmap",
        "legend_type": "continuous",
        "linear_color_scheme": "schemeBlues",
        "show_legend": True,
        "show_percentage": False,
        "show_values": True,
        "value_bounds": [None, None],
        "y_axis_format": _format(chart, source),
    }


def _table(chart: Chart, source: Source) -> dict[str, Any]:
    metrics = _dataset(chart, source).metrics
    formats = {name: metrics[name].format for name in chart.metrics if name in metrics}
    ordered, ascending = _order(chart)
    return {
        "query_mode": "aggregate",
        "groupby": list(chart.by),
        "metrics": list(chart.metrics),
        "all_columns": [],
        "timeseries_limit_metric": ordered,
        "order_desc": not ascending,
        "column_config": {name: {"d3NumberFormat": form} for name, form in formats.items() if form},
        **_pages(chart),
    }


def _rows(chart: Chart, _source: Source) -> dict[str, Any]:
    ordered, ascending = _order(chart)
    return {
        "query_mode": "raw",
        "groupby": [],
        "metrics": [],
        "all_columns": list(chart.by),
        "order_by_cols": [f'["{ordered}", {str(ascending).lower()}]'],
        **_pages(chart),
    }


def _pages(chart: Chart) -> dict[str, Any]:
    """A list of units is searched and turned over; what is shorter stands whole."""
    by_unit = "unit_name" in chart.by
    return {
        "include_search": by_unit,
        "page_length": 20 if by_unit else 0,
        "server_pagination": False,
        "show_cell_bars": False,
        "color_pn": False,
        "allow_rearrange_columns": True,
        "table_timestamp_format": "%Y-%m-%d %H:%M",
    }


_KINDS: dict[str, Callable[[Chart, Source], dict[str, Any]]] = {
    "number": _number,
    "bar": _bar,
    "line": _line,
    "pie": _pie,
    "treemap": _treemap,
    "heatmap": _heatmap,
    "table": _table,
    "rows": _rows,
}


def _order(chart: Chart) -> tuple[str, bool]:
    """What a chart is ordered by, and whether the smallest comes first."""
    wanted = chart.sort or (chart.metrics or chart.by)[0]
    return wanted.removeprefix("+"), wanted.startswith("+")


def _dataset(chart: Chart, source: Source) -> Dataset:
    return source.datasets.get(chart.dataset, Dataset(chart.dataset, {}))


def _format(chart: Chart, source: Source) -> str:
    metric = _dataset(chart, source).metrics.get(chart.metrics[0])
    return (metric and metric.format) or "SMART_NUMBER"


def _words(chart: Chart, source: Source) -> tuple[str, str]:
    """The name and the unit of a chart's first metric: 入库项目 and 个 of 入库项目(个)."""
    metric = _dataset(chart, source).metrics.get(chart.metrics[0]) if chart.metrics else None
    if metric is None:
        return chart.key, ""
    name, _, unit = metric.label.partition("(")
    return name, unit.removesuffix(")")
