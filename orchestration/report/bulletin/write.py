"""The bulletin as files: Markdown for reading and comparing, DOCX for the bureau to edit and issue, a page for everyone.

Belongs here: writing the files, of one unit or many. Does not belong here: the words (``narrative``), and each format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path

from orchestration.files import clear_unfinished, replace_bytes
from orchestration.home import Home
from orchestration.periods import parse_period
from orchestration.publish.ledger import number_in
from orchestration.report.bulletin.docx import render_docx
from orchestration.report.bulletin.figures import NoFigures
from orchestration.report.bulletin.html import render_html
from orchestration.report.bulletin.markdown import render_markdown
from orchestration.report.bulletin.material import Material, read_material
from orchestration.report.bulletin.narrative import compose
from orchestration.report.bulletin.printed import printed
from orchestration.report.bulletin.reissued import noted
from orchestration.report.restated.issued import record, restated_since
from orchestration.report.trace import NotTraceable
from orchestration.report.trace.pages import TracePages
from orchestration.units import ReportingUnits, Unit


def write_bulletin(home: Home, period: str, unit_code: str | None = None) -> list[Path]:
    """Writes ``var/bulletins/<period>/<unit>.md``, ``.docx`` and ``.html`` of one unit, by default the province, and the trace
    pages that its figures lead to, in ``<unit>.trace``.

    Returns the three. Each file is replaced whole. The same warehouse and record of what was issued give the same bytes.
    Raises ValueError for a period or unit that does not exist, NoFigures when the published warehouse has nothing to say of them.
    """
    units = ReportingUnits(home.units_csv)
    unit = units.by_code(unit_code) if unit_code else units.province
    if unit is None:
        raise ValueError(f"{unit_code!r} 不是本省的报送单位代码")
    material = read_material(home.warehouse, parse_period(period), units)
    with _trace_pages(home, period, [unit]) as pages:
        return _write(home, material, unit, number_in(home.warehouse), pages)


def write_bulletins(home: Home, periods: Iterable[str]) -> list[Path]:
    """The province's bulletins of several periods; one that nobody reported on has none. Clears away what a killed writing left."""
    clear_unfinished(home.bulletins)
    written = []
    for period in periods:
        with suppress(NoFigures):
            written += write_bulletin(home, period)
    return written


def write_editions(home: Home, period: str) -> Iterator[tuple[Unit, int, list[Path]]]:
    """Every edition of a period, province, cities and counties, as each is written, with how many there are in all.

    The warehouse is read once. Raises as ``write_bulletin`` does, before the first is written."""
    units = ReportingUnits(home.units_csv)
    material = read_material(home.warehouse, parse_period(period), units)
    editions = [unit for unit in (units.province, *units.cities, *units.counties) if material.of(unit)]
    if not editions:
        raise NoFigures(f"已发布的数据仓库中没有 {period} 的通报指标")
    number = number_in(home.warehouse)
    with _trace_pages(home, period, editions) as pages:
        for unit in editions:
            yield unit, len(editions), _write(home, material, unit, number, pages)


def _write(
    home: Home, material: Material, unit: Unit, publication: int, pages: TracePages | None
) -> list[Path]:
    """What the edition prints is on record before its files are there: no reader has what the record does not know."""
    bulletin = compose(material, unit)
    period = material.period.key
    source = max(figure.source_period for figure in material.of(unit).values())
    record(home, publication, period, unit.code, printed(bulletin, material, unit), source=source)
    bulletin = noted(bulletin, restated_since(home, period, unit.code, until=publication), unit.code, period)
    folder = home.bulletins / period
    traces = pages.write(unit.code, material.of(unit)) if pages else {}
    files = {
        folder / f"{unit.code}.md": render_markdown(bulletin).encode("utf-8"),
        folder / f"{unit.code}.docx": render_docx(bulletin, material.period.end),
        folder / f"{unit.code}.html": render_html(bulletin, unit.code, traces).encode("utf-8"),
    }
    for path, content in files.items():
        replace_bytes(path, content)
    return list(files)


def _trace_pages(home: Home, period: str, units: Iterable[Unit]) -> AbstractContextManager[TracePages | None]:
    """The pages that figures lead to; of a file that tells too little of its figures' cells, none."""
    with suppress(NotTraceable):
        return TracePages(home, period, [unit.code for unit in units])
    return nullcontext()
