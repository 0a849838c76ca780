"""What a kind of mistake is: who makes it where, what it does to a workbook, and which rules may answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sample.mistakes.book import Book

# How far a kind reaches: one dataset's sheet; the workbook beside its sheets; the whole workbook, which then
# carries nothing else; the bytes of the file.
SHEET, WORKBOOK, WHOLE, FILE = "sheet", "workbook", "whole", "file"
EVERY_FORMAT = frozenset({"xlsx", "xls", "csv_bundle"})


@dataclass(frozen=True, slots=True)
class Touched:
    """What was done: the sheet ('' for a file or a whole workbook), its cells (addresses and ranges) after the
    mistake, and words in Chinese. ``also``: other places that show the same mistake, as ``sheet!cells``."""

    sheet: str
    cells: tuple[str, ...]
    done: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A file's bytes after the mistake, and its name's ending."""

    content: bytes
    suffix: str
    done: str


Apply = Callable[[Book, Random], Touched | None]
Spoil = Callable[[bytes, Book, str], Spoilt]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of mistake.

    ``severity``: what the answer must be: error, warning, notice, unreadable, or clean for what only looks wrong
    and must pass. ``rules``: any one of them answers it. ``follows``: rules that may fail because of it.
    ``apply`` changes the grids and tells where, or returns None and changes nothing where no row fits; a kind of
    the FILE has ``spoil`` instead.
    """

    key: str
    name_zh: str
    category: str
    severity: str
    rules: frozenset[str]
    scope: str = SHEET
    dataset: str | None = None
    apply: Apply | None = None
    spoil: Spoil | None = None
    follows: frozenset[str] = frozenset()
    formats: frozenset[str] = EVERY_FORMAT

    @property
    def slot(self) -> str:
        """What no second kind of the same workbook may touch."""
        return self.dataset or self.key

    @property
    def refused(self) -> bool:
        """Whether no submission comes of the file, so that it can lie beside the unit's sound one."""
        return self.severity == "unreadable"
