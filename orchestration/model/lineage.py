"""Which columns each column of a model is taken from, one step back: read from the SQL that dbt compiles.

``dbt_project/column_lineage.json`` holds it, written by ``make docs`` and held against the models by a test, so that neither a
night nor Dagster's start pays for it. Only what a value is made of counts, not what rows are joined or kept by.

Belongs here: following columns through a query. Does not belong here: Dagster (``translator``), and compiling (``dbt``).
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from orchestration import lake
from orchestration.cards import load_cards
from orchestration.files import replace_bytes
from orchestration.home import DBT_PROJECT, Home
from orchestration.publish.ledger import FIGURES, PUBLICATIONS

FILE = DBT_PROJECT / "column_lineage.json"
_DIALECT = "duckdb"
_DATABASE = "build"
# Files that models read: tables of the lake and of the ledger, and what the bureau gives.
_READ = {
    r"lake.\1": re.compile(r"read_parquet\(\s*'[^']*/lake/(\w+)/[^']*'[^()]*\)"),
    r"ledger.\1": re.compile(r"read_parquet\(\s*'[^']*/ledger/(\w+)/[^']*'[^()]*\)"),
    r"given.\1": re.compile(r"read_csv\(\s*'[^']*/(\w+)\.csv'[^()]*\)"),
}

# By relation (``schema.name``) and column: the columns (``schema.name.column``) that it is taken from.
Lineage = dict[str, dict[str, list[str]]]


def read_lineage() -> Lineage:
    return json.loads(FILE.read_text(encoding="utf-8"))


def column_lineage(manifest: Mapping[str, Any], compiled: Mapping[str, str]) -> Lineage:
    """Of every model of a manifest. ``compiled``: SQL by the path of a model's file within the project.

    Raises sqlglot's error for SQL that it cannot read."""
    nodes = manifest["nodes"]
    schema: dict[str, dict[str, dict[str, str]]] = {
        "lake": _columns_of_the_lake(),
        "ledger": _ledger(),
        "given": _given(),
    }
    for node in nodes.values():
        if node["resource_type"] == "seed":
            _known(schema, node, _seed_columns(node))
    found: Lineage = {}
    for unique_id in _in_order(manifest):
        node = nodes[unique_id]
        columns = _columns(compiled[node["original_file_path"]], schema)
        _known(schema, node, columns)
        found[f"{node['schema']}.{node['name']}"] = columns
    return dict(sorted(found.items()))


def _columns(sql: str, schema: Mapping[str, Any]) -> dict[str, list[str]]:
    """Each column of a query and what it is taken from, in the query's order."""
    text = sql.replace(f'"{_DATABASE}".', "")
    for table, files in _READ.items():
        text = files.sub(table, text)
    for stem, given in _given_names().items():
        text = re.sub(rf"\bgiven\.{stem}\b", f"given.{given}", text)
    query = qualify(
        parse_one(text, dialect=_DIALECT),
        schema=schema,
        dialect=_DIALECT,
        validate_qualify_columns=False,
    )
    scope = build_scope(query)
    if scope is None:
        return {}
    return {
        name: sorted(set(_sources(scope, position)))
        for position, name in enumerate(scope.expression.named_selects)
    }


def _sources(scope: Scope, position: int) -> Iterator[str]:
    """The columns of tables that a column of a query, by its position, is made of."""
    if scope.set_operation_scopes:
        for each in scope.set_operation_scopes:
            yield from _sources(each, position)
        return
    selects = scope.expression.selects
    if position < len(selects):
        yield from _made_of(scope, selects[position])


def _made_of(scope: Scope, expression: exp.Expression) -> Iterator[str]:
    for column in expression.find_all(exp.Column):
        source = _source(scope, column.table)
        if isinstance(source, exp.Table):
            yield f"{source.db}.{source.name}.{column.name}"
        elif isinstance(source, Scope):
            yield from _through(source, column.name)


def _through(source: Scope, name: str) -> Iterator[str]:
    """A column of a query within the query; of what is unnested, all that it is made of."""
    names = source.expression.named_selects if isinstance(source.expression, exp.Query) else []
    if name in names:
        yield from _sources(source, names.index(name))
    elif not names:
        yield from _made_of(source, source.expression)


def _source(scope: Scope, alias: str) -> exp.Expression | Scope | None:
    """What an alias stands for: here, in a query within an expression, or around."""
    if alias in scope.sources:
        return scope.sources[alias]
    for within in scope.subquery_scopes:
        found = _source(within, alias)
        if found is not None:
            return found
    return None


def _in_order(manifest: Mapping[str, Any]) -> list[str]:
    """The models, each after those it reads."""
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    ordered: dict[str, None] = {}

    def add(unique_id: str) -> None:
        if unique_id in models and unique_id not in ordered:
            for parent in models[unique_id]["depends_on"]["nodes"]:
                add(parent)
            ordered[unique_id] = None

    for unique_id in sorted(models):
        add(unique_id)
    return list(ordered)


def _known(schema: dict, node: Mapping[str, Any], columns: Any) -> None:
    schema.setdefault(node["schema"], {})[node["name"]] = dict.fromkeys(columns, "UNKNOWN")


def _seed_columns(node: Mapping[str, Any]) -> list[str]:
    return _header(DBT_PROJECT / node["original_file_path"])


def _header(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")


def _given_names() -> dict[str, str]:
    """What a file is called under version control, and in a home of its own: that is what it is said to be."""
    return {path.stem: Path(name).stem for name, path in Home(DBT_PROJECT).given.items()}


def _given() -> dict[str, dict[str, str]]:
    """A home's own files have the columns of those under version control."""
    kept = Home(DBT_PROJECT).given.items()
    return {Path(name).stem: dict.fromkeys(_header(path), "UNKNOWN") for name, path in kept}


def _columns_of_the_lake() -> dict[str, dict[str, str]]:
    tables = {**lake.partitioned_schemas(load_cards()), **lake.SINGLE_FILES}
    return {
        table: dict.fromkeys(dict.fromkeys((*schema.names, "reporting_period")), "UNKNOWN")
        for table, schema in tables.items()
    }


def _ledger() -> dict[str, dict[str, str]]:
    tables = {"publications": PUBLICATIONS, "figures": FIGURES}
    return {table: dict.fromkeys(schema.names, "UNKNOWN") for table, schema in tables.items()}


def compiled_lineage(home: Home) -> Lineage:
    """The project's lineage, from what dbt has compiled in a home."""
    from orchestration.model.dbt import target  # noqa: PLC0415  (Dagster's start reads the file alone)

    folder = target(home) / "compiled" / "zhenxing"
    manifest = json.loads((target(home) / "manifest.json").read_text(encoding="utf-8"))
    compiled = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.glob("models/**/*.sql")
    }
    return column_lineage(manifest, compiled)


def write_lineage() -> Path:
    """Compiles the project in a home of its own and writes the file."""
    from orchestration.model.dbt import run  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        run(home, "compile")
        lines = [
            f" {json.dumps(relation)}: {json.dumps(columns)}"
            for relation, columns in compiled_lineage(home).items()
        ]
    replace_bytes(FILE, ("{\n" + ",\n".join(lines) + "\n}\n").encode())
    return FILE


if __name__ == "__main__":
    print(write_lineage())
