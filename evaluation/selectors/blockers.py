"""Why an act cannot be done to a project now. Page and service ask the same function.

The state comes first: where it is wrong, nothing else is looked at. What depends on what is filled
in is checked by the service. No reason tells what is still sealed.
"""

from datetime import datetime

from django.utils import timezone

from audit_log.selectors import trail
from audit_log.services import clock, envelopes
from evaluation.domain import plan as plans
from evaluation.models import Project
from evaluation.selectors import assembly, bids, committee, ruling, scores, seats
from evaluation.selectors import deliberation_blockers as deliberating
from evaluation.selectors.states import changed, wrong_state
from experts.models import Draw
from experts.selectors import blockers as draw_blockers
from rulebook.domain import scoring, tendering
from rulebook.domain.blockers import Blocker, blocker, blocking, collect

BEFORE_OPENING = ("tendering", "drawing")
PLAN_PARTS = {
    "mode": "regime",
    "method": "methods",
    "tie_rule": "tie_chain",
    "withdrawal_rule": "withdrawal",
}
"""Part of R19 → the key under which the award plan states it."""


def fix_award_plan(row: Project) -> list[Blocker]:
    """The award plan stands before the tender document is published, and for 评定分离 only."""
    if row.state != "registered":
        return [wrong_state(row)]
    if row.regime != "separated":
        return [Blocker("not_separated", "本项目不实行评定分离,不需要定标方案和定标委员会")]
    return []


seal_award_members = fix_award_plan


def publish_tender(row: Project) -> list[Blocker]:
    """R19: under 评定分离 the plan is fixed and complete, and the member list sealed."""
    if row.state != "registered":
        return [wrong_state(row)]
    if row.regime != "separated":
        return []
    profile, facts = ruling.profile(row), ruling.facts(row)
    plan = trail.document(row.award_plan) if row.award_plan else {}
    public = [part for part, key in PLAN_PARTS.items() if plan.get(key)]
    sealed = ["members"] if row.annex else []
    missing = "定标委员会成员名单尚未封存"
    return [
        *tendering.plan_fixed(profile, facts, digest=row.award_plan, public=public, sealed=sealed),
        *collect(
            None
            if row.annex
            else blocker(profile, "R19", "annex_missing", missing, facts, param="plan_sealed_parts")
        ),
        *(_plans_differ(row, plan) if plan else []),
    ]


def tender_period(row: Project, deadline: datetime) -> list[Blocker]:
    """R32 and R19 for a deadline that was filled in."""
    now = clock.now()
    if deadline <= now:
        return [Blocker("deadline_past", "投标截止时间应在发布时间之后")]
    issued, last = timezone.localtime(now).date(), timezone.localtime(deadline).date()
    profile, facts = ruling.profile(row), ruling.facts(row)
    return tendering.tender_period(profile, facts, issued_on=issued, deadline_on=last)


def submit_bid(row: Project) -> list[Blocker]:
    """Bids are taken from the publication to the deadline (《招标投标法》第二十八条)."""
    if row.state not in BEFORE_OPENING:
        return [wrong_state(row)]
    if envelopes.is_closed(row.stream, bids.KIND):
        return [Blocker("bids_closed", "投标已截止,不再接收投标", basis=_LATE)]
    if row.deadline is None or clock.now() >= row.deadline:
        return [Blocker("deadline_passed", "投标截止时间已过,不再接收投标", basis=_LATE)]
    return []


def start_draw(row: Project) -> list[Blocker]:
    """A draw is asked for once the tender is out, and anew only where the last one came to nought.

    It may be asked for after the opening too: the profile's `draw_window` says when it is held.
    """
    void = bool(row.draw) and seats.is_void(row.draw)
    if row.state not in (*BEFORE_OPENING, "opened") and not (row.state == "evaluating" and void):
        return [wrong_state(row)]
    if row.draw and not void:
        return [Blocker("draw_exists", "本项目已启动专家抽取,不得另行抽取")]
    return []


def commit_draw(draw: Draw) -> list[Blocker]:
    """What the draw itself needs; nothing where it is committed and a lot was not told of it."""
    if seats.commitment(draw.pk) and seats.untold(draw.pk):
        return []
    return draw_blockers.commit(draw)


def open_bids(row: Project) -> list[Blocker]:
    """Opening is at the deadline (《招标投标法》第三十四条) and waits for no draw."""
    if row.state not in BEFORE_OPENING:
        return [wrong_state(row)]
    if row.deadline is None or clock.now() < row.deadline:
        return [Blocker("deadline_ahead", "投标截止时间未到,不得开标", basis=_OPENING)]
    return []


def appoint_representative(row: Project) -> list[Blocker]:
    """Representatives are appointed before evaluation starts, later in place of one who left."""
    if row.state == "evaluating" and committee.recomposed(row):
        return []
    return [] if row.state in ("registered", *BEFORE_OPENING, "opened") else [wrong_state(row)]


def recheck_recusal(row: Project) -> list[Blocker]:
    """There is a draw that can still be told, and no report that rests on its committee."""
    if row.state not in (*BEFORE_OPENING, *committee.SITTING):
        return [wrong_state(row)]
    if not row.draw or seats.is_void(row.draw):
        return [Blocker("draw_missing", "尚未抽取评标专家")]
    if Draw.objects.filter(pk=row.draw, state="closed").exists():
        return [Blocker("draw_closed", "抽取已随评标报告关闭,不能补抽,应由行政监督部门依法处理")]
    return []


def sit(row: Project) -> list[Blocker]:
    """Sign-in, promise, briefing, declaration: between the opening and the report."""
    return [] if row.state in committee.SITTING else [wrong_state(row)]


def start_evaluation(row: Project) -> list[Blocker]:
    """R33, and the committee is there and ready (R01, R02, R06, R11)."""
    if row.state != "opened" and not (row.state == "evaluating" and committee.recomposed(row)):
        return [wrong_state(row)]
    if row.state == "evaluating" and scores.closed(row) and not scores.opened(row):
        return [Blocker("sheets_unopened", "本轮评分已截止,应当先行开启")]
    return enough_bids(row) + assembly.missing(row)


def enough_bids(row: Project) -> list[Blocker]:
    """R33 for the opened bids; without any there is nothing to evaluate under any profile."""
    count = row.bids.count()
    if count == 0:
        return [Blocker("no_bids", "没有收到投标,应当重新招标")]
    profile, facts = ruling.profile(row), ruling.facts(row)
    return tendering.enough_bidders(profile, facts, bidders=count)


def reject_bid(row: Project) -> list[Blocker]:
    """Bids are rejected while sheets are still closed."""
    return _scoring(row)


def seal_sheet(row: Project) -> list[Blocker]:
    """Sheets are filled in after the preliminary review, until they are opened."""
    return _scoring(row) or _unsettled(row)


def open_sheets(row: Project) -> list[Blocker]:
    """Parameter sheets_complete: all members' sheets are in (条例第五十三条第二款).

    Once they are closed nothing stops their opening: exactly what was listed is opened.
    """
    if row.state == "evaluating" and scores.closed(row) and not scores.opened(row):
        return []
    if wrong := seal_sheet(row) or deliberating.unestablished(row):
        return wrong
    seated = committee.members(row)
    sheets = sum(part.sealed_at is not None for part in seated)
    profile, facts = ruling.profile(row), ruling.facts(row)
    missing = scoring.sheets_submitted(profile, facts, members=len(seated), sheets=sheets)
    return missing + deliberating.time_due(row)


def settle_tie(row: Project) -> list[Blocker]:
    """There is a tie that the published rules leave open."""
    if row.state != "evaluating" or not scores.opened(row):
        return [_not_opened(row)]
    if committee.recomposed(row):
        return [changed()]
    return [] if scores.tied(row) else [Blocker("no_tie", "没有需要处理的同分")]


def remark_candidates(row: Project) -> list[Blocker]:
    """Remarks are made on candidates that are chosen, before anyone has signed the report."""
    if missing := _no_candidates(row):
        return missing
    signed = sum(part.confirmed_at is not None for part in committee.members(row))
    return [Blocker("report_signed", "已有成员签署评标报告,不得再改评语")] if signed else []


def sign_report(row: Project) -> list[Blocker]:
    """The report can be signed once its contents are complete."""
    return _no_candidates(row) or _remarks_missing(row) + deliberating.doubts_open(row)


def submit_report(row: Project) -> list[Blocker]:
    """Everyone has signed or dissented in writing (条例第五十三条第二款)."""
    found = sign_report(row)
    if blocking(found):
        return found
    waiting = sum(part.confirmed_at is None for part in committee.members(row))
    message = f"还有 {waiting} 位成员未在评标报告上签字,也未书面说明不同意见"
    return [*found, Blocker("report_unsigned", message, basis=_REPORT)] if waiting else found


def request_recheck(row: Project) -> list[Blocker]:
    """The tenderer may ask back as long as the candidates are not public."""
    return [] if row.state == "reported" else [wrong_state(row)]


def fail(row: Project) -> list[Blocker]:
    """A tender fails for too few bidders, or because the committee rejected every bid."""
    if row.state == "opened":
        return [] if enough_bids(row) else [Blocker("bidders_enough", "投标人数量达到要求")]
    if row.state != "evaluating":
        return [wrong_state(row)]
    left = row.bids.filter(rejected_for="").count()
    if any(one.code == "competition_lacking" for one in deliberating.competition_open(row)):
        return []
    return [Blocker("bids_left", f"还有 {left} 份投标未被否决")] if left else []


def terminate(row: Project) -> list[Blocker]:
    """A tender is broken off at the latest when its bids are open."""
    states = ("registered", *BEFORE_OPENING, "opened")
    return [] if row.state in states else [wrong_state(row)]


def archive(row: Project) -> list[Blocker]:
    """What is over is archived."""
    return [] if row.state in ("contracted", "failed", "terminated") else [wrong_state(row)]


_LATE = "《中华人民共和国招标投标法》第二十八条"
_OPENING = "《中华人民共和国招标投标法》第三十四条"
_REPORT = "《中华人民共和国招标投标法实施条例》第五十三条第二款"
_REJECT = "《中华人民共和国招标投标法实施条例》第五十一条第五项"


def _plans_differ(row: Project, plan: dict[str, object]) -> list[Blocker]:
    candidates = row.evaluation_plan["candidates"]
    told = (plan.get("regime"), plan.get("candidate_count"), plan.get("ranked"))
    chain = plan.get("tie_chain")
    by_result = isinstance(chain, list) and "evaluation_result" in chain
    if by_result and not plans.scored(row.evaluation_plan):
        message = "评标办法不打分,定标方案处理平票不能以评标得分为准"
        return [Blocker("tie_without_scores", message)]
    if told == (row.regime, candidates["count"], candidates["ranked"]):
        return []
    return [Blocker("plans_differ", "定标方案与评标办法载明的定标方式、候选人数量或者排序不一致")]


def _scoring(row: Project) -> list[Blocker]:
    if row.state != "evaluating":
        return [wrong_state(row)]
    if scores.opened(row):
        return [Blocker("sheets_opened", "本轮评分已经开启")]
    if scores.closed(row):
        return [Blocker("scoring_closed", "本轮评分已截止")]
    return [changed()] if committee.recomposed(row) else []


def _unsettled(row: Project) -> list[Blocker]:
    if not row.bids.filter(rejected_for="").exists():
        return [Blocker("all_rejected", "全部投标已被否决,没有可以评分的投标")]
    if open_grounds := len(bids.grounds(row)):
        message = f"有 {open_grounds} 份投标高于最高投标限价,应当先予否决"
        return [Blocker("ceiling_exceeded", message, basis=_REJECT)]
    return deliberating.rejections_due(row) or deliberating.competition_open(row)


def _not_opened(row: Project) -> Blocker:
    if row.state != "evaluating":
        return wrong_state(row)
    return Blocker("sheets_closed", "评分尚未开启")


def _no_candidates(row: Project) -> list[Blocker]:
    if row.state != "evaluating" or not scores.opened(row):
        return [_not_opened(row)]
    if committee.recomposed(row):
        return [changed()]
    if among := len(scores.tied(row)):
        message = f"有 {among} 个投标人得分相同,招标文件的同分规则未能区分,应当先确定先后"
        return [Blocker("tie_unresolved", message)]
    return []


def _remarks_missing(row: Project) -> list[Blocker]:
    if row.regime != "separated":
        return []
    waiting = sum(not candidate.remarks for candidate in row.candidates.all())
    message = f"还有 {waiting} 名候选人没有优点、缺点和风险的评语"
    return [Blocker("remarks_missing", message)] if waiting else []
