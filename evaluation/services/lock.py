"""Taking a project for a change: lock, re-read, and fire an edge without a surprise."""

from typing import Any

from django_fsm import can_proceed

from accounts.services.gate import NotFound
from audit_log.domain.entry import Ref
from evaluation.models import Project
from evaluation.selectors.states import wrong_state as wrong_state
from rulebook.domain.blockers import Blocker, Refused


def project(code: str) -> Project:
    """Lock one project row and read it afresh; raise NotFound."""
    row = Project.locked(code)
    if row is None:
        raise NotFound
    return row


def group(code: str) -> list[Project]:
    """Lock every lot of a group in the order of their codes; raise NotFound for none."""
    rows = list(Project.objects.select_for_update().filter(group=code).order_by("pk"))
    if not rows:
        raise NotFound
    return rows


def lots_of(code: str) -> tuple[Project, list[Project]]:
    """Lock every lot of a project's group; return the project itself and all of them."""
    found = Project.objects.filter(pk=code).values_list("group", flat=True).first()
    if found is None:
        raise NotFound
    rows = group(found)
    return next(row for row in rows if row.pk == code), rows


def fire(row: Project, edge: str, *evidence: Ref, **named: Any) -> None:
    """Take an edge of the machine; raise Refused("wrong_state") where it does not leave here."""
    method = getattr(row, edge)
    if not can_proceed(method):
        raise Refused([wrong_state(row)])
    method(*named.values(), *evidence)


def noted(found: list[Blocker]) -> dict[str, Any]:
    """What an act was done in spite of (reasons that warn), for its entry; {} where nothing."""
    rows = [{"rule": item.rule, "code": item.code} for item in found]
    return {"noted": rows} if rows else {}
