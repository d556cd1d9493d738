"""The committee's deliberation: preliminary review, too few bids, more time, abnormal scores."""

from typing import Any

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import SYSTEM, Actor, Ref
from audit_log.services import attachments, trail
from evaluation.domain import plan as plans
from evaluation.domain.deviation import Cell
from evaluation.models import Project
from evaluation.selectors import bids, committee, deliberation, ruling, scores
from evaluation.selectors import deliberation_blockers as blockers
from evaluation.services import forms, lock
from evaluation.services.committee import own_part, speaks_for_committee
from evaluation.services.concluding import conclude
from rulebook.domain import scoring
from rulebook.domain.blockers import Blocker, Refused, refuse

REASON_CHARS = 150
EXPLANATION_CHARS = 2000
MOST_MINUTES = 24 * 60


@transaction.atomic
def review(*, actor: Actor, project: str, against: list[dict[str, str]]) -> Ref:
    """Hand in a member's preliminary review: `{"bidder","item","reason"}` of each bid to reject.

    What is not named passes in his view; a later review of the round replaces it. The leader
    announces a rejection that more than half of the members are for (条例第五十一条).
    """
    row = lock.project(project)
    permit(actor, "project.review", row)
    refuse(blockers.before_opening(row))
    own_part(row, actor)
    valid = {bid.bidder_id for bid in bids.valid(row)}
    items = {one["item"] for one in row.evaluation_plan["review_items"]}
    rows = []
    for one in against:
        if one["bidder"] not in valid or one["item"] not in items:
            raise _bad("against", "review_unknown", "评审项或者投标人不在评审范围内")
        reason = forms.filled("reason", one["reason"], most=REASON_CHARS)
        rows.append({"bidder": one["bidder"], "item": one["item"], "reason": reason})
    if len({(one["bidder"], one["item"]) for one in rows}) != len(rows):
        raise _bad("against", "review_twice", "同一投标的同一评审项重复填写")
    return _say(row, actor, "project.bids_reviewed", {"against": rows})


@transaction.atomic
def judge_competition(*, actor: Actor, project: str, sufficient: bool, reason: str) -> Ref:
    """Record whether the valid bids, fewer than three, still compete; if not, all are rejected."""
    row = lock.project(project)
    permit(actor, "project.judge_competition", row)
    refuse(blockers.judge_competition(row))
    speaks_for_committee(row, actor)
    left = len(bids.valid(row))
    told = {"valid": left, "sufficient": sufficient, "reason": forms.filled("reason", reason)}
    data = {"round": row.evaluation_round, **told}
    return trail.record(row, "project.competition_judged", actor, data)


@transaction.atomic
def ask_time(*, actor: Actor, project: str, reason: str) -> Ref:
    """Say that the time is short; with more than a third of the members it is extended (R13)."""
    row = lock.project(project)
    permit(actor, "project.ask_time", row)
    refuse(blockers.before_opening(row))
    own_part(row, actor)
    asking = deliberation.said(row).asking
    if actor.id in asking:
        raise Refused([Blocker("step_done", "您已提出评标时间不够")])
    profile, facts = ruling.profile(row), ruling.facts(row)
    members = len(committee.members(row))
    due = scoring.time_extension(profile, facts, members=members, asking=len(asking) + 1)
    told = {"reason": forms.filled("reason", reason)}
    return _say(row, actor, "project.time_asked", told | lock.noted(due))


@transaction.atomic
def extend_time(*, actor: Actor, project: str, minutes: int, reason: str) -> Ref:
    """Extend the evaluation's time as members asked (条例第四十八条第二款)."""
    row = lock.project(project)
    permit(actor, "project.extend_time", row)
    refuse(blockers.extend_time(row))
    if not 1 <= minutes <= MOST_MINUTES:
        raise _bad("minutes", "minutes_out_of_range", f"延长时间应为 1 至 {MOST_MINUTES} 分钟")
    asked = len(deliberation.said(row).asking)
    told = {"asked": asked, "minutes": minutes, "reason": forms.filled("reason", reason)}
    data = {"round": row.evaluation_round, **told}
    return trail.record(row, "project.time_extended", actor, data)


@transaction.atomic
def doubt(*, actor: Actor, project: str, member: str, bidder: str, factor: str, reason: str) -> Ref:
    """Say that another member's score of a bid's factor is abnormal (R14)."""
    row = lock.project(project)
    permit(actor, "project.doubt", row)
    refuse(blockers.doubt(row))
    own_part(row, actor)
    about = (member, bidder, factor)
    _check_cell(row, about)
    found = deliberation.said(row)
    if member == actor.id or actor.id in found.doubts.get(about, ()) or about in found.judged:
        raise Refused([Blocker("step_done", "不能对本人的评分、已提出过或者已认定的评分提出异常")])
    profile, facts = ruling.profile(row), ruling.facts(row)
    members, doubting = len(committee.members(row)), len(found.doubts.get(about, ())) + 1
    due = scoring.abnormal_score(profile, facts, members=members, doubting=doubting)
    told = {"reason": forms.filled("reason", reason)}
    return _say(row, actor, "project.score_doubted", _about(about) | told | lock.noted(due))


@transaction.atomic
def explain(*, actor: Actor, project: str, bidder: str, factor: str, explanation: str) -> Ref:
    """Explain in writing a score of one's own that enough members find abnormal."""
    row = lock.project(project)
    permit(actor, "project.explain", row)
    refuse(blockers.explain(row))
    own_part(row, actor)
    about = (actor.id, bidder, factor)
    if about not in deliberation.doubted(row):
        raise _bad("bidder", "score_not_doubted", "这一项评分没有被过半数成员认为异常")
    text = forms.filled("explanation", explanation, most=EXPLANATION_CHARS)
    told = {"answer": attachments.keep(text.encode())}
    return _say(row, actor, "project.score_explained", _about(about) | told)


@transaction.atomic
def judge_score(
    *,
    actor: Actor,
    project: str,
    member: str,
    bidder: str,
    factor: str,
    accepted: bool,
    reason: str,
) -> Ref:
    """Record whether the committee accepts the explanation of an abnormal score.

    Without one, or with one it does not accept, the mean of the others stands for the score where
    the rules say so; then everything is added up again. Remarks made before are made again.
    """
    row = lock.project(project)
    permit(actor, "project.judge_score", row)
    refuse(blockers.explain(row))
    speaks_for_committee(row, actor)
    about = (member, bidder, factor)
    if about not in deliberation.doubted(row):
        raise _bad("bidder", "score_not_doubted", "这一项评分没有被过半数成员认为异常")
    if accepted and about not in deliberation.said(row).explained:
        raise _bad("accepted", "explanation_missing", "评分人尚未书面说明,不能认定理由成立")
    replace = not accepted and ruling.profile(row).flag("abnormal_replaced")
    told = {"accepted": accepted, "replaced": replace, "reason": forms.filled("reason", reason)}
    data = {"round": row.evaluation_round, **_about(about), **told}
    ref = trail.record(row, "project.score_judged", actor, data)
    if replace:
        conclude(row, SYSTEM, scores.counted(row), decided=[])
    return ref


def _say(row: Project, actor: Actor, event: str, told: dict[str, Any]) -> Ref:
    data = {"round": row.evaluation_round, "member": actor.id, **told}
    return trail.record(row, event, actor, data)


def _about(about: Cell) -> dict[str, str]:
    return dict(zip(("about", "bidder", "factor"), about, strict=True))


def _check_cell(row: Project, about: Cell) -> None:
    """Raise BadInput unless the member gave a score there by his own judgement."""
    member, bidder, factor = about
    sheet = scores.sheets(row).get(member, {"scores": ()})
    given = {(one["bidder"], one["factor"]) for one in sheet["scores"]}
    named = {one["factor"] for one in plans.by_members(row.evaluation_plan)}
    if (bidder, factor) not in given or factor not in named:
        raise _bad("member", "score_unknown", "该成员没有对这个投标人的这一项评分")


def _bad(field: str, code: str, message: str) -> BadInput:
    return BadInput(code, message, {field: message})
