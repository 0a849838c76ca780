"""The terminal of ``zhenxing restatements``: the notices, or the figures of one period that were restated.

Belongs here: showing. Does not belong here: finding what is shown (``listing``).
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.periods import day_of
from orchestration.report.restated.found import LEVELS
from orchestration.report.restated.listing import Listed
from orchestration.report.restated.notice import number_of
from orchestration.report.restated.saying import (
    lines_of,
    say_before,
    say_difference,
    say_now,
    say_periods,
)

_ROWS = 30  # of one notice; the notice has all
_NUMBERS = ("原公布", "更正后", "差额")


def print_notices(console: Console, listed: Sequence[Listed]) -> None:
    """One paragraph a notice, the latest last: how much it restated, because of whom, and where it lies."""
    for each in listed:
        _head(console, each)
        restatement = each.restatement
        changed = [figure for figure in restatement.figures if not figure.is_printed_alike]
        alike = len(restatement.figures) - len(changed)
        senders = list(dict.fromkeys(sent.unit_name for sent in restatement.sent))
        reasons = list(dict.fromkeys(figure.reason for figure in restatement.figures))
        console.print(Text(f"  报告期 {say_periods(restatement.figures)}"))
        console.print(Text(f"  印发数有变 {len(changed)} 个、印发数不变 {alike} 个"))
        named = f"({'、'.join(senders)})" if senders else ""
        console.print(Text(f"  原因 {'、'.join(reasons)}{named}"))
        _places(console, each)


def print_figures(console: Console, listed: Sequence[Listed]) -> None:
    """The figures of one period, notice by notice, from the province down."""
    for each in listed:
        _head(console, each)
        figures = [figure for level in LEVELS for figure in each.restatement.of_level(level)]
        lines = lines_of(figures)
        table = Table(box=None, pad_edge=False, header_style="dim")
        for name in ("单位", "指标", "原公布", "更正后", "差额", "原因"):
            table.add_column(name, justify="right" if name in _NUMBERS else "left")
        for line in lines[:_ROWS]:
            figure = line[0]
            now = say_now(figure)
            words = (
                figure.unit_name,
                figure.label,
                say_before(figure),
                now if isinstance(now, str) else now.text,
                say_difference(figure),
                figure.reason + (f"({figure.senders})" if figure.senders else ""),
            )
            table.add_row(*map(Text, words))
        console.print(table)
        if len(lines) > _ROWS:
            console.print(Text(f"  另有 {len(lines) - _ROWS} 个,见公告", "dim"))
        if alike := len(each.restatement.printed_alike):
            console.print(Text(f"  另有 {alike} 个印发数不变", "dim"))
        _places(console, each)


def _head(console: Console, each: Listed) -> None:
    publication = each.restatement.publication
    console.print(Text(f"{number_of(publication)}  {day_of(publication.published_at)}", "bold"))


def _places(console: Console, each: Listed) -> None:
    for path in each.files:
        console.print(Text(f"  {path}"), soft_wrap=True)
    if not each.files:
        console.print(Text("  公告尚未写出,下一晚写出", "yellow"))
