"""The colours of marks, and the styles of an .xlsx that show them: the cell's own style with another fill.

Belongs here: styles.xml. Does not belong here: which cell takes which style.
"""

from __future__ import annotations

from orchestration.audit.receipts.marks.spans import (
    Change,
    NotPlain,
    appended,
    changed,
    elements,
    one,
    prefix_of,
    tag_parts,
    with_attribute,
)

# Apart in lightness too, so that they are told apart without red and green, and in grey.
COLOURS = {"error": "F4A582", "warning": "FFF2B3", "notice": "92C5DE"}
MAX_STYLES = 64_000  # of Excel


class StyleSheet:
    """styles.xml and the styles that marks add to it. Raises NotPlain for forms not covered."""

    def __init__(self, data: bytes):
        self._data = data
        self._elements = elements(data)
        self._fills = one(self._elements, "styleSheet", "fills")
        self._styles = one(self._elements, "styleSheet", "cellXfs")
        self._own_fills = self._children("fills", "fill")
        self._own = [e for e in self._elements if e.path == ("styleSheet", "cellXfs", "xf")]
        self._added: dict[tuple[int, str], int] = {}

    def marked(self, style: int, severity: str) -> int:
        """The number of the style that is ``style`` filled with the severity's colour."""
        if style >= len(self._own):
            raise NotPlain("a style that does not exist")
        number = self._added.setdefault((style, severity), len(self._own) + len(self._added))
        if number >= MAX_STYLES:
            raise NotPlain("too many styles")
        return number

    def content(self) -> bytes:
        """The part with the styles added."""
        if not self._added:
            return self._data
        prefix = prefix_of(self._data, self._fills)
        fills = [_fill(prefix, colour) for colour in COLOURS.values()]
        styles = [self._with_fill(style, severity) for style, severity in self._added]
        return changed(
            self._data,
            [
                *self._grown("fills", len(self._own_fills) + len(fills), b"".join(fills)),
                *self._grown("cellXfs", len(self._own) + len(styles), b"".join(styles)),
            ],
        )

    def _children(self, parent: str, name: str) -> list:
        return [element for element in self._elements if element.path == ("styleSheet", parent, name)]

    def _with_fill(self, style: int, severity: str) -> bytes:
        element = self._own[style]
        name, attributes = tag_parts(self._data, element)
        fill = len(self._own_fills) + list(COLOURS).index(severity)
        attributes = with_attribute(with_attribute(attributes, "fillId", str(fill)), "applyFill", "1")
        if element.empty:
            return b"<" + name + attributes + b"/>"
        return b"<" + name + attributes + b">" + self._data[element.inner : element.end]

    def _grown(self, name: str, count: int, content: bytes) -> list[Change]:
        """A list of the style sheet with more in it, and its count, where it states one, set right."""
        element = one(self._elements, "styleSheet", name)
        if element.empty:
            raise NotPlain(f"empty {name}")
        changes = [appended(self._data, element, content)]
        if "count" in element.attributes:
            tag, attributes = tag_parts(self._data, element)
            tag_written = b"<" + tag + with_attribute(attributes, "count", str(count)) + b">"
            changes.append((element.start, element.inner, tag_written))
        return changes


def _fill(prefix: bytes, colour: str) -> bytes:
    p = prefix.decode()
    return (
        f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FF{colour}"/><{p}bgColor indexed="64"/>'
        f"</{p}patternFill></{p}fill>"
    ).encode()
