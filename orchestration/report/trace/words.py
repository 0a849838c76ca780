"""Words that the terminal and the page of a trace share."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from orchestration.ranges import MOST_IN_A_PHRASE, phrase
from orchestration.report.trace.found import Part, Source, Stated, Submission, exact, grouped

KINDS = {"stock": "时点数", "ytd": "当年累计数", "flow": "本期发生数", "ratio": "比率", "target": "目标数"}
SEVERITIES = {"error": "错误", "warning": "提示", "notice": "告知"}
OUTCOMES = {"failed": "不符", "could_not_run": "未能运行"}
_MOST_CELLS = 4
_FACTORS = {"亿": 8, "万": 4, "%": -2}  # powers of ten


def proof_words(recomputed: Decimal | None, value: Decimal | None) -> str:
    """Whether the rows listed give the published value."""
    if value is None:
        return f"按这些行重算:{grouped(recomputed)}(这一项没有单独发布)"
    if recomputed == value:
        return f"按这些行重算:{grouped(recomputed)},与发布值完全相等"
    return f"按这些行重算:{grouped(recomputed)},与发布值 {grouped(value)} 不等"


def repeated_words(part: Part) -> str:
    """How the units' own values make up the whole."""
    if part.repeated is None:
        return f"各单位数值不能相加:取的是 {part.sql.split()[1]}"
    if part.repeated == 0:
        return f"{len(part.contributions)} 个单位之和 = {grouped(part.recomputed)}"
    total = (part.recomputed or Decimal(0)) + part.repeated
    return f"{len(part.contributions)} 个单位之和 {grouped(total)} − 跨单位重复 {grouped(part.repeated)} = {grouped(part.recomputed)}"


def of_cells(cells: Sequence[str]) -> str:
    return "、".join(cells[:_MOST_CELLS]) + (f"等 {len(cells)} 处" if len(cells) > _MOST_CELLS else "")


def stated_words(stated: Stated) -> str:
    """What a unit states, in the unit it states it in, and whether that is what its rows give."""
    factor = _FACTORS.get(stated.unit[:1], 0)
    words = f"{exact(stated.value.scaleb(-factor))}{stated.unit}"
    if stated.agrees is None:
        return words
    return f"{words} 相符" if stated.agrees else f"{words} 相差 {grouped(stated.difference)}"


def place(source: Source, *, full: bool = False) -> str:
    """Where a unit's rows lie on a sheet: the cells aggregated, or for a count of rows the rows and the columns looked at."""
    if any(column.role == "measure" and column.letter for column in source.columns):
        cells = list(source.cells)
        return f"{source.sheet}!" + ("、".join(cells) if full else phrase(cells))
    runs = [str(first) if first == last else f"{first}-{last}" for first, last in source.spans]
    shown = "、".join(runs if full else runs[:MOST_IN_A_PHRASE])
    more = "" if full or len(runs) <= MOST_IN_A_PHRASE else f"等 {len(runs)} 段"
    letters = "、".join(column.letter for column in source.columns if column.letter)
    looked = f"(条件看 {letters} 列)" if letters else ""
    return f"{source.sheet}!第 {shown} 行{more}{looked}"


def columns_words(part: Part) -> str:
    """The columns that the formula looks at, as the sheets head them."""
    named = {column.name: column for source in part.sources for column in source.columns}
    roles = {"measure": "计量", "condition": "条件"}
    if not part.sources:
        return "没有计入的行"
    return "、".join(f"{column.header}({roles[column.role]})" for column in named.values()) or "按行计数"


def by_submission(part: Part) -> dict[str, Submission]:
    return {sent.submission_id: sent for sent in part.submissions}


def without_rows(part: Part) -> list[Submission]:
    """Submissions in force of which no row counts: nil returns among them."""
    return [sent for sent in part.submissions if not sent.counted]


def with_others(part: Part) -> list[Submission]:
    return [sent for sent in part.submissions if sent.others]
