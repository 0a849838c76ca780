"""Paragraphs, sentences and clauses of a plain text, and the words around a place in it.

Belongs here: where a stretch of text begins and ends. Does not belong here: what the words mean.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

_PARAGRAPH = re.compile(r"\n+")
_SENTENCE = re.compile(r"[。！？!?;；]+[”』」》\")]*|…+[”』」》\")]*|(?<=[\u3400-\u9fff)%])\.(?=\s|\Z)|\n+")
_CLAUSE = re.compile(r"[,，:：\t|]|——|—(?!\d)")


@dataclass(frozen=True, slots=True)
class Structure:
    """Where paragraphs, sentences and clauses of a text begin, in rising order; each begins with offset 0."""

    plain: str
    paragraphs: tuple[int, ...]
    sentences: tuple[int, ...]
    clauses: tuple[int, ...]

    def paragraph(self, at: int) -> int:
        return bisect_right(self.paragraphs, at) - 1

    def sentence(self, at: int) -> int:
        return bisect_right(self.sentences, at) - 1

    def clause(self, at: int) -> int:
        return bisect_right(self.clauses, at) - 1

    def paragraph_span(self, index: int) -> tuple[int, int]:
        return self._span(self.paragraphs, index)

    def sentence_span(self, index: int) -> tuple[int, int]:
        return self._span(self.sentences, index)

    def clause_span(self, index: int) -> tuple[int, int]:
        return self._span(self.clauses, index)

    def _span(self, starts: tuple[int, ...], index: int) -> tuple[int, int]:
        return starts[index], starts[index + 1] if index + 1 < len(starts) else len(self.plain)


def structure(plain: str, numbers: Iterable[tuple[int, int]] = ()) -> Structure:
    """The parts of a plain text; a comma or colon inside one of the ``numbers`` (1,234; 9:30) parts nothing."""
    inside = {at for start, end in numbers for at in range(start, end)}
    paragraphs = [0, *(match.end() for match in _PARAGRAPH.finditer(plain))]
    sentences = sorted({0, *(match.end() for match in _SENTENCE.finditer(plain))})
    clauses = {*sentences, *(match.end() for match in _CLAUSE.finditer(plain) if match.start() not in inside)}
    return Structure(
        plain,
        *(
            tuple(s for s in starts if s < len(plain) or s == 0)
            for starts in (paragraphs, sentences, sorted(clauses))
        ),
    )


def before(parts: Structure, at: int) -> str:
    """The clause's words up to a place: those inside the open bracket, where the place is in one; closed ones are left out."""
    start, _ = parts.clause_span(parts.clause(at))
    said = parts.plain[start:at]
    opened = said.rfind("(")
    if opened > said.rfind(")"):
        said = said[opened + 1 :]
    return said.strip()


def after(parts: Structure, at: int, until: int | None) -> str:
    """The clause's words from a place to its end, or to the next figure (``until``) or bracket around one."""
    _, end = parts.clause_span(parts.clause(at - 1 if at else 0))
    end = max(at, min(end, until if until is not None else end))
    said = parts.plain[at:end]
    closed = said.find(")")
    if closed >= 0 and said.find("(", 0, closed) < 0:
        said = said[:closed]
    if said.count("(") > said.count(")"):
        said = said[: said.rfind("(")]
    return said.strip(" \n\t,;:。!?…|—")
