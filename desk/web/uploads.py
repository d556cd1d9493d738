"""Uploads on their way in: whatever outgrows memory goes to the disk encrypted, never in clear.

The key lives in the process and dies with the request; the file has no name. What the browser calls
the file is not kept either: names of files are often names of people.
"""

import secrets
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from experts.services.intake_files import MOST_BYTES

NAME = "upload"
NONCE, LENGTH = 12, 4


class SealedUpload(UploadedFile):  # type: ignore[type-arg]
    """An upload that is read once or more through `chunks`."""

    def __init__(self, file: IO[bytes], cipher: AESGCM, size: int) -> None:
        super().__init__(file=file, name=NAME, size=size)
        self._sealed, self._cipher = file, cipher

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield the pieces in clear, one at a time."""
        self._sealed.seek(0)
        while head := self._sealed.read(LENGTH):
            blob = self._sealed.read(int.from_bytes(head))
            yield self._cipher.decrypt(blob[:NONCE], blob[NONCE:], None)


class SealingHandler(FileUploadHandler):
    """Takes every upload of the site; one that is too large arrives as if there were none."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._size = 0

    def new_file(self, *given: Any, **more: Any) -> None:
        """Begin a file under a key of its own."""
        super().new_file(*given, **more)
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._cipher, self._size = AESGCM(AESGCM.generate_key(256)), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Encrypt a piece; raise SkipFile where the whole is too large."""
        self._size += len(raw_data)
        if self._size > MOST_BYTES:
            self._file.close()
            raise SkipFile
        nonce = secrets.token_bytes(NONCE)
        blob = nonce + self._cipher.encrypt(nonce, raw_data, None)
        self._file.write(len(blob).to_bytes(LENGTH) + blob)

    def file_complete(self, file_size: int) -> SealedUpload | None:
        """Hand the upload on."""
        return SealedUpload(self._file, self._cipher, file_size)

    def upload_interrupted(self) -> None:
        """Let go of what came."""
        self._file.close()
