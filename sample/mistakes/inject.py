"""Puts a county's mistakes into its workbook and writes the file. Belongs here: the order of it, and the answers.

Does not belong here: which mistakes (spread.py) and what each does (of_….py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from orchestration.indicators import load_indicators
from sample.dates import Scene
from sample.mistakes import KINDS
from sample.mistakes.answers import Answer
from sample.mistakes.book import Book, Register
from sample.mistakes.kind import FILE, Kind, Touched
from sample.mistakes.spread import Allotment
from sample.write.files import SUFFIXES, as_bytes, keep
from sample.write.layout import Grid

_STATED = "stated_totals"


@dataclass(slots=True)
class Mistaken:
    """What was written for a unit and period: files, bytes, and the answers to what is wrong in them."""

    files: int
    bytes: int
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a unit's workbook is made: ``fresh`` gives a new, sound book, ``stem`` names its file in ``folder``."""

    fresh: Callable[[], Book]
    folder: Path
    stem: str
    file_format: str
    scene: Scene


def write_mistaken(desk: Desk, allotment: Allotment) -> Mistaken:
    """The unit's workbook with its mistakes, and the useless files beside it."""
    inside = [KINDS[key] for key in allotment.inside]
    content, name, answers = _spoilt_file(desk, desk.stem, inside)
    written = Mistaken(1, keep(content, desk.folder / name), answers)
    for number, key in enumerate(allotment.beside, 2):
        content, name, answers = _spoilt_file(desk, f"{desk.stem}_{number}", [KINDS[key]])
        written.files += 1
        written.bytes += keep(content, desk.folder / name)
        written.answers += answers
    return written


def make_mistakes(book: Book, kinds: Iterable[Kind], scene: Scene) -> list[tuple[Kind, Touched]]:
    """Makes each mistake in the book; what finds no fitting row is left out. 汇总表 comes first, so that the
    addresses others give on it hold."""
    made = []
    for kind in sorted(kinds, key=lambda kind: kind.dataset != _STATED):
        touched = kind.apply(book, scene.rng("mistake", book.unit.code, kind.key))
        if touched:
            made.append((kind, replace(touched, also=(*touched.also, *_totals_of(kind, book)))))
    return made


def as_lists(grids: Sequence[Grid]) -> list[Grid]:
    """The grids with rows that can be changed."""
    for grid in grids:
        grid.rows = [list(row) for row in grid.rows]
    return list(grids)


def _spoilt_file(desk: Desk, stem: str, kinds: Sequence[Kind]) -> tuple[bytes, str, list[Answer]]:
    """The file's content and name, and what is wrong with it."""
    book = desk.fresh()
    unit = book.unit.code
    made = make_mistakes(book, (kind for kind in kinds if kind.scope != FILE), desk.scene)
    content, suffix = as_bytes(book.grids, desk.file_format), SUFFIXES[desk.file_format]
    for kind in (kind for kind in kinds if kind.scope == FILE):
        spoilt = kind.spoil(content, book, desk.file_format)
        content, suffix = spoilt.content, spoilt.suffix
        made.append((kind, Touched("", (), spoilt.done)))
    name = f"{stem}{suffix}"
    return content, name, [_answer(unit, name, kind, touched) for kind, touched in made]


def _answer(unit: str, file: str, kind: Kind, touched: Touched) -> Answer:
    return Answer(
        unit_code=unit,
        file=file,
        kind=kind.key,
        name_zh=kind.name_zh,
        category=kind.category,
        expected_severity=kind.severity,
        dataset=kind.dataset or "",
        sheet=touched.sheet,
        cells=",".join(touched.cells),
        rules=" ".join(sorted(kind.rules)),
        follows=" ".join(sorted(kind.follows)),
        also=" ".join(touched.also),
        what_was_done=touched.done,
    )


def _totals_of(kind: Kind, book: Book) -> list[str]:
    """The stated totals that the dataset adds up to, which a mistake in it may contradict."""
    stated = book.register(_STATED)
    if kind.dataset in (None, _STATED) or kind.severity in ("clean", "notice") or stated is None:
        return []
    indicators = load_indicators()
    labels = {
        indicator.label
        for indicator in indicators.values()
        if kind.dataset in {indicators[key].dataset for key in (indicator.key, *(indicator.of or ()))}
    }
    return [_value_cell(stated, row) for row in stated.rows if stated.text(row, "indicator") in labels]


def _value_cell(stated: Register, row: int) -> str:
    return f"{stated.sheet}!{stated.address(row, 'value')}"
