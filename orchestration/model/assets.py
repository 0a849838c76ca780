"""Stage model in Dagster: every dbt model as an asset, every dbt test as a check. The work is in ``dbt.py``."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from orchestration.audit.warehouse import open_build
from orchestration.dagster_common import WRITER
from orchestration.home import Home
from orchestration.model.dbt import build, target
from orchestration.model.translator import Translator
from orchestration.night import Night


def warehouse_models(manifest_path: Path) -> dg.AssetsDefinition:
    """All models of the project as one step, for dbt orders and tests them itself."""
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    translator = Translator()

    @dbt_assets(manifest=manifest, dagster_dbt_translator=translator, pool=WRITER, name="warehouse_models")
    def models(
        context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        night.run("model", build, progress=night.progress("model"))
        yield from node_results(manifest, translator, run_results(night.home), row_counts(night.home))

    return models


def run_results(home: Home) -> list[dict[str, Any]]:
    """What dbt wrote of its last run, by node."""
    return json.loads((target(home) / "run_results.json").read_text(encoding="utf-8"))["results"]


def row_counts(home: Home) -> dict[str, int]:
    """Rows by ``schema.table``; views have none."""
    with open_build(home) as connection:
        tables = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        return {
            table: connection.execute(f"select count(*) from {table}").fetchone()[0] for (table,) in tables
        }


def node_results(
    manifest: Mapping[str, Any], translator: Translator, results: list[dict[str, Any]], rows: dict[str, int]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """dbt's results as Dagster's: first what was built, then what was tested."""
    tests = []
    for result in results:
        node = manifest["nodes"][result["unique_id"]]
        if node["resource_type"] == "test":
            tests.append(result)
            continue
        key = translator.get_asset_key(node)
        count = rows.get(".".join(key.path))
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "seconds": round(result["execution_time"], 3),
                **({"dagster/row_count": count} if count is not None else {}),
            },
        )
    for result in tests:
        key = get_asset_check_key_for_test(manifest, translator, result["unique_id"], None)
        if key is not None:
            yield dg.AssetCheckResult(
                check_name=key.name,
                asset_key=key.asset_key,
                passed=result["status"] == "pass",
                metadata={"status": result["status"], "rows_failed": result["failures"] or 0},
            )
