"""Stage model in Dagster: every dbt model as an asset, every dbt test as a check. The work is in ``dbt.py``."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.audit.warehouse import open_build
from orchestration.dagster_common import WRITER
from orchestration.home import Home
from orchestration.model.dbt import Node, build
from orchestration.model.light_dagster_dbt import dbt_assets, get_asset_check_key_for_test
from orchestration.model.translator import Translator, is_described
from orchestration.night import Night
from orchestration.run_tags import say_why


def warehouse_models(manifest_path: Path) -> dg.AssetsDefinition:
    """All models of the project as one step, for dbt orders and tests them itself."""
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    translator = Translator()

    @dbt_assets(manifest=manifest, dagster_dbt_translator=translator, pool=WRITER, name="warehouse_models")
    def models(
        context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        say_why(context, night.home)
        built = night.run("model", build, progress=night.progress("model"))
        yield from node_results(manifest, translator, built.nodes, relations(night.home), night.home)

    # dbt builds the whole file anew: a part of it cannot be asked for, and a backfill takes all models in one run.
    return dg.AssetsDefinition.dagster_internal_init(**{**models.get_attributes_dict(), "can_subset": False})


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view as it was built: its rows, and its columns with their types."""

    rows: int
    columns: tuple[tuple[str, str], ...]


def relations(home: Home) -> dict[str, Relation]:
    """Every table and view of the build, by ``schema.name``."""
    columns: dict[str, list[tuple[str, str]]] = {}
    with open_build(home) as connection:
        found = connection.execute(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
            "where not internal order by 1, column_index"
        ).fetchall()
        for name, column, data_type in found:
            columns.setdefault(name, []).append((column, data_type))
        return {
            name: Relation(connection.execute(f"select count(*) from {name}").fetchone()[0], tuple(listed))
            for name, listed in columns.items()
        }


def node_results(
    manifest: Mapping[str, Any],
    translator: Translator,
    nodes: Sequence[Node],
    built: Mapping[str, Relation],
    home: Home,
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """dbt's nodes as Dagster's results: first what was built, then what was tested."""
    tests = [node for node in nodes if node.unique_id.startswith("test.")]
    for node in nodes:
        if node not in tests:
            properties = manifest["nodes"][node.unique_id]
            key = translator.get_asset_key(properties)
            yield dg.MaterializeResult(
                asset_key=key,
                metadata={
                    "seconds": round(node.seconds, 3),
                    "docs": dg.MetadataValue.url(_docs(home, node.unique_id)),
                    **_shape(properties, built[".".join(key.path)]),
                },
            )
    for node in tests:
        check = get_asset_check_key_for_test(manifest, translator, node.unique_id, None)
        if check is not None:
            yield dg.AssetCheckResult(
                check_name=check.name,
                asset_key=check.asset_key,
                passed=node.status == "pass",
                severity=_severity(manifest["nodes"][node.unique_id]),
                metadata={"status": node.status, "rows_failed": node.rows_failed},
            )


def _docs(home: Home, unique_id: str) -> str:
    """Where the node's page is once the night is over."""
    kind = unique_id.split(".", maxsplit=1)[0]
    return f"{(home.docs / 'dbt' / 'index.html').as_uri()}#!/{kind}/{unique_id}"


def _severity(test: Mapping[str, Any]) -> dg.AssetCheckSeverity:
    """As dbt has it: ``error`` or ``warn``."""
    return dg.AssetCheckSeverity[test["config"]["severity"].upper()]


def _shape(properties: Mapping[str, Any], relation: Relation) -> dict[str, Any]:
    """Rows as built; and the columns with their types, where the project does not say them all."""
    if is_described(properties, [name for name, _ in relation.columns]):
        return {"dagster/row_count": relation.rows}
    columns = [dg.TableColumn(name, data_type.lower()) for name, data_type in relation.columns]
    return {"dagster/row_count": relation.rows, "dagster/column_schema": dg.TableSchema(columns)}
