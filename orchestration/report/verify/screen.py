"""The terminal of ``zhenxing verify``: each figure with its verdict, then what the text states between them.

Belongs here: showing. Does not belong here: judging (``answers``).
"""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.report.verify.answers import Answer, Figure
from orchestration.report.verify.words import MARKS, STYLES, VERDICT_WORDS


def print_answer(console: Console, answer: Answer) -> None:
    """One line a figure, in the order of the article; the broken statements; the counts."""
    table = Table(box=None, pad_edge=False)
    for head in ("", "文中", "指标", "数据仓库", "说明"):
        table.add_column(head, overflow="fold")
    for figure in answer.figures:
        table.add_row(*_row(figure))
    console.print(table)
    for statement in answer.statements:
        if not statement.holds:
            console.print(
                Text.assemble(("≠ ", "magenta"), f"{statement.text}:{statement.detail}"), soft_wrap=True
            )
    console.print(Text(summary(answer), "bold"), soft_wrap=True)


def summary(answer: Answer) -> str:
    """``59 个数字:不符 1、…;文内关系 8 处,1 处不成立``."""
    counted = "、".join(f"{VERDICT_WORDS[verdict]} {count}" for verdict, count in answer.counts.items())
    related = f"文内关系 {len(answer.statements)} 处,{len(answer.broken)} 处不成立"
    return f"{answer.period}:{len(answer.figures)} 个数字,{counted};{related}"


def _row(figure: Figure) -> tuple[Text, ...]:
    standing = figure.standing
    said = [figure.reason] if figure.reason else []
    if figure.trace and figure.verdict != "confirmed":
        said.append(figure.trace)
    return (
        Text(MARKS[figure.verdict], STYLES[figure.verdict]),
        Text(figure.text),
        Text(figure.label or figure.phrase),
        Text(f"{standing.display}({standing.unit_code} {standing.reporting_period})" if standing else ""),
        Text(";".join(said), STYLES[figure.verdict]),
    )
