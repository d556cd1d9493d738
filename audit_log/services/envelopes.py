"""Sealed envelopes: fixed before shown, counted before opened (formats.md section 3)."""

import secrets
from dataclasses import dataclass
from typing import Any

from audit_log.audited import Audited
from audit_log.domain import canonical, envelope
from audit_log.domain.entry import Actor, Ref
from audit_log.models import Envelope
from audit_log.services import attachments, keys, trail

INLINE_BYTES = 48_000
"""Content above this stands as an attachment, so that an opening fits into one entry."""


class EnvelopeError(RuntimeError):
    """An envelope that is sealed, closed or opened out of turn."""


@dataclass(frozen=True)
class Sealed:
    """What the author takes home: with salt and content he can prove his own envelope."""

    ref: Ref
    commitment: str
    salt: str


def seal(row: Audited, type: str, actor: Actor, *, kind: str, content: dict[str, Any]) -> Sealed:
    """Seal `content` in the row's stream; a later envelope of the author replaces his earlier."""
    earlier = current(row.stream, kind).get(actor.id)
    commitment, salt = keep(row, kind=kind, author=actor.id, content=content)
    data = {"commitment": commitment, "kind": kind, "author": actor.id, "replaces": earlier}
    return Sealed(trail.record(row, type, actor, data), commitment, salt)


def keep(row: Audited, *, kind: str, author: str, content: dict[str, Any]) -> tuple[str, str]:
    """Store `content` under a fresh commitment, which the next entry of the row's stream names.

    Returns commitment and salt, both in hex.
    """
    salt = secrets.token_bytes(envelope.SALT_BYTES)
    blob, commitment = _close_up(row.stream, kind, author, salt, content)
    n = 0 if row.audit_n is None else row.audit_n + 1
    Envelope.objects.create(
        commitment=commitment, stream=row.stream, kind=kind, author=author, n=n, blob=blob
    )
    return commitment, salt.hex()


def current(stream: str, kind: str) -> dict[str, str]:
    """Return author → commitment of the envelopes that count now (the last of each author)."""
    rows = Envelope.objects.filter(stream=stream, kind=kind).order_by("n")
    return {row.author: row.commitment for row in rows}


def close(
    row: Audited, type: str, actor: Actor, *, kind: str, extra: dict[str, Any] | None = None
) -> Ref:
    """Record every counting commitment of the kind, before any of them is opened."""
    counting = sorted(current(row.stream, kind).values())
    return trail.record(row, type, actor, {"kind": kind, "commitments": counting, **(extra or {})})


def open_all(row: Audited, type: str, actor: Actor, *, kind: str) -> dict[str, dict[str, Any]]:
    """Open exactly the counting envelopes, one entry each; return author → content."""
    opened = {}
    key = keys.envelope_key(row.stream)
    for author, commitment in sorted(current(row.stream, kind).items()):
        stored = Envelope.objects.get(pk=commitment)
        opening = envelope.unseal(key, commitment, bytes(stored.blob))
        data = {"commitment": commitment, "kind": kind, "author": author}
        data |= {"salt": opening.salt.hex(), **_content(opening.content)}
        trail.append(row, type, actor, data)
        opened[author] = opening.content
    row.save()
    return opened


def _close_up(
    stream: str, kind: str, author: str, salt: bytes, content: dict[str, Any]
) -> tuple[bytes, str]:
    opening = envelope.Opening(salt, kind, stream, author, content)._asdict()
    blob = envelope.seal(
        key=keys.envelope_key(stream), nonce=secrets.token_bytes(envelope.NONCE_BYTES), **opening
    )
    return blob, envelope.commit(**opening)


def _content(content: dict[str, Any]) -> dict[str, Any]:
    if len(canonical.dumps(content)) <= INLINE_BYTES:
        return {"content": content}
    return {"attachment": attachments.keep_document(content)}
