"""Receipts on a terminal, for whoever checks a workbook before sending it. Belongs here: showing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from orchestration.audit.receipts.problems import Problem
from orchestration.audit.receipts.receipt import Receipt
from orchestration.ranges import phrase
from orchestration.words import SEVERITY

PROBLEMS_SHOWN = 30
BUREAU_SHOWN = 3
_COLOURS = {"error": "bold red", "warning": "yellow", "notice": "cyan"}
_STATUS_COLOURS = {"accepted": "bold green", "accepted_with_warnings": "bold yellow"}


def print_receipts(console: Console, receipts: Sequence[Receipt], folders: Sequence[Path]) -> None:
    """One block a file: what would become of it, then its problems, root causes first."""
    for receipt in receipts:
        _print_receipt(console, receipt)
    if bureau := next((r.checked_at_bureau for r in receipts if r.checked_at_bureau), ()):
        titles = "、".join(rule.title for rule in bureau[:BUREAU_SHOWN])
        text = f"另有 {len(bureau)} 条规则要用到历史数据或其他单位的数据,报送后由省局核对:{titles}等"
        console.print(Text(text, "dim"))
    for folder in folders:
        console.print(Text(f"回执  {folder}"), soft_wrap=True)


def _print_receipt(console: Console, receipt: Receipt) -> None:
    who = " ".join(filter(None, (receipt.unit_name, receipt.reporting_period)))
    version = f" 第{receipt.version}版" if receipt.version else ""
    console.print(Text.assemble((receipt.file, "bold"), f"  {who}{version}"), soft_wrap=True)
    colour = _STATUS_COLOURS.get(receipt.status_code, "bold red")
    console.print(Text(receipt.summary if receipt.datasets else receipt.status, colour))
    for note in receipt.notes:
        console.print(Text(f"· {note}"))
    for problem in receipt.problems[:PROBLEMS_SHOWN]:
        console.print(_problem(problem))
    if len(receipt.problems) > PROBLEMS_SHOWN:
        console.print(Text(f"另有 {len(receipt.problems) - PROBLEMS_SHOWN} 项,见 --out 写出的回执"))
    console.print()


def _problem(problem: Problem) -> Padding:
    place = " ".join(filter(None, (problem.sheet, phrase(list(problem.cells), problem.count))))
    text = Text.assemble(
        (SEVERITY[problem.severity], _COLOURS[problem.severity]),
        f" {place}  " if place else "  ",
        (problem.title, "bold"),
        (f"  {problem.rule}\n", "dim"),
        f"  {problem.message}",
    )
    for label, words in (("可能原因", problem.hint), ("怎样改", problem.remedy)):
        if words:
            text.append(f"\n  {label}:{words}")
    if problem.waived_until:
        text.append(f"\n  已豁免,至 {problem.waived_until}", "cyan")
    if problem.caused:
        text.append(
            f"\n  由此引起 {len(problem.caused)} 项:" + "、".join(p.title for p in problem.caused), "dim"
        )
    return Padding(text, (0, 0, 0, 2))
