"""Time stamps of a third party (RFC 3161) on checkpoints, where a server is configured.

The token is over SHA-256 of the stored note (text and the log's lines). Sealing never depends on
it: a server that does not answer, or answers wrongly, leaves the checkpoint without one until the
next time.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from http.client import HTTPException
from typing import NamedTuple
from urllib.request import Request, urlopen

from cryptography import x509
from django.conf import settings
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    Verifier,
    VerifierBuilder,
    decode_timestamp_response,
)

from audit_log.models import Checkpoint, TimeStamp

LOG = logging.getLogger(__name__)
MOST = 64 * 1024
"""Bytes an answer may have; a token with its certificates has a few thousand."""
_FAILURES = (OSError, HTTPException, ValueError, VerificationError)


class Stamp(NamedTuple):
    """A kept token: size and note of its checkpoint, the answer (DER), its time, None where bad."""

    size: int
    note: bytes
    token: bytes
    at: datetime | None


def ask(sealed: Checkpoint) -> bool:
    """Ask for a token on the checkpoint; return whether it now has one."""
    if not settings.TSA_URL:
        return False
    if TimeStamp.objects.filter(size=sealed.size).exists():
        return True
    note = sealed.note.encode()
    wanted = TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        token = _post(wanted.as_bytes())
        _verifier(wanted.nonce).verify_message(_decoded(token), note)
    except _FAILURES as error:
        LOG.warning("sealed, without a time stamp: %s", error)
        return False
    TimeStamp.objects.create(size=sealed.size, token=token)
    return True


def kept() -> Iterator[Stamp]:
    """Yield every kept token, verified again under the certificates of today."""
    for row in TimeStamp.objects.order_by("size", "pk"):
        note = Checkpoint.objects.get(pk=row.size).note.encode()
        token = bytes(row.token)
        yield Stamp(row.size, note, token, _time(token, note))


def _time(token: bytes, note: bytes) -> datetime | None:
    try:
        answer = _decoded(token)
        _verifier().verify_message(answer, note)
    except _FAILURES:
        return None
    return answer.tst_info.gen_time


def _decoded(token: bytes) -> TimeStampResponse:
    return decode_timestamp_response(token)


def _verifier(nonce: int | None = None) -> Verifier:
    first, *others = x509.load_pem_x509_certificates(settings.TSA_CERT.read_bytes())
    return VerifierBuilder(roots=[first], intermediates=others, nonce=nonce).build()


def _post(body: bytes) -> bytes:
    if not settings.TSA_URL.startswith(("http://", "https://")):
        raise ValueError("TSA_URL is no web address")
    headers = {"Content-Type": "application/timestamp-query"}
    request = Request(settings.TSA_URL, body, headers)  # noqa: S310
    with urlopen(request, timeout=settings.TSA_TIMEOUT) as answer:  # noqa: S310
        token: bytes = answer.read(MOST)
    return token
