"""Texts as .xlsx stores them: shared strings, escapes, rich and phonetic runs.

Belongs here: from the XML of a text to what the user typed. Does not belong here: cells and numbers.
"""

from __future__ import annotations

import re

from orchestration.receive.readers.unreadable import UnreadableFile
from orchestration.receive.readers.xml import Attributes, local, parse, unescape

_PLAIN_STRING = re.compile(r'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')
_WORTH_A_LOOK = re.compile("[&\r]|_x")  # without any of these, the text is as the user typed it
# Where the text of a string stands: at once, or in rich runs. Elsewhere stand phonetic runs and extensions.
_TEXTS = (["sst", "si", "t"], ["sst", "si", "r", "t"])
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def shared_strings(data: bytes) -> list[str]:
    """The texts of sharedStrings.xml in order: rich runs joined, phonetic runs left out."""
    text = data.decode("utf-8", "replace")
    found = _PLAIN_STRING.findall(text)
    start, stop = text.find("<si>"), text.rfind("</si>")
    # Plain if the strings found are all there is between the first and the last of them, the text is clean
    # UTF-8 without comments or a DTD, and what stands around them is XML without a string of its own.
    plain = found and text.count("<", start, stop) + 1 == 4 * len(found)
    if not plain or "<!" in text or "\ufffd" in text:
        return _strict_strings(data)
    if _strict_strings((text[:start] + text[stop + len("</si>") :]).encode()):
        return _strict_strings(data)
    return [stored_text(entry) for entry in found] if _WORTH_A_LOOK.search(text, start) else found


def _strict_strings(data: bytes) -> list[str]:
    strings: list[str] = []
    inside: list[str] = []
    pieces: list[str] = []

    def start(element: str, _: Attributes) -> None:
        inside.append(local(element))
        if inside[-1] == "si" and inside != ["sst", "si"]:
            # Which string has which number is no longer certain.
            raise UnreadableFile("U-UNRELIABLE", detail="a shared string within another")

    def end(element: str) -> None:
        inside.pop()
        if local(element) == "si":
            strings.append(unescape_x("".join(pieces)))
            pieces.clear()

    def text(piece: str) -> None:
        if inside in _TEXTS:
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
