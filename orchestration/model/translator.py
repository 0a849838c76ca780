"""How dbt's nodes become Dagster assets: keys, groups, owners, kinds, tags, columns. Belongs here: what is said of a node.
Nothing runs here."""

from collections.abc import Mapping, Sequence
from typing import Any

from dagster import AssetKey, TableColumn, TableSchema

from orchestration.cards import load_cards
from orchestration.dagster_common import (
    ENGINEERS,
    FILE_VERDICTS,
    STATISTICIANS,
    SUBMISSIONS,
    column_lineage,
    dataset_tag,
    landed_key,
)
from orchestration.model.light_dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings
from orchestration.model.lineage import read_lineage

STAGING = "stg_"
# Control tables of the lake and the asset that writes each.
_WRITTEN_BY = {
    "submissions": SUBMISSIONS,
    "verdicts": FILE_VERDICTS,
    "failures": FILE_VERDICTS,
    "decisions": FILE_VERDICTS,
    "rules": FILE_VERDICTS,
}
# What models read that is no asset: the ledger, and what the bureau gives.
_NO_ASSET = ("ledger", "given")


class Translator(DagsterDbtTranslator):
    """A model's key is its schema and name, its group the stage it serves: audit views serve the audit."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))
        self._lineage = read_lineage()

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return _lake_key(dbt_resource_props["name"])
        return AssetKey([dbt_resource_props["config"]["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return "audit" if _folder(dbt_resource_props) == "audit" else "model"

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str]:
        return STATISTICIANS if _folder(dbt_resource_props) in ("marts", "audit") else ENGINEERS

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        """The layer, and the datasets that a staging model or fact is of."""
        name = dbt_resource_props["name"]
        of = [card for card in load_cards().values() if name in (card.fact, f"{STAGING}{card.dataset}")]
        return {
            "layer": _folder(dbt_resource_props) or "seeds",
            **{dataset_tag(card.dataset): "" for card in of},
        }

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """With the columns that each column is taken from, as data and in its description: Dagster's own pages show no lineage
        of columns without its cloud."""
        metadata = dict(super().get_metadata(dbt_resource_props))
        taken = self._lineage.get(".".join(self.get_asset_key(dbt_resource_props).path))
        if taken is None:
            return metadata
        metadata["dagster/column_lineage"] = column_lineage(
            {name: _assets(columns) for name, columns in taken.items()}
        )
        said = dbt_resource_props["columns"]
        metadata["dagster/column_schema"] = TableSchema(
            [
                TableColumn(name, said.get(name, {}).get("data_type") or "?", _words(said.get(name), columns))
                for name, columns in taken.items()
            ]
        )
        return metadata

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


def is_described(dbt_resource_props: Mapping[str, Any], columns: Sequence[str]) -> bool:
    """Whether the project says the type of every column, so that a build need not say it again each night."""
    said = dbt_resource_props["columns"]
    return all(said.get(name, {}).get("data_type") for name in columns)


def _words(said: Mapping[str, Any] | None, taken: Sequence[str]) -> str:
    return "\n\n".join(
        filter(None, ((said or {}).get("description"), f"← {'、'.join(taken)}" if taken else ""))
    )


def _assets(columns: Sequence[str]) -> list[tuple[AssetKey, str]]:
    """``lake.projects.name`` as the asset that writes the table, and its column."""
    parts = [column.split(".") for column in columns]
    return [
        (_lake_key(table) if schema == "lake" else AssetKey([schema, table]), name)
        for schema, table, name in parts
        if schema not in _NO_ASSET
    ]


def _lake_key(table: str) -> AssetKey:
    return _WRITTEN_BY.get(table, landed_key(table))


def _folder(dbt_resource_props: Mapping[str, Any]) -> str:
    """``marts`` of ``models/marts/…``; a seed has none."""
    path = dbt_resource_props["fqn"]
    return path[1] if len(path) > 2 else ""
