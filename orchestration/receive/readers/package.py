"""A zip package with bounds (OOXML, OpenDocument, CSV bundle): parts by name, never more than is reasonable.

Belongs here: opening the zip, its limits, checksums, OOXML relationships. Does not belong here: what the
parts hold.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from orchestration.receive.readers.unreadable import UnreadableFile
from orchestration.receive.readers.xml import Attributes, local, parse

MAX_MEMBERS = 5_000
MAX_MEMBER_BYTES = 600 * 2**20  # 600 MB of sheet XML is ~15 M cells; the largest county register has 0.5 M
MAX_TOTAL_BYTES = 1024 * 2**20
# Real sheets pack 5 to 40 to 1, empty styled rows up to ~120 to 1; deflate's limit is 1,032 to 1.
MAX_RATIO = 250
RATIO_MATTERS_ABOVE = 20 * 2**20
_CHUNK = 2**20
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Relationship:
    kind: str  # last word of the type: officeDocument, worksheet, sharedStrings, styles …
    target: str  # part name in the package


class Package:
    """Parts of a zip by case-insensitive name. A context manager. Raises UnreadableFile for every defect."""

    def __init__(self, path: Path):
        try:
            self._zip = zipfile.ZipFile(path)
        except _ZIP_ERRORS as error:
            raise UnreadableFile("U-CORRUPT", detail=f"zip: {error}") from error
        self.members = [info for info in self._zip.infolist() if not info.is_dir()]
        self._by_name = {canonical(info.filename): info for info in self.members}
        self._read: set[str] = set()
        try:
            if len(self._by_name) < len(self.members):
                raise UnreadableFile("U-UNRELIABLE", detail="two parts of one name")
            self._check_bounds()
        except UnreadableFile:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return canonical(name) in self._by_name

    def read(self, name: str) -> bytes:
        info = self._by_name.get(canonical(name))
        if info is None:
            raise UnreadableFile("U-CORRUPT", detail=f"the part {name} is missing")
        return self.read_member(info)

    def read_member(self, info: zipfile.ZipInfo) -> bytes:
        try:
            data = self._zip.read(info)
        except RuntimeError as error:  # what zipfile raises for a member with a zip password
            raise UnreadableFile("U-PASSWORD", detail=f"zip: {error}") from error
        except _ZIP_ERRORS as error:
            raise UnreadableFile("U-CORRUPT", detail=f"zip: {error}") from error
        self._read.add(info.filename)
        return data

    def verify_unread(self) -> None:
        """Checks the checksum of every part nobody has read, so that a file damaged anywhere is refused."""
        try:
            for info in self.members:
                if info.filename not in self._read:
                    with self._zip.open(info) as member:
                        while member.read(_CHUNK):
                            pass
        except RuntimeError as error:
            raise UnreadableFile("U-PASSWORD", detail=f"zip: {error}") from error
        except _ZIP_ERRORS as error:
            raise UnreadableFile("U-CORRUPT", detail=f"zip: {error}") from error

    def relationships(self, of: str = "") -> dict[str, Relationship]:
        """The relationships of a part (of the package itself by default) by id; external ones left out."""
        folder, name = posixpath.split(of)
        part = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, Relationship] = {}
        if part not in self:
            return found

        def start(element: str, attributes: Attributes) -> None:
            if local(element) == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, unquote(attributes["Target"])))
                kind = attributes["Type"].rpartition("/")[2]
                found[attributes["Id"]] = Relationship(kind, target.lstrip("/"))

        try:
            parse(self.read(part), start)
        except KeyError as error:
            raise UnreadableFile("U-CORRUPT", detail=f"{part}: relationship without {error}") from error
        return found

    def _check_bounds(self) -> None:
        sizes = [info.file_size for info in self.members]
        packed = sum(info.compress_size for info in self.members)
        if (
            len(sizes) > MAX_MEMBERS
            or sum(sizes) > MAX_TOTAL_BYTES
            or max(sizes, default=0) > MAX_MEMBER_BYTES
        ):
            raise UnreadableFile("U-BOMB", detail=f"{len(sizes)} parts, {sum(sizes)} bytes unpacked")
        for size, ratio in [(i.file_size, i.file_size / max(i.compress_size, 1)) for i in self.members]:
            if size > RATIO_MATTERS_ABOVE and ratio > MAX_RATIO:
                raise UnreadableFile("U-BOMB", detail=f"{packed} bytes unpack {ratio:.0f} to 1")


def target_of(relationships: Collection[Relationship], kind: str) -> str | None:
    """The first part of this kind."""
    return next((related.target for related in relationships if related.kind == kind), None)


def canonical(name: str) -> str:
    """A part's name as names are compared."""
    return name.replace("\\", "/").lstrip("/").lower()
