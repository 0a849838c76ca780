"""Reads .xlsx and .xlsm exactly as stored: every cell's text with its address, nothing guessed.

Belongs here: the workbook's parts around the sheets (names, shared strings, styles, date system). Does not
belong here: the cells of a sheet (sheet_xml), zip limits (package), numbers (numbers).
Openpyxl takes ten times as long and calamine loses error cells, long digits and percent formats.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.receive.readers import numbers
from orchestration.receive.readers.cells import SheetContext
from orchestration.receive.readers.package import Package, Relationship, target_of
from orchestration.receive.readers.sheet_xml import read_sheet
from orchestration.receive.readers.strings import shared_strings
from orchestration.receive.readers.unreadable import UnreadableFile
from orchestration.receive.readers.wanted import is_wanted
from orchestration.receive.readers.xml import SPREADSHEETML, STRICT, Attributes, local, parse
from orchestration.workbook import Workbook


@dataclass(slots=True)
class _Outline:
    """What workbook.xml says: (name, relationship id, hidden) of each sheet, and the date system."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    date_1904: bool = False
    strict: bool = False

    @property
    def traits(self) -> tuple[str, ...]:
        return tuple(name for name, is_so in (("strict", self.strict), ("1904", self.date_1904)) if is_so)


def read_xlsx(path: Path, sheets: Collection[str] | None = None) -> Workbook:
    """Reads all sheets, or those named. Raises UnreadableFile."""
    with Package(path) as package:
        main = target_of(list(package.relationships().values()), "officeDocument")
        if main is None:
            raise UnreadableFile("U-CORRUPT", detail="no officeDocument relationship")
        parts = package.relationships(main)
        outline = _outline(package.read(main))
        if not outline.sheets:
            raise UnreadableFile("U-NO-SHEETS")
        context = _context(package, list(parts.values()), outline.date_1904)
        workbook = Workbook("xlsx", traits=outline.traits)
        for name, identifier, hidden in outline.sheets:
            part = parts.get(identifier)
            if part is None:
                raise UnreadableFile("U-CORRUPT", detail="a sheet without a part")
            if part.kind == "worksheet" and is_wanted(name, sheets):
                sheet = read_sheet(package.read(part.target), name, context)
                sheet.hidden = hidden
                workbook.sheets.append(sheet)
        package.verify_unread()
    return workbook


def _context(package: Package, parts: list[Relationship], date_1904: bool) -> SheetContext:
    strings, styles = target_of(parts, "sharedStrings"), target_of(parts, "styles")
    percents, dates = _formats(package.read(styles)) if styles else (frozenset(), frozenset())
    texts = shared_strings(package.read(strings)) if strings else []
    return SheetContext(
        dict(zip(map(str, range(len(texts))), texts, strict=True)),
        percents,
        dates if date_1904 else frozenset(),
    )


def _outline(data: bytes) -> _Outline:
    outline = _Outline()

    def start(element: str, attributes: Attributes) -> None:
        namespace, _, name = element.rpartition(" ")
        if namespace not in SPREADSHEETML:
            return
        if name == "sheet":
            identifier = next((v for k, v in attributes.items() if k.endswith("/relationships id")), "")
            hidden = attributes.get("state", "visible") != "visible"
            outline.sheets.append((attributes.get("name", ""), identifier, hidden))
        elif name == "workbook":
            outline.strict = namespace == STRICT
        elif name == "workbookPr":
            outline.date_1904 = attributes.get("date1904", "0") in ("1", "true")

    parse(data, start)
    return outline


def _formats(data: bytes) -> tuple[frozenset[str], frozenset[str]]:
    """The style ids, as a cell's ``s`` writes them, that show a percent and those that show a date."""
    codes: dict[int, str] = {}
    cell_formats: list[int] = []
    inside: list[str] = []

    def start(element: str, attributes: Attributes) -> None:
        name = local(element)
        if name == "numFmt" and inside[-1:] == ["numFmts"]:
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "xf" and inside[-1:] == ["cellXfs"]:
            cell_formats.append(int(attributes.get("numFmtId", "0")))
        inside.append(name)

    def end(_: str) -> None:
        inside.pop()

    try:
        parse(data, start, end)
    except (KeyError, ValueError) as error:
        raise UnreadableFile("U-CORRUPT", detail=f"styles: {error!r}") from error
    return styles_of(cell_formats, codes)


def styles_of(cell_formats: list[int], codes: dict[int, str]) -> tuple[frozenset[str], frozenset[str]]:
    """Percent styles and date styles among cell formats, given the number formats the file defines."""
    percents, dates = set(), set()
    for style, number_format in enumerate(cell_formats):
        code = codes.get(number_format)
        if numbers.is_percent_format(code) if code is not None else number_format in numbers.BUILTIN_PERCENTS:
            percents.add(str(style))
        if numbers.is_date_format(code) if code is not None else number_format in numbers.BUILTIN_DATES:
            dates.add(str(style))
    return frozenset(percents), frozenset(dates)
