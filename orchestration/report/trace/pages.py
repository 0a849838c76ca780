"""The pages of a bulletin's traces: one for each figure, beside the bulletin, read with one connection.

Belongs here: which pages there are and where they lie. Does not belong here: finding (``tracing``) and the words (``words``).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from orchestration.files import replace_all
from orchestration.home import Home
from orchestration.periods import minute_of
from orchestration.report.page import render
from orchestration.report.trace import words
from orchestration.report.trace.found import NotTraceable, Trace, grouped
from orchestration.report.trace.published import Published
from orchestration.report.trace.senders import utc
from orchestration.report.trace.tracing import ask, find_entry, trace_in


class TracePages:
    """The trace pages of a period's bulletins, of as many units as are asked for, the published file read once for all of them.

    Raises NotTraceable for an unknown key, or a file published before it held what a trace needs.
    """

    def __init__(self, home: Home, period: str, units: Iterable[str], keys: Iterable[str] | None = None):
        """``keys``: the figures that will be asked for, by default every one."""
        self._home = home
        self._period = period
        self._published = Published(home)
        dictionary = self._published.dictionary
        entries = dictionary.values() if keys is None else [find_entry(dictionary, key) for key in keys]
        self._asked = ask(self._published, entries, units)

    def __enter__(self) -> TracePages:
        return self

    def __exit__(self, *_: object) -> None:
        self._published.connection.close()

    def write(self, unit_code: str, keys: Iterable[str]) -> dict[str, str]:
        """Writes the pages of a unit's figures; as ``write_trace_pages``."""
        pages: dict[str, str] = {}
        for key in keys:
            entry = find_entry(self._published.dictionary, key)
            with suppress(NotTraceable):
                found = trace_in(self._published, entry, self._period, unit_code, self._asked)
                pages[entry.key] = trace_page(found)
        written = {key: f"{unit_code}.trace/{key}.html" for key in pages}
        folder = self._home.bulletins / self._period
        replace_all({folder / path: pages[key].encode() for key, path in written.items()})
        return written


def write_trace_pages(home: Home, period: str, unit_code: str, keys: Iterable[str]) -> dict[str, str]:
    """Writes ``var/bulletins/<period>/<unit>.trace/<figure_key>.html`` for each key; returns by key the path as seen from
    the bulletin's folder. A figure that the unit does not have gets no page. The same published file gives the same bytes.

    Raises NotTraceable for an unknown key, or a file published before it held what a trace needs.
    """
    asked = list(keys)
    with TracePages(home, period, [unit_code], asked) as pages:
        return pages.write(unit_code, asked)


def trace_page(trace: Trace, back: tuple[str, str] | None = None) -> str:
    """The page of a figure: its path as a chain of steps with counts, then the units and submissions with their cells.

    ``back``: where its first line leads, and in which words; by default to the bulletin beside it."""
    href, name = back or (f"../{trace.unit_code}.html", "返回通报")
    return render(
        "trace/trace.html.j2",
        trace=trace,
        words=words,
        grouped=grouped,
        moment=_moment,
        back=href,
        back_name=name,
    )


def _moment(moment: datetime) -> str:
    return minute_of(utc(moment))
