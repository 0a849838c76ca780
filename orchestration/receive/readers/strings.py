"""Texts as .xlsx stores them: shared strings, escapes, rich and phonetic runs.

Belongs here: from the XML of a text to what the user typed. Does not belong here: cells and numbers.
"""

from __future__ import annotations

import re

from orchestration.receive.readers.xml import Attributes, local, parse, unescape

_PLAIN_STRING = re.compile(r'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def shared_strings(data: bytes) -> list[str]:
    """The texts of sharedStrings.xml in order: rich runs joined, phonetic runs left out."""
    text = data.decode("utf-8", "replace")
    found = _PLAIN_STRING.findall(text)
    # Plain if every string was found, the text is clean UTF-8 without comments or a DTD, and what is left
    # of it is XML that holds no string of another spelling (<x:si>).
    plain = found and len(found) == text.count("<si") and "<!" not in text and "\ufffd" not in text
    if plain and not _strict_strings(_PLAIN_STRING.sub("", text).encode()):
        return [stored_text(entry) for entry in found]
    return _strict_strings(data)


def _strict_strings(data: bytes) -> list[str]:
    strings: list[str] = []
    inside: list[str] = []
    pieces: list[str] = []

    def start(element: str, _: Attributes) -> None:
        inside.append(local(element))

    def end(element: str) -> None:
        inside.pop()
        if local(element) == "si":
            strings.append(unescape_x("".join(pieces)))
            pieces.clear()

    def text(piece: str) -> None:
        if inside[-1] == "t" and "rPh" not in inside:
            pieces.append(piece)

    parse(data, start, end, text)
    return strings


def stored_text(escaped: str) -> str:
    """A text as it stands in the XML → as the user typed it."""
    return unescape_x(unescape(escaped))


def unescape_x(text: str) -> str:
    """``_x000D_`` → the character it stands for. Halves of a surrogate pair join; a lone half is U+FFFD."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
