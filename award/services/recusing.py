"""A member of the award committee who must not vote is replaced before anyone has voted."""

from django.db import transaction

from accounts.domain.roles import AWARD_MEMBER
from accounts.models import User
from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import trail
from award.selectors import award, blockers, recusal
from evaluation.models import Part, Project
from evaluation.services import lock
from rulebook.domain.blockers import refuse

BASIS = "R06"


@transaction.atomic
def replace_award_member(*, actor: Actor, project: str, member: str, replacement: str) -> Ref:
    """Seat another account of the tenderer's in place of a member with a ground of recusal.

    Who led is followed by his replacement. Nobody is replaced without such a ground on record.
    """
    row = lock.project(project)
    permit(actor, "project.replace_award_member", row)
    refuse(blockers.replace_award_member(row))
    part = award.committee(row).filter(person=member).first()
    if part is None or member not in recusal.recused(row):
        message = "该委员不在定标委员会中,或者没有登记在案的回避情形"
        raise BadInput("member_not_recused", message, {"member": message})
    _check(row, replacement)
    leads = part.leader
    part.delete()
    Part.objects.create(
        project=row, relation="ballot", person=replacement, kind="appointed", leader=leads
    )
    data = {"member": member, "replacement": replacement, "basis": BASIS}
    return trail.record(row, "project.award_member_replaced", actor, data)


def _check(row: Project, code: str) -> None:
    own = User.objects.filter(
        pk=code, role=AWARD_MEMBER, org_id=row.tenderer_id, is_active=True
    ).exists()
    if not own or row.parts.filter(person=code).exists():
        message = "应为本单位的定标委员账号,且不在定标委员会和监督小组中"
        raise BadInput("replacement_unknown", message, {"replacement": message})
    if recusal.must_not_vote(row, code):
        message = "该人员同样有应当回避的情形,请更换其他人员"
        raise BadInput("replacement_recused", message, {"replacement": message})
