"""``make bench``: the nightly beside the floor on the full sample province; writes docs/performance.md's table.

Both run as whole processes on the same workbooks, several times in turn, and both must give the same figures.
The sample province is written first and not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

from bench.measure import Run, run
from orchestration.home import PROJECT_ROOT, Home
from orchestration.report.bulletin import figures
from orchestration.units import ReportingUnits

PAGE = PROJECT_ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- written by make bench -->", "<!-- end of what make bench writes -->"
ZHENXING = str(Path(sys.executable).with_name("zhenxing"))
FLOOR, FIRST, AGAIN = "floor: one plain script", "nightly, first time", "nightly, nothing new"


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--period", default="2021-08")
    arguments.add_argument("--runs", type=int, default=3)
    chosen = arguments.parse_args()
    measured: dict[str, list[Run]] = {FLOOR: [], FIRST: [], AGAIN: []}
    with tempfile.TemporaryDirectory() as folder:
        sample = Home(Path(folder) / "sample")
        run([ZHENXING, "sample", "--period", chosen.period], _in(sample))
        for number in range(chosen.runs):
            home = Home(Path(folder) / f"run-{number}")
            shutil.copytree(sample.root, home.root)  # with the reopening that lets the period be taken
            facts = home.root / "floor.duckdb"
            floor = [sys.executable, "-m", "bench.floor", str(home.inbox), chosen.period, str(facts)]
            measured[FLOOR].append(run(floor, _in(home)))
            measured[FIRST].append(run([ZHENXING, "nightly", "--json"], _in(home)))
            measured[AGAIN].append(run([ZHENXING, "nightly", "--json"], _in(home)))
        differing = _differing(json.loads(measured[FLOOR][-1].output)["figures"], home, chosen.period)
        workbooks = [path for path in sample.inbox.iterdir() if path.is_file()]
        size = sum(path.stat().st_size for path in workbooks)
    if differing:
        print(f"THE TWO DIFFER: {differing}", file=sys.stderr)
        return 1
    _write(_report(measured, len(workbooks), size, json.loads(measured[FLOOR][-1].output)["rows"]))
    print(PAGE.read_text(encoding="utf-8"))
    return 0


def _in(home: Home) -> dict[str, str]:
    return {**os.environ, "ZHENXING_HOME": str(home.root)}


def _differing(floor: dict[str, str], home: Home, period: str) -> dict[str, tuple[str, str]]:
    """Figures on which the floor and the published warehouse do not agree exactly."""
    province = ReportingUnits(home.units_csv).province.code
    published = {figure.key: figure.value for figure in figures(home.warehouse, period, province)}
    return {
        key: (value, str(published.get(key)))
        for key, value in floor.items()
        if published.get(key) is None or published[key] != Decimal(value)
    }


def _report(measured: dict[str, list[Run]], workbooks: int, size: int, rows: dict[str, int]) -> str:
    runs = len(measured[FLOOR])
    lines = [
        f"{workbooks} workbooks, {size / 1e6:.1f} MB, {sum(rows.values()):,} rows; the median of {runs} runs on"
        f" {os.cpu_count()} cores, Python {platform.python_version()}, duckdb {version('duckdb')},"
        f" dagster {version('dagster')}, dbt-core {version('dbt-core')},"
        f" great-expectations {version('great-expectations')}. All 59 figures are the same, digit for digit.",
        "",
        "| | wall s | CPU s | peak MB, all processes | largest process MB |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, found in measured.items():
        wall, cpu = _median(run.wall for run in found), _median(run.cpu for run in found)
        peak, largest = max(run.peak_mb for run in found), max(run.largest_mb for run in found)
        lines.append(f"| {name} | {wall:.1f} | {cpu:.1f} | {peak:.0f} | {largest:.0f} |")
    lines += ["", "Seconds by step:", "", "| " + " | ".join(("", *measured)) + " |"]
    lines.append("| --- |" + " ---: |" * len(measured))
    steps = {name: [_steps(run) for run in found] for name, found in measured.items()}
    for step in dict.fromkeys(step for found in steps.values() for step in found[0]):
        cells = (
            f"{_median(s[step] for s in found):.1f}" if step in found[0] else "" for found in steps.values()
        )
        lines.append("| " + " | ".join((step, *cells)) + " |")
    return "\n".join(lines)


def _steps(run: Run) -> dict[str, float]:
    """Seconds by step as the process itself counted them, and the rest of its wall seconds."""
    answer = json.loads(run.output)
    steps = answer.get("seconds_by_step", answer["seconds"])  # the nightly's word for it, then the floor's
    return {**steps, "start-up and Dagster": run.wall - sum(steps.values())}


def _median(values) -> float:
    return statistics.median(values)


def _write(text: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
