"""Taking a project for a change: lock, re-read, and fire an edge without a surprise."""

from typing import Any

from django_fsm import can_proceed

from accounts.services.gate import NotFound
from audit_log.domain.entry import Ref
from evaluation.domain.lifecycle import PROJECT
from evaluation.models import Project
from rulebook.domain.blockers import Blocker, Refused


def project(code: str) -> Project:
    """Lock one project row and read it afresh; raise NotFound."""
    row = Project.objects.select_for_update().filter(pk=code).first()
    if row is None:
        raise NotFound
    return row


def group(code: str) -> list[Project]:
    """Lock every lot of a group in the order of their codes; raise NotFound for none."""
    rows = list(Project.objects.select_for_update().filter(group=code).order_by("pk"))
    if not rows:
        raise NotFound
    return rows


def fire(row: Project, edge: str, *evidence: Ref, **named: Any) -> None:
    """Take an edge of the machine; raise Refused("wrong_state") where it does not leave here."""
    method = getattr(row, edge)
    if not can_proceed(method):
        raise Refused([wrong_state(row)])
    method(*named.values(), *evidence)


def wrong_state(row: Project) -> Blocker:
    """The reason that the project is not where the act needs it."""
    return Blocker("wrong_state", f"项目现为“{PROJECT[row.state]}”,不能办理这一事项")
