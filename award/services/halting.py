"""Suspension: ordered by the regulator, lifted with its ground, or ended by what was upheld.

The first accepted objection and a complaint upheld suspend on their own (objections, complaints).
"""

from typing import Any

from django.db import transaction

from accounts.domain import roles
from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.selectors import trail as entries
from audit_log.services import trail
from award.models import Complaint, Objection
from award.selectors import blockers, complaints
from award.services import notices, reopening
from evaluation.models import Project
from evaluation.services import lock
from evaluation.services.committee import recompose
from evaluation.services.scoring import begin_round
from rulebook.domain.blockers import Blocker, Refused, refuse

OUTCOMES = {"reevaluate": "uphold_reevaluate", "fail": "uphold_fail"}


@transaction.atomic
def order_suspension(*, actor: Actor, project: str, document: str) -> Ref:
    """The regulator orders a halt, naming its document (条例第六十二条)."""
    row = lock.project(project)
    permit(actor, "project.order_suspension", row)
    refuse(blockers.order_suspension(row))
    because = notices.clean(row, "document", document)
    lock.fire(row, "suspend")
    return trail.record(row, "project.suspended", actor, {"because": because})


@transaction.atomic
def resume(*, actor: Actor, project: str) -> Ref:
    """Go on where the project was stopped; what the regulator ordered, the regulator lifts."""
    row = lock.project(project)
    permit(actor, "project.resume", row)
    refuse(blockers.resume(row))
    cause = _cause(row)
    if _ordered(cause) and actor.role != roles.REGULATOR:
        raise Refused([Blocker("order_stands", "行政监督部门责令中止的,由其决定恢复")])
    lock.fire(row, "resume")
    return trail.record(row, "project.resumed", actor, {"because": cause["data"]["because"]})


@transaction.atomic
def uphold(*, actor: Actor, project: str, because: str, outcome: str) -> Ref:
    """Carry out what an upheld objection or complaint demands: evaluate anew, or the tender fails.

    `because` is the objection or complaint; to the regulator also the document of its own order.
    `outcome` is reevaluate or fail, and of a complaint what its decision says (条例第八十一条).
    """
    row = lock.project(project)
    permit(actor, "project.uphold", row)
    refuse(blockers.uphold(row))
    if outcome not in OUTCOMES:
        raise BadInput("outcome_unknown", "请选择列出的处理", {"outcome": "请选择列出的处理"})
    _check_ground(row, because, outcome, actor)
    if outcome == "reevaluate":
        refuse(complaints.not_evaluated(row))
        recompose(row, actor)
    lock.fire(row, OUTCOMES[outcome])
    reopening.undo_award(row, "upheld")
    if outcome == "reevaluate":
        begin_round(row)
    data = {"because": because, "outcome": outcome, "basis": "complaint_effects"}
    return trail.record(row, "project.upheld", actor, data)


def _cause(row: Project) -> dict[str, Any]:
    return entries.events(row.stream, "project.suspended")[-1]


def _ordered(cause: dict[str, Any]) -> bool:
    return bool(cause["actor"]["role"] == roles.REGULATOR)


def _check_ground(row: Project, because: str, outcome: str, actor: Actor) -> None:
    """An upheld objection or complaint serves both; its own order serves the regulator alone."""
    if Objection.objects.filter(project=row, pk=because, state="upheld").exists():
        return
    one = Complaint.objects.filter(project=row, pk=because, state="upheld").first()
    if one is not None and one.outcome == outcome:
        return
    if one is not None:
        message = "应当按投诉处理决定办理"
        raise BadInput("outcome_differs", message, {"outcome": message})
    cause = _cause(row)
    own_order = _ordered(cause) and cause["data"]["because"] == because
    if not (own_order and actor.role == roles.REGULATOR):
        message = "应当写明成立的异议或者投诉"
        raise BadInput("ground_unknown", message, {"because": message})
