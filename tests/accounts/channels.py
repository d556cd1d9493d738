"""Channels for tests: one in memory that can be put out of order, and a gateway on this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

from accounts.domain import messages
from accounts.domain.messages import Receipt
from accounts.services.channels import ChannelRefused, Message
from audit_log.services import clock

SECRET = bytes(range(32))


class Phone:
    """A channel that keeps what it was given, is out of order, or refuses."""

    def __init__(self, *, broken: bool = False, refuses: bool = False) -> None:
        self.broken, self.refuses = broken, refuses
        self.got: list[Message] = []
        self.told: dict[str, Receipt] = {}

    def send(self, message: Message) -> None:
        if self.broken:
            raise OSError("no line")
        if self.refuses:
            raise ChannelRefused("wrong number")
        self.got.append(message)

    def delivery(self, key: str) -> Receipt:
        if self.broken:
            raise OSError("no line")
        return self.told.get(key, Receipt())

    @property
    def channels(self) -> dict[str, "Phone"]:
        """This one alone."""
        return {"phone": self}

    def numbers(self) -> list[str]:
        return [message.person["phone"] for message in self.got]

    def tokens(self) -> list[str]:
        return [message.text.rpartition("一次性登录口令:")[2] for message in self.got]


class Gateway:
    """A gateway as docs/messages.md describes it: it knows keys, and checks every signature.

    `sent` are the messages that left it; `asked` every request; `answer` changes its status.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.sent: dict[str, dict[str, Any]] = {}
        self.status: dict[str, dict[str, str]] = {}
        self.answer = 202
        self.location = ""
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if not gateway.knows(self, body):
                    return self.reply(401)
                if gateway.answer < 300:
                    gateway.sent.setdefault(self.headers["Idempotency-Key"], json.loads(body))
                return self.reply(gateway.answer)

            def do_GET(self) -> None:
                if not gateway.knows(self, b""):
                    return self.reply(401)
                status = gateway.status.get(self.path.rpartition("/")[2])
                return self.reply(200 if status else 404, status)

            def reply(self, code: int, content: object = None) -> None:
                gateway.pause()
                body = json.dumps(content).encode()
                self.send_response(code)
                if gateway.location:
                    self.send_header("Location", gateway.location)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/api"

    def pause(self) -> None:
        """Before each answer: none."""

    def knows(self, request: BaseHTTPRequestHandler, body: bytes) -> bool:
        self.asked.append((request.command, request.path, dict(request.headers)))
        return messages.is_signed(
            SECRET,
            request.headers,
            method=request.command,
            path=request.path,
            body=body,
            now=clock.real_now(),
        )


G = TypeVar("G", bound=Gateway)


@contextmanager
def serving(gateway: G) -> Iterator[G]:
    """Let the gateway answer for the length of the block."""
    thread = threading.Thread(target=gateway.http.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield gateway
    finally:
        gateway.http.shutdown()
        thread.join()
        gateway.http.server_close()
