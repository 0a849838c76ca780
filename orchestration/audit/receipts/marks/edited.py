"""An OOXML package with some parts changed or added; every other part is copied as it is.

Belongs here: parts, relationships, content types. Does not belong here: what the parts hold.
"""

from __future__ import annotations

import posixpath
import zipfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

from orchestration.audit.receipts.marks.spans import NotPlain, appended, changed, elements, prefix_of
from orchestration.receive.readers.package import Package, canonical

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATIONSHIP_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_TYPES = "[Content_Types].xml"
# Sheet XML packs 10 to 1 at any level; the lowest takes a third of the time.
_LEVEL = 1
_XML = (".xml", ".rels", ".vml")


class EditedPackage(Package):
    """Reads give what was changed. Raises NotPlain for forms not covered, else as Package does."""

    def __init__(self, path: Path):
        super().__init__(path)
        self._changed: dict[str, tuple[str, bytes]] = {}  # by canonical name: the name and the content

    def __contains__(self, name: str) -> bool:
        return canonical(name) in self._changed or super().__contains__(name)

    def read(self, name: str) -> bytes:
        change = self._changed.get(canonical(name))
        return super().read(name) if change is None else change[1]

    def put(self, name: str, content: bytes) -> None:
        self._changed[canonical(name)] = (name, content)

    def content_type(self, name: str) -> str:
        """The declared type of a part."""
        declared = elements(self.read(_TYPES))
        for element in declared:
            if element.name == "Override" and canonical(element.attributes["PartName"]) == canonical(name):
                return element.attributes["ContentType"]
        extension = posixpath.splitext(name)[1].removeprefix(".").lower()
        defaults = {e.attributes["Extension"].lower(): e for e in declared if e.name == "Default"}
        return defaults[extension].attributes["ContentType"] if extension in defaults else ""

    def free_name(self, pattern: str) -> str:
        """``xl/comments{}.xml`` → the first of these names that no part has and no content type speaks of."""
        spoken_of = self.read(_TYPES).lower()
        for number in range(1, 10_000):
            name = pattern.format(number)
            if name not in self and f'/{name}"'.lower().encode() not in spoken_of:
                return name
        raise NotPlain("no name is free")

    def declare(self, name: str, content_type: str) -> None:
        """States the type of a new part."""
        self._append_type("Override", f"PartName={quoteattr('/' + name)}", content_type)

    def declare_extension(self, extension: str, content_type: str) -> None:
        """States the type of all parts with this extension, unless that is done."""
        if self.content_type(f"x.{extension}") != content_type:
            self._append_type("Default", f"Extension={quoteattr(extension)}", content_type)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Adds a relationship from a part to another; gives its id."""
        folder, name = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{name}.rels")
        if place not in self:
            head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            self.put(place, f'{head}<Relationships xmlns="{_RELATIONSHIPS}"></Relationships>'.encode())
        data = self.read(place)
        root, *others = elements(data)
        taken = {element.attributes.get("Id") for element in others}
        identifier = next(
            name for name in (f"rId{n}" for n in range(1, len(others) + 2)) if name not in taken
        )
        prefix = prefix_of(data, root).decode()
        added = (
            f'<{prefix}Relationship Id="{identifier}" Type="{_RELATIONSHIP_TYPES}{kind}"'
            f" Target={quoteattr('/' + target)}/>"
        )
        self.put(place, changed(data, [appended(data, root, added.encode())]))
        return identifier

    def save(self, target: Path) -> None:
        """Writes all parts, in their order, the new ones last. Raises NotPlain for one that declares entities, read by
        us or not: what our reader refuses is not passed on."""
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as written:
            rest = dict(self._changed)
            for info in self.members:
                change = rest.pop(canonical(info.filename), None)
                content = self.read_member(info) if change is None else change[1]
                _refuse_entities(info.filename, content)
                written.writestr(info.filename, content)
            for name, content in rest.values():
                written.writestr(name, content)

    def _append_type(self, element: str, what: str, content_type: str) -> None:
        data = self.read(_TYPES)
        root = elements(data)[0]
        prefix = prefix_of(data, root).decode()
        added = f"<{prefix}{element} {what} ContentType={quoteattr(content_type)}/>"
        self.put(_TYPES, changed(data, [appended(data, root, added.encode())]))


def _refuse_entities(name: str, content: bytes) -> None:
    if not name.lower().endswith(_XML):
        return
    if b"<!DOCTYPE" in content or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotPlain("a part with a DTD, or in an encoding that hides one")
