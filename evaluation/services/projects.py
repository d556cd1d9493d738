"""A project's course outside evaluation: award plan, publication, failure, end, archive."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.domain import roles
from accounts.models import User
from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref, format_time
from audit_log.services import attachments, envelopes, sealer, trail
from evaluation.selectors import blockers
from evaluation.services import drawing, forms, lock, plans
from evaluation.services.registering import register as register
from rulebook.domain.blockers import Blocker, Refused, refuse

ANNEX_KIND = "award_plan"


@sealer.ceremony
def fix_award_plan(
    *,
    actor: Actor,
    project: str,
    plan: dict[str, Any],
    policy: str = "",
    warnings: Sequence[Blocker] = (),
) -> Ref:
    """Fix the award plan by its hash; a later one replaces it until the tender is published.

    What the plan says is judged by `award`, whose `warnings` are noted; here it only has to be a
    document of the trail. `policy` is the number of the policy document it rests on (R31).
    """
    row = lock.project(project)
    permit(actor, "project.fix_award_plan", row)
    refuse(blockers.fix_award_plan(row))
    plans.check_canonical(plan, "plan")
    row.award_plan = attachments.keep_document(plan)
    data = {"plan": row.award_plan, "policy": policy, **lock.noted(list(warnings))}
    return trail.record(row, "project.award_plan_fixed", actor, data)


@transaction.atomic
def seal_award_members(
    *, actor: Actor, project: str, members: list[str], leader: str, observers: list[str]
) -> Ref:
    """Seal the list of the award committee and its observers (accounts) as the plan's annex.

    Only the account that sealed a list replaces it. Raises BadInput, Refused.
    """
    row = lock.project(project)
    permit(actor, "project.seal_award_members", row)
    refuse(blockers.seal_award_members(row))
    _check_members(members, leader, observers)
    if set(envelopes.current(row.stream, ANNEX_KIND)) - {actor.id}:
        raise Refused([Blocker("annex_of_another", "成员名单由另一账号封存,应由该账号更换")])
    content = {"members": sorted(members), "leader": leader, "observers": sorted(observers)}
    sealed = envelopes.seal(
        row, "project.award_members_sealed", actor, kind=ANNEX_KIND, content=content
    )
    row.annex = sealed.commitment
    row.save(update_fields=["annex"])
    return sealed.ref


@transaction.atomic
def publish_tender(*, actor: Actor, project: str, deadline: datetime) -> Ref:
    """Publish the tender with its deadline: 已登记 → 招标中. Raises Refused (R19, R32)."""
    row = lock.project(project)
    permit(actor, "project.publish_tender", row)
    warnings = refuse(blockers.publish_tender(row))
    warnings += refuse(blockers.tender_period(row, deadline))
    lock.fire(row, "publish_tender")
    row.deadline = deadline
    data = {
        "deadline": format_time(deadline),
        "plan": row.award_plan,
        "evaluation_plan": attachments.keep_document(row.evaluation_plan),
        "annex": row.annex,
    }
    return trail.record(row, "project.tender_published", actor, data | lock.noted(warnings))


@transaction.atomic
def fail(*, actor: Actor, project: str, reason: str) -> Ref:
    """Declare the tender failed: too few bidders (R33), or every bid rejected (条例第五十一条).

    Closes the group's draw where the other lots have reported already.
    """
    row, lots = lock.lots_of(project)
    permit(actor, "project.fail", row)
    refuse(blockers.fail(row))
    basis = "R33" if row.state == "opened" else ""
    data = {"reason": forms.filled("reason", reason), "basis": basis}
    closed = drawing.close_with(actor, row, lots)
    lock.fire(row, "fail", *closed)
    return trail.record(row, "project.failed", actor, data)


@transaction.atomic
def terminate(*, actor: Actor, project: str, reason: str) -> Ref:
    """Break the tender off, at the latest when the bids are open: → 终止招标."""
    row, lots = lock.lots_of(project)
    permit(actor, "project.terminate", row)
    refuse(blockers.terminate(row))
    data = {"reason": forms.filled("reason", reason)}
    closed = drawing.close_with(actor, row, lots)
    lock.fire(row, "terminate", *closed)
    return trail.record(row, "project.terminated", actor, data)


@transaction.atomic
def archive(*, actor: Actor, project: str) -> Ref:
    """Archive what is over: 已签合同、招标失败、终止招标 → 已归档."""
    row = lock.project(project)
    permit(actor, "project.archive", row)
    refuse(blockers.archive(row))
    lock.fire(row, "archive")
    return trail.record(row, "project.archived", actor, {})


def _check_members(members: list[str], leader: str, observers: list[str]) -> None:
    for field, codes, role in (
        ("members", members, roles.AWARD_MEMBER),
        ("observers", observers, roles.OBSERVER),
    ):
        known = User.objects.filter(pk__in=codes, role=role, is_active=True).count()
        if len(set(codes)) != len(codes) or known != len(codes):
            message = "名单重复,或者有账号不存在、岗位不符"
            raise BadInput("members_unknown", message, {field: message})
    if leader not in members:
        message = "组长应在定标委员会成员之中"
        raise BadInput("leader_not_member", message, {"leader": message})
