"""The record of issued bulletins: which figures each edition printed, in which words, as of which publication.

``var/bulletins/issued/<period>/<edition>/<publication>.json``, only ever added to; a bulletin written as of a past moment is
recorded beside it and counts for nothing. An edition that says what its last
record says adds none, so a record speaks for every publication until the next. Belongs here: keeping and asking the
record. Does not belong here: what a bulletin prints (``bulletin``), and notices.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.files import replace_bytes
from orchestration.home import Home
from orchestration.periods import day_of
from orchestration.publish.ledger import entries

FOLDER = "issued"

# A figure where it stands: unit code, reporting period, figure key.
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Printed:
    """One record: the words of each figure, and the month or week that those of the edition's period are taken from."""

    source: str
    figures: dict[Place, str]


@dataclass(frozen=True, slots=True, order=True)
class Carrier:
    """An edition that printed a figure: ``edition`` is the unit it is of, ``day`` that of the publication it was first
    printed from; none where the ledger does not know that publication."""

    period: str
    edition: str
    publication: int
    day: date | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure that an edition prints otherwise than it first did; no ``now`` where it is no longer printed."""

    unit_code: str
    reporting_period: str
    figure_key: str
    first_publication: int
    first: str
    now: str | None


def record(
    home: Home,
    publication: int,
    period: str,
    edition: str,
    figures: Iterable[tuple[str, str, str, str]],
    *,
    source: str | None = None,
) -> None:
    """Remembers what an edition printed: (unit code, reporting period, figure key, words) of each figure.

    ``source``: the month or week that the figures of a longer period are taken from; by default the period itself. Written
    again from the same publication, an edition keeps what it said before and adds what it says now."""
    printed = Printed(source or period, {(unit, of, key): words for unit, of, key, words in figures})
    records = _records(home, period, edition)
    before = [number for number in records if number < publication]
    if publication in records:
        printed = Printed(printed.source, _read(records[publication]).figures | printed.figures)
    elif before and _read(records[max(before)]) == printed:
        return
    replace_bytes(_folder(home, period, edition) / f"{publication:05d}.json", _content(printed))


class Issued:
    """The whole record of a home, read once: for those who ask for many figures."""

    def __init__(self, home: Home):
        self._days = {entry.number: day_of(entry.published_at) for entry in entries(home)}
        self._carriers: dict[tuple[str, str, str, str], list[Carrier]] = {}
        for folder in sorted((Home(home.root).bulletins / FOLDER).glob("*/*")):
            self._add(folder)

    def carriers(
        self, period: str, figure_key: str, unit_code: str, display: str, *, before: int | None = None
    ) -> list[Carrier]:
        """The editions that printed a figure in these words, each from when it first did so; ``before``: only from earlier
        publications than this one."""
        found = self._carriers.get((unit_code, period, figure_key, display), [])
        return [carrier for carrier in found if before is None or carrier.publication < before]

    def _add(self, folder: Path) -> None:
        period, edition = folder.parts[-2:]
        carried = set()
        for path in sorted(folder.glob("[0-9]*.json")):
            number = int(path.stem)
            for figure in {(*place, words) for place, words in _read(path).figures.items()} - carried:
                carrier = Carrier(period, edition, number, self._days.get(number))
                self._carriers.setdefault(figure, []).append(carrier)
                carried.add(figure)


def carriers(home: Home, period: str, figure_key: str, unit_code: str, display: str) -> list[Carrier]:
    """The editions that printed a figure of a period in these words, in the order of their periods and units."""
    return Issued(home).carriers(period, figure_key, unit_code, display)


def restated_since(home: Home, period: str, edition: str, *, until: int | None = None) -> list[Changed]:
    """The figures whose words in the last record of an edition differ from those first printed in it.

    ``until``: as far as it was issued by that publication. A figure of another unit or period that is only no longer
    mentioned was not changed, and a quarter that another month was added to begins anew."""
    records = [
        (number, _read(path))
        for number, path in _records(Home(home.root), period, edition).items()
        if until is None or number <= until
    ]
    if not records:
        return []
    last = records[-1][1]
    first: dict[Place, tuple[int, str]] = {}
    for number, printed in records:
        if printed.source == last.source:
            for place, words in printed.figures.items():
                first.setdefault(place, (number, words))
    return [
        Changed(*place, number, words, last.figures.get(place))
        for place, (number, words) in sorted(first.items())
        if last.figures.get(place) != words and (place in last.figures or place[:2] == (edition, period))
    ]


def _folder(home: Home, period: str, edition: str) -> Path:
    return home.bulletins / FOLDER / period / edition


def _records(home: Home, period: str, edition: str) -> Mapping[int, Path]:
    """The records of an edition by publication, in their order."""
    return {int(path.stem): path for path in sorted(_folder(home, period, edition).glob("[0-9]*.json"))}


def _read(path: Path) -> Printed:
    found = json.loads(path.read_text(encoding="utf-8"))
    return Printed(
        found["source"], {(unit, period, key): words for unit, period, key, words in found["figures"]}
    )


def _content(printed: Printed) -> bytes:
    """One figure a line, in the order of their places."""
    listed = [[*place, words] for place, words in sorted(printed.figures.items())]
    lines = ",\n".join(json.dumps(figure, ensure_ascii=False) for figure in listed)
    return f'{{"source": {json.dumps(printed.source)}, "figures": [\n{lines}\n]}}\n'.encode()
