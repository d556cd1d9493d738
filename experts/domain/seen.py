"""What a pass over a long list has met already, in memory of one size however long the list is."""

import hashlib
from array import array

SLOTS = 1 << 20
MOST = SLOTS // 2


class Seen:
    """Keys met so far, as 64-bit fingerprints in an open table of 8 MiB; up to MOST of them.

    Two different keys with one fingerprint among 400,000 have odds of one in 200 million.
    """

    def __init__(self) -> None:
        self._table = array("Q", bytes(8 * SLOTS))
        self._held = 0

    def __contains__(self, key: bytes) -> bool:
        return bool(self._table[self._place(_fingerprint(key))])

    def add(self, key: bytes) -> bool:
        """Note a key; False where it was met before. Raises OverflowError beyond MOST."""
        mark = _fingerprint(key)
        place = self._place(mark)
        if self._table[place]:
            return False
        if self._held == MOST:
            raise OverflowError(MOST)
        self._table[place] = mark
        self._held += 1
        return True

    def _place(self, mark: int) -> int:
        """Where the fingerprint stands, or the free slot where it would."""
        place = mark % SLOTS
        while self._table[place] not in (0, mark):
            place = (place + 1) % SLOTS
        return place


def _fingerprint(key: bytes) -> int:
    """Eight bytes of the key's hash, never 0, which marks a free slot."""
    return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest()) or 1
