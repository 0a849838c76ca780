"""The bulletin as files: Markdown for reading and comparing, DOCX for the bureau to edit and issue.

Belongs here: Markdown, and writing both files. Does not belong here: the words (``narrative``), the look of
the DOCX (``docx``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from orchestration.files import replace_bytes
from orchestration.home import Home
from orchestration.periods import Period, parse_period
from orchestration.report.bulletin.docx import render_docx
from orchestration.report.bulletin.figures import Figure, NoFigures, figures
from orchestration.report.bulletin.narrative import ANNEX_HEADER, Bulletin, compose
from orchestration.units import ReportingUnits, Unit

# What Markdown would take for markup. An underscore between two letters is none.
_MARKUP = re.compile(r"[\\`*\[\]<>|~&#]|(?<![^\W_])_|_(?![^\W_])")


def write_bulletin(home: Home, period: str, unit_code: str | None = None) -> list[Path]:
    """Writes ``var/bulletins/<period>/<unit>.md`` and ``.docx`` of one unit, by default the province.

    Each file is replaced whole. The same warehouse gives the same bytes. Raises ValueError for a period or
    unit that does not exist, NoFigures when the published warehouse has nothing to say of them.
    """
    units = ReportingUnits(home.units_csv)
    unit = units.by_code(unit_code) if unit_code else units.province
    if unit is None:
        raise ValueError(f"{unit_code!r} 不是本省的报送单位代码")
    span = parse_period(period)
    bulletin = compose(figures(home.warehouse, period, unit.code), unit, span, units.province)
    folder = home.bulletins / period
    files = {
        folder / f"{unit.code}.md": _markdown(bulletin).encode("utf-8"),
        folder / f"{unit.code}.docx": render_docx(bulletin, span.end),
    }
    for path, content in files.items():
        replace_bytes(path, content)
    return list(files)


def write_bulletins(home: Home, periods: Iterable[str]) -> list[Path]:
    """The province's bulletins of several periods; one that nobody reported on has none."""
    written = []
    for period in periods:
        with suppress(NoFigures):
            written += write_bulletin(home, period)
    return written


def render_markdown(found: list[Figure], unit: Unit, period: Period, province: Unit) -> str:
    """The bulletin of a unit and period as Markdown, from its figures."""
    return _markdown(compose(found, unit, period, province))


def _markdown(bulletin: Bulletin) -> str:
    blocks = [f"# {_escape(bulletin.title)}", _escape(bulletin.dateline), _escape(bulletin.opening)]
    for heading, text in bulletin.sections:
        blocks += [f"## {_escape(heading)}", _escape(text)]
    blocks += [_escape(bulletin.closing), _escape(bulletin.issuer), "## 附表 主要指标"]
    blocks.append(_table([ANNEX_HEADER, *bulletin.annex]))
    return "\n\n".join(blocks) + "\n"


def _table(rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(_escape(cell) for cell in row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    return "\n".join(lines)


def _escape(text: str) -> str:
    return _MARKUP.sub(lambda match: "\\" + match[0], " ".join(text.split()))
