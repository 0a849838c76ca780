"""The terminal of ``zhenxing why``: a publication's changes, or one figure's.

Belongs here: showing. Does not belong here: finding (``found``, ``figure``), words (``saying``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.home import Home
from orchestration.report.changes.figure import Explained
from orchestration.report.changes.found import Came, Change, Changes, alike
from orchestration.report.changes.saying import (
    NONE,
    receipt_of,
    say_counts,
    say_made,
    say_periods_of,
    say_publication,
    say_reason,
)
from orchestration.report.restated.saying import say_difference, say_value

_LINES = 20
_SENT = 10
_PARTS = 15


def print_changes(console: Console, home: Home, changes: Changes) -> None:
    """One screen: how many figures, the weightiest of them, because of whom, and what else is no longer the same."""
    _head(console, changes)
    console.print(Text(f"变化  {changes.total} 个数字:{say_counts(changes.counts)}"))
    for period, counts in changes.by_period.items():
        console.print(Text(f"  {period}  {say_counts(counts)}", "dim"))
    lines = alike(changes.figures)[:_LINES]
    if lines:
        console.print(_figures(lines))
    if more := changes.total - sum(map(len, lines)):
        console.print(Text(f"  另有 {more} 个(--json 列出更多)", "dim"))
    _sent(console, home, changes.sent, "收到")
    _made(console, changes)
    _notices(console, changes.notices)


def print_explained(console: Console, home: Home, explained: Explained) -> None:
    """One figure: from what to what, because of whom, through which counties, and what each publication had said."""
    figure = explained.last.change.figure
    console.print(Text(f"{figure.unit_name} {figure.reporting_period} {figure.label}", "bold"))
    if not explained.is_changed:
        console.print(
            Text(f"{say_publication(explained.asked)}没有改变这个数字;最近一次变化在以下发布。", "yellow")
        )
    _head(console, explained.changes)
    difference = "" if figure.difference is None else f",差额 {say_difference(figure)}"
    console.print(
        Text.assemble(
            "变化  ",
            (f"{figure.printed_before or NONE} → {figure.printed_after or NONE}", "bold"),
            difference,
        )
    )
    exact = f"{say_value(figure.before, figure.unit)} → {say_value(figure.after, figure.unit)}"
    console.print(Text(f"  精确值 {exact}", "dim"))
    console.print(Text(f"原因  {say_reason(explained.last.change)}"))
    _sent(console, home, explained.sent, "报送")
    if explained.parts:
        console.print(Text("下级  本级以下同一指标有变的县(区)"))
        console.print(_figures([[part] for part in explained.parts[:_PARTS]]))
    _made(console, explained.changes)
    _notices(console, explained.changes.notices)
    console.print(Text("历次  " + "、".join(map(_said, explained.history))))
    trace = f"zhenxing trace {figure.figure_key} --period {figure.reporting_period} --unit {figure.unit_code}"
    console.print(Text(f"追溯  {trace}", "dim"), soft_wrap=True)


def _said(said) -> str:
    return f"第{said.publication.number}次 {said.change.figure.printed_after or '撤下'}"


def _head(console: Console, changes: Changes) -> None:
    before = f",与{say_publication(changes.before)}相比" if changes.before else ",此前没有发布"
    console.print(Text(f"{say_publication(changes.publication)}{before}", "bold"))
    if changes.publication.reason:
        console.print(Text(f"  恢复旧发布的理由:{changes.publication.reason}"))


def _figures(lines: Sequence[Sequence[Change]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in ("单位", "报告期", "指标", "原公布", "现公布", "差额", "原因"):
        table.add_column(name, justify="right" if name in ("原公布", "现公布", "差额") else "left")
    for line in lines:
        figure = line[0].figure
        table.add_row(
            *map(
                Text,
                (
                    figure.unit_name,
                    say_periods_of(line),
                    figure.label,
                    figure.printed_before or NONE,
                    figure.printed_after or NONE,
                    NONE if figure.difference is None else say_difference(figure),
                    say_reason(line[0]),
                ),
            )
        )
    return table


def _sent(console: Console, home: Home, sent: Sequence[Came], label: str) -> None:
    for came in sent[:_SENT]:
        replaced = f",代替 {'、'.join(came.supersedes)}" if came.supersedes else ""
        version = f"第{came.version}版," if came.version else ""
        moved = f",改变 {came.figures} 个数字" if came.figures else ""
        who = f"{came.unit_name} {came.reporting_period}".strip()
        console.print(
            Text(f"{label}  {who} {came.submission_id}({version}{came.status}{replaced}{moved})"),
            soft_wrap=True,
        )
        if receipt := receipt_of(home, came):
            console.print(Text(f"  回执 {receipt}", "dim"), soft_wrap=True)
    if len(sent) > _SENT:
        console.print(Text(f"  另有 {len(sent) - _SENT} 份", "dim"))


def _made(console: Console, changes: Changes) -> None:
    if changes.made is None and changes.before:
        console.print(Text("算法  上一次发布时没有记录规则、模型和程序,无法比较", "dim"))
    for line in say_made(changes):
        console.print(Text(f"算法  {line}"), soft_wrap=True)


def _notices(console: Console, notices: Sequence[Path]) -> None:
    for path in notices:
        if path.suffix == ".html":
            console.print(Text(f"公告  {path}"), soft_wrap=True)
