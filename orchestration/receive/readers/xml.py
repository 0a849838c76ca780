"""Strict XML reading for the spreadsheet formats: namespace-aware expat events, no DTD, no entities.

Belongs here: how an XML part is parsed and refused. Does not belong here: what its elements mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.parsers import expat

from orchestration.receive.readers.unreadable import UnreadableFile

Attributes = dict[str, str]
# The transitional and the strict spelling of the same vocabulary.
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
SPREADSHEETML = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", STRICT)
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def parse(
    data: bytes,
    start: Callable[[str, Attributes], None] | None = None,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Calls back for each element as ``namespace name``. Raises UnreadableFile for a DTD and for bad XML."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(data, True)
    except (
        expat.ExpatError,
        ValueError,
        LookupError,
    ) as error:  # the latter of an encoding that it does not know
        raise UnreadableFile("U-CORRUPT", detail=f"XML: {error}") from error


def local(name: str) -> str:
    """``namespace name`` → ``name``."""
    return name.rpartition(" ")[2]


def unescape(text: str) -> str:
    """Resolves line ends and the predefined and numeric references. Raises UnreadableFile for any other ``&``."""
    if "\r" in text:  # XML has but one line end
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" not in text:
        return text
    plain, replaced = _REFERENCE.subn(_character, text)
    if text.count("&") != replaced:
        raise UnreadableFile("U-CORRUPT", detail="XML: undefined entity")
    return plain


def _character(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    if name:
        return _NAMED[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    if not 0 < number < 0x110000 or 0xD800 <= number < 0xE000:
        raise UnreadableFile("U-CORRUPT", detail="XML: impossible character reference")
    return chr(number)


def _refuse_doctype(*_: object) -> None:
    raise UnreadableFile("U-DOCTYPE")
