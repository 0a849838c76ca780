"""A Chinese text made plain: simplified, half-width, without what mirrors and mark-up have put into it.

Belongs here: characters, and where each stood in the original. Does not belong here: what the characters mean.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import opencc


@dataclass(frozen=True, slots=True)
class Text:
    """An article and its plain reading; ``origin[i]``: where in ``original`` the plain character ``i`` begins.

    Paragraphs of ``plain`` are parted by an empty line. ``ends[i]``: where that character ends in the original
    (an entity such as ``&#20803;`` is one character that fills eight).
    """

    original: str
    plain: str
    origin: tuple[int, ...]
    ends: tuple[int, ...]

    def slice(self, start: int, end: int) -> str:
        """The original text from plain offset ``start`` up to ``end``, with whatever stands in between."""
        low, high = self.span(start, end)
        return self.original[low:high]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of a plain span; an empty span lies where its first character would."""
        if start >= end:
            place = self.origin[start] if start < len(self.origin) else len(self.original)
            return place, place
        return self.origin[start], self.ends[end - 1]


@dataclass(frozen=True, slots=True)
class _Mapped:
    plain: str
    origin: list[int]
    ends: list[int]

    def sub(self, pattern: re.Pattern[str], said: Callable[[re.Match[str]], str]) -> _Mapped:
        """Each match said otherwise; every new character stands for the whole match."""
        parts: list[str] = []
        origin: list[int] = []
        ends: list[int] = []
        at = 0
        for match in pattern.finditer(self.plain):
            start, end = match.span()
            if start == end:
                continue
            new = said(match)
            parts += (self.plain[at:start], new)
            origin += self.origin[at:start]
            ends += self.ends[at:start]
            origin += [self.origin[start]] * len(new)
            ends += [self.ends[end - 1]] * len(new)
            at = end
        return _Mapped("".join((*parts, self.plain[at:])), origin + self.origin[at:], ends + self.ends[at:])

    def each(self, said: Callable[[str], str]) -> _Mapped:
        """The same number of characters, said otherwise."""
        return _Mapped(said(self.plain), self.origin, self.ends)


def decode(data: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16 by its mark, else UTF-8, else GB18030 (which holds GBK and GB2312).

    Never fails: a byte that is in none of them becomes U+FFFD.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    for encoding in (*_unmarked_utf16(data), "utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("gb18030" if _mostly_gb(data) else "utf-8", errors="replace")


def read_text(original: str) -> Text:
    """The plain reading of an article; reading ``plain`` again changes nothing."""
    mapped = _Mapped(original, list(range(len(original))), list(range(1, len(original) + 1)))
    for _ in range(_PASSES):
        read = _layout(_characters(mapped))
        if read.plain == mapped.plain:
            break
        mapped = read
    return Text(original, mapped.plain, tuple(mapped.origin), tuple(mapped.ends))


def simplified(text: str) -> str:
    """Traditional characters as simplified ones, as many as before."""
    return "\n".join(_simplified_line(line) for line in text.split("\n"))


# A page that was escaped twice, or a tag that appears once another is gone, is plain after a second pass.
_PASSES = 6

_HIDDEN = re.compile(r"<!--.{0,20000}?-->|<(script|style)\b[^>]{0,500}>.{0,50000}?</\1\s*>", re.S | re.I)
_BLOCK = re.compile(
    r"</?(?:p|br|div|li|ul|ol|tr|table|h[1-6]|section|article|blockquote)\b[^<>]{0,2000}>", re.I
)
_CELL = re.compile(r"</?(?:td|th)\b[^<>]{0,2000}>", re.I)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]{0,15}(?:\s[^<>]{0,2000})?/?>")
_ENTITY = re.compile(r"&(?:amp;)*(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_LINES = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Whatever is not seen: controls, zero-width and directional marks, soft hyphens, variation selectors, private use.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ue000-\uf8ff\U000e0000-\U000e0fff]+"
)
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Full-width forms, radicals and compatibility ideographs that stand for one ordinary character.
_COMPATIBLE = re.compile("[\uff01-\uff5e\ufe50-\ufe6b\u2e80-\u2fdf\uf900-\ufaff\uffe0-\uffe6]")
_SYLLABLE = "a-zêü\u0251\u0261\u0101\u00e1\u01ce\u00e0\u0113\u00e9\u011b\u00e8\u012b\u00ed\u01d0\u00ec\u014d\u00f3\u01d2\u00f2\u016b\u00fa\u01d4\u00f9\u01d6\u01d8\u01da\u01dc\u0144\u0148\u01f9\u0300-\u030c"
_TONE = "[\u0101\u00e1\u01ce\u00e0\u0113\u00e9\u011b\u00e8\u012b\u00ed\u01d0\u00ec\u014d\u00f3\u01d2\u00f2\u016b\u00fa\u01d4\u00f9\u01d6\u01d8\u01da\u01dc\u0144\u0148\u01f9\u0300-\u030c]"
# Mirrors of the press put the reading after a character: 導(dǎo), 重(zhòng)要, 的(de).
_PINYIN = re.compile(
    rf"(?<=[\u3400-\u9fff])\s?\(\s?(?:(?=[^()]{{0,8}}{_TONE})[{_SYLLABLE}]{{1,8}}|[a-z]{{1,6}}[1-5]|"
    rf"(?:de|le|zhe|ma|ba|ne|ge|zi|men|me|li|shang|tou))\s?\)"
)
_MARKDOWN = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[*+-][ \t]+)|\*\*|(?<!_)__(?!_)|~~|`+", re.M)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,200})\]\([^()\s]{0,500}\)")
_SPACED_GROUPS = re.compile(r"(?<![\d.,])(?<=[^\d])(\d{1,3})((?: \d{3})+)(?![\d])")
_SPACED_POINT = re.compile(r"(?<=\d) ?\. ?(?=\d)")
_GAP = re.compile(r"[ ]+")


def _characters(mapped: _Mapped) -> _Mapped:
    mapped = (
        mapped.sub(_HIDDEN, lambda m: "")
        .sub(_BLOCK, lambda m: "\n")
        .sub(_CELL, lambda m: "\t")
        .sub(_TAG, lambda m: "")
    )
    mapped = mapped.sub(_ENTITY, _unescaped).sub(_LINES, lambda m: "\n").sub(_UNSEEN, lambda m: "")
    mapped = mapped.sub(_SPACES, lambda m: " ").sub(_COMPATIBLE, _ordinary)
    return mapped.each(simplified).sub(_PINYIN, lambda m: "")


def _layout(mapped: _Mapped) -> _Mapped:
    """Lines of one paragraph joined, spaces gone where Chinese has none, marks of Markdown gone."""
    mapped = _joined(mapped.sub(_LINK, lambda m: m[1])).sub(_MARKDOWN, lambda m: "")
    return mapped.sub(_GAP, _gap)


def _unescaped(match: re.Match[str]) -> str:
    """``&amp;nbsp;`` is what ``&nbsp;`` is: pages are escaped more than once."""
    return html.unescape(_ESCAPED_AGAIN.sub("&", match[0]))


_ESCAPED_AGAIN = re.compile(r"&(?:amp;)+(?=[#a-zA-Z])")


def _ordinary(match: re.Match[str]) -> str:
    said = unicodedata.normalize("NFKC", match[0])
    return said if len(said) == 1 else match[0]


def _gap(match: re.Match[str]) -> str:
    """A gap stays where it parts two words or numbers; inside one number, or beside Chinese, it goes."""
    text, start, end = match.string, match.start(), match.end()
    before, after = text[start - 1 : start], text[end : end + 1]
    if not (before.isascii() and after.isascii() and before.strip() and after.strip()):
        return ""
    head, tail = _DIGITS_BEFORE.search(text, max(0, start - 16), start), _GROUP_AFTER.match(text, end)
    if head and tail and end - start == 1:
        return ""  # 25 155
    if (
        before == "."
        and text[start - 2 : start - 1].isdigit()
        and after.isdigit()
        and not _at_line_start(text, start)
    ) or (after == "." and before.isdigit() and text[end + 1 : end + 2].isdigit()):
        return ""  # 3. 22 and 3 .22
    if after == "%" or before in "([" or after in ")],;:":
        return ""
    return " "


_DIGITS_BEFORE = re.compile(r"(?<![\d.,:/-])(?:\d{1,3}|\d{1,3}(?: \d{3})+)\Z")
_GROUP_AFTER = re.compile(r"\d{3}(?![\d:/-])")
_LINE_HEAD = re.compile(r"(?:^|\n)\d{1,2}\.\Z")


def _at_line_start(text: str, end: int) -> bool:
    return bool(_LINE_HEAD.search(text, max(0, end - 5), end))


_BREAK = re.compile(r"[ \t]*\n[ \t\n]*")
_CLOSED = "。！？!?;:…”』」》"
_WRAPPED_AT = 12


def _joined(mapped: _Mapped) -> _Mapped:
    """A line that breaks off where the paragraph's longest lines do goes on in the next one; others end there."""
    text = mapped.plain
    edges = [match.span() for match in _BREAK.finditer(text)]
    starts = [0, *(end for _, end in edges)]
    lengths = [start - begin for begin, (start, _) in zip(starts, edges, strict=False)]
    widest = sorted(lengths)[-max(1, len(lengths) // 4)] if lengths else 0
    long = {
        start
        for (start, _), length in zip(edges, lengths, strict=True)
        if length >= max(_WRAPPED_AT, widest * 3 // 4)
    }

    def said(match: re.Match[str]) -> str:
        if match.start() == 0 or match.end() == len(text):
            return ""
        before, after = text[match.start() - 1], text[match.end()]
        if (
            match[0].count("\n") > 1
            or match[0][-1] != "\n"
            or before in _CLOSED
            or _ITEM.match(text, match.end())
        ):
            return "\n\n"
        goes_on = before in "、,(" or (before.isdigit() and _UNIT_HEAD.match(after) is not None)
        return "" if goes_on or match.start() in long else "\n\n"

    return mapped.sub(_BREAK, said)


_ITEM = re.compile(
    r"\(?[一二三四五六七八九十\d]{1,3}[、.)](?!\d)|第[一二三四五六七八九十\d]{1,3}[章节条]|[#>|*+-]"
)
_UNIT_HEAD = re.compile(r"[万亿千百%‰个件名人户家支篇项元]")


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _simplified_line(line: str) -> str:
    if line.isascii():
        return line
    line = _SURROGATE.sub("\ufffd", line)
    said = _converter().convert(line)
    return said if len(said) == len(line) else "".join(_simplified_character(character) for character in line)


_SURROGATE = re.compile("[\ud800-\udfff]")


def _simplified_character(character: str) -> str:
    said = _converter().convert(character)
    return said if len(said) == 1 else character


def _unmarked_utf16(data: bytes) -> tuple[str, ...]:
    """UTF-16 without its mark is told by the zero bytes of its digits and line breaks."""
    if len(data) % 2 or b"\0" not in data:
        return ()
    return ("utf-16-le",) if data[1::2].count(0) >= data[0::2].count(0) else ("utf-16-be",)


def _mostly_gb(data: bytes) -> bool:
    return data.decode("gb18030", errors="replace").count("\ufffd") < data.decode(
        "utf-8", errors="replace"
    ).count("\ufffd")
