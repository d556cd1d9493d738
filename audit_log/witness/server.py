"""The same witness over HTTP (C2SP `tlog-witness`), for a direct line between the two machines.

`POST /add-checkpoint`, `POST /mark`, `GET /<hex SHA-256 of the origin>/checkpoint`.
"""

import re
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from audit_log.witness import wire
from audit_log.witness.state import open_store, open_witness

_CHECKPOINT = re.compile("/([0-9a-f]{64})/checkpoint")
_TEXT = "text/plain; charset=utf-8"
_SIZE = "text/x.tlog.size"


def make_server(home: Path, host: str, port: int) -> ThreadingHTTPServer:
    """Return a bound server for the witness of `home`; call `serve_forever`."""

    class HomeHandler(_Handler):
        witness_home = home

    return ThreadingHTTPServer((host, port), HomeHandler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    witness_home: Path

    def do_POST(self) -> None:
        """Answer add-checkpoint and mark."""
        kind = self.path.removeprefix("/")
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > wire.MAX_BYTES:
            self.close_connection = True
            return self._answer(400, "too-large\n")
        body = self.rfile.read(int(length))
        if kind not in wire.KINDS:
            return self._answer(404, "unknown-path\n")
        with open_witness(self.witness_home) as witness:
            status, text = witness.handle(kind, body, int(time.time()))
        conflict = status == 409 and kind == wire.ADD_CHECKPOINT
        return self._answer(status, text, _SIZE if conflict else _TEXT)

    def do_GET(self) -> None:
        """Answer with the last checkpoint co-signed for a log."""
        match = _CHECKPOINT.fullmatch(self.path)
        with open_store(self.witness_home) as store:
            seen = store.latest_by_hash(match[1]) if match else None
        if seen is None:
            return self._answer(404, "unknown-path\n")
        return self._answer(200, seen.note)

    def _answer(self, status: int, text: str, kind: str = _TEXT) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
