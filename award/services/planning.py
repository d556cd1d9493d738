"""The award plan and its sealed member list, judged before evaluation keeps them."""

from typing import Any

from accounts.models import User
from accounts.services.gate import BadInput, NotFound, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.selectors import trail
from award.domain.plan import AwardPlan, parse_plan
from award.domain.plan_fields import PlanError
from award.selectors.rules import binding
from award.services import notices
from evaluation.models import Project
from evaluation.services import projects
from rulebook.domain import award as award_rules
from rulebook.domain import tendering
from rulebook.domain.blockers import Blocker, refuse


def fix_award_plan(
    *, actor: Actor, project: str, plan: dict[str, Any], policy_document: str = ""
) -> Ref:
    """Check the award plan and fix it by its hash (R19, R31; the publicity and committee sizes).

    `policy_document` is the number of the document on which unranked candidates rest; it stands in
    the entry, and so does the warning where it is missing. Raises
    BadInput where the plan is none or promises what cannot be carried out here, Refused by rule.
    """
    row = _seen(actor, "project.fix_award_plan", project)
    fixed = parsed(plan)
    warnings = refuse(_plan_rules(row, fixed, policy_document))
    policy = policy_document.strip()
    if policy:
        notices.clean(row, "policy_document", policy)
    return projects.fix_award_plan(
        actor=actor, project=project, plan=plan, policy=policy, warnings=warnings
    )


def seal_award_members(
    *, actor: Actor, project: str, members: list[str], leader: str, observers: list[str]
) -> Ref:
    """Check the award committee and its supervision group and seal the list.

    Members are accounts of the tenderer, as many as the plan says; nobody both votes and watches.
    An account has one role, so nobody who evaluates or represents can stand in the list.
    """
    row = _seen(actor, "project.seal_award_members", project)
    if not row.award_plan:
        raise BadInput("plan_missing", "请先固定定标方案,再封存定标成员名单")
    size = parse_plan(trail.document(row.award_plan)).committee.size
    if len(members) != size:
        raise _bad("members", "committee_size", f"定标方案约定定标委员会为 {size} 人")
    if set(members) & set(observers):
        raise _bad("observers", "votes_and_watches", "监督小组成员不得同时担任定标委员")
    if not observers:
        raise _bad("observers", "observers_missing", "请列出监督小组成员")
    own = User.objects.filter(pk__in=members, org_id=row.tenderer_id).count()
    if own != len(set(members)):
        raise _bad("members", "members_of_others", "定标委员应由招标人确定,账号须属于招标人")
    return projects.seal_award_members(
        actor=actor, project=project, members=members, leader=leader, observers=observers
    )


def _seen(actor: Actor, act: str, code: str) -> Project:
    """The project behind the gate; regime and rules do not change after registration."""
    row = Project.objects.filter(pk=code).first()
    if row is None:
        raise NotFound
    permit(actor, act, row)
    return row


def parsed(content: dict[str, Any]) -> AwardPlan:
    """The plan of a document; raise BadInput where it is none or cannot be carried out here."""
    try:
        plan = parse_plan(content)
    except PlanError as error:
        raise _bad("plan", error.code, error.message_zh) from error
    if "credit" in plan.tie_chain:
        raise _bad(
            "plan", "credit_unavailable", "尚未接入信用评价数据,平票处理规则不得采用信用评价"
        )
    if plan.regime == "separated" and plan.committee.origin != "appointed":
        raise _bad("plan", "members_not_drawn", "尚不办理定标委员的随机抽取,请采用招标人确定")
    return plan


def _plan_rules(row: Project, plan: AwardPlan, policy_document: str) -> list[Blocker]:
    profile, facts = binding(row)
    found = tendering.candidate_count(profile, facts, planned=plan.candidate_count)
    found += award_rules.award_committee_size(profile, facts, members=plan.committee.size)
    if not plan.ranked:
        found += tendering.policy_cited(profile, facts, document_number=policy_document)
    if plan.regime != row.regime:
        found.append(Blocker("regime_differs", "定标方案的定标方式与项目登记的不一致"))
    return found


def _bad(field: str, code: str, message: str) -> BadInput:
    return BadInput(code, message, {field: message})
