"""dbt's docs as one page: dbt's own page with the manifest and a catalogue written into it, as ``dbt docs generate --static``
does, at a tenth of its price: the night has parsed the project, and the published file is its own catalogue.

Belongs here: what goes into that page and what must not: paths of the machine, whatever would be fetched, what readers have
no use for. Does not belong here: descriptions (``dbt_project``), and what is published (``catalogue``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from orchestration.report.documentation.catalogue import DATABASE, Table, catalogue_entry

_PROJECT = "zhenxing"
_QUALITY = "quality"  # published beside the marts, and no models of dbt: shown as a source of its own
_OVERVIEW = f"doc.{_PROJECT}.__overview__"
# Of each node and macro. The page shows none of it; ``root_path`` is a folder of this machine.
_NOT_SHOWN = (
    "root_path",
    "created_at",
    "checksum",
    "build_path",
    "unrendered_config",
    "unrendered_database",
    "unrendered_schema",
)
_KINDS = (
    "nodes",
    "sources",
    "macros",
    "exposures",
    "metrics",
    "semantic_models",
    "saved_queries",
    "unit_tests",
)
_METADATA = ("dbt_schema_version", "dbt_version", "project_name", "adapter_type")

# dbt's page binds these only once it runs: until then a browser would fetch the bare template.
_UNBOUND = {'xlink:href="{{': 'ng-href="{{', 'src="{{': 'ng-src="{{'}
_ICON = re.compile(r'<link rel="shortcut icon"[^>]*>')
_LOGO = re.compile(r"<img [^>]*\{\{ logo \}\}[^>]*>")
# dbt's page would load it to report on its use, were the project to allow that.
_TRACKER = "//d1fc8wv8zag5ca.cloudfront.net/2.9.0/sp.js"

# The fixed words of dbt's page, where they stand alone between two tags. A word that a later dbt words otherwise stays as it is.
_WORDS = {
    "Overview": "概览",
    "Project": "项目",
    "Database": "数据库",
    "Group": "分组",
    "Sources": "来源",
    "Projects": "项目",
    "Exposures": "使用者",
    "Metrics": "指标",
    "Semantic Models": "语义模型",
    "Saved Queries": "存好的查询",
    "Tables and Views": "表和视图",
    "Details": "概况",
    "Description": "说明",
    "Columns": "列",
    "Referenced By": "被谁使用",
    "Depends On": "取自",
    "Code": "代码",
    "Source": "来源",
    "Compiled": "编译后",
    "Arguments": "参数",
    "Column": "列名",
    "Type": "类型",
    "Constraints": "约束",
    "Data Tests": "检验",
    "More?": "更多",
    "Name": "名称",
    "Column Description": "列说明",
    "search results": "个结果",
    "Tags": "标签",
    "Owner": "负责",
    "Package": "包",
    "Language": "语言",
    "Relation": "位置",
    "Access": "访问",
    "Version": "版本",
    "Contract": "约定",
    "Lineage Graph": "血缘图",
    "Entities": "实体",
    "Expression": "算式",
    "Functions": "函数",
    "Analysis": "分析",
    "Public Models": "公开模型",
    "Source Tables": "来源表",
    "Table": "表",
    "Generic Data Tests": "检验",
    "Unique": "唯一",
    "Not Null": "不为空",
    "Primary Key": "主键",
    "Foreign Key": "外键",
    "Argument": "参数",
    "Select All": "全选",
    "None": "无",
    "Loader": "装载",
    "Maturity": "成熟度",
    "Exposure name": "使用者名称",
    "Metric name": "指标名称",
    "Metric Type": "指标种类",
    "Semantic Model name": "语义模型名称",
    "Semantic Model Type": "语义模型种类",
    "Link": "链接",
    "View docs": "查看说明",
    "View this exposure": "打开",
}


# The fields of a table's head, which a script of dbt's page makes.
_FIELD = re.compile(r'(\{name:")([A-Z][A-Za-z ]+)(",value:)')
# dbt's page cuts a column's description after a few characters.
_CUT = "text-overflow: ellipsis; overflow-x: hidden; white-space: nowrap; max-width: 1px;"
_WHOLE = "min-width: 22rem;"
_NARROW, _IN_ONE_LINE = "width: 1px; background-color", "width: 1px; white-space: nowrap; background-color"


def dbt_page(
    template: str,
    manifest: Mapping[str, Any],
    compiled: Mapping[str, str],
    tables: Iterable[Table],
    said: str,
) -> str:
    """The page, of dbt's template and manifest, the SQL compiled by file, and the published tables.

    ``said`` is a Markdown line above the overview.
    """
    shown = _shown(manifest, said)
    for node in shown["nodes"].values():
        if node["resource_type"] == "model":
            node["compiled_code"] = compiled.get(node["original_file_path"])
    catalogue = _catalogue(shown, tables)
    page = _in_chinese(_at_rest(template))
    page = page.replace('"MANIFEST.JSON INLINE DATA"', _inline(shown))
    return page.replace('"CATALOG.JSON INLINE DATA"', _inline(catalogue))


def _shown(manifest: Mapping[str, Any], said: str) -> dict[str, Any]:
    """The manifest as the page needs it: of this project alone, and nothing of the machine it was parsed on."""
    shown = dict(manifest)
    shown["metadata"] = {key: manifest["metadata"][key] for key in _METADATA} | {
        "send_anonymous_usage_stats": False
    }
    shown["disabled"] = {}
    for kind in _KINDS:
        shown[kind] = {
            key: {field: value for field, value in node.items() if field not in _NOT_SHOWN}
            for key, node in manifest[kind].items()
            if node["package_name"] == _PROJECT
        }
    shown["docs"] = {key: dict(doc) for key, doc in manifest["docs"].items()}
    if _OVERVIEW in shown["docs"]:
        shown["docs"][_OVERVIEW]["block_contents"] = f"{said}\n\n{shown['docs'][_OVERVIEW]['block_contents']}"
    return shown


def _catalogue(shown: dict[str, Any], tables: Iterable[Table]) -> dict[str, Any]:
    """The catalogue of the published tables. Each mart is moved to the published file, and each quality table gets a source."""
    models = {
        (node["schema"], node["alias"]): key
        for key, node in shown["nodes"].items()
        if node["resource_type"] == "model"
    }
    nodes: dict[str, Any] = {}
    sources: dict[str, Any] = {}
    for table in tables:
        key = models.get((table.schema, table.name))
        if key is not None:
            nodes[key] = catalogue_entry(table, key)
            shown["nodes"][key]["database"] = DATABASE
        elif table.schema == _QUALITY:
            key = f"source.{_PROJECT}.{_QUALITY}.{table.name}"
            sources[key] = catalogue_entry(table, key)
            shown["sources"][key] = _source(table, key)
            shown["parent_map"][key] = shown["child_map"][key] = []
    return {"metadata": {}, "nodes": nodes, "sources": sources, "errors": None}


def _source(table: Table, key: str) -> dict[str, Any]:
    """A published table that no model makes, as dbt's manifest has a source."""
    return {
        "unique_id": key,
        "resource_type": "source",
        "package_name": _PROJECT,
        "source_name": _QUALITY,
        "source_description": "规则、判定、问题、受理、豁免和发布 | Rules, verdicts, failures, decisions, waivers, publications",
        "name": table.name,
        "identifier": table.name,
        "database": DATABASE,
        "schema": table.schema,
        "loader": "",
        "description": table.comment,
        "columns": {
            name: {
                "name": name,
                "description": comment,
                "data_type": data_type,
                "meta": {},
                "tags": [],
                "constraints": [],
            }
            for name, data_type, comment in table.columns
        },
        "original_file_path": "models/staging/lake_control.yml",
        "fqn": [_PROJECT, _QUALITY, table.name],
        "meta": {},
        "source_meta": {},
        "tags": [],
        "config": {"enabled": True},
        "docs": {"show": True},
    }


def _at_rest(template: str) -> str:
    """dbt's page without anything that a browser would go and fetch."""
    page = _LOGO.sub("<strong>振兴 · 数据字典</strong>", template)
    page = page.replace(_CUT, _WHOLE).replace(_NARROW, _IN_ONE_LINE)
    page = _ICON.sub('<link rel="icon" href="data:,"/>', page.replace(_TRACKER, ""))
    for bare, bound in _UNBOUND.items():
        page = page.replace(bare, bound)
    return page


def _in_chinese(page: str) -> str:
    page = page.replace("<title>dbt Docs</title>", "<title>振兴 · 数据字典</title>")
    page = page.replace("Search for models...", "查找表、列、说明……").replace('lang="en-US"', 'lang="zh-CN"')
    page = _FIELD.sub(lambda match: match[1] + _WORDS.get(match[2], match[2]) + match[3], page)
    # Within the page's scripts a line end is written \n.
    words = "|".join(re.escape(word) for word in sorted(_WORDS, key=len, reverse=True))
    alone = re.compile(rf"(>(?:\\n|\s)*)({words})((?:\\n|\s)*<)")
    return alone.sub(lambda match: match[1] + _WORDS[match[2]] + match[3], page)


def _inline(data: Mapping[str, Any]) -> str:
    """JSON that ends no script, whatever a description says."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
