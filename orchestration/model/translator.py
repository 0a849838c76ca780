"""How dbt's nodes become Dagster assets: keys, groups, owners. Belongs here: names. Nothing runs here."""

from collections.abc import Mapping, Sequence
from typing import Any

from dagster import AssetKey
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings

from orchestration.cards import load_cards
from orchestration.dagster_common import ENGINEERS, FILE_VERDICTS, STATISTICIANS, SUBMISSIONS, landed_key

STAGING = "stg_"
# Control tables of the lake and the asset that writes each.
_WRITTEN_BY = {
    "submissions": SUBMISSIONS,
    "verdicts": FILE_VERDICTS,
    "failures": FILE_VERDICTS,
    "decisions": FILE_VERDICTS,
    "rules": FILE_VERDICTS,
}


class Translator(DagsterDbtTranslator):
    """A model's key is its schema and name, its group the stage it serves: audit views serve the audit."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            table = dbt_resource_props["name"]
            return _WRITTEN_BY.get(table, landed_key(table))
        return AssetKey([dbt_resource_props["config"]["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return "audit" if _folder(dbt_resource_props) == "audit" else "model"

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str]:
        return STATISTICIANS if _folder(dbt_resource_props) in ("marts", "audit") else ENGINEERS

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        said = dbt_resource_props["description"]
        name = dbt_resource_props["name"]
        if not said and name.startswith(STAGING):
            return self._staged(name.removeprefix(STAGING))
        return said

    def _staged(self, table: str) -> str:
        """A staging model says what its table says, and has its types."""
        card = load_cards().get(table)
        return f"Typed copy of lake.{table} | 定型后的 lake.{table}" + (
            f": {card.description}" if card else ""
        )


def _folder(dbt_resource_props: Mapping[str, Any]) -> str:
    """``marts`` of ``models/marts/…``; a seed has none."""
    path = dbt_resource_props["fqn"]
    return path[1] if len(path) > 2 else ""
