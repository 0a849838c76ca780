"""Where a dashboard's charts stand, and how its filters and clicks reach them, in the form Superset exports.

Charts go by numbers of this file alone; Superset puts its own in their place when it imports the dashboard.

Belongs here: layout and filters of one dashboard. Does not belong here: what a chart shows.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from bi.charts import condition, title
from bi.source import EVERY, Chart, Dashboard, Filter, Row, Source

ROOT, GRID = "ROOT_ID", "GRID_ID"


def position(dashboard: Dashboard, source: Source, chart_uuid: dict[str, UUID]) -> dict[str, Any]:
    """The grid: rows of charts and notes."""
    rows = {_row_id(number): row for number, row in enumerate(dashboard.rows, start=1)}
    grid: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        ROOT: {"type": "ROOT", "id": ROOT, "children": [GRID]},
        GRID: {"type": "GRID", "id": GRID, "children": list(rows), "parents": [ROOT]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": dashboard.title}},
    }
    numbers = chart_numbers(dashboard)
    for row_id, row in rows.items():
        items = _items(row_id, row, source, numbers, chart_uuid)
        grid[row_id] = {
            "type": "ROW",
            "id": row_id,
            "children": [item["id"] for item in items],
            "parents": [ROOT, GRID],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        grid |= {item["id"]: item for item in items}
    return grid


def _row_id(number: int) -> str:
    return f"ROW-{number}"


def _items(
    row_id: str, row: Row, source: Source, numbers: dict[str, int], chart_uuid: dict[str, UUID]
) -> list[dict[str, Any]]:
    items = []
    for place, item in enumerate(row.items, start=1):
        meta: dict[str, Any] = {"width": item.width, "height": row.height}
        if isinstance(item, Chart):
            kind, name = "CHART", f"CHART-{item.key}"
            meta |= {
                "chartId": numbers[item.key],
                "uuid": str(chart_uuid[item.key]),
                "sliceName": title(item, source),
            }
        else:
            kind, name = "MARKDOWN", f"MARKDOWN-{row_id}-{place}"
            meta |= {"code": item.text}
        items.append(
            {"type": kind, "id": name, "children": [], "parents": [ROOT, GRID, row_id], "meta": meta}
        )
    return items


def chart_numbers(dashboard: Dashboard) -> dict[str, int]:
    return {chart.key: number for number, chart in enumerate(dashboard.charts, start=1)}


def metadata(dashboard: Dashboard, source: Source, dataset_uuid: dict[str, UUID]) -> dict[str, Any]:
    """Filters, what a click on a chart reaches, colours."""
    return {
        "color_scheme": source.palette.id,
        "label_colors": source.palette.meanings,
        "shared_label_colors": [],
        "cross_filters_enabled": True,
        "native_filter_configuration": _filters(dashboard, source, dataset_uuid),
        "chart_configuration": _clicks(dashboard),
        "global_chart_configuration": {"scope": _scope([]), "chartsInScope": []},
        "timed_refresh_immune_slices": [],
        "expanded_slices": {},
        "refresh_frequency": 0,
        "default_filters": "{}",
    }


def _filters(dashboard: Dashboard, source: Source, dataset_uuid: dict[str, UUID]) -> list[dict[str, Any]]:
    numbers = chart_numbers(dashboard)
    target = str(dataset_uuid[dashboard.filters_from])
    return [
        _filter(
            each,
            target,
            [numbers[chart.key] for chart in dashboard.charts if each.key in chart.ignores],
        )
        for each in source.filters.values()
    ]


def _filter(said: Filter, dataset: str, excluded: list[int]) -> dict[str, Any]:
    return {
        "id": filter_id(said.key),
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "name": said.label,
        "description": "",
        "targets": [{"column": {"name": said.column}, "datasetUuid": dataset}],
        "cascadeParentIds": [filter_id(said.within)] if said.within else [],
        "adhoc_filters": [condition(column, value) for column, value in said.where.items()],
        "scope": _scope(excluded),
        "controlValues": {
            "multiSelect": False,
            "enableEmptyFilter": said.required,
            "defaultToFirstItem": said.latest,
            "sortAscending": not said.latest,
            "searchAllOptions": False,
            "inverseSelection": False,
        },
        "requiredFirst": said.latest,
        "defaultDataMask": _chosen(said),
    }


def _chosen(said: Filter) -> dict[str, Any]:
    if said.default is None:
        return {"extraFormData": {}, "filterState": {}, "ownState": {}}
    return {
        "extraFormData": {"filters": [{"col": said.column, "op": "IN", "val": [said.default]}]},
        "filterState": {"value": [said.default], "label": said.default},
        "ownState": {},
    }


def filter_id(key: str) -> str:
    return f"NATIVE_FILTER-{key}"


def _clicks(dashboard: Dashboard) -> dict[str, Any]:
    """Charts whose clicks spare others; all the rest reach every chart."""
    numbers = chart_numbers(dashboard)
    return {
        str(numbers[chart.key]): {
            "id": numbers[chart.key],
            "crossFilters": {"scope": _scope([numbers[key] for key in spared]), "chartsInScope": []},
        }
        for chart in dashboard.charts
        if (spared := _spared(chart, dashboard))
    }


def _spared(chart: Chart, dashboard: Dashboard) -> list[str]:
    """A line is one of periods, which the filter chooses; a bar that neither drills nor has series names nothing."""
    nameless = chart.kind == "bar" and not chart.series and not chart.drills
    if chart.kind == "line" or nameless or EVERY in chart.spares:
        return [other.key for other in dashboard.charts if other.key != chart.key]
    return list(chart.spares)


def _scope(excluded: list[int]) -> dict[str, Any]:
    return {"rootPath": [ROOT], "excluded": excluded}
