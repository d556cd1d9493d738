"""The log's side: asks a witness for cosignatures and marks, by file or over HTTP.

An answer is not believed here: the caller verifies each line against the commission's keys.
"""

import http.client
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from audit_log.witness import wire
from audit_log.witness.files import write_whole
from audit_log.witness.wire import AddCheckpoint, MarkRequest

_SLEEP = 0.01


class WitnessUnavailable(RuntimeError):
    """No answer in time, or none that can be read; ask again later."""


class WitnessRefused(RuntimeError):
    """The witness answered without a signature.

    409 to a checkpoint: `body` is the size it last co-signed. Larger than one's own tree, that is
    the alarm of a restored backup. 422: its tree and this one contradict each other.
    """

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"{status} {body.strip()}")
        self.status, self.body = status, body


class WitnessClient(ABC):
    """Any way to reach a witness."""

    def add_checkpoint(self, old: int, proof: Iterable[bytes], note: str) -> list[str]:
        """Return cosignature lines, each with its newline.

        `old` is the size last co-signed (0 before the first), `proof` the consistency proof from
        it. Raise WitnessUnavailable or WitnessRefused.
        """
        body = self._signed(wire.ADD_CHECKPOINT, AddCheckpoint(old, tuple(proof), note).body)
        return [line + "\n" for line in body.removesuffix("\n").split("\n")]

    def mark(self, request: MarkRequest) -> bytes:
        """Return the mark (64 bytes); raise WitnessUnavailable or WitnessRefused."""
        body = self._signed(wire.MARK, request.body)
        try:
            return bytes.fromhex(body.removesuffix("\n"))
        except ValueError as error:
            raise WitnessUnavailable("unreadable answer") from error

    def _signed(self, kind: str, body: bytes) -> str:
        status, text = self._ask(kind, body)
        if status != 200:
            raise WitnessRefused(status, text)
        return text

    @abstractmethod
    def _ask(self, kind: str, body: bytes) -> tuple[int, str]:
        """Return `(status, body)`; raise WitnessUnavailable."""


class FileClient(WitnessClient):
    """Through the witness's two folders; `timeout` in seconds for each request."""

    def __init__(self, inbox: Path, outbox: Path, timeout: float) -> None:
        self._inbox, self._outbox, self._timeout = inbox, outbox, timeout

    def _ask(self, kind: str, body: bytes) -> tuple[int, str]:
        name = secrets.token_hex(8)
        request, answer = self._inbox / f"{name}.{kind}", self._outbox / f"{name}.answer"
        until = time.monotonic() + self._timeout
        try:
            write_whole(request, body)
            while not answer.exists():
                if time.monotonic() > until:
                    request.unlink(missing_ok=True)  # a late answer would be to a question of old
                    raise WitnessUnavailable(f"no answer in {self._timeout} s")
                time.sleep(_SLEEP)
            found = wire.parse_answer(answer.read_bytes())
            answer.unlink(missing_ok=True)
        except (OSError, wire.WireError) as error:
            raise WitnessUnavailable(str(error)) from error
        return found


class HttpClient(WitnessClient):
    """Over HTTP to a submission prefix (`http://…`, `https://…`); `timeout` in seconds."""

    def __init__(self, prefix: str, timeout: float) -> None:
        self._url, self._timeout = urlsplit(prefix), timeout

    def _ask(self, kind: str, body: bytes) -> tuple[int, str]:
        secure = self._url.scheme == "https"
        connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = connect(self._url.netloc, timeout=self._timeout)
        try:
            connection.request("POST", f"{self._url.path.rstrip('/')}/{kind}", body)
            answer = connection.getresponse()
            return answer.status, answer.read(wire.MAX_BYTES).decode()
        except (OSError, http.client.HTTPException, UnicodeDecodeError) as error:
            raise WitnessUnavailable(str(error)) from error
        finally:
            connection.close()
