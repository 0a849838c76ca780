"""Changes to files that are no zip: the records of an Excel 97 workbook, and CSV.

Belongs here: mutations of .xls and .csv. Does not belong here: packages.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from random import Random

from fuzz.packages import append, cut_out, flip_bits, overwrite, prepend, truncate


def records(content: bytes, start: int) -> list[tuple[int, int, int]]:
    """(place, type, length) of each BIFF record from a place on."""
    found = []
    while start + 4 <= len(content):
        kind, length = struct.unpack_from("<HH", content, start)
        if kind == 0 and length == 0:
            break
        found.append((start, kind, length))
        start += 4 + length
    return found


def change_record(content: bytes, random: Random) -> bytes:
    """One record of the workbook stream: its bytes, its length, its type, or another's bytes in its place."""
    start = content.find(b"\x09\x08\x10\x00")  # BOF of BIFF8; what xlwt writes lies in one piece
    found = records(content, start) if start >= 0 else []
    if not found:
        return flip_bits(content, random)
    place, kind, length = random.choice(found)
    changed = bytearray(content)
    how = random.randrange(5)
    if how == 0 and length:
        changed[place + 4 + random.randrange(length)] ^= 1 << random.randrange(8)
    elif how == 1:
        struct.pack_into(
            "<H", changed, place + 2, max(0, length + random.choice((-8, -2, -1, 1, 2, 8, 9000)))
        )
    elif how == 2:
        struct.pack_into(
            "<H", changed, place, random.choice((0, kind ^ 1, 0x203, 0x27E, 0xFD, 0x204, 0x85, 0x2F, 0x0A))
        )
    elif how == 3 and length:
        changed[place + 4 : place + 4 + length] = random.randbytes(length)
    else:
        other, _, size = random.choice(found)
        shared = min(length, size)
        changed[place + 4 : place + 4 + shared] = content[other + 4 : other + 4 + shared]
    return bytes(changed)


def change_csv(content: bytes, random: Random) -> bytes:
    """Encodings, delimiters, quotes, line ends, NULs."""
    text = content.decode("utf-8", "replace")
    place = random.randrange(max(1, len(text)))
    cut, mark = random.randrange(max(1, len(content))), random.choice('"",;\t\0\r\n\ufeff=')
    encoded = text.encode()
    return random.choice(
        (
            text.encode("gb18030"),
            text.encode("utf-16"),
            text.encode("utf-16-le"),
            text.encode("utf-8-sig"),
            text.replace(",", ";").encode(),
            text.replace(",", "\t").encode("gb18030"),
            text.replace("\r\n", "\r").encode(),
            text.replace("\r\n", "\n").encode(),
            (text[:place] + mark + text[place:]).encode(),
            (text[:place] + '"' + text[place:] + '"').encode(),
            encoded[:cut],
            encoded[:cut] + random.randbytes(3) + encoded[cut:],
            b"sep=;\r\n" + encoded,
        )
    )


RAW_MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    flip_bits, truncate, cut_out, overwrite, append, prepend,
)  # fmt: skip
