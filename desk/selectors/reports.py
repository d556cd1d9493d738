"""Interference reports as the commission takes them along: entries and closed envelopes."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import SealedReport
from audit_log.domain.note import encode64
from audit_log.models import Entry, Envelope


def listed() -> QuerySet[SealedReport]:
    """Every report, newest first: its number, and when it was left."""
    return SealedReport.objects.order_by("-audit_at", "code")


def taken() -> dict[str, Any]:
    """`{"v":1,"reports":[{"entry": its canonical text, "envelope": base64}]}`, oldest first.

    An envelope that is gone is "": the commission's tool says so, for its entry is still there.
    """
    entries = Entry.objects.filter(stream__startswith="sealed/").order_by("at", "pk")
    blobs = dict(
        Envelope.objects.filter(stream__startswith="sealed/").values_list("stream", "blob")
    )
    reports = [
        {"entry": bytes(body).decode(), "envelope": encode64(bytes(blobs.get(stream, b"")))}
        for stream, body in entries.values_list("stream", "body")
    ]
    return {"v": 1, "reports": reports}
