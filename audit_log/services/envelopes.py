"""Sealed envelopes: fixed before shown, counted before opened (formats.md section 3)."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from audit_log.audited import Audited
from audit_log.domain import canonical, envelope, report
from audit_log.domain.entry import SYSTEM, Actor, Ref
from audit_log.models import Entry, Envelope
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


def seal(
    row: Audited,
    type: str,
    actor: Actor,
    *,
    kind: str,
    content: dict[str, Any],
    refs: Iterable[Ref] = (),
) -> Sealed:
    """Seal `content` in the row's stream; a later envelope of the author replaces his earlier.

    `refs` are entries that say where the content comes from.

    Raise EnvelopeError once the kind is closed.
    """
    if is_closed(row.stream, kind):
        raise EnvelopeError(f"{kind} is closed")
    earlier = current(row.stream, kind).get(actor.id)
    commitment, salt = keep(row, kind=kind, author=actor.id, content=content)
    data = {"commitment": commitment, "kind": kind, "author": actor.id, "replaces": earlier}
    return Sealed(trail.record(row, type, actor, data, refs=refs), commitment, salt)


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


def keep_for(row: Audited, to: str, *, kind: str, author: str, content: dict[str, Any]) -> str:
    """Store `content` so that the private half of `to` alone opens it; return the commitment.

    The next entry of the row's stream names the commitment; who wrote it stands in no column.
    """
    salt = secrets.token_bytes(envelope.SALT_BYTES)
    opening = envelope.Opening(salt, kind, row.stream, author, content)._asdict()
    fresh = {
        "ephemeral": secrets.token_bytes(32),
        "nonce": secrets.token_bytes(envelope.NONCE_BYTES),
    }
    blob, commitment = report.seal(to=to, **fresh, **opening), envelope.commit(**opening)
    n = 0 if row.audit_n is None else row.audit_n + 1
    Envelope.objects.create(
        commitment=commitment, stream=row.stream, kind=kind, author=SYSTEM.id, n=n, blob=blob
    )
    return commitment


def current(stream: str, kind: str) -> dict[str, str]:
    """Return author → commitment of the envelopes that count now (the last of each author)."""
    rows = Envelope.objects.filter(stream=stream, kind=kind).order_by("n")
    return {row.author: row.commitment for row in rows}


def is_closed(stream: str, kind: str) -> bool:
    """Whether the envelopes of a kind are closed: listed, so that no further one counts."""
    bodies = Entry.objects.filter(stream=stream, type__endswith="_closed").values_list("body")
    return any(canonical.loads(bytes(body))["data"].get("kind") == kind for (body,) in bodies)


def close(
    row: Audited, type: str, actor: Actor, *, kind: str, extra: dict[str, Any] | None = None
) -> Ref:
    """Record every counting commitment of the kind, before any of them is opened."""
    counting = sorted(current(row.stream, kind).values())
    return trail.record(row, type, actor, {"kind": kind, "commitments": counting, **(extra or {})})


def open_all(
    row: Audited,
    type: str,
    actor: Actor,
    *,
    kind: str,
    void: Mapping[str, str] = MappingProxyType({}),
    void_type: str = "",
) -> dict[str, dict[str, Any]]:
    """Open exactly the counting envelopes, one entry each; return author → content.

    Of those that are `void` (commitment → reason) an entry `void_type` says that they stay sealed.
    """
    opened = {}
    for author, commitment in sorted(current(row.stream, kind).items()):
        data = {"commitment": commitment, "kind": kind, "author": author}
        if commitment in void:
            trail.append(row, void_type, actor, data | {"not_opened": void[commitment]})
            continue
        opening = _unsealed(row.stream, commitment)
        data |= {"salt": opening.salt.hex(), **_content(opening.content)}
        trail.append(row, type, actor, data)
        opened[author] = opening.content
    row.save()
    return opened


def read_one(
    row: Audited, type: str, actor: Actor, *, commitment: str, extra: dict[str, Any] | None = None
) -> tuple[Ref, envelope.Opening]:
    """Decrypt one envelope of the row's stream for `actor`, which is an entry of its own.

    For what is read by a few and never opened to all (an objection), and for an author's proof.
    """
    opening = _unsealed(row.stream, commitment)
    return trail.record(row, type, actor, {**(extra or {}), "commitment": commitment}), opening


def content_of(stream: str, commitment: str) -> dict[str, Any]:
    """Decrypt one envelope for a comparison; the caller writes the entry that tells of it.

    For streams whose entries are of fixed types (a draw's), so that theirs cannot tell it.
    """
    return _unsealed(stream, commitment).content


def proof_of_own(
    row: Audited, type: str, actor: Actor, *, kind: str
) -> tuple[Ref, dict[str, Any]] | None:
    """Give an author what proves his current envelope of a kind; None where he has none.

    `{"commitment","kind","stream","author","salt","content"}`: with these anyone computes the
    commitment again (formats.md section 3). Nothing is opened to others; the reading is an entry.
    """
    commitment = current(row.stream, kind).get(actor.id)
    if commitment is None:
        return None
    ref, opening = read_one(row, type, actor, commitment=commitment, extra={"kind": kind})
    shown = opening._asdict() | {"salt": opening.salt.hex()}
    return ref, {"commitment": commitment, **shown}


def newest_of(stream: str, kind: str) -> tuple[str, dict[str, Any] | None]:
    """The newest envelope of a kind: its commitment, and what it holds; ("", None) without one.

    For a program that compares it and shows it to nobody. None where the key was destroyed.
    """
    row = Envelope.objects.filter(stream=stream, kind=kind).order_by("-n").first()
    if row is None:
        return "", None
    readable = keys.has_envelope_key(stream)
    return row.commitment, _unsealed(stream, row.commitment).content if readable else None


def _unsealed(stream: str, commitment: str) -> envelope.Opening:
    stored = Envelope.objects.get(pk=commitment, stream=stream)
    return envelope.unseal(keys.envelope_key(stream), commitment, bytes(stored.blob))


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
