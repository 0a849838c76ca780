"""From dashboard to column: what each chart reads, through its dataset, of which dbt model, and what does not hold.

A mart has what its contract says, which dbt enforces each night; so no warehouse is asked.

Belongs here: following names. Does not belong here: what a chart looks like (``charts``), printing (``lineage``).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from bi.charts import ANY
from bi.expressions import ExpressionError, columns_read
from bi.marts import Mart
from bi.source import Chart, Dashboard, Filter, Metric, Source
from orchestration.indicators import load_indicators

_NUMBERS = ("integer", "bigint", "decimal")


@dataclass(frozen=True, slots=True)
class Link:
    """A column that a chart reads: ``role`` says as what (by, series, where, metric …, filter …)."""

    dashboard: str
    chart: str
    dataset: str
    role: str
    column: str
    data_type: str


@dataclass(frozen=True, slots=True)
class Break:
    """Something named that is not there, or is not what it is used as: ``nearest`` is the likeliest name meant."""

    file: str
    place: str  # chart, metric or filter
    name: str
    problem: str
    nearest: str | None = None

    def __str__(self) -> str:
        near = f" (nearest: {self.nearest})" if self.nearest else ""
        return f"{self.file}: {self.place}: {self.name}: {self.problem}{near}"


@dataclass(frozen=True, slots=True)
class Lineage:
    links: tuple[Link, ...]
    breaks: tuple[Break, ...]


def follow(source: Source, marts: dict[str, Mart]) -> Lineage:
    """Every column that every chart reads, and everything that does not hold."""
    tracer = _Tracer(source, marts)
    found = [each for part in (tracer.datasets(), tracer.security(), tracer.dashboards()) for each in part]
    links = tuple(each for each in found if isinstance(each, Link))
    return Lineage(links, tuple(dict.fromkeys(each for each in found if isinstance(each, Break))))


class _Tracer:
    def __init__(self, source: Source, marts: dict[str, Mart]):
        self.source = source
        self.marts = marts
        self.figures = load_indicators()

    def datasets(self) -> Iterator[Break]:
        """Declared datasets that are no mart; metrics that are no SQL or read what the mart lacks."""
        for dataset in self.source.datasets.values():
            if dataset.name not in self.marts:
                yield _absent(
                    "datasets.yml", "datasets", dataset.name, "no dbt model with a contract", self.marts
                )
                continue
            for metric in dataset.metrics.values():
                yield from self._metric(self.marts[dataset.name], metric)

    def _metric(self, mart: Mart, metric: Metric) -> Iterator[Break]:
        place = f"{mart.name}.{metric.name}"
        if metric.figure is not None and metric.figure not in self.figures:
            yield _absent(
                "datasets.yml", place, metric.figure, "no indicator of the dictionary", self.figures
            )
        try:
            reads = columns_read(metric.expression)
        except ExpressionError as error:
            yield Break("datasets.yml", place, metric.expression, f"no SQL expression: {error}")
            return
        for read in reads:
            if read.column not in mart.columns:
                yield _absent("datasets.yml", place, read.column, f"no column of {mart.name}", mart.columns)
            elif read.counted and not _is_number(mart.columns[read.column].data_type):
                kind = mart.columns[read.column].data_type
                yield Break("datasets.yml", place, read.column, f"is {kind}, and is added up as a number")

    def security(self) -> Iterator[Break]:
        """Clauses of roles must hold on every dataset: one without the column would be seen by nobody, or whole."""
        said = yaml.safe_load((self.source.folder / "security.yml").read_text(encoding="utf-8"))["roles"]
        for role, template in said.items():
            for read in columns_read(template["clause"].format(code="000000")):
                for mart in self._marts(self.source.datasets):
                    if read.column not in mart.columns:
                        yield _absent(
                            "security.yml", role, read.column, f"no column of {mart.name}", mart.columns
                        )

    def dashboards(self) -> Iterator[Link | Break]:
        for dashboard in self.source.dashboards:
            file = f"dashboards/{dashboard.path.name}"
            yield from self._offers(dashboard, file)
            for chart in dashboard.charts:
                yield from self._chart(dashboard, chart, file)

    def _offers(self, dashboard: Dashboard, file: str) -> Iterator[Break]:
        """The filters offer the values of one dataset."""
        if (mart := self._mart(dashboard.filters_from)) is None:
            yield _absent(file, "filters_from", dashboard.filters_from, "no dataset", self.source.datasets)
            return
        for each in self.source.filters.values():
            for column, value in {each.column: each.default or ANY, **each.where}.items():
                yield from self._compared(mart, column, value, "filters.yml", each.key)

    def _chart(self, dashboard: Dashboard, chart: Chart, file: str) -> Iterator[Link | Break]:
        if chart.dataset not in self.source.datasets:
            yield _absent(file, chart.key, chart.dataset, "no dataset of datasets.yml", self.source.datasets)
        for ignored in chart.ignores:
            if ignored not in self.source.filters:
                yield _absent(file, chart.key, ignored, "no filter", self.source.filters)
        if (mart := self._mart(chart.dataset)) is None:
            return
        yield from self._breaks(mart, chart, file)
        for role, column in self._reads(chart):
            if column in mart.columns:
                data_type = mart.columns[column].data_type
                yield Link(dashboard.slug, chart.key, chart.dataset, role, column, data_type)

    def _breaks(self, mart: Mart, chart: Chart, file: str) -> Iterator[Break]:
        metrics = self.source.datasets[chart.dataset].metrics
        for name in chart.metrics:
            if name not in metrics:
                yield _absent(file, chart.key, name, f"no metric of {mart.name}", metrics)
        for column in filter(None, [*chart.by, chart.series, chart.drills]):
            if column not in mart.columns:
                yield _absent(file, chart.key, column, f"no column of {mart.name}", mart.columns)
        ordered = (chart.sort or "").removeprefix("+")
        if ordered and ordered not in metrics and ordered not in mart.columns:
            yield _absent(
                file,
                chart.key,
                ordered,
                f"neither metric nor column of {mart.name}",
                [*metrics, *mart.columns],
            )
        for column, value in chart.where.items():
            yield from self._compared(mart, column, value, file, chart.key)
        for each in self._filters(chart):
            if each.column not in mart.columns:
                problem = f"filter {each.key}: no column of {mart.name}"
                yield _absent(file, chart.key, each.column, problem, mart.columns)

    def _compared(self, mart: Mart, column: str, value: Any, file: str, place: str) -> Iterator[Break]:
        """A column and the value, or values, it is compared with."""
        if column not in mart.columns:
            yield _absent(file, place, column, f"no column of {mart.name}", mart.columns)
            return
        data_type = mart.columns[column].data_type
        values = value if isinstance(value, list) else [value]
        for each in values:
            if each != ANY and not _is_of(each, data_type):
                yield Break(file, place, column, f"is {data_type}, and is compared with {each!r}")
            if column == "figure_key" and each != ANY and each not in self.figures:
                yield _absent(file, place, each, "no indicator of the dictionary", self.figures)

    def _reads(self, chart: Chart) -> Iterator[tuple[str, str]]:
        yield from (("by", column) for column in chart.by)
        if chart.series:
            yield "series", chart.series
        if chart.drills:
            yield "drills", chart.drills
        metrics = self.source.datasets[chart.dataset].metrics
        for name in chart.metrics:
            if name in metrics:
                yield from ((f"metric {name}", column) for column in _columns(metrics[name]))
        yield from (("where", column) for column in chart.where)
        yield from ((f"filter {each.key}", each.column) for each in self._filters(chart))

    def _filters(self, chart: Chart) -> list[Filter]:
        """The filters that reach a chart."""
        return [each for each in self.source.filters.values() if each.key not in chart.ignores]

    def _mart(self, dataset: str) -> Mart | None:
        return self.marts.get(dataset) if dataset in self.source.datasets else None

    def _marts(self, datasets: Iterable[str]) -> list[Mart]:
        return [self.marts[name] for name in datasets if name in self.marts]


def _columns(metric: Metric) -> list[str]:
    """Those of an expression that is SQL; one that is none is a break of its own."""
    try:
        return [read.column for read in columns_read(metric.expression)]
    except ExpressionError:
        return []


def _absent(file: str, place: str, name: str, problem: str, there: Iterable[str]) -> Break:
    near = difflib.get_close_matches(name, list(there), n=1, cutoff=0.4)
    return Break(file, place, name, problem, near[0] if near else None)


def _is_number(data_type: str) -> bool:
    return data_type.startswith(_NUMBERS)


def _is_of(value: object, data_type: str) -> bool:
    if isinstance(value, bool):
        return data_type == "boolean"
    if isinstance(value, int):
        return _is_number(data_type)
    return data_type in ("string", "date", "timestamp")
