"""The terminal of ``zhenxing rules``: the catalogue as a table, and whom a rule would have hit.

Belongs here: showing. Does not belong here: finding what is shown (``preview``).
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from expectations.rule import MISSING, Rule
from orchestration.audit.preview import Hit, Preview
from orchestration.words import SEVERITY

_SEVERITIES = {"error": Text(SEVERITY["error"], "red"), "warning": Text(SEVERITY["warning"], "yellow")}
_SCOPES = {"file": "单个工作簿", "bureau": "全省"}


def print_rules(console: Console, rules: Sequence[Rule]) -> None:
    """A line for each rule, drafts marked."""
    table = _table("规则", "级别", "范围", "数据集", "名称")
    for rule in rules:
        name = Text.assemble((f"{rule.title_zh}", ""), ("  未生效", "cyan") if rule.draft else "")
        table.add_row(rule.code, _SEVERITIES[rule.severity], _SCOPES[rule.scope], rule.dataset, name)
    table.columns[4].overflow = "fold"
    console.print(table)


def print_preview(console: Console, found: Preview) -> None:
    """The rule, the totals, and a line for each unit hit with a few of its cells."""
    rule = found.rule
    console.print(
        Text.assemble(
            (f"{rule.code} v{rule.version} ", "bold"),
            rule.title_zh,
            ("  未生效" if rule.draft else "  已生效", "cyan"),
            "  ",
            _SEVERITIES[rule.severity],
        ),
        soft_wrap=True,
    )
    console.print(Text(f"依据 {rule.source}  缺项 {MISSING[rule.missing]}", "dim"), soft_wrap=True)
    console.print(Text(_summary(found)), soft_wrap=True)
    if found.hits:
        console.print(_hits(rule, found.hits))
    console.print(Text("预演只读,不写判定。", "dim"))


def _summary(found: Preview) -> str:
    if not found.units:
        return "没有可审的数据。"
    first, last = found.units[0].reporting_period, found.units[-1].reporting_period
    span = first if first == last else f"{first} 至 {last}"
    if found.rule.scope == "bureau":
        return (
            f"{span},按现行有效的报送:{len(found.units)} 个单位·期,命中 {len(found.hits)} 个、"
            f"{found.total('rows')} 处。全省性规则如为错误级,会阻止发布,不退回报表。"
        )
    return (
        f"{span},历次报送 {found.total('submissions')} 份(含旧版本)、{found.total('rows_judged')} 行:"
        f"命中 {found.total('hit')} 份、{found.total('rows')} 处;"
        f"如为错误级,现已接收的会有 {found.total('held_back')} 个数据集被退回。"
    )


def _hits(rule: Rule, hits: Sequence[Hit]) -> Table:
    table = _table("报告期", "单位", "审核", "命中", "处", "例")
    for hit in hits:
        table.add_row(
            hit.reporting_period,
            Text(f"{hit.unit_name} {hit.unit_code}"),
            str(hit.submissions),
            str(hit.hit),
            str(hit.rows),
            Text("\n".join(_example(rule, example) for example in hit.examples)),
        )
    for column in table.columns[2:5]:
        column.justify = "right"
    table.columns[5].overflow = "fold"
    return table


def _example(rule: Rule, example: dict) -> str:
    """Where, and the rule's own words."""
    where = example["cells"] or (f"第{example['source_row']}行" if example["source_row"] else "")
    said = rule.message_zh.format(found=example["found"], expected=example["expected"])
    return f"{where} {said}".strip()


def _table(*names: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in names:
        table.add_column(name)
    return table
