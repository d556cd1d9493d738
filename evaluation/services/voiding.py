"""A member leaves the evaluation committee: his seat ends, and what he concluded is void (R07)."""

from collections.abc import Iterable

from audit_log.domain.entry import Actor, Ref
from audit_log.services import trail
from evaluation.models import Part, Project
from evaluation.selectors import scores

BASIS = "R07"


def end(row: Project, actor: Actor, part: Part, evidence: Iterable[Ref] = ()) -> Ref:
    """End a member's seat in one lot and void his sheet; `evidence` is what decided in the draw."""
    data = {"member": part.person, "handle": part.handle}
    ref = trail.record(row, "project.member_left", actor, data, refs=evidence)
    void_sheet(row, actor, part.person)
    part.delete()
    return ref


def void_sheet(row: Project, actor: Actor, member: str) -> None:
    """Void the sheet by which a member who leaves counts in the current round; it stays on record.

    One still sealed is never opened (条例第四十八条第三款).
    """
    sheet = scores.sheet_of(row, member) if row.evaluation_round else None
    if sheet is not None:
        data = {**sheet, "round": row.evaluation_round, "basis": BASIS}
        trail.record(row, "project.sheet_voided", actor, data)
