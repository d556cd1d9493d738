"""HMAC-SHA256 (RFC 2104) under one key for many messages: the key is hashed in once, not each time.

A draw asks for three of them for every candidate; the standard library's one-shot function takes
twice as long.
"""

import hashlib
from collections.abc import Callable

BLOCK = 64
INNER, OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
"""Translation tables that combine a key with the two pads."""


def keyed(key: bytes) -> Callable[[str], bytes]:
    """Return the function that gives the 32-byte HMAC of a text (UTF-8); keys have ≤ 64 bytes."""
    padded = key.ljust(BLOCK, b"\0")
    inner = hashlib.sha256(padded.translate(INNER))
    outer = hashlib.sha256(padded.translate(OUTER))

    def mac(message: str) -> bytes:
        first, second = inner.copy(), outer.copy()
        first.update(message.encode())
        second.update(first.digest())
        return second.digest()

    return mac
