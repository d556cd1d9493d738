"""Papers that prove something: a salted commitment in the trail, the rest in the vault.

The paper itself stays with the pool's owner. Salt and SHA-256 are under the person's own key, so
that they are forgotten with him; with them and the paper anyone computes the commitment again
(formats.md section 3, kind `expert_document`, content `{"kind","sha256"}`).
"""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, NotRequired, TypedDict

from accounts.services import vault
from audit_log.domain import envelope
from audit_log.domain.entry import Actor
from experts.domain.records import DOCUMENTS
from experts.domain.shapes import HASH
from experts.models import Expert, ExpertDocument

KIND = "expert_document"
SPECIALTY = re.compile(r"([ABC]([0-9]{2}){2,3})?")


class Paper(TypedDict):
    """One paper. `specialty`: the one it proves, "" for all; `expires`: its last day."""

    kind: str
    sha256: str
    specialty: NotRequired[str]
    expires: NotRequired[date | None]


class Sealed(NamedTuple):
    """What the trail tells of papers, and what the vault keeps of them."""

    told: list[dict[str, Any]]
    kept: list[dict[str, str]]


def mistakes(papers: Sequence[Paper], specialties: Iterable[str]) -> dict[str, str]:
    """Return field → what is wrong; {} where all is well. A paper proves what he has, once."""
    known = {"", *specialties}
    places = [(one["kind"], one.get("specialty", "")) for one in papers]
    sound = len(set(places)) == len(places) and all(
        one["kind"] in DOCUMENTS
        and HASH(one["sha256"])
        and SPECIALTY.fullmatch(specialty)
        and specialty in known
        for one, (_, specialty) in zip(papers, places, strict=True)
    )
    message = "材料应为列出的种类,摘要为 64 位小写十六进制,专业为申报的专业,同种材料只列一份"
    return {} if sound else {"documents": message}


def seal(expert: str, author: Actor, papers: Iterable[Paper]) -> Sealed:
    """Commit to each paper in the stream of the expert."""
    told, kept = [], []
    for one in papers:
        salt = secrets.token_bytes(envelope.SALT_BYTES)
        content = {"kind": one["kind"], "sha256": one["sha256"]}
        commitment = envelope.commit(
            salt=salt, kind=KIND, stream=f"expert/{expert}", author=author.id, content=content
        )
        expires = one.get("expires")
        told.append(
            {
                "kind": one["kind"],
                "specialty": one.get("specialty", ""),
                "expires": expires.isoformat() if expires else None,
                "commitment": commitment,
            }
        )
        kept.append({"commitment": commitment, "author": author.id, "salt": salt.hex(), **content})
    return Sealed(told, kept)


def keep(expert: str, sealed: Sealed) -> None:
    """Put what opens the commitments into the vault of a person who is there already."""
    if sealed.kept:
        vault.amend(
            expert, lambda person: {"documents": [*person.get("documents", []), *sealed.kept]}
        )


def store(told: Mapping[str, Iterable[dict[str, Any]]]) -> None:
    """Write the papers of experts (by code) who had none."""
    ExpertDocument.objects.bulk_create(
        ExpertDocument(
            expert_id=code, kind=one["kind"], specialty=one["specialty"], **_columns(one)
        )
        for code, papers in told.items()
        for one in papers
    )


def replace(row: Expert, told: Iterable[dict[str, Any]]) -> None:
    """Let the rows follow what an entry tells: a newer paper replaces the one of its kind."""
    for one in told:
        place = {"kind": one["kind"], "specialty": one["specialty"]}
        ExpertDocument.objects.update_or_create(expert=row, **place, defaults=_columns(one))


def _columns(told: dict[str, Any]) -> dict[str, Any]:
    last = date.fromisoformat(told["expires"]) if told["expires"] else None
    return {"expires": last, "commitment": told["commitment"]}
