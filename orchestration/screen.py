"""The terminal of a night: one line per step, with a bar where a step counts, and one screen at its end.

Belongs here: showing. Does not belong here: collecting what is shown (``summary``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType

from rich.console import Console, Group
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from orchestration.night import FIRST_MONTH, STEPS
from orchestration.periods import SHANGHAI, parse_period, previous
from orchestration.summary import Failing, PastSummary, Summary
from orchestration.words import FILE_STATUS, SEVERITY, WAIVED


class Screen:
    """A night's watcher on a terminal. Use as a context manager around the night."""

    def __init__(self, console: Console):
        self._console = console
        self._bar: Progress | None = None
        self._task = TaskID(0)

    def __enter__(self) -> Screen:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hide()

    def preparing(self, what: str) -> None:
        """Something that takes a moment before the first step, or between two."""
        self._show(what)

    def started(self, step: str) -> None:
        self._show(STEPS[step])

    def progressed(self, step: str, what: str, done: int, total: int) -> None:
        if self._bar is not None:
            shown = STEPS[step] if what == step else f"{STEPS[step]} {what}"
            self._bar.update(self._task, description=shown, completed=done, total=total)

    def finished(self, step: str, seconds: float, error: Exception | None) -> None:
        self._hide()
        mark = "[red]✗[/red]" if error else "[green]✓[/green]"
        self._console.print(f"{mark} {STEPS[step]} [dim]{seconds:.1f} 秒[/dim]")

    def _show(self, what: str) -> None:
        """A bar of its own for each step: one kept without a task would print an empty line at every refresh."""
        self._hide()
        if self._console.is_terminal:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._task = self._bar.add_task(what, total=None)
            self._bar.start()

    def _hide(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


class Counting:
    """A bar for a command that counts: what it gives is the ``progress`` a function takes. Use as a context manager."""

    def __init__(self, console: Console):
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = TaskID(0)

    def __enter__(self) -> Callable[[str, int, int], None]:
        self._task = self._bar.add_task("", total=None)
        self._bar.start()
        return lambda what, done, total: self._bar.update(
            self._task, description=what, completed=done, total=total
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()


UNITS_SHOWN = 4
RULES_SHOWN = 8

_HEADLINES = {
    "published": "[bold green]本晚完成,已发布[/bold green]",
    "standing": "[bold green]没有新报表,上次发布的数据仍然有效[/bold green]",
    "nothing_received": "[bold yellow]收件箱里没有可以处理的报表[/bold yellow]",
    "held": "[bold yellow]本晚已收件、审核、建模,没有发布:恢复的旧发布还没有解除[/bold yellow]",
    "failed": "[bold red]本晚没有完成[/bold red]",
}


# Of a night that published, or had nothing to publish, and failed at what follows.
_FIGURES_STAND = {
    "published": "[bold green]已发布[/bold green]",
    "standing": "[bold green]上次发布的数据仍然有效[/bold green]",
    "nothing_received": "[bold yellow]收件箱里没有可以处理的报表[/bold yellow]",
}


def print_summary(console: Console, summary: Summary) -> None:
    """One screen."""
    console.print()
    console.print(
        _headline(summary) + (f"  报告期 {said_periods(summary.periods)}" if summary.periods else "")
    )
    for line in _error_lines(summary):
        console.print(Text.assemble(("✗", "red"), f" {line}"), soft_wrap=True)
    console.print(_facts(summary))
    if summary.figures:
        console.print(_figures_table(summary))
    console.print(_places(summary))


def _headline(summary: Summary) -> str:
    if not summary.unfinished:
        return _HEADLINES[summary.outcome]
    steps = "、".join(STEPS[step] for step in summary.unfinished)
    return f"{_FIGURES_STAND[summary.outcome]}[bold red];没有完成:{steps},下一晚自动补做[/bold red]"


def said_periods(periods: Sequence[str]) -> str:
    """Months and weeks, those that follow each other as a span: ``2021-06至2021-08、2021-W34``."""
    spans: list[list[str]] = []
    for period in sorted((parse_period(key) for key in periods), key=lambda p: (p.cadence, p.start)):
        if spans and previous(period).key == spans[-1][-1]:
            spans[-1].append(period.key)
        else:
            spans.append([period.key])
    return "、".join("至".join(dict.fromkeys((span[0], span[-1]))) for span in spans)


def print_past(console: Console, summary: PastSummary) -> None:
    """What was known at a past publication, on one screen."""
    published = datetime.fromisoformat(summary.published_at).astimezone(SHANGHAI)
    console.print(
        f"[bold]第 {summary.publication} 次发布时的数据[/bold]  发布于 {published:%Y-%m-%d %H:%M:%S}"
        + (f"  报告期 {summary.period}" if summary.period else "")
    )
    statuses = [f"{FILE_STATUS[status]} {count}" for status, count in summary.submissions.items()]
    console.print("报送  " + "、".join([f"共收到 {sum(summary.submissions.values())}", *statuses]))
    if summary.figures:
        console.print(_figures_table(summary))
    console.print(Text(f"数据仓库  {summary.warehouse}", overflow="fold"))
    console.print(f"用时      {summary.seconds:.1f} 秒;没有收件,现行发布未改动")


def _error_lines(summary: Summary) -> list[str]:
    if summary.error is None:
        return []
    if summary.unfinished:
        lines = [f"{STEPS[step]}:{_first_line(why)}" for step, why in summary.unfinished.items()]
        return [*lines, f"详情见 {summary.log}"]
    return [*(summary.blocking or [_first_line(summary.error)]), f"详情见 {summary.log}"]


def _first_line(words: str) -> str:
    return next(iter(words.strip().splitlines()), "")


def _facts(summary: Summary) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    statuses = [f"{FILE_STATUS[status]} {count}" for status, count in summary.submissions.items()]
    table.add_row("报送", "、".join([f"共收到 {summary.received}", f"本晚新收 {summary.new}", *statuses]))
    if summary.waiting:
        table.add_row(
            "", f"季报、年报等由月报汇总的,和 {FIRST_MONTH} 以前的,已登记、不处理:{len(summary.waiting)} 份"
        )
    for entry in summary.unreadable[:UNITS_SHOWN]:
        table.add_row("无法读取", Text(f"{entry['file']}:{entry['why']}"))
    if summary.rules:
        rules = summary.rules
        table.add_row(
            "规则",
            f"运行 {rules['rules']}、通过 {rules['passed']}、不符 {rules['failed']}、未能运行 {rules['could_not_run']}",
        )
    for label, entries in _failing_lines(summary):
        table.add_row(label, Text(entries))
    return table


def _failing_lines(summary: Summary) -> list[tuple[str, str]]:
    lines = []
    for entry in summary.failing[:RULES_SHOWN]:
        units = [f"{name}({_at_fault(entry, name)})" for name in entry.units]
        more = f"等{len(units)}个单位" if len(units) > UNITS_SHOWN else ""
        colour = "red" if entry.severity == "error" else "yellow"
        label = f"[{colour}]{SEVERITY[entry.severity]}[/{colour}]"
        lines.append((label, f"{entry.rule_code} {entry.title}:{'、'.join(units[:UNITS_SHOWN])}{more}"))
    if len(summary.failing) > RULES_SHOWN:
        lines.append(("", f"另有 {len(summary.failing) - RULES_SHOWN} 条规则不符"))
    return lines


def _at_fault(entry: Failing, unit: str) -> str:
    places = f"{entry.units[unit]}处" if entry.units[unit] else "未能运行"
    return f"{places},{WAIVED}" if unit in entry.waived else places


def _figures_table(summary: Summary | PastSummary) -> Table:
    with_previous = any(shown.previous for shown in summary.figures)
    before = "上周" if parse_period(summary.period).cadence == "week" else "上月"
    table = Table(box=None, padding=(0, 2), pad_edge=False)
    table.add_column(f"全省主要指标({summary.period})")
    for heading in ("数据仓库", "省局汇总表", *([before] if with_previous else [])):
        table.add_column(heading, justify="right")
    for shown in summary.figures:
        previous = [shown.previous or "—"] if with_previous else []
        table.add_row(shown.label, Text(shown.display, "bold"), shown.stated or "—", *previous)
    return table


def _places(summary: Summary) -> Group:
    lines = []
    if summary.published:
        lines.append(f"数据仓库  {summary.published}")
    if summary.receipts and summary.receipts_written:
        lines.append(f"回执      {summary.receipts}(本晚 {summary.receipts_written} 份)")
    lines += [f"通报      {path}" for path in summary.bulletins if path.endswith((".docx", ".html"))][:2]
    if summary.site:
        lines.append(f"网站      {summary.site}")
    lines += [f"消息      {line}" for line in summary.alerts]
    seconds_of = {STEPS[step]: seconds for step, seconds in summary.seconds_by_step.items()}
    seconds_of["启动和登记"] = summary.seconds - sum(seconds_of.values())
    steps = "、".join(f"{step} {seconds:.1f}" for step, seconds in seconds_of.items())
    memory = summary.peak_memory_mb
    lines.append(
        f"用时      {summary.seconds:.1f} 秒({steps});"
        f"内存峰值 {memory['process']} MB,读取进程 {memory['largest_worker']} MB"
    )
    return Group(*[Text(line, overflow="fold") for line in lines])
