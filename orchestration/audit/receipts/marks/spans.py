"""Where the elements of an XML part stand, so that a part can be changed in places and stay as it is in all others.

A parsed and rewritten part would lose prefixes, order of attributes and what the parser does not know; these
workbooks are other people's. Belongs here: byte ranges of elements, changes by byte range. Does not belong
here: what the elements mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

_UTF8 = re.compile(
    rb"""(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*encoding=["'](?i:utf-8)["'][^>]*>|<\?xml(?![^>]*encoding)|<(?!\?))"""
)
# Attributes with their quotes: a ``>`` within a value is no end of a tag.
ATTRIBUTES = rb"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*"""
_START_TAG = re.compile(rb"<([\w:.-]+)(" + ATTRIBUTES + rb")\s*(/?)>")

Change = tuple[int, int, bytes]  # from, to, what stands there instead


class NotPlain(Exception):
    """A part has a form that is not changed in place: the workbook is written anew instead."""


@dataclass(slots=True)
class Element:
    """One element: its path of local names, its namespace, its attributes by local name, and the bytes it takes.
    ``inner`` is where its content begins; an empty one (``<a/>``) has none, and no end tag."""

    path: tuple[str, ...]
    namespace: str
    attributes: dict[str, str]
    start: int
    inner: int
    empty: bool
    closing: int = 0  # where the end tag begins
    end: int = 0

    @property
    def name(self) -> str:
        return self.path[-1]


def elements(data: bytes) -> list[Element]:
    """All elements of a part in the order of their start tags. Raises NotPlain for what is no clean UTF-8 XML."""
    if not _UTF8.match(data):
        raise NotPlain("not UTF-8")
    found: list[Element] = []
    opened: list[Element] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        namespace, _, word = name.rpartition(" ")
        place = parser.CurrentByteIndex
        tag = _START_TAG.match(data, place)
        if tag is None:
            raise NotPlain("a start tag")
        path = (*(opened[-1].path if opened else ()), word)
        local = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        opened.append(Element(path, namespace, local, place, tag.end(), bool(tag[3])))
        found.append(opened[-1])

    def end(_: str) -> None:
        element = opened.pop()
        if element.empty:
            element.end = element.inner
        else:
            element.closing = parser.CurrentByteIndex
            element.end = data.index(b">", element.closing) + 1

    def refuse(*_: object) -> None:
        raise NotPlain("a DTD")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise NotPlain(str(error)) from error
    return found


def one(found: Iterable[Element], *path: str) -> Element:
    """The only element with this path. Raises NotPlain when there is none, or more than one."""
    there = [element for element in found if element.path == path]
    if len(there) != 1:
        raise NotPlain(f"{len(there)} of {path[-1]}")
    return there[0]


def changed(data: bytes, changes: Iterable[Change]) -> bytes:
    """The data with all changes made. They do not overlap; insertions at one place keep their order."""
    pieces: list[bytes] = []
    position = 0
    for start, end, replacement in sorted(changes, key=lambda change: change[:2]):
        pieces += data[position:start], replacement
        position = end
    return b"".join([*pieces, data[position:]])


def appended(data: bytes, element: Element, content: bytes) -> Change:
    """The change that puts content at the end of an element, opening it when it is empty."""
    if not element.empty:
        return element.closing, element.closing, content
    name, attributes = tag_parts(data, element)
    return element.start, element.end, b"<" + name + attributes + b">" + content + b"</" + name + b">"


def tag_parts(data: bytes, element: Element) -> tuple[bytes, bytes]:
    """The name with its prefix, and the attributes as they are written."""
    tag = _START_TAG.match(data, element.start)
    if tag is None:
        raise NotPlain("a start tag")
    return tag[1], tag[2]


def prefix_of(data: bytes, element: Element) -> bytes:
    """``x:`` of ``<x:row>``, nothing of ``<row>``."""
    name, _ = tag_parts(data, element)
    before, colon, _ = name.rpartition(b":")
    return before + colon


def with_attribute(attributes: bytes, name: str, value: str) -> bytes:
    """Attributes as written, with one of them set."""
    pattern = re.compile(rb"(\s" + name.encode() + rb"\s*=\s*)(?:\"[^\"]*\"|'[^']*')")
    written = quoteattr(value).encode()
    replaced, count = pattern.subn(lambda match: match[1] + written, attributes, count=1)
    return replaced if count else attributes + f" {name}=".encode() + written


def text_content(text: str) -> bytes:
    """A text escaped for element content, and so that a spreadsheet takes ``_x0041_`` for what it says."""
    return escape(re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)).encode()
