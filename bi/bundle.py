"""The bundle that ``superset import-dashboards`` takes: a zip of Superset's export YAML, built from the declaration.

``python -m bi.bundle OUT.zip`` writes it for the published file of ``$ZHENXING_HOME``; nothing of the machine is in the
repository. Ids are uuid5 of what they name, so that importing again changes what is there. The same declaration and path
give the same bytes.

Belongs here: the files of the bundle. Does not belong here: charts (``charts``), grid and filters (``layout``).
"""

from __future__ import annotations

import argparse
import io
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import yaml

from bi.charts import params, title, viz_type
from bi.layout import metadata, position
from bi.marts import Column, Mart, load_marts
from bi.source import Chart, Dashboard, Dataset, Metric, Source, load_source
from orchestration.home import Home

NAMESPACE = UUID("5f9c6a52-5b0e-5d3c-9d57-0a8f3a1f7c11")
ROOT_FOLDER = "zhenxing"
VERSION = "1.0.0"
_WRITTEN = (2021, 1, 1, 0, 0, 0)  # every file of the zip bears the same day
_SQL_TYPES = {
    "string": "VARCHAR",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


def bundle(warehouse: Path, source: Source | None = None, marts: dict[str, Mart] | None = None) -> bytes:
    """The zip, for dashboards that read ``warehouse``. Raises SourceError, or KeyError for a mart there is not."""
    files = bundle_files(warehouse, source or load_source(), marts or load_marts())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)
            archive.writestr(zipfile.ZipInfo(f"{ROOT_FOLDER}/{name}", _WRITTEN), text)
    return packed.getvalue()


def bundle_files(warehouse: Path, source: Source, marts: dict[str, Mart]) -> dict[str, dict[str, Any]]:
    """Path in the bundle → content."""
    files: dict[str, dict[str, Any]] = {
        "metadata.yaml": {"version": VERSION, "type": "Dashboard", "timestamp": "2021-01-01T00:00:00+00:00"},
        "databases/zhenxing.yaml": _database(warehouse, source),
    }
    for dataset in source.datasets.values():
        files[f"datasets/zhenxing/{dataset.name}.yaml"] = _dataset(dataset, source, marts[dataset.name])
    for dashboard in source.dashboards:
        for chart in dashboard.charts:
            name = f"charts/{dashboard.slug}-{chart.key}.yaml"
            files[name] = _chart(dashboard, chart, source)
        files[f"dashboards/{dashboard.slug}.yaml"] = _dashboard(dashboard, source)
    return files


def database_uuid() -> UUID:
    return uuid5(NAMESPACE, "database")


def dataset_uuid(name: str) -> UUID:
    return uuid5(NAMESPACE, f"dataset/{name}")


def chart_uuid(dashboard: Dashboard, chart: Chart) -> UUID:
    return uuid5(NAMESPACE, f"chart/{dashboard.slug}/{chart.key}")


def dashboard_uuid(dashboard: Dashboard) -> UUID:
    return uuid5(NAMESPACE, f"dashboard/{dashboard.slug}")


def _database(warehouse: Path, source: Source) -> dict[str, Any]:
    """Opened anew for each query, read-only, and shut off from every other file and the network."""
    config = {"enable_external_access": "false", "threads": "2", "memory_limit": "1GB"}
    return {
        "database_name": source.database,
        "sqlalchemy_uri": f"duckdb:///{warehouse.as_posix()}",
        "cache_timeout": None,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {
            "engine_params": {"connect_args": {"read_only": True, "config": config}},
            "metadata_params": {},
            "allows_virtual_table_explore": False,
        },
        "uuid": str(database_uuid()),
        "version": VERSION,
    }


def _dataset(dataset: Dataset, source: Source, mart: Mart) -> dict[str, Any]:
    return {
        "table_name": dataset.name,
        "schema": source.schema,
        "description": mart.description,
        "main_dttm_col": None,
        "default_endpoint": None,
        "offset": 0,
        "cache_timeout": None,
        "catalog": None,
        "sql": None,
        "params": None,
        "template_params": None,
        "filter_select_enabled": True,
        "fetch_values_predicate": None,
        "extra": None,
        "normalize_columns": False,
        "always_filter_main_dttm": False,
        "uuid": str(dataset_uuid(dataset.name)),
        "metrics": [_metric(metric) for metric in dataset.metrics.values()],
        "columns": [_column(column) for column in mart.columns.values()],
        "version": VERSION,
        "database_uuid": str(database_uuid()),
    }


def _metric(metric: Metric) -> dict[str, Any]:
    return {
        "metric_name": metric.name,
        "verbose_name": metric.label,
        "metric_type": None,
        "expression": metric.expression,
        "description": None,
        "d3format": metric.format,
        "extra": {},
        "warning_text": None,
    }


def _column(column: Column) -> dict[str, Any]:
    """What is text, a day or a yes is to group by; numbers are to count."""
    data_type = _SQL_TYPES.get(column.data_type, column.data_type.upper())
    return {
        "column_name": column.name,
        "verbose_name": column.label,
        "description": column.chinese,
        "type": data_type,
        "is_dttm": data_type in ("DATE", "TIMESTAMP"),
        "is_active": True,
        "groupby": data_type in ("VARCHAR", "BOOLEAN", "DATE", "TIMESTAMP"),
        "filterable": True,
        "expression": None,
        "python_date_format": None,
        "advanced_data_type": None,
        "extra": {},
    }


def _chart(dashboard: Dashboard, chart: Chart, source: Source) -> dict[str, Any]:
    return {
        "slice_name": title(chart, source),
        "description": chart.description,
        "certified_by": None,
        "certification_details": None,
        "viz_type": viz_type(chart),
        "params": params(chart, source),
        "query_context": None,
        "cache_timeout": None,
        "uuid": str(chart_uuid(dashboard, chart)),
        "version": VERSION,
        "dataset_uuid": str(dataset_uuid(chart.dataset)),
    }


def _dashboard(dashboard: Dashboard, source: Source) -> dict[str, Any]:
    charts = {chart.key: chart_uuid(dashboard, chart) for chart in dashboard.charts}
    datasets = {name: dataset_uuid(name) for name in source.datasets}
    return {
        "dashboard_title": dashboard.title,
        "description": dashboard.description,
        "css": "",
        "slug": dashboard.slug,
        "certified_by": None,
        "certification_details": None,
        "published": True,
        "uuid": str(dashboard_uuid(dashboard)),
        "position": position(dashboard, source, charts),
        "metadata": metadata(dashboard, source, datasets),
        "version": VERSION,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the bundle that superset import-dashboards takes.")
    parser.add_argument("out", type=Path, help="the zip to write")
    arguments = parser.parse_args()
    arguments.out.write_bytes(bundle(Home.current().warehouse))


if __name__ == "__main__":
    main()
