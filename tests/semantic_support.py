"""Asks MetricFlow in one process of its own: importing it and opening the project cost seconds, and dbt keeps its adapter and
its file for the life of a process.

Belongs here: putting queries and getting rows. Does not belong here: what they should be.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

# mf asks PyPI for news of itself: here it finds no network.
NO_NETWORK = {"HTTPS_PROXY": "http://127.0.0.1:9"}


@dataclass(frozen=True, slots=True)
class Query:
    """One query of ``mf``; ``where`` as on its command line."""

    metrics: tuple[str, ...]
    group_by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said, and how it ended."""

    exit_code: int
    output: str


def ask(folder: Path, warehouse: Path, queries: list[Query]) -> list[list[dict[str, Any]]]:
    """The rows of each query on a warehouse; decimals and days as text."""
    return _in_one_process(folder, warehouse, {"queries": [asdict(query) for query in queries]})


def command(folder: Path, warehouse: Path, calls: list[list[str]]) -> list[Said]:
    """What ``mf`` says to each call, as on the command line."""
    return [Said(**said) for said in _in_one_process(folder, warehouse, {"calls": calls})]


def _in_one_process(folder: Path, warehouse: Path, asked: dict[str, Any]) -> list[Any]:
    environment = os.environ | NO_NETWORK | {"ZHENXING_PUBLISHED": str(warehouse)}
    done = subprocess.run(
        [sys.executable, __file__],
        cwd=folder,
        env=environment,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return json.loads(done.stdout.splitlines()[-1], parse_float=Decimal)


def _main() -> None:
    asked = json.load(sys.stdin)
    with contextlib.redirect_stdout(io.StringIO()):
        answers = _answers(asked["queries"]) if "queries" in asked else _calls(asked["calls"])
    print(json.dumps(answers, default=str))


def _answers(queries: list[dict]) -> list[list[dict]]:
    from dbt_metricflow.cli.cli_configuration import CLIConfiguration  # noqa: PLC0415
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest  # noqa: PLC0415

    asking = CLIConfiguration()
    asking.setup(configure_file_logging=False)
    tables = []
    for query in queries:
        request = MetricFlowQueryRequest.create(
            metric_names=query["metrics"],
            group_by_names=query["group_by"],
            where_constraints=query["where"] or None,
        )
        tables.append(asking.mf.query(request).result_df)
    return [[dict(zip(table.column_names, row, strict=True)) for row in table.rows] for table in tables]


def _calls(calls: list[list[str]]) -> list[dict]:
    from click.testing import CliRunner  # noqa: PLC0415
    from dbt_metricflow.cli.main import cli  # noqa: PLC0415

    results = [CliRunner().invoke(cli, call) for call in calls]
    return [asdict(Said(result.exit_code, result.output)) for result in results]


if __name__ == "__main__":
    _main()
