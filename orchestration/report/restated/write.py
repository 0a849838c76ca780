"""Notices as files, one for each publication that restated something: Markdown, DOCX and a page.

Belongs here: writing them. Does not belong here: which are missing (``due``), and the words (``notice``).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from orchestration.files import replace_bytes
from orchestration.home import Home
from orchestration.periods import day_of
from orchestration.publish.ledger import entries
from orchestration.report.bulletin.docx import render_docx
from orchestration.report.bulletin.markdown import render_markdown
from orchestration.report.bulletin.pieces import Bulletin
from orchestration.report.page import render
from orchestration.report.restated.due import missing_files, page_of, restating
from orchestration.report.restated.found import Restatement, read_restatement
from orchestration.report.restated.issued import Issued
from orchestration.report.restated.notice import compose, lines_of
from orchestration.report.trace import NotTraceable
from orchestration.report.trace.pages import trace_page
from orchestration.report.trace.published import Published
from orchestration.report.trace.tracing import find_entry, trace_in
from orchestration.units import ReportingUnits

_HOME = "../../.."  # seen from the folder of notices


def write_notices(home: Home) -> list[Path]:
    """Writes the notices that are missing, of this publication and of earlier ones; returns the files written.

    Killed anywhere and run again, the outcome is the same."""
    due = {entry.number: paths for entry in restating(home) if (paths := missing_files(home, entry))}
    if not due:
        return []
    issued = Issued(home)
    written = []
    for entry in entries(home):
        if entry.number in due:
            written += _write(home, read_restatement(home, entry, issued), due[entry.number])
    return written


def _write(home: Home, restatement: Restatement, paths: Iterable[Path]) -> list[Path]:
    notice = compose(restatement, ReportingUnits(home.units_csv))
    day = day_of(restatement.publication.published_at)
    rendering = {
        ".md": lambda: render_markdown(notice).encode(),
        ".docx": lambda: render_docx(notice, day),
        ".html": lambda: _page(home, notice, restatement).encode(),
    }
    return [path for path in paths if replace_bytes(path, rendering[path.suffix]())]


def _page(home: Home, notice: Bulletin, restatement: Restatement) -> str:
    receipts = [
        {"href": f"{_HOME}/{sent.receipt}", "name": sent.file_name, "moves_to": sent.moves_to}
        for sent in restatement.sent
    ]
    links = _traces(home, restatement)
    return render("restated/notice.html.j2", notice=notice, receipts=receipts, links=links)


def _traces(home: Home, restatement: Restatement) -> dict[tuple[str, str, str], str]:
    """Where the trace pages of the province's figures lie, seen from the notice, by place: written once, they show the
    figure as it was corrected. None of a publication that readers no longer have."""
    page = page_of(home, restatement.publication)
    folder = page.with_suffix(".trace")
    found: dict[tuple[str, str, str], str] = {}
    with suppress(NotTraceable), Published(home) as published:
        if published.publication[0] != restatement.publication.number:
            return found
        for figure in (line[0] for line in lines_of(restatement.of_level("province"))):
            with suppress(NotTraceable):
                entry = find_entry(published.dictionary, figure.figure_key)
                traced = trace_in(published, entry, figure.reporting_period, figure.unit_code)
                path = folder / f"{figure.reporting_period}_{figure.figure_key}.html"
                replace_bytes(path, trace_page(traced, back=(f"../{page.name}", "返回公告")).encode())
                found[figure.place] = f"{folder.name}/{path.name}"
    return found
