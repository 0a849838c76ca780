"""Which figures an edition of the bulletin prints, and in which words: for the record of what was issued.

Belongs here: finding them in a composed bulletin and its material. Does not belong here: the record (``restated.issued``).
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.report.bulletin.figures import Earlier, Figure
from orchestration.report.bulletin.material import HISTORY_OF, Material
from orchestration.report.bulletin.pieces import Bulletin, Mention
from orchestration.units import Unit


def printed(bulletin: Bulletin, material: Material, unit: Unit) -> set[tuple[str, str, str, str]]:
    """(unit code, reporting period, figure key, words) of every figure printed: the annex's with the periods before beside
    them, those named in text and tables, and those that a chart draws through time."""
    return {figure for figure in _all(bulletin, material, unit) if figure[-1]}


def _all(bulletin: Bulletin, material: Material, unit: Unit) -> Iterator[tuple[str, str, str, str]]:
    period = material.period.key
    for figure in material.of(unit).values():
        yield unit.code, period, figure.key, figure.display
        for earlier in _earlier(figure):
            yield unit.code, earlier.period, figure.key, earlier.display
    for mention in _mentions(bulletin):
        yield mention.unit_code, period, mention.key, mention.text
    for past in material.history.get(unit.code, ()):
        if past.value is not None:
            yield unit.code, past.period.key, HISTORY_OF, past.display


def _earlier(figure: Figure) -> Iterator[Earlier]:
    yield from (earlier for earlier in (figure.previous, figure.year_before) if earlier)


def _mentions(bulletin: Bulletin) -> Iterator[Mention]:
    texts = [
        *bulletin.opening,
        *(paragraph for section in bulletin.sections for paragraph in section.paragraphs),
        *(cell for table in bulletin.tables for row in table.rows for cell in row),
    ]
    for text in texts:
        yield from (piece for piece in text if isinstance(piece, Mention))
