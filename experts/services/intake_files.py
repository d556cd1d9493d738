"""The file of an import while it is worked on: encrypted piece by piece, never in clear on a disk.

Its key is a file of its own in KEY_DIR, destroyed with the pieces when the import is over, so that
neither database nor backup keeps what is the vault's alone.
"""

import hashlib
import io
import secrets
from collections.abc import Iterable
from typing import BinaryIO, cast

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from accounts.services.gate import BadInput
from audit_log.services import keys
from experts.models import Intake, IntakePart

MOST_BYTES = 64 * 1024 * 1024
PIECE = 256 * 1024
NONCE = 12


def keep(row: Intake, chunks: Iterable[bytes]) -> tuple[str, int, bytes]:
    """Encrypt and store a file; return SHA-256 (hex), size and first bytes (at most a piece).

    The row is written after its pieces, in the same transaction, since its entry tells the hash.
    """
    key = secrets.token_bytes(32)
    keys.write(_name(row), key)
    return _store(row, AESGCM(key), chunks)


def opened(row: Intake) -> BinaryIO:
    """The file, to be read and sought in; raise KeyMissing where it has been destroyed."""
    return cast(BinaryIO, io.BufferedReader(_Pieces(row, keys.read(_name(row))), PIECE))


def destroy(row: Intake) -> None:
    """Forget the file: its pieces, and with them its key; harmless when repeated."""
    row.parts.all().delete()
    transaction.on_commit(lambda: forget_key(row))


def forget_key(row: Intake) -> None:
    """Destroy the key: whatever pieces a backup holds say nothing any more."""
    keys.destroy(_name(row))


def _store(row: Intake, cipher: AESGCM, chunks: Iterable[bytes]) -> tuple[str, int, bytes]:
    digest, size, first = hashlib.sha256(), 0, b""
    for n, piece in enumerate(_pieces(chunks)):
        digest.update(piece)
        size += len(piece)
        first = first or piece
        if size > MOST_BYTES:
            message = f"文件不能超过 {MOST_BYTES // 1024 // 1024} MB"
            raise BadInput("file_too_large", message, {"file": message})
        nonce = secrets.token_bytes(NONCE)
        blob = nonce + cipher.encrypt(nonce, piece, _about(row, n))
        IntakePart.objects.create(owner=row, n=n, size=len(piece), blob=blob)
    return digest.hexdigest(), size, first


def _pieces(chunks: Iterable[bytes]) -> Iterable[bytes]:
    """Cut what comes in any lengths into pieces of one length."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)


def _about(row: Intake, n: int) -> bytes:
    return f"{row.pk}/{n}".encode()


def _name(row: Intake) -> str:
    return f"secrets/{row.pk}"


class _Pieces(io.RawIOBase):
    """The pieces as one file; it holds one of them in clear at a time."""

    def __init__(self, row: Intake, key: bytes) -> None:
        self._row, self._cipher, self._place = row, AESGCM(key), 0
        self._held: tuple[int, bytes] = (-1, b"")
        self._size = sum(row.parts.values_list("size", flat=True))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: "memoryview", /) -> int:  # type: ignore[override]
        if self._place >= self._size:
            return 0
        n, inside = divmod(self._place, PIECE)
        found = self._piece(n)[inside : inside + len(buffer)]
        buffer[: len(found)] = found
        self._place += len(found)
        return len(found)

    def _piece(self, n: int) -> bytes:
        if self._held[0] != n:
            blob = bytes(IntakePart.objects.get(owner=self._row, n=n).blob)
            plain = self._cipher.decrypt(blob[:NONCE], blob[NONCE:], _about(self._row, n))
            self._held = (n, plain)
        return self._held[1]
