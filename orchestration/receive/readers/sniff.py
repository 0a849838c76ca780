"""What the bytes of a file are, whatever its name says.

Belongs here: recognising formats, and refusing with its own code each that is no spreadsheet. Does not
belong here: reading the cells of those that are.
"""

from __future__ import annotations

import re
from pathlib import Path

from orchestration.receive.readers.package import Package, target_of
from orchestration.receive.readers.unreadable import UnreadableFile

MAX_FILE_BYTES = 200 * 2**20  # the largest county workbook is 2 MB
_HEAD = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
# Signatures of what is no spreadsheet.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "U-PDF"),
    (b"{\\rtf", "U-WORD"),
    (b"Rar!", "U-ARCHIVE"),
    (b"7z\xbc\xaf\x27\x1c", "U-ARCHIVE"),
    (b"\x1f\x8b", "U-ARCHIVE"),
    (b"BZh", "U-ARCHIVE"),
    (b"\xfd7zXZ\x00", "U-ARCHIVE"),
    (b"PK\x05\x06", "U-ZIP"),
    (b"\x89PNG", "U-IMAGE"),
    (b"\xff\xd8\xff", "U-IMAGE"),
    (b"GIF8", "U-IMAGE"),
    (b"BM", "U-IMAGE"),
    (b"II*\x00", "U-IMAGE"),
    (b"MM\x00*", "U-IMAGE"),
)
_DBF_VERSIONS = frozenset(b"\x02\x03\x30\x31\x32\x43\x63\x83\x8b\xcb\xf5\xfb")
_OLD_EXCEL = re.compile(rb"\x09[\x00\x02\x04][\x04-\x10]\x00", re.DOTALL)  # BOF record of BIFF2, 3 and 4
_BIFF8 = b"\x09\x08\x10\x00"  # BOF record of Excel 97 and later, written without the OLE container
# Names of streams in an OLE directory, most telling first.
_STREAMS = (
    ("encryptedpackage", "U-PASSWORD"),
    ("workbook", "xls"),
    ("book", "xls"),
    ("worddocument", "U-WORD"),
    ("powerpoint document", "U-SLIDES"),
)
_PACKAGES = {"word/document.xml": "U-WORD", "ppt/presentation.xml": "U-SLIDES"}
_OPEN_DOCUMENTS = {
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.text": "U-WORD",
    "application/vnd.oasis.opendocument.presentation": "U-SLIDES",
}


def sniff(path: Path) -> str:
    """xlsx | xlsb | ods | xls | csv_bundle (a zip of CSVs) | csv. Raises UnreadableFile for all else."""
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFile("U-EMPTY")
    if size > MAX_FILE_BYTES:
        raise UnreadableFile("U-TOO-BIG", detail=f"{size} bytes")
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
    if head.startswith(_ZIP):
        return _sniff_zip(path)
    if head.startswith(_OLE):
        return _answer(_sniff_ole(path.read_bytes()))
    for signature, code in _SIGNATURES:
        if head.startswith(signature):
            raise UnreadableFile(code)
    if _is_dbf(head):
        raise UnreadableFile("U-DBF")
    if head.startswith(_BIFF8):
        return "xls"
    if _OLD_EXCEL.match(head):
        raise UnreadableFile("U-OLD-EXCEL")
    return _answer(_sniff_text(head))


def _answer(found: str) -> str:
    if found.startswith("U-"):
        raise UnreadableFile(found)
    return found


def _sniff_zip(path: Path) -> str:
    with Package(path) as package:
        if "mimetype" in package:
            mimetype = package.read("mimetype").decode("ascii", "replace").strip()
            return _answer(_OPEN_DOCUMENTS.get(mimetype.removesuffix("-template"), "U-ZIP"))
        main = target_of(list(package.relationships().values()), "officeDocument")
        if main is not None:
            known = next((code for part, code in _PACKAGES.items() if main.lower() == part), "xlsx")
            return _answer("xlsb" if main.lower().endswith(".bin") else known)
        if "xl/workbook.xml" in package or "[Content_Types].xml" in package:
            raise UnreadableFile("U-CORRUPT", detail="an OOXML package without an officeDocument")
        if any(info.filename.lower().endswith(".csv") for info in package.members):
            return "csv_bundle"
    raise UnreadableFile("U-ZIP")


def _sniff_ole(data: bytes) -> str:
    """Looks for the stream names instead of walking the directory: a damaged one must be recognised too."""
    lower = data.lower()  # stream names ignore case
    return next((found for name, found in _STREAMS if name.encode("utf-16-le") + b"\0\0" in lower), "U-OLE")


def _is_dbf(head: bytes) -> bool:
    """A DBF header: version, date of change, header length that ends after whole 32-byte field records."""
    if len(head) < 32 or head[0] not in _DBF_VERSIONS:
        return False
    header_length = int.from_bytes(head[8:10], "little")
    return 1 <= head[2] <= 12 and 1 <= head[3] <= 31 and header_length >= 33 and head[4:8] != b"    "


def _sniff_text(head: bytes) -> str:
    """csv for delimited text, else why it is none. UTF-16 counts as text by its byte order mark."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
    else:
        text = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    if any(char < " " and char not in "\t\r\n\x0b\x0c\x1a" for char in text):
        return "U-UNKNOWN"
    start = text.lstrip().lower()
    if re.match(r"<!doctype html|<html|<head|<body|<table|<meta|<div|<style", start) or re.search(
        r"^mime-version:", start, re.MULTILINE
    ):
        return "U-HTML"
    if start.startswith("<?xml") or re.match(r"<[a-z_][\w.:-]*[\s>/]", start):
        return "U-HTML" if "<html" in start else "U-XML"
    return "csv" if any(mark in text for mark in ",\t;") else "U-TEXT"
