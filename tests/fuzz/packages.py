"""Changes to zip packages: to the zip itself, and to the XML within, packed again with right checksums.

Belongs here: mutations of .xlsx, .ods and CSV bundles. Does not belong here: other formats (``streams``), meaning (``layouts``).
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from random import Random

Parts = dict[str, bytes]


def unpacked(package: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(package)) as read:
        return {info.filename: read.read(info) for info in read.infolist()}


def packed(parts: Parts, extra: list[tuple[str, bytes]] | None = None, level: int = 1) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as written:
        for name, content in [*parts.items(), *(extra or [])]:
            written.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


# -- the zip itself ---------------------------------------------------------------------------------------------


def flip_bits(package: bytes, random: Random) -> bytes:
    content = bytearray(package)
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    return bytes(content)


def truncate(package: bytes, random: Random) -> bytes:
    return package[: random.randrange(len(package))]


def cut_out(package: bytes, random: Random) -> bytes:
    start = random.randrange(len(package))
    return package[:start] + package[start + random.randrange(1, 200) :]


def overwrite(package: bytes, random: Random) -> bytes:
    """A piece of it over another, as a bad sector copy does."""
    size = random.randrange(1, min(2000, len(package) // 2))
    source, target = random.randrange(len(package) - size), random.randrange(len(package) - size)
    return package[:target] + package[source : source + size] + package[target + size :]


def append(package: bytes, random: Random) -> bytes:
    return package + random.choice(
        (b"\0" * random.randrange(1, 999), package[: random.randrange(1, 999)], b"\r\n")
    )


def prepend(package: bytes, random: Random) -> bytes:
    return random.randbytes(random.randrange(1, 99)) + package


def wrong_crc(package: bytes, random: Random) -> bytes:
    places = [match.start() for match in re.finditer(b"PK\x01\x02", package)]
    content = bytearray(package)
    for place in random.sample(places, min(len(places), 2)):
        struct.pack_into("<I", content, place + 16, random.getrandbits(32))
    return bytes(content)


def drop_member(package: bytes, random: Random) -> bytes:
    parts = unpacked(package)
    del parts[random.choice(list(parts))]
    return packed(parts)


def rename_member(package: bytes, random: Random) -> bytes:
    parts = unpacked(package)
    chosen = random.choice(list(parts))
    new = random.choice(
        (
            f"../../{chosen}",
            f"/etc/{chosen}",
            chosen.upper(),
            chosen.replace("/", "\\"),
            f"{chosen}\0.xml",
            "x" * 3000,
        )
    )
    return packed({new if name == chosen else name: content for name, content in parts.items()})


def double_member(package: bytes, random: Random) -> bytes:
    parts = unpacked(package)
    chosen, other = random.choice(list(parts)), random.choice(list(parts.values()))
    return packed(parts, [(random.choice((chosen, chosen.upper(), f"./{chosen}", f"/{chosen}")), other)])


def swap_members(package: bytes, random: Random) -> bytes:
    parts = unpacked(package)
    one, other = random.sample(list(parts), 2)
    parts[one], parts[other] = parts[other], parts[one]
    return packed(parts)


def bomb(package: bytes, random: Random) -> bytes:
    parts = unpacked(package)
    parts[random.choice(list(parts))] = b" " * random.choice((10**6, 3 * 10**7))
    return packed(parts)


# -- the XML within -----------------------------------------------------------------------------------------------


def mutate_xml(package: bytes, random: Random) -> bytes:
    """One to three changes to the XML (or CSV) of one part, sheets most of all."""
    parts = unpacked(package)
    names = [name for name in parts if name.endswith((".xml", ".rels", ".csv"))]
    sheets = [name for name in names if "sheet" in name or "content" in name or "Strings" in name]
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        name = random.choice(sheets if sheets and random.random() < 0.8 else names)
        parts[name] = random.choice(XML_MUTATIONS)(parts[name], random)
    return packed(parts)


def _elements(xml: bytes) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(rb"<[^>]*>", xml)]


def _one_of(pattern: bytes, xml: bytes, random: Random) -> re.Match[bytes] | None:
    found = list(re.finditer(pattern, xml))
    return random.choice(found) if found else None


def _put(xml: bytes, span: tuple[int, int], new: bytes) -> bytes:
    return xml[: span[0]] + new + xml[span[1] :]


def change_reference(xml: bytes, random: Random) -> bytes:
    """Addresses of cells and rows: another one, out of order, twice, none, impossible."""
    match = _one_of(rb' r="([A-Z]*[0-9]+)"', xml, random)
    if match is None:
        return xml
    other = _one_of(rb' r="([A-Z]*[0-9]+)"', xml, random)
    new = random.choice(
        (b"", other[0], b' r=""', b' r="A0"', b' r="XFD1048576"', b' r="XFE1"', b' r="ZZZ99999999"', b' r="$B$3"',
         b' r="b3"', b' r="-1"', b' r="1.5"', b" r='C4'", b' r="C4 "', b' r = "C4"')
    )  # fmt: skip
    return _put(xml, match.span(), new)


def change_type(xml: bytes, random: Random) -> bytes:
    types = (b"s", b"str", b"inlineStr", b"n", b"b", b"e", b"d", b"x", b"")
    match = _one_of(rb' t="[^"]*"', xml, random)
    if match and random.random() < 0.7:
        return _put(xml, match.span(), random.choice((b"", b' t="' + random.choice(types) + b'"')))
    match = _one_of(rb'<c r="[A-Z0-9]+"', xml, random)
    return _put(xml, match.span(), match[0] + b' t="' + random.choice(types) + b'"') if match else xml


def change_style(xml: bytes, random: Random) -> bytes:
    match = _one_of(rb' s="[0-9]+"', xml, random)
    style = random.choice((b"", b' s="0"', b' s="1"', b' s="2"', b' s="999"', b' s="-1"', b' s="x"'))
    return _put(xml, match.span(), style) if match else xml


def change_value(xml: bytes, random: Random) -> bytes:
    match = _one_of(rb"<v>[^<]*</v>", xml, random)
    value = random.choice(
        (b"", b"999999", b"-1", b"1e400", b"1E+5", b"0x10", b"NaN", b"inf", b" 5 ", b"1,234", b"5.0", b"00012", b"1_000",
         b"0.1234567890123456789", b"12345678901234567890", b"+7", b".5", b"5.", "５".encode(), "一".encode(), b"&#53;",
         b"&lt;", b"<![CDATA[5]]>", b"5<!-- -->6", b"\xff", b"1\n", b"--1", b"1e", b"TRUE", b"#REF!", b"2021-08-05T00:00:00")
    )  # fmt: skip
    form = random.choice(
        (b"<v>%s</v>", b"<v>%s</v>", b"<v xml:space='preserve'>%s</v>", b"<v>%s</v><v>9</v>", b"<v/>%s")
    )
    return _put(xml, match.span(), form % value) if match else xml


def change_cell(xml: bytes, random: Random) -> bytes:
    """A whole cell: gone, twice, another one's, or of an unusual form."""
    match = _one_of(rb"<c [^>]*?(?:/>|>.*?</c>)", xml, random)
    other = _one_of(rb"<c [^>]*?(?:/>|>.*?</c>)", xml, random)
    if match is None:
        return xml
    address = re.search(rb'r="[^"]*"', match[0])
    at = address[0] if address else b""
    new = random.choice(
        (b"", match[0] * 2, other[0], match[0] + other[0],
         b"<c %s t='inlineStr'><is><t>\xe7\x94\xb2</t></is></c>" % at,
         b'<c %s t="inlineStr"><is><t>7</t></is></c>' % at,
         b'<c %s t="inlineStr"><is><r><t>\xe7\x94\xb2</t></r><r><t>\xe4\xb9\x99</t></r></is></c>' % at,
         b'<c %s t="inlineStr"><is><t>\xe7\x94\xb2</t><rPh sb="0" eb="1"><t>x</t></rPh></is></c>' % at,
         b'<c %s t="str"><f>A1</f><v>\xe7\x94\xb2</v></c>' % at, b"<c %s><f>A1+1</f></c>" % at, b"<c %s><f/><v>8</v></c>" % at,
         b'<c %s t="s"><v>0</v><is><t>no</t></is></c>' % at, b'<c %s><is><t>no</t></is></c>' % at,
         b'<c t="n" %s><v>8</v></c>' % at, b"<x:c %s><x:v>8</x:v></x:c>" % at,
         b'<c %s><v>8</v><extLst><ext uri="x"><v>9</v></ext></extLst></c>' % at)
    )  # fmt: skip
    return _put(xml, match.span(), new)


def change_row(xml: bytes, random: Random) -> bytes:
    """A whole row: gone, twice, elsewhere, hidden, empty, without its number."""
    match = _one_of(rb"<row [^>]*?(?:/>|>.*?</row>)", xml, random)
    other = _one_of(rb"<row [^>]*?(?:/>|>.*?</row>)", xml, random)
    if match is None:
        return xml
    new = random.choice(
        (b"", match[0] * 2, other[0], other[0] + match[0], match[0].replace(b"<row ", b'<row hidden="1" ', 1),
         re.sub(rb'^(<row [^>]*?)r="[0-9]+" ?', rb"\1", match[0]), b'<row r="1"/>' + match[0], match[0] + b'<row r="9999999"/>',
         match[0].replace(b"<row ", b"<row x:hidden='1' "), match[0].replace(b"</row>", b"<!-- c --></row>"))
    )  # fmt: skip
    return _put(xml, match.span(), new)


def swap_elements(xml: bytes, random: Random) -> bytes:
    found = _elements(xml)
    if len(found) < 2:
        return xml
    first, second = sorted(random.sample(found, 2))
    return (
        xml[: first[0]]
        + xml[slice(*second)]
        + xml[first[1] : second[0]]
        + xml[slice(*first)]
        + xml[second[1] :]
    )


def drop_element(xml: bytes, random: Random) -> bytes:
    found = _elements(xml)
    return _put(xml, random.choice(found), b"") if found else xml


def double_element(xml: bytes, random: Random) -> bytes:
    found = _elements(xml)
    span = random.choice(found) if found else (0, 0)
    return _put(xml, span, xml[slice(*span)] * 2)


def change_attribute(xml: bytes, random: Random) -> bytes:
    match = _one_of(rb'([\w:]+)="([^"]*)"', xml, random)
    other = _one_of(rb'([\w:]+)="([^"]*)"', xml, random)
    if match is None:
        return xml
    new = random.choice(
        (b"", match[0] + b" " + match[0], match[1] + b'="' + other[2] + b'"', match[1] + b'=""', other[0])
    )
    return _put(xml, match.span(), new)


def change_head(xml: bytes, random: Random) -> bytes:
    """Declarations, encodings, document types, entities, namespaces."""
    body = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", xml)
    text = body.decode("utf-8", "replace")
    return random.choice(
        (
            lambda: body,
            lambda: '<?xml version="1.0" encoding="utf-16"?>'.encode("utf-16") + text.encode("utf-16")[2:],
            lambda: b'<?xml version="1.0" encoding="gbk"?>' + text.encode("gbk", "replace"),
            lambda: b'<?xml version="1.0" encoding="utf-16"?>' + body,
            lambda: (
                b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "5">]>' + body.replace(b"<v>", b"<v>&a;", 1)
            ),
            lambda: b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">' + body,
            lambda: b"\xef\xbb\xbf" + xml,
            lambda: b"\n\n" + xml,
            lambda: xml.replace(b"spreadsheetml/2006/main", b"spreadsheetml/2007/main", 1),
            lambda: xml.replace(
                b"schemas.openxmlformats.org/spreadsheetml/2006", b"purl.oclc.org/ooxml/spreadsheetml", 1
            ),
            lambda: re.sub(rb"<(/?)(\w)", rb"<\1y:\2", xml).replace(b" xmlns=", b" xmlns:y=", 1),
        )
    )()


def change_merge(xml: bytes, random: Random) -> bytes:
    merges = random.choice((b"A1:XFD1048576", b"A1", b"B2:A1", b"A1:B2:C3", b"", b"A5:C9", b"A1:C1"))
    new = b'<mergeCells><mergeCell ref="' + merges + b'"/></mergeCells>'
    if b"<mergeCells" in xml:
        return re.sub(rb"<mergeCells.*</mergeCells>", lambda _: new, xml, flags=re.DOTALL)
    return xml.replace(b"</sheetData>", b"</sheetData>" + new, 1)


def change_date_system(xml: bytes, random: Random) -> bytes:
    return xml.replace(b"<workbookPr", b'<workbookPr date1904="1"', 1)


def change_bytes(xml: bytes, random: Random) -> bytes:
    if not xml:
        return xml
    place = random.randrange(len(xml))
    size = random.choice((0, 1, 1, 4))
    return (
        xml[:place]
        + random.choice((b"", b"<", b">", b"&", b'"', b"\0", b"0", b" ", random.randbytes(2)))
        + xml[place + size :]
    )


ZIP_MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    flip_bits, truncate, cut_out, overwrite, append, prepend, wrong_crc, drop_member, rename_member, double_member,
    swap_members, bomb,
)  # fmt: skip
XML_MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    change_reference, change_reference, change_type, change_style, change_value, change_value, change_cell, change_cell,
    change_row, swap_elements, drop_element, double_element, change_attribute, change_head, change_merge,
    change_date_system, change_bytes,
)  # fmt: skip
