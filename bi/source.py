"""The dashboards as ``superset/*.yml`` and ``superset/dashboards/*.yml`` declare them.

A dashboard is rows of charts; a chart names a dataset (a mart), a kind, metrics declared once in ``datasets.yml``, columns
and conditions. What the words may be is said by the classes here; whether the columns exist is asked by ``lineage``.

Belongs here: reading the declaration, and refusing what it cannot mean. Does not belong here: Superset's own form of it.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from orchestration.indicators import Indicator, load_indicators

SOURCE = Path(__file__).parent / "superset"

EVERY = "*"  # in `spares`: every other chart
KINDS = ("number", "bar", "line", "pie", "treemap", "heatmap", "table", "rows")
SCALES = {"one": ("", 1), "wan": ("万", 10_000), "yi": ("亿", 100_000_000)}


class SourceError(Exception):
    """The declaration cannot be read as one; each line names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Metric:
    """``format`` is a d3 number format; ``figure`` the indicator it shows, where it shows one."""

    name: str
    label: str
    expression: str
    format: str | None = None
    figure: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """A mart as Superset's dataset."""

    name: str
    metrics: dict[str, Metric]


@dataclass(frozen=True, slots=True)
class Filter:
    """``within``: the filter that limits the offer; ``where``: a condition on it; ``latest``: the last value is chosen."""

    key: str
    label: str
    column: str
    within: str | None = None
    where: dict[str, Any] = field(default_factory=dict)
    default: str | None = None
    latest: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """``by``: columns its metrics are grouped by, or shown, in order; ``series``: the column of its colours; ``where``:
    {column: value, values, or "*" for any}; ``ignores``: filters that leave it alone; ``spares``: charts that a click on
    it leaves alone, or "*"; ``sort``: the metric or column it is ordered by, largest first, smallest first with a leading +;
    ``upright``: bars stand; by default they lie, so that names can be read; ``drills``: the column, not that
    of the axis, by whose value of a bar a click filters the other charts."""

    key: str
    kind: str
    dataset: str
    width: int
    title: str | None = None
    description: str | None = None
    metrics: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    series: str | None = None
    where: dict[str, Any] = field(default_factory=dict)
    unit: str | None = None
    sort: str | None = None
    limit: int | None = None
    upright: bool = False
    drills: str | None = None
    ignores: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Words between the charts, in Markdown."""

    text: str
    width: int


@dataclass(frozen=True, slots=True)
class Row:
    """Charts and notes side by side: widths of at most 12 together; ``height`` in Superset's grid units (8 px)."""

    height: int
    items: tuple[Chart | Note, ...]


@dataclass(frozen=True, slots=True)
class Dashboard:
    slug: str
    title: str
    description: str
    filters_from: str  # the dataset whose values the filters offer
    rows: tuple[Row, ...]
    path: Path

    @property
    def charts(self) -> list[Chart]:
        return [item for row in self.rows for item in row.items if isinstance(item, Chart)]

    @property
    def datasets(self) -> list[str]:
        return sorted({self.filters_from, *(chart.dataset for chart in self.charts)})


@dataclass(frozen=True, slots=True)
class Palette:
    """A categorical colour scheme; ``meanings`` are the values that have one colour everywhere."""

    id: str
    label: str
    colors: tuple[str, ...]
    meanings: dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """All that is declared. ``database`` is its name in Superset, ``schema`` that of the marts."""

    database: str
    schema: str
    datasets: dict[str, Dataset]
    filters: dict[str, Filter]
    palette: Palette
    dashboards: tuple[Dashboard, ...]
    folder: Path


def load_source(folder: Path = SOURCE) -> Source:
    """Reads the declaration. Raises SourceError where it contradicts itself."""
    said = _read(folder / "datasets.yml")
    dictionary = load_indicators()
    datasets = {
        name: Dataset(name, _metrics(folder / "datasets.yml", name, entry, dictionary))
        for name, entry in said["datasets"].items()
    }
    filters = {
        key: _made(Filter, {"key": key, **entry}, folder / "filters.yml", key)
        for key, entry in _read(folder / "filters.yml")["filters"].items()
    }
    dashboards = tuple(_dashboard(path) for path in sorted((folder / "dashboards").glob("*.yml")))
    palette = _made(Palette, _read(folder / "palette.yml"), folder / "palette.yml", "palette")
    _refuse_twice("slug", [(dashboard.slug, dashboard.path) for dashboard in dashboards])
    return Source(said["database"], said["schema"], datasets, filters, palette, dashboards, folder)


def _read(path: Path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _metrics(path: Path, dataset: str, entry: dict, dictionary: dict[str, Indicator]) -> dict[str, Metric]:
    shown = [
        _figure(path, dataset, key, scale, dictionary)
        for key, scales in (entry.get("figures") or {}).items()
        for scale in scales
    ]
    own = [
        _made(Metric, {"name": name, **said}, path, f"{dataset}.{name}")
        for name, said in (entry.get("metrics") or {}).items()
    ]
    return {metric.name: metric for metric in [*shown, *own]}


def _figure(path: Path, dataset: str, key: str, scale: str, dictionary: dict[str, Indicator]) -> Metric:
    """An indicator as a metric: the value of the highest unit in sight, in the scale asked for."""
    if scale not in SCALES:
        raise SourceError(f"{path.name}: {dataset}.{key}: {scale!r} is no scale ({', '.join(SCALES)})")
    mark, factor = SCALES[scale]
    name = key if factor == 1 else f"{key}_{scale}"
    expression = f"min_by(value, unit_level) filter (where figure_key = '{key}')"
    indicator = dictionary.get(key)
    if indicator is None:  # lineage names what is nearest
        return Metric(name, key, expression, figure=key)
    if indicator.kind == "ratio":
        return Metric(name, indicator.label, expression, ".2%", key)
    if factor != 1:
        expression = f"{expression} / {factor}"
    label = f"{indicator.label}({mark}{indicator.unit})"
    exact = factor == 1 and indicator.unit != "元"
    return Metric(name, label, expression, ",d" if exact else ",.2f", key)


def _dashboard(path: Path) -> Dashboard:
    said = _read(path)
    rows = tuple(_row(path, number, row) for number, row in enumerate(said.pop("rows"), start=1))
    dashboard = _made(Dashboard, {**said, "rows": rows, "path": path}, path, "dashboard")
    _refuse_twice("key", [(chart.key, path) for chart in dashboard.charts])
    keys = {chart.key for chart in dashboard.charts}
    for chart in dashboard.charts:
        if unknown := set(chart.spares) - keys - {EVERY}:
            raise SourceError(
                f"{path.name}: {chart.key}: spares unknown charts: {', '.join(sorted(unknown))}"
            )
    return dashboard


def _row(path: Path, number: int, said: dict) -> Row:
    items = tuple(_item(path, number, item) for item in said["charts"])
    if sum(item.width for item in items) > 12:
        raise SourceError(f"{path.name}: row {number} is wider than 12")
    return Row(said["height"], items)


def _item(path: Path, number: int, said: dict) -> Chart | Note:
    where = f"row {number}, {said.get('key', 'note')}"
    if "text" in said:
        return _made(Note, said, path, where)
    said = dict(said)
    if "metric" in said:
        said["metrics"] = [said.pop("metric")]
    for name in ("metrics", "by", "ignores", "spares"):
        value = said.get(name, [])
        said[name] = (value,) if isinstance(value, str) else tuple(value)
    chart = _made(Chart, said, path, where)
    if chart.kind not in KINDS:
        raise SourceError(f"{path.name}: {where}: {chart.kind!r} is no kind of chart ({', '.join(KINDS)})")
    if not chart.metrics and chart.kind != "rows":
        raise SourceError(f"{path.name}: {where}: a {chart.kind} needs a metric")
    if chart.drills and (chart.kind != "bar" or chart.series):
        raise SourceError(f"{path.name}: {where}: only a bar without series drills")
    if not chart.by and chart.kind != "number":
        raise SourceError(f"{path.name}: {where}: a {chart.kind} needs `by`")
    return chart


def _made(kind: type, said: dict, path: Path, where: str) -> Any:
    """An entry as its class; a word it does not know, or one that is missing, is refused."""
    known = {each.name for each in fields(kind)}
    if unknown := said.keys() - known:
        raise SourceError(f"{path.name}: {where}: unknown: {', '.join(sorted(unknown))}")
    needed = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
    if missing := needed - said.keys():
        raise SourceError(f"{path.name}: {where}: missing: {', '.join(sorted(missing))}")
    return kind(**said)


def _refuse_twice(what: str, said: list[tuple[str, Path]]) -> None:
    seen: dict[str, Path] = {}
    for value, path in said:
        if value in seen:
            raise SourceError(f"{path.name}: {what} {value!r} is also in {seen[value].name}")
        seen[value] = path
