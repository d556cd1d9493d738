"""Content too large for an entry, named by its SHA-256."""

import hashlib
from typing import Any

from audit_log.domain import canonical
from audit_log.models import Attachment


def keep(body: bytes) -> str:
    """Store the bytes once; return their SHA-256 (hex)."""
    name = hashlib.sha256(body).hexdigest()
    if not Attachment.objects.filter(pk=name).exists():
        Attachment.objects.create(sha256=name, body=body)
    return name


def keep_document(content: Any) -> str:
    """Store the canonical JSON of `content`; return its SHA-256 (hex)."""
    return keep(canonical.dumps(content))
