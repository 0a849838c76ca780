"""The terminal of ``zhenxing trace --reaches``: a workbook, and the published figures that its rows reach.

Belongs here: showing. Does not belong here: finding what is shown (``reach``).
"""

from __future__ import annotations

from datetime import UTC

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.periods import minute_of
from orchestration.report.trace.carried import Carrying
from orchestration.report.trace.found import grouped
from orchestration.report.trace.reach import Reached, Reaching

_MOST = 30
_MOST_BULLETINS = 10
_ROLES = {"measure": "计量", "condition": "条件", None: "不在算法里"}


def print_reached(console: Console, found: Reached, *, full: bool = False) -> None:
    """What a workbook reaches; of a bureau's register, which speaks of every county, the first figures unless ``full``."""
    moment = minute_of(found.received_at.replace(tzinfo=UTC))
    console.print(
        Text(
            f"{found.file_name}  {found.unit_name} {found.reporting_period} 版本 {found.version or '—'}",
            "bold",
        )
    )
    console.print(Text(f"{moment} 收到  {found.status}  提交 {found.submission_id}"), soft_wrap=True)
    if found.path:
        console.print(Text(found.path, "dim"), soft_wrap=True)
    if found.superseded_by:
        console.print(Text(f"已被 {'、'.join(found.superseded_by)} 取代", "yellow"), soft_wrap=True)
    if found.cells:
        columns = f",列:{'、'.join(found.headers)}" if found.headers else ""
        console.print(Text(f"单元格 {found.cells}:{found.asked_rows} 行数据{columns}"), soft_wrap=True)
    for each in found.compared:
        console.print(Text(f"汇总表自报的 {each.label}:只用于与台账核对,不计入任何数字"))
    if not found.figures:
        console.print(Text("没有影响任何已发布的数字" + _reason(found), "yellow"), soft_wrap=True)
        return
    shown = found.figures if full else found.figures[:_MOST]
    counting = sum(each.rows > 0 for each in found.figures)
    console.print(Text(f"影响 {counting} 个已发布的数字" + _looked_at(found), "bold blue"), soft_wrap=True)
    console.print(_table(found, shown))
    if len(shown) < len(found.figures):
        console.print(Text(f"……另 {len(found.figures) - len(shown)} 个;--full 全部列出", "dim"))
    if found.bulletins:
        console.print(Text(f"印有这些数字的已发通报 {len(found.bulletins)} 份", "bold blue"), soft_wrap=True)
    for each in found.bulletins if full else found.bulletins[:_MOST_BULLETINS]:
        console.print(Text("  " + _bulletin(each)), soft_wrap=True)
    if not full and len(found.bulletins) > _MOST_BULLETINS:
        console.print(
            Text(f"  ……另 {len(found.bulletins) - _MOST_BULLETINS} 份;--full 全部列出", "dim"), soft_wrap=True
        )


def _bulletin(each: Carrying) -> str:
    day = f",{each.day}" if each.day else ""
    return f"{each.period} {each.edition_name}:{len(each.figures)} 个(第 {each.publication} 次发布{day})"


def _table(found: Reached, shown: tuple[Reaching, ...]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in (
        "指标",
        "报告期",
        "单位",
        "印作",
        "计入行",
        "其中这些行",
        *(("这一列",) if found.headers else ()),
    ):
        table.add_column(
            heading, justify="right" if heading in ("计入行", "其中这些行") else "left", overflow="fold"
        )
    for each in shown:
        side = f"({'分母' if each.as_denominator else '分子'})" if each.side else ""
        role = (Text(_ROLES[each.role]),) if found.headers else ()
        table.add_row(
            Text(each.label + side),
            each.reporting_period,
            Text(each.unit_name),
            Text(each.display),
            f"{each.rows:,}",
            grouped(each.part) if each.rows else "不计入",
            *role,
        )
    return table


def _looked_at(found: Reached) -> str:
    idle = sum(each.rows == 0 for each in found.figures)
    return f";另有 {idle} 个的算法用到这一列,但条件不成立,不计入" if idle else ""


def _reason(found: Reached) -> str:
    if found.superseded_by:
        return ";它在用时影响的数字,可用 --as-of 查"
    if found.compared:
        return ""
    if found.cells:
        return ":这些单元格没有计入的行"
    return f":它的报表没有在用的({found.status})"
