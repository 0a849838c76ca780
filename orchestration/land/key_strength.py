"""Whether a pseudonym key can be guessed, told from its text alone.

All valid ID numbers can be tried in a day, so the key is what protects them: it must be random, not thought up. No text
proves that it is random; what shows that it is not is refused. Belongs here: reading a key's text, and those signs. Does not
belong here: where the key comes from (``key``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from itertools import pairwise

FEWEST_BYTES = 32
MAKE_ONE = "openssl rand -hex 32"

_HEX = re.compile("(?:[0-9a-fA-F]{2})+")
_BASE64 = re.compile("[A-Za-z0-9+/_-]+={0,2}")
_FEWEST_DIFFERENT = 20  # of 32 random bytes some 30 differ; fewer than 20 do once in 10^10
_WELL_KNOWN = tuple(
    hash_of(word.encode()).digest()
    for word in (
        "",
        "0",
        "1",
        "123456",
        "admin",
        "changeme",
        "key",
        "password",
        "root",
        "secret",
        "test",
        "zhenxing",
    )
    for hash_of in (hashlib.sha256, hashlib.sha512, hashlib.blake2b)
)


def key_bytes(text: str) -> bytes:
    """The bytes that a key's text stands for: hexadecimal, Base64 (also its form for addresses), else the text itself."""
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    if _BASE64.fullmatch(text):
        try:
            return base64.b64decode(
                text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=_altchars(text)
            )
        except binascii.Error:
            return text.encode()
    return text.encode()


def key_problems(text: str) -> list[str]:
    """Why a key is too weak for real households, in Chinese; none when nothing speaks against it."""
    if not text:
        return [f"密钥是空的;用 {MAKE_ONE} 生成一个"]
    if not _HEX.fullmatch(text) and not _BASE64.fullmatch(text):
        return [f"密钥须是十六进制或 Base64 写法的随机字节;用 {MAKE_ONE} 生成"]
    secret = key_bytes(text)
    if len(secret) < FEWEST_BYTES:
        return [f"密钥只有 {len(secret)} 字节,至少要 {FEWEST_BYTES} 字节;用 {MAKE_ONE} 生成"]
    return [f"{why};用 {MAKE_ONE} 重新生成" for why in _signs(text, secret)][:1]


def _signs(text: str, secret: bytes) -> list[str]:
    """What shows that nobody threw dice for it, the plainest first."""
    found = {
        "密钥是人所共知的": any(secret.startswith(known[:FEWEST_BYTES]) for known in _WELL_KNOWN),
        "密钥由重复的片段组成": _repeats(secret) or _repeats(text.lower().encode()),
        "密钥按规律递增或递减": len({(b - a) % 256 for a, b in pairwise(secret)}) < 10,
        "密钥是文字,不是随机字节": all(32 <= byte < 127 for byte in secret) or _is_words(text),
        "密钥中不同的字节太少": len(set(secret)) < _FEWEST_DIFFERENT,
        "密钥可以压缩,不是随机的": len(zlib.compress(secret, 9)) < len(secret),
    }
    return [why for why, holds in found.items() if holds]


def _repeats(content: bytes) -> bool:
    """Whether it is one piece over and over."""
    return any(content[period:] == content[:-period] for period in range(1, len(content) // 2 + 1))


def _is_words(text: str) -> bool:
    """Base64 of 32 random bytes has capitals, small letters and other characters (without, once in thousands)."""
    if _HEX.fullmatch(text):
        return False
    bare = text.rstrip("=")
    return not all(re.search(kind, bare) for kind in ("[a-z]", "[A-Z]", "[0-9+/_-]"))


def _altchars(text: str) -> bytes | None:
    return b"-_" if re.search("[-_]", text) else None
