"""Texts in pieces: words, and figures that know what they are, so that a page can link each to where it comes from.

Belongs here: the shapes that every file format renders. Does not belong here: what is said, and any format.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orchestration.report.bulletin.charts import Chart
from orchestration.report.bulletin.figures import Figure
from orchestration.report.bulletin.saying import say_exact

ADJUSTED_MARK, PARTIAL_MARK = "※", "△"


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure as printed, of which unit it is, and its exact value in words; ``is_partial``: not all units are in it."""

    text: str
    unit_code: str
    key: str
    exact: str
    is_adjusted: bool = False
    is_partial: bool = False

    @property
    def marks(self) -> str:
        return (ADJUSTED_MARK if self.is_adjusted else "") + (PARTIAL_MARK if self.is_partial else "")


Pieces = tuple["str | Mention", ...]


def mention(figure: Figure, unit_code: str, *, is_partial: bool = False) -> Mention:
    exact = (
        "无"
        if figure.value is None
        else say_exact(figure.value) + ("" if figure.unit == "1" else figure.unit)
    )
    return Mention(figure.display, unit_code, figure.key, exact, figure.is_adjusted, is_partial)


def plain(pieces: Iterable[str | Mention]) -> str:
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)


def join(joint: str, parts: Iterable[Pieces]) -> Pieces:
    joined: list[str | Mention] = []
    for number, part in enumerate(parts):
        joined += [joint, *part] if number else part
    return tuple(joined)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its paragraphs, and the charts that stand below them."""

    heading: str
    paragraphs: tuple[Pieces, ...]
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table below the text: every row has a cell for each header; ``numbers`` are the columns set to the right."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Pieces, ...], ...]
    widths: tuple[float, ...]  # relative
    numbers: frozenset[int]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A bulletin in words, before any file format. ``notes`` explain the marks of its tables."""

    title: str
    dateline: str
    opening: tuple[Pieces, ...]
    sections: tuple[Section, ...]
    closing: Pieces
    issuer: str
    tables: tuple[Table, ...]
    notes: tuple[Pieces, ...]
