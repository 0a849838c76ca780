"""The check of the dashboards: dashboard → chart → dataset → dbt model → column, and what does not hold.

``python -m bi.lineage`` prints the tree, then every break with its file, its chart and the nearest name there is, and ends
with 1 when something breaks; ``--json`` prints the same for programs. Neither Superset nor a warehouse is needed.

Belongs here: the command and its screen. Does not belong here: following names (``links``).
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from rich.text import Text
from rich.tree import Tree

from bi.charts import title
from bi.links import Lineage, Link, follow
from bi.marts import MODELS, Mart, load_marts
from bi.source import SOURCE, Dashboard, Source, SourceError, load_source
from orchestration.home import PROJECT_ROOT
from orchestration.terminal import terminal


def tree(dashboard: Dashboard, found: Lineage, source: Source, marts: dict[str, Mart]) -> Tree:
    """One dashboard: each chart, the mart it reads and the columns with their types and what they are read as."""
    root = Tree(Text(f"{dashboard.title}  /superset/dashboard/{dashboard.slug}/"))
    for chart in dashboard.charts:
        links = [link for link in found.links if (link.dashboard, link.chart) == (dashboard.slug, chart.key)]
        branch = root.add(Text(f"{title(chart, source)}  {chart.key} ({chart.kind})"))
        if links:
            model = branch.add(Text(f"{chart.dataset}  {_relative(marts[chart.dataset].path)}"))
            for line in _columns(links):
                model.add(Text(line))
    return root


def _columns(links: list[Link]) -> list[str]:
    """A line for each column; what it is read as, filters last."""
    ordered = sorted(links, key=lambda link: (link.role.startswith("filter"), link.column))
    return [
        f"{column}  {data_type}  {', '.join(dict.fromkeys(link.role for link in same))}"
        for (column, data_type), same in groupby(ordered, key=lambda link: (link.column, link.data_type))
    ]


def as_json(found: Lineage) -> str:
    """{links: [...], breaks: [...]}."""
    return json.dumps(asdict(found), ensure_ascii=False, indent=1)


def _relative(path: Path) -> str:
    return path.relative_to(PROJECT_ROOT).as_posix() if path.is_relative_to(PROJECT_ROOT) else path.name


def main(arguments: list[str] | None = None) -> int:
    """0: everything holds; 1: something breaks, or the declaration cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m bi.lineage", description="Checks what dashboards read.")
    parser.add_argument("--json", action="store_true", help="print links and breaks as JSON")
    parser.add_argument("--source", type=Path, default=SOURCE, help="the folder that declares the dashboards")
    parser.add_argument("--models", type=Path, default=MODELS, help="the folder of the dbt models")
    asked = parser.parse_args(arguments)
    console = terminal()
    try:
        source = load_source(asked.source)
    except SourceError as error:
        terminal(stderr=True).print(str(error))
        return 1
    marts = load_marts(asked.models)
    found = follow(source, marts)
    if asked.json:
        print(as_json(found))
        return 1 if found.breaks else 0
    for dashboard in source.dashboards:
        console.print(tree(dashboard, found, source, marts))
    for each in found.breaks:
        console.print(Text(str(each), style="red"))
    console.print(Text(_summary(found, source)))
    return 1 if found.breaks else 0


def _summary(found: Lineage, source: Source) -> str:
    charts = sum(len(dashboard.charts) for dashboard in source.dashboards)
    columns = len({(link.dataset, link.column) for link in found.links})
    return (
        f"{len(source.dashboards)} dashboards, {charts} charts, {len(source.datasets)} datasets, "
        f"{columns} columns read: {len(found.breaks)} breaks"
    )


if __name__ == "__main__":
    sys.exit(main())
