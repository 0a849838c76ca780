"""Stage model in Dagster: every dbt model as an asset, every dbt test as a check. The work is in ``dbt.py``."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from orchestration.audit.warehouse import open_build
from orchestration.dagster_common import WRITER
from orchestration.home import Home
from orchestration.model.dbt import Node, build
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
        built = night.run("model", build, progress=night.progress("model"))
        yield from node_results(manifest, translator, built.nodes, row_counts(night.home))

    return models


def row_counts(home: Home) -> dict[str, int]:
    """Rows by ``schema.table``; views have none."""
    with open_build(home) as connection:
        tables = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        return {
            table: connection.execute(f"select count(*) from {table}").fetchone()[0] for (table,) in tables
        }


def node_results(
    manifest: Mapping[str, Any], translator: Translator, nodes: Sequence[Node], rows: Mapping[str, int]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """dbt's nodes as Dagster's results: first what was built, then what was tested."""
    tests = [node for node in nodes if node.unique_id.startswith("test.")]
    for node in nodes:
        if node not in tests:
            key = translator.get_asset_key(manifest["nodes"][node.unique_id])
            count = rows.get(".".join(key.path))
            metadata = {"dagster/row_count": count} if count is not None else {}
            yield dg.MaterializeResult(
                asset_key=key, metadata={"seconds": round(node.seconds, 3), **metadata}
            )
    for node in tests:
        check = get_asset_check_key_for_test(manifest, translator, node.unique_id, None)
        if check is not None:
            yield dg.AssetCheckResult(
                check_name=check.name,
                asset_key=check.asset_key,
                passed=node.status == "pass",
                metadata={"status": node.status, "rows_failed": node.rows_failed},
            )
