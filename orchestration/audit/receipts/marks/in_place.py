"""Marks an .xlsx within its own package: all that is not marked stays byte for byte.

Belongs here: which parts of the package take part. Does not belong here: how each is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from orchestration.audit.receipts.marks.comments import with_boxes, with_comments, without_threads
from orchestration.audit.receipts.marks.edited import EditedPackage
from orchestration.audit.receipts.marks.placing import Mark, by_sheet, on_sheet
from orchestration.audit.receipts.marks.sheet import TRANSITIONAL, SheetPart
from orchestration.audit.receipts.marks.spans import NotPlain, elements
from orchestration.audit.receipts.marks.styles import StyleSheet
from orchestration.receive.readers.package import Relationship, target_of
from orchestration.receive.readers.xml import parse

_SPREADSHEETML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# A workbook with macros is not sent back as one: it is written anew.
_WORKBOOK = f"{_SPREADSHEETML}.sheet.main+xml"
_COMMENTS = f"{_SPREADSHEETML}.comments+xml"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"


def mark_in_place(source: Path, marks: Sequence[Mark], target: Path) -> None:
    """Writes the marked package. Raises NotPlain where a part has a form that is not changed in place, and
    UnreadableFile for a file that is no package."""
    with EditedPackage(source) as package:
        main = target_of(list(package.relationships().values()), "officeDocument")
        if main is None or package.content_type(main) != _WORKBOOK:
            raise NotPlain("no plain workbook")
        parts = package.relationships(main)
        styles_part = target_of(list(parts.values()), "styles")
        if styles_part is None:
            raise NotPlain("no styles")
        styles = StyleSheet(package.read(styles_part))
        sheets = _sheets(package, main, parts)
        for index, on_this in by_sheet(marks, [name for name, _ in sheets]).items():
            _mark_sheet(package, sheets[index][1], on_this, styles)
        _put(package, styles_part, styles.content())
        package.save(target)


def _sheets(package: EditedPackage, main: str, parts: dict[str, Relationship]) -> list[tuple[str, str]]:
    """(name, part) of each worksheet."""
    found = elements(package.read(main))
    if found[0].namespace != TRANSITIONAL:
        raise NotPlain("strict OOXML")
    sheets = []
    for element in found:
        if element.path == ("workbook", "sheets", "sheet"):
            part = parts[element.attributes["id"]]
            if part.kind == "worksheet":
                sheets.append((element.attributes["name"], part.target))
    if not sheets or len({part.lower() for _, part in sheets}) < len(sheets):
        raise NotPlain("sheets without parts of their own")
    return sheets


def _mark_sheet(package: EditedPackage, part: str, marks: list[Mark], styles: StyleSheet) -> None:
    sheet = SheetPart(package.read(part))
    placed = on_sheet(marks, sheet.merges)
    related = package.relationships(part)
    comments = target_of(list(related.values()), "comments")
    threads = target_of(list(related.values()), "threadedComment")
    done = with_comments(package.read(comments) if comments else None, placed.comments)
    if done.threads and threads:
        package.put(threads, without_threads(package.read(threads), done.threads))
    if comments is None:
        comments = package.free_name("xl/comments{}.xml")
        package.declare(comments, _COMMENTS)
        package.relate(part, "comments", comments)
    _put(package, comments, done.content)
    drawing = related[sheet.legacy_drawing].target if sheet.legacy_drawing else None
    boxes = done.new if drawing else [*done.there, *done.new]
    texts = {cell: placed.comments.get(cell, "") for cell in boxes}
    content = with_boxes(package.read(drawing) if drawing else None, texts)
    identifier = None
    if drawing is None:
        drawing = package.free_name("xl/drawings/vmlDrawing{}.vml")
        package.declare_extension("vml", _VML)
        identifier = package.relate(part, "vmlDrawing", drawing)
    package.put(drawing, content)
    _put(package, part, sheet.marked(placed.severities, styles.marked, identifier))


def _put(package: EditedPackage, part: str, content: bytes) -> None:
    """Puts a part of XML, and makes sure that it is still XML."""
    parse(content)
    package.put(part, content)
