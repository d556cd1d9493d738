"""HMAC-SHA256 (RFC 2104) under one key for many messages: the padded keys are made once.

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
    padded, sha256 = key.ljust(BLOCK, b"\0"), hashlib.sha256
    inner, outer = padded.translate(INNER), padded.translate(OUTER)

    def mac(message: str) -> bytes:
        return sha256(outer + sha256(inner + message.encode()).digest()).digest()

    return mac
