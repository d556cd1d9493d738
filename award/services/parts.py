"""What objections and complaints share: a sealed text, an answer, steps told by the stream."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from audit_log.domain.entry import Actor, Ref
from audit_log.services import attachments, envelopes, trail
from award.models import Complaint, Objection
from award.services import notices
from evaluation.models import Project
from evaluation.services import forms

Part = Objection | Complaint


def seal_text(row: Project, actor: Actor, kind: str, text: str) -> dict[str, Any]:
    """Seal a text of at most 8000 characters; return what the entry says of its envelope."""
    content = {"text": forms.filled("text", text, most=8000)}
    commitment, _ = envelopes.keep(row, kind=kind, author=actor.id, content=content)
    return {"commitment": commitment, "kind": kind, "author": actor.id, "replaces": None}


def keep_answer(row: Project, field: str, text: str) -> str:
    """Keep an answer that names no person as an attachment; return its SHA-256."""
    clean = notices.clean(row, field, forms.filled(field, text, most=8000))
    return attachments.keep_document({"v": 1, "text": clean})


def change(one: Part, edge: Callable[[], None]) -> dict[str, str]:
    """Take an edge; return what the entry says of it."""
    before = one.state
    edge()
    return {"code": one.code, "from": before, "to": one.state}


def step(
    row: Project,
    one: Part,
    edge: Callable[[], None],
    type: str,
    actor: Actor,
    data: dict[str, Any],
    *,
    at: datetime | None = None,
) -> Ref:
    """Take an edge of the part, write its entry, then the part."""
    key = type_key(one)
    return tell(one, trail.record(row, type, actor, {key: change(one, edge)} | data, at=at))


def type_key(one: Part) -> str:
    """The key under which an entry tells of the part."""
    return "objection" if isinstance(one, Objection) else "complaint"


def tell(one: Part, ref: Ref) -> Ref:
    """Save the part with the entry that tells of it."""
    trail.told_by(one, ref)
    one.save()
    return ref
