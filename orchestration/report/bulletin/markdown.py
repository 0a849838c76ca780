"""The bulletin as Markdown: for reading as text and comparing line by line. A chart is a table with bars of blocks.

Belongs here: Markdown. Does not belong here: words and figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from orchestration.report.bulletin.charts import Chart, Point
from orchestration.report.bulletin.pieces import Bulletin, Table, plain

# What Markdown would take for markup. An underscore between two letters is none.
_MARKUP = re.compile(r"[\\`*\[\]<>|~&#]|(?<![^\W_])_|_(?![^\W_])")
_BAR = 24  # blocks of the longest bar


def render_markdown(bulletin: Bulletin) -> str:
    """The bulletin as Markdown, every text escaped."""
    return "\n\n".join(_blocks(bulletin)) + "\n"


def _blocks(bulletin: Bulletin) -> Iterator[str]:
    yield f"# {_escape(bulletin.title)}"
    yield _escape(bulletin.dateline)
    yield from (_escape(plain(paragraph)) for paragraph in bulletin.opening)
    for section in bulletin.sections:
        yield f"## {_escape(section.heading)}"
        yield from (_escape(plain(paragraph)) for paragraph in section.paragraphs)
        for chart in section.charts:
            yield from _chart(chart)
    yield _escape(plain(bulletin.closing))
    yield _escape(bulletin.issuer)
    for number, table in enumerate(bulletin.tables, start=1):
        yield f"## 附表{number} {_escape(table.title)}"
        yield _of_table(table)
    yield from (_escape(plain(note)) for note in bulletin.notes)


def _chart(chart: Chart) -> Iterator[str]:
    yield f"**图 {_escape(chart.title)}（单位：{_escape(chart.unit)}）**"
    points = [*chart.points, *([chart.marked] if chart.marked else [])]
    longest = max((abs(point.value) for point in points if point.value is not None), default=Decimal(0))
    yield _table(
        ("", "", chart.unit), [(point.label, _bar(point, longest), point.printed) for point in points], {2}
    )


def _bar(point: Point, longest: Decimal) -> str:
    """A bar of whole blocks, a decrease in light ones; something is never drawn as nothing."""
    if not point.value or not longest:
        return ""
    blocks = int((abs(point.value) / longest * _BAR).quantize(Decimal(1), ROUND_HALF_UP))
    return ("█" if point.value > 0 else "░") * max(blocks, 1)


def _of_table(table: Table) -> str:
    return _table(table.header, [[plain(cell) for cell in row] for row in table.rows], table.numbers)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], numbers: frozenset[int] | set[int]) -> str:
    lines = ["| " + " | ".join(_escape(cell) for cell in row) + " |" for row in (header, *rows)]
    lines.insert(1, "|" + "|".join(" ---: " if n in numbers else " --- " for n in range(len(header))) + "|")
    return "\n".join(lines)


def _escape(text: str) -> str:
    return _MARKUP.sub(lambda match: "\\" + match[0], " ".join(text.split()))
