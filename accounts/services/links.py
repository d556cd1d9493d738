"""One-time links: how an expert, who has no password, comes in."""

import hashlib
import secrets
from datetime import timedelta

from accounts.models import OneTimeLink
from audit_log.services import clock


def issue(*, purpose: str, subject: str, lifetime: timedelta) -> str:
    """Return a fresh token for the subject; only its hash is kept."""
    token = secrets.token_urlsafe(24)
    OneTimeLink.objects.create(
        token_hash=_hash(token),
        purpose=purpose,
        subject=subject,
        expires_at=clock.now() + lifetime,
    )
    return token


def subject_of(token: str, *, purpose: str) -> str | None:
    """Return whom a still valid, unused link is for, or None."""
    link = OneTimeLink.objects.filter(
        token_hash=_hash(token), purpose=purpose, used_at=None, expires_at__gt=clock.now()
    ).first()
    return link.subject if link else None


def spend(token: str, *, purpose: str) -> str | None:
    """Use the link up; return its subject, or None where it no longer works."""
    subject = subject_of(token, purpose=purpose)
    if subject is None:
        return None
    spent = OneTimeLink.objects.filter(token_hash=_hash(token), used_at=None)
    return subject if spent.update(used_at=clock.now()) == 1 else None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
