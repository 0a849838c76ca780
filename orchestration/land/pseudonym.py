"""How a personal number becomes a pseudonym: 32 hex digits (128 bits) that stand for a person under one key alone.

Two schemes. Scheme 2 is HMAC-SHA256 of the number; every home begun since 2026 uses it. Scheme 1 was SHA-256 over the key's
hex digits and the number; a home that began with it stays with it until it is landed again under a new key, for half a
change would make two persons of everyone. Scheme 1 is no HMAC, but nothing is gained by that here: its first part, the key,
has one length, and a hash that shows half of its bits cannot be extended without guessing the other 128.

Belongs here: the construction, in Python and in DuckDB's SQL, which has ``sha256`` and no HMAC. Does not belong here: where
a key comes from (``key``).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

LEGACY, HMAC_SHA256 = 1, 2

_LENGTH = 32  # hex digits
_ID_LENGTH = 18  # a disability certificate begins with the ID number, so both give one pseudonym
_BLOCK = 64  # bytes that SHA-256 takes at once: what HMAC's inner and outer key fill
_SAYS = b"zhenxing pseudonym key"  # no number, so that no pseudonym tells a check


@dataclass(frozen=True, slots=True)
class PseudonymKey:
    """A secret of at least one byte, and the scheme by which it is used. It shows in no message."""

    secret: bytes = field(repr=False)
    scheme: int = HMAC_SHA256

    def of(self, number: str) -> str:
        """The pseudonym of a number without blanks, in half-width, with a capital X."""
        return self._digest(number[:_ID_LENGTH].encode())[:_LENGTH]

    @property
    def check(self) -> str:
        """What tells two keys apart and nothing of either: ``2:9f86d081884c7d65``."""
        return f"{self.scheme}:{self._digest(_SAYS)[:16]}"

    def sql(self, value: str) -> str:
        """``of`` as an expression over a text column. Its ``parameters`` must be bound: no key stands in query text."""
        inner = f"sha256($pseudonym_inner || encode(substr({value}, 1, {_ID_LENGTH})))"
        whole = f"sha256($pseudonym_outer || unhex({inner}))" if self.scheme == HMAC_SHA256 else inner
        return f"substr({whole}, 1, {_LENGTH})"

    def parameters(self, query: str) -> dict[str, bytes]:
        """What ``sql`` needs bound, as far as a query asks for it."""
        given = {"pseudonym_inner": self._legacy}
        if self.scheme == HMAC_SHA256:
            given = {"pseudonym_inner": self._padded(0x36), "pseudonym_outer": self._padded(0x5C)}
        return {name: value for name, value in given.items() if f"${name}" in query}

    def _digest(self, message: bytes) -> str:
        if self.scheme == HMAC_SHA256:
            return hmac.new(self.secret, message, hashlib.sha256).hexdigest()
        return hashlib.sha256(self._legacy + message).hexdigest()

    @property
    def _legacy(self) -> bytes:
        return self.secret.hex().encode()

    def _padded(self, by: int) -> bytes:
        """HMAC's key for one of its two hashes (RFC 2104)."""
        block = self.secret if len(self.secret) <= _BLOCK else hashlib.sha256(self.secret).digest()
        return bytes(byte ^ by for byte in block.ljust(_BLOCK, b"\0"))
