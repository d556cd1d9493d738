"""Clarification (澄清、修改): what the tender document said is changed by a published notice alone.

The tenderer draws it up, the trading centre releases it, and with the release it takes effect: a
later deadline, another award plan. What may affect the bids leaves enough days (条例第二十一条).
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref, format_time, parse_time
from audit_log.selectors import trail as entries
from audit_log.services import attachments, sealer, trail
from award.domain.plan import parse_plan
from award.models import Notice
from award.selectors import releases
from award.selectors.rules import binding, local_day, today
from award.services import notices, planning, releasing
from evaluation.models import Project
from evaluation.services import forms, lock
from rulebook.domain import tendering
from rulebook.domain.blockers import Blocker, Refused, refuse

KIND = "clarify"


@transaction.atomic
def draft_clarification(
    *,
    actor: Actor,
    project: str,
    text: str,
    affects: bool,
    deadline: datetime | None = None,
    plan: dict[str, Any] | None = None,
    explanation: str = "",
) -> Ref:
    """Draw up a clarification: a text, and where it changes them the deadline or the award plan.

    `affects` says that it may affect the bids; another plan always does. Raises BadInput, Refused
    where too few days are left (the deadline has to be put off).
    """
    row = lock.project(project)
    permit(actor, "project.draft_clarification", row)
    refuse(releases.draft_clarification(row))
    document = notices.clarification(row, forms.filled("text", text, most=4000))
    document["deadline"] = format_time(_deadline(row, deadline))
    if plan is not None:
        document["plan"] = _plan(row, plan)
    document["affects"] = affects or plan is not None
    warnings = refuse(_in_time(row, document))
    draft = notices.prepare(row, KIND, document, actor, explanation)
    data = {"notice_kind": KIND} | notices.drafted(draft) | lock.noted(warnings)
    return trail.record(row, "project.notice_drafted", actor, data)


@sealer.ceremony
def release_clarification(*, actor: Actor, project: str, reviewed: str = "") -> Ref:
    """Release the clarification that another person drew up; from now on it is what holds."""
    row = lock.project(project)
    permit(actor, "project.release_clarification", row)
    refuse(releases.release_clarification(row))
    draft: Notice = releasing.draft_of_another(row, KIND, actor, reviewed)
    document = entries.document(draft.body)
    warnings = refuse(_in_time(row, document))
    row.deadline, row.award_plan = parse_time(document["deadline"]), document["plan"]
    now = trail.moment(row)
    data = notices.publish(draft, actor, now) | {"deadline": document["deadline"]}
    data |= {"plan": row.award_plan, **lock.noted(warnings)}
    return trail.record(row, "project.clarified", actor, data, at=now)


def _deadline(row: Project, asked: datetime | None) -> datetime:
    before = row.deadline
    if before is None or (asked is not None and asked < before):
        raise _bad("deadline", "deadline_earlier", "投标截止时间只能顺延,不能提前")
    return asked or before


def _plan(row: Project, plan: dict[str, Any]) -> str:
    """Keep another award plan; its committee stays, for its members are sealed already."""
    if not row.award_plan:
        raise _bad("plan", "plan_unneeded", "本项目没有定标方案")
    parsed, before = planning.parsed(plan), parse_plan(entries.document(row.award_plan))
    if parsed.committee != before.committee:
        raise _bad("plan", "committee_fixed", "定标委员会已封存,不能更改其人数和产生方式")
    same = (before.candidate_count, before.ranked) == (parsed.candidate_count, parsed.ranked)
    if parsed.regime != row.regime or not same:
        message = "定标方案与登记的定标方式、候选人数量或者排序不一致"
        raise Refused([Blocker("plans_differ", message)])
    return attachments.keep_document(plan)


def _in_time(row: Project, document: dict[str, Any]) -> list[Blocker]:
    if not document["affects"]:
        return []
    profile, facts = binding(row)
    last = local_day(parse_time(document["deadline"]))
    return tendering.clarified_in_time(profile, facts, issued_on=today(), deadline_on=last)


def _bad(field: str, code: str, message: str) -> BadInput:
    return BadInput(code, message, {field: message})
