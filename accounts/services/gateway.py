"""A gateway for text messages and calls, by HTTP; docs/messages.md has the protocol.

* `POST <url>/messages`, body `{"kind","text","to"}`, header `Idempotency-Key`: 2xx takes it, and a
  second request with the same key sends nothing; 408, 425, 429 and 5xx: later; else never.
* `GET <url>/messages/<key>` answers `{"status"}`: delivered, undelivered, or anything else; after a
  call also `"pressed"`, the key.
* It may call back with the same (`is_from`), which saves the asking.

Both sides sign with the secret in KEY_DIR (`gateway.<name>.key`, hex).
"""

import json
from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

from accounts.domain import messages
from accounts.domain.messages import Receipt
from audit_log.domain import canonical
from audit_log.services import clock, keys

LATER = (408, 425, 429)
KEYS = frozenset("0123456789")
MOST = 64 * 1024
"""Bytes an answer may have."""


class _Straight(HTTPRedirectHandler):
    """A number is never carried on to another address."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


_OPENER = build_opener(_Straight())


class Gateway:
    """One gateway at `url`; `name` is that of its secret."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.url = url.rstrip("/")

    def post(self, key: str, content: dict[str, Any]) -> bool:
        """Hand a message over; return whether it was taken. Raise OSError: try again later."""
        try:
            self._ask("POST", "/messages", canonical.dumps(content), {"Idempotency-Key": key})
        except HTTPError as error:
            if error.code in LATER or error.code >= 500 or error.code < 400:
                raise
            return False
        return True

    def status(self, key: str) -> Receipt:
        """Return what became of a message; an empty receipt where that is not known (yet)."""
        try:
            answer = self._ask("GET", f"/messages/{quote(key, safe='')}")
        except HTTPError as error:
            if error.code == 404:
                return Receipt()
            raise
        return receipt_in(content_of(answer))

    def _ask(
        self, method: str, path: str, body: bytes = b"", more: dict[str, str] | None = None
    ) -> bytes:
        address = self.url + path
        if not address.startswith(("http://", "https://")):
            raise OSError(f"the gateway {self.name} has no web address")
        secret = keys.read(secret_name(self.name))
        signed = messages.signed(
            secret,
            method=method,
            path=urlsplit(address).path,
            body=body,
            at=clock.real_now(),
        )
        headers = {"Content-Type": "application/json", **signed, **(more or {})}
        request = Request(address, body or None, headers, method=method)  # noqa: S310
        try:
            with _OPENER.open(request, timeout=settings.GATEWAY_TIMEOUT) as answer:
                content: bytes = answer.read(MOST)
        except HTTPException as error:
            raise OSError("the gateway speaks no HTTP") from error
        return content


def secret_name(name: str) -> str:
    """The file in KEY_DIR with a gateway's secret."""
    return f"gateway.{name}.key"


def is_from(name: str, headers: Mapping[str, str], *, method: str, path: str, body: bytes) -> bool:
    """Whether a call-back carries the gateway's signature; False where it has no secret."""
    if name not in settings.MESSAGE_CHANNELS:
        return False
    try:
        secret = keys.read(secret_name(name))
    except keys.KeyMissing:
        return False
    now = clock.real_now()
    return messages.is_signed(secret, headers, method=method, path=path, body=body, now=now)


def content_of(body: bytes) -> dict[str, str]:
    """The texts in an answer or a call-back by their keys; {} where it is no JSON object."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {key: value for key, value in content.items() if isinstance(value, str)}


def receipt_in(content: Mapping[str, str]) -> Receipt:
    """The receipt in an answer or a call-back, an empty one where there is none."""
    status, pressed = content.get("status", ""), content.get("pressed", "")
    if status not in messages.DELIVERIES:
        return Receipt()
    return Receipt(status, pressed if pressed in KEYS else "")
