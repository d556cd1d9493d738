"""What can become of a message, and how a gateway's requests and ours are signed.

The signature is HMAC-SHA256 (RFC 2104) over method, path, time and the SHA-256 of the body, so a
request can be neither altered, nor sent to another address, nor kept and used later.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

STATUS = {
    "waiting": "待发送",
    "handed": "已交通道",
    "delivered": "已送达",
    "undelivered": "未能送达",
    "called": "已交人工呼叫",
    "dropped": "不再发送",
}
OUTCOMES = {
    "handed": "已交通道",
    "refused": "通道拒收",
    "unreachable": "通道不通",
    "lost": "结果不明",
}
"""How an attempt ended; `lost`: the process ended before it could say, so it may have been sent."""
DELIVERIES = {"delivered": "已送达", "undelivered": "未能送达"}
"""What a receipt says."""


class Receipt(NamedTuple):
    """What a gateway tells of a message: `status` of DELIVERIES, and the key pressed in a call."""

    status: str = ""
    pressed: str = ""


TRIES = 3
"""Attempts at a channel that does not answer before the next one has its turn."""

LABEL = "mingding-gateway/v1"
SKEW = timedelta(minutes=5)
"""How far the time of a signed request may stand from ours."""


def signed(secret: bytes, *, method: str, path: str, body: bytes, at: datetime) -> dict[str, str]:
    """Return the two headers of a signed request; `path` is without host and query.

    `X-Time` is in whole seconds since 1970, `X-Signature` in lower-case hex.
    """
    time = str(int(at.timestamp()))
    return {"X-Time": time, "X-Signature": _signature(secret, method, path, time, body)}


def is_signed(
    secret: bytes,
    headers: Mapping[str, str],
    *,
    method: str,
    path: str,
    body: bytes,
    now: datetime,
) -> bool:
    """Whether a request carries the signature of who holds the secret, made at most SKEW ago."""
    time = headers.get("X-Time", "")
    expected = _signature(secret, method, path, time, body)
    given = headers.get("X-Signature", "")
    if not hmac.compare_digest(expected.encode(), given.encode()):
        return False
    return time.isdecimal() and abs(now.timestamp() - int(time)) <= SKEW.total_seconds()


def _signature(secret: bytes, method: str, path: str, time: str, body: bytes) -> str:
    digest = hashlib.sha256(body).hexdigest()
    text = "\n".join((LABEL, method, path, time, digest))
    return hmac.digest(secret, text.encode(), hashlib.sha256).hex()
