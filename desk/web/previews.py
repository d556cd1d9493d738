"""The draft that waits for its review, on the pages of the acts that decide about it."""

from dataclasses import dataclass
from typing import Any

from audit_log.selectors import trail
from award.domain.disclosure import KINDS
from award.models import Notice
from award.selectors import releases
from desk.domain import labels
from desk.web.documents import Node, shown

ACTS = frozenset(
    {
        "project.publish_candidates",
        "project.publish_result",
        "project.release_notice",
        "project.return_notice",
    }
)


CLARIFYING = "project.release_clarification"


@dataclass(frozen=True)
class Preview:
    """A draft with what the automatic check found in it, by place and kind."""

    notice: Notice
    node: Node
    hits: list[tuple[str, str]]


def of(act: str, thing: Any) -> Preview | None:
    """The draft that the act is about; None for every other act."""
    if thing is None:
        return None
    draft = releases.clarification(thing) if act == CLARIFYING else None
    draft = releases.draft(thing) if act in ACTS else draft
    if draft is None:
        return None
    hits = [(_place(hit["place"]), KINDS[hit["kind"]]) for hit in draft.hits]
    return Preview(draft, shown(trail.document(draft.body)), hits)


def _place(place: str) -> str:
    """`rejected/0/reason` as `被否决的投标 1 原因`."""
    parts = (
        str(int(part) + 1) if part.isdecimal() else labels.label(part) for part in place.split("/")
    )
    return " ".join(parts)
