"""The terminal of ``zhenxing trace``: the steps from the figure down to the cells, the largest parts first.

Belongs here: showing. Does not belong here: finding what is shown (``tracing``, ``reach``).
"""

from __future__ import annotations

from datetime import UTC

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.periods import minute_of
from orchestration.report.trace.found import Part, Submission, Trace, Version, grouped
from orchestration.report.trace.words import (
    KINDS,
    OUTCOMES,
    SEVERITIES,
    columns_words,
    of_cells,
    place,
    proof_words,
    repeated_words,
    stated_words,
)

_MOST = 8
_FEW = 3


def print_trace(console: Console, trace: Trace, *, full: bool = False) -> None:
    """The path of a figure. ``full`` lists every unit and submission, not only the largest parts."""
    console.print(
        Text.assemble(
            (f"{trace.unit_name} {trace.reporting_period} {trace.label}  ", "bold"),
            (trace.display, "bold cyan"),
        )
    )
    _step(
        console,
        "数字",
        f"{grouped(trace.value)} {_unit(trace.unit)}(印作 {trace.display}),截至 {trace.as_of}",
    )
    if trace.is_adjusted:
        _more(console, "末位经舍位平衡调整,使印出的各部分之和等于印出的总数")
    _more(console, f"第 {trace.publication} 次发布,{minute_of(trace.published_at.replace(tzinfo=UTC))}")
    if trace.stated:
        _more(
            console,
            f"{trace.unit_name}自报:{stated_words(trace.stated)}  {trace.stated.sheet}!{trace.stated.cell}",
        )
    if len(trace.parts) > 1:
        _step(console, "算法", f"{trace.words}:{trace.parts[0].label} ÷ {trace.parts[1].label}")
        _more(console, proof_words(trace.recomputed, trace.value), "green" if trace.proven else "red")
    for part in trace.parts:
        if len(trace.parts) > 1:
            console.print()
            console.print(
                Text.assemble((part.label, "bold"), f"  {grouped(part.recomputed)} {_unit(part.unit)}")
            )
        _part(console, part, full=full)


def _part(console: Console, part: Part, *, full: bool) -> None:
    _step(console, "算法", f"{part.words}({KINDS.get(part.kind, part.kind)})")
    _more(console, part.sql, "dim")
    _step(
        console,
        "事实",
        f"{part.fact} {'、'.join(part.periods)}:{part.of_rows:,} 行中 {part.rows:,} 行计入" + _distinct(part),
    )
    _more(console, proof_words(part.recomputed, part.value), "green" if part.proven else "red")
    _verdicts(console, part)
    _submissions(console, part, full=full)
    _contributions(console, part, full=full)


def _distinct(part: Part) -> str:
    return "" if part.distinct is None else f",去重 {part.distinct:,}"


def _verdicts(console: Console, part: Part) -> None:
    found = part.verdicts
    words = f"{found.rules} 条规则、{found.verdicts:,} 次判定:通过 {found.passed:,}"
    told = {
        "错误": found.failed_errors,
        "提示": found.failed_warnings,
        "告知": found.failed_notices,
        "未能运行": found.could_not_run,
        "其中豁免": found.waived,
    }
    _step(console, "审核", "、".join([words, *(f"{name} {count}" for name, count in told.items() if count)]))
    for each in found.failing[:_MOST]:
        where = f"{each.submission_id or '全省'}  {of_cells(each.cells)}"
        _more(
            console,
            f"{each.rule_code} {each.title}({SEVERITIES.get(each.severity, each.severity)},"
            f"{OUTCOMES.get(each.outcome, each.outcome)} {each.failed} 处)  {where}",
            "yellow",
        )
    if len(found.failing) > _MOST:
        _more(console, f"……共 {len(found.failing)} 项,全部见 --json", "dim")


def _submissions(console: Console, part: Part, *, full: bool) -> None:
    units = len({submission.unit_code for submission in part.submissions})
    nil = f",其中零报送 {part.nil}" if part.nil else ""
    superseded = f";另有 {part.superseded} 份旧的或未接收的版本" if part.superseded else ""
    _step(console, "报送", f"{units} 个单位的 {len(part.submissions)} 份在用报送{nil}{superseded}")
    shown = part.submissions if full or len(part.submissions) <= _FEW else ()
    for submission in shown:
        _more(console, _submission(submission))
        if submission.path:
            _more(console, f"  {submission.path}", "dim")
        for other in submission.others:
            _more(
                console,
                f"  {other.state} 版本 {other.version or '—'}  {_moment(other)}  {other.file_name}",
                "dim",
            )


def _submission(submission: Submission) -> str:
    rows = (
        "零报送(封面声明)"
        if submission.state == "nil"
        else f"{submission.sheet} {submission.counted}/{submission.landed} 行"
    )
    return (
        f"{submission.unit_name} 版本 {submission.version or '—'}  {_moment(submission)} 收到  {submission.status}"
        f"  {submission.file_name}  {rows}"
    )


def _contributions(console: Console, part: Part, *, full: bool) -> None:
    shown = part.contributions if full else part.contributions[:_MOST]
    if not shown:
        _step(console, "单元格", "没有计入的行")
        return
    _step(console, "单元格", columns_words(part))
    files = {submission.submission_id: submission.file_name for submission in part.submissions}
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("单位", no_wrap=True)
    table.add_column(f"数值({_unit(part.unit)})", justify="right", no_wrap=True)
    table.add_column("行", justify="right", no_wrap=True)
    table.add_column("自报", no_wrap=True)
    table.add_column("文件和单元格", overflow="fold")
    for each in shown:
        places = (f"{files[source.submission_id]} {place(source, full=full)}" for source in each.sources)
        table.add_row(
            Text(f"{each.unit_name} {each.unit_code}"),
            grouped(each.value),
            f"{each.rows:,}",
            Text(stated_words(each.stated) if each.stated else "—"),
            Text("\n".join(places)),
        )
    console.print(table)
    rest = part.contributions[len(shown) :]
    if rest:
        value = sum(each.value for each in rest)
        _more(
            console,
            f"……另 {len(rest)} 个单位 {grouped(value)},共 {sum(each.rows for each in rest):,} 行;--full 全部列出",
            "dim",
        )
    _more(console, repeated_words(part), "green" if part.repeated == 0 else "")


def _moment(sent: Submission | Version) -> str:
    return minute_of(sent.received_at.replace(tzinfo=UTC))


def _unit(unit: str) -> str:
    return "比率" if unit == "1" else unit


def _step(console: Console, name: str, words: str) -> None:
    console.print(Text.assemble((f"{name:　<3} ", "bold blue"), words), soft_wrap=True)


def _more(console: Console, words: str, style: str = "") -> None:
    console.print(Text("       " + words, style), soft_wrap=True)
