"""The comments of one .xlsx sheet: ours added to its own.

Excel keeps a comment in two places: its text in the comments part, its box in a VML drawing. Belongs here: both
parts. Does not belong here: what a comment says, the package around them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from orchestration.audit.receipts.marks.placing import Cell
from orchestration.audit.receipts.marks.sheet import TRANSITIONAL
from orchestration.audit.receipts.marks.spans import (
    Change,
    Element,
    NotPlain,
    appended,
    changed,
    elements,
    one,
    prefix_of,
    tag_parts,
    text_content,
    with_attribute,
)
from orchestration.receive.readers.cells import address
from orchestration.workbook import column_letter

AUTHOR = "报表审核"
_LAST_COLUMN = 16_383
_BETWEEN = "\n——\n"  # our words and the comment that was there before
_THREADED = b"tc="  # begins the author of a comment that stands in for a conversation
_EMPTY_COMMENTS = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{TRANSITIONAL}"><authors></authors>'
    "<commentList></commentList></comments>"
).encode()
_EMPTY_DRAWING = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    b' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    b'<o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)
_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE_NUMBER = re.compile(rb'id="_x0000_s([0-9]{1,9})"')
# Prefixes of our boxes, declared with each box where the drawing itself has others.
_PREFIXES = (
    b'xmlns:v="urn:schemas-microsoft-com:vml"',
    b'xmlns:o="urn:schemas-microsoft-com:office:office"',
    b'xmlns:x="urn:schemas-microsoft-com:office:excel"',
)
_CHARACTERS_A_LINE = 22  # of Chinese in a box of three columns


@dataclass(slots=True)
class Commented:
    """A comments part with ours in it. ``there``: the cells that had a comment before; ``new``: those that had none;
    ``threads``: references of cells whose conversation is now a plain comment."""

    content: bytes = b""
    there: list[Cell] = field(default_factory=list)
    new: list[Cell] = field(default_factory=list)
    threads: list[str] = field(default_factory=list)


def with_comments(data: bytes | None, comments: Mapping[Cell, str]) -> Commented:
    """Adds comments to a part, or begins one. Where a comment stands already, our words come before it in the same
    box. Raises NotPlain."""
    data = data or _EMPTY_COMMENTS
    found = elements(data)
    if found[0].name != "comments" or found[0].namespace != TRANSITIONAL:
        raise NotPlain("no transitional comments")
    authors = [element for element in found if element.path == ("comments", "authors", "author")]
    own = [element for element in found if element.path == ("comments", "commentList", "comment")]
    there = {address(comment.attributes["ref"]): comment for comment in own}
    prefix = prefix_of(data, found[0]).decode()
    result = Commented(there=list(there))
    changes: list[Change] = []
    added: list[str] = []
    for cell, text in comments.items():
        reference = f"{column_letter(cell[1])}{cell[0]}"
        if cell in there:
            comment = there[cell]
            author = authors[int(comment.attributes["authorId"])]
            if data.startswith(_THREADED, author.inner):
                result.threads.append(reference)
                changes.append(_by(data, comment, len(authors)))
            changes += _put_before(data, found, comment, _run(prefix, text + _BETWEEN))
        else:
            result.new.append(cell)
            added.append(
                f'<{prefix}comment ref="{reference}" authorId="{len(authors)}"><{prefix}text>{_run(prefix, text)}'
                f"</{prefix}text></{prefix}comment>"
            )
    author = f"<{prefix}author>{AUTHOR}</{prefix}author>"
    changes.append(appended(data, one(found, "comments", "authors"), author.encode()))
    changes.append(appended(data, one(found, "comments", "commentList"), "".join(added).encode()))
    result.content = changed(data, changes)
    return result


def _by(data: bytes, comment: Element, author: int) -> Change:
    """Gives a comment another author."""
    name, attributes = tag_parts(data, comment)
    written = b"<" + name + with_attribute(attributes, "authorId", str(author)) + b">"
    return comment.start, comment.inner, written


def _put_before(data: bytes, found: list[Element], comment: Element, run: str) -> Iterable[Change]:
    """Puts a run before the text of a comment, whose own text becomes a run, for a text is either or."""
    inside = [element for element in found if comment.inner <= element.start < comment.end]
    text = next((element for element in inside if element.name == "text" and len(element.path) == 4), None)
    if text is None or text.empty:
        raise NotPlain("a comment without a text")
    yield text.inner, text.inner, run.encode()
    for element in inside:
        if element.name == "t" and element.path[-2] == "text":
            prefix = prefix_of(data, element)
            yield element.start, element.start, b"<" + prefix + b"r>"
            yield element.end, element.end, b"</" + prefix + b"r>"


def _run(prefix: str, text: str) -> str:
    content = text_content(text).decode()
    return (
        f'<{prefix}r><{prefix}rPr><{prefix}sz val="9"/><{prefix}color indexed="81"/><{prefix}rFont val="宋体"/>'
        f'<{prefix}family val="3"/><{prefix}charset val="134"/></{prefix}rPr>'
        f'<{prefix}t xml:space="preserve">{content}</{prefix}t></{prefix}r>'
    )


def without_threads(data: bytes, references: Collection[str]) -> bytes:
    """The part of conversations without those at these cells, whose words the plain comments hold."""
    return changed(
        data,
        [(e.start, e.end, b"") for e in elements(data) if e.attributes.get("ref") in references],
    )


def with_boxes(data: bytes | None, comments: Mapping[Cell, str]) -> bytes:
    """The VML drawing with a hidden box for each of these comments. It is changed as text: what programs write
    there is not always XML. Raises NotPlain."""
    data = data or _EMPTY_DRAWING
    end = data.rfind(b"</xml>")
    if end < 0:
        raise NotPlain("no VML drawing")
    first = max([1024, *map(int, _SHAPE_NUMBER.findall(data))]) + 1
    added = [] if b'"_x0000_t202"' in data else [_SHAPE_TYPE]
    added += [_box(first + offset, cell, text) for offset, (cell, text) in enumerate(comments.items())]
    content = "".join(added).encode()
    if not all(prefix in data for prefix in _PREFIXES):
        content = re.sub(rb"<v:shape(?:type)? ", lambda tag: tag[0] + b" ".join(_PREFIXES) + b" ", content)
    return changed(data, [(end, end, content)])


def _box(number: int, cell: Cell, text: str) -> str:
    row, column = cell[0] - 1, cell[1]
    lines = sum(1 + len(line) // _CHARACTERS_A_LINE for line in text.split("\n"))
    left = min(column + 1, _LAST_COLUMN - 3)
    top = max(row - 1, 0)
    anchor = f"{left}, 15, {top}, 10, {left + 3}, 15, {top + max(3, min(lines, 16)) + 1}, 4"
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" fillcolor="#ffffe1" o:insetmode="auto"'
        ' style="position:absolute;margin-left:60pt;margin-top:1.5pt;width:200pt;height:70pt;z-index:1;'
        'visibility:hidden">'
        '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )
