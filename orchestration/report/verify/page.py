"""The article as a page: every figure marked by its verdict, and a list of them with what the warehouse holds.

Belongs here: the article cut into pieces for the page, and where it is written. Does not belong here: verdicts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.files import replace_bytes
from orchestration.report.page import render
from orchestration.report.verify.answers import Answer, Figure
from orchestration.report.verify.words import MARKS, VERDICT_WORDS


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the original text; ``number``: of the figure it is, from 1, None between figures."""

    text: str
    number: int | None = None
    figure: Figure | None = None


def default_page(article: Path) -> Path:
    """``<article>_核对.html`` in the current folder: an article may lie where nothing may be written."""
    return Path.cwd() / f"{article.stem}_核对.html"


def write_page(answer: Answer, title: str, path: Path) -> Path:
    """Writes the page of an answer. The same answer gives the same bytes."""
    replace_bytes(path, verdict_page(answer, title).encode())
    return path


def verdict_page(answer: Answer, title: str) -> str:
    return render(
        "verify/verify.html.j2",
        answer=answer,
        title=title,
        paragraphs=[list(pieces) for pieces in _paragraphs(answer)],
        marks=MARKS,
        words=VERDICT_WORDS,
    )


def pieces(answer: Answer) -> Iterator[Piece]:
    """The original text, whole and in order, cut at its figures."""
    at = 0
    for number, figure in enumerate(answer.figures, start=1):
        if figure.start > at:
            yield Piece(answer.text.original[at : figure.start])
        start = max(at, figure.start)
        yield Piece(answer.text.original[start : figure.end], number, figure)
        at = max(at, figure.end)
    if at < len(answer.text.original):
        yield Piece(answer.text.original[at:])


def _paragraphs(answer: Answer) -> Iterator[list[Piece]]:
    """Pieces by line of the original, empty lines left out."""
    line: list[Piece] = []
    for piece in pieces(answer):
        if piece.figure is not None:
            line.append(piece)
            continue
        first, *others = piece.text.splitlines(keepends=True)
        for part in (first, *others):
            line.append(Piece(part.rstrip("\r\n")))
            if part.endswith(("\n", "\r")):
                if any(one.text.strip() for one in line):
                    yield line
                line = []
    if any(one.text.strip() for one in line):
        yield line
