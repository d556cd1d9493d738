"""Reports to the commission as it takes them along: entries, and envelopes that stay closed."""

from typing import Any

from audit_log.domain.note import encode64
from audit_log.models import Entry, Envelope

PREFIX = "sealed/"


def taken() -> dict[str, Any]:
    """`{"v":1,"reports":[{"entry": its canonical text, "envelope": base64}]}`, oldest first.

    An envelope that is gone is "": the commission's tool says so, for its entry is still there.
    """
    entries = Entry.objects.filter(stream__startswith=PREFIX).order_by("at", "pk")
    kept = Envelope.objects.filter(stream__startswith=PREFIX).values_list("stream", "blob")
    blobs = dict(kept)
    reports = [
        {"entry": bytes(body).decode(), "envelope": encode64(bytes(blobs.get(stream, b"")))}
        for stream, body in entries.values_list("stream", "body")
    ]
    return {"v": 1, "reports": reports}
