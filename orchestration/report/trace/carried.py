"""The issued bulletins that printed figures which a workbook reaches.

Belongs here: from figures to editions. Does not belong here: the record itself (``restated.issued``), and which figures are
reached (``reach``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from orchestration.report.restated.issued import Carrier, Issued
from orchestration.report.trace.published import Published

# A figure where it stands: unit code, reporting period, figure key, and the words it is printed in.
Worded = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Carrying:
    """An edition that printed ``figures`` (unit code, reporting period, figure key) as they are published now.

    ``publication`` and ``day``: what it first printed one of them from; no day where the ledger does not know that publication.
    """

    period: str
    edition: str
    edition_name: str
    publication: int
    day: date | None
    figures: tuple[tuple[str, str, str], ...]


def carrying(published: Published, figures: Iterable[Worded]) -> tuple[Carrying, ...]:
    """The editions issued up to the publication read that carry these figures, by period and unit."""
    issued, following = Issued(published.home), published.publication[0] + 1
    found: dict[tuple[str, str], tuple[Carrier, list[tuple[str, str, str]]]] = {}
    for unit, period, key, words in figures:
        for carrier in issued.carriers(period, key, unit, words, before=following):
            first, listed = found.get((carrier.period, carrier.edition), (carrier, []))
            found[carrier.period, carrier.edition] = (min(first, carrier), [*listed, (unit, period, key)])
    return tuple(
        Carrying(
            period=carrier.period,
            edition=carrier.edition,
            edition_name=published.units[carrier.edition].name,
            publication=carrier.publication,
            day=carrier.day,
            figures=tuple(dict.fromkeys(listed)),
        )
        for carrier, listed in sorted(found.values(), key=lambda each: (each[0].period, each[0].edition))
    )
