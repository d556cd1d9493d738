"""Why an act of publicity, objection or award cannot be done now.

One function per act, named like it. The page shows the list beside the disabled act, the service
refuses by it. The state is the first reason, and then the only one.
"""

from collections.abc import Callable
from functools import wraps

from audit_log.selectors import trail
from audit_log.services import envelopes
from award.selectors import award, grounds, papers, recusal
from award.selectors.rules import binding, local_day, today
from evaluation.domain.lifecycle import ORDERABLE
from evaluation.models import Project
from evaluation.selectors import scores
from evaluation.selectors.states import wrong_state
from rulebook.domain import award as award_rules
from rulebook.domain import composition, deadlines, objections, publicity
from rulebook.domain.blockers import Blocker

Reasons = Callable[[Project], list[Blocker]]

OBJECTABLE = ("candidates_public", "result_public")
"""States whose publicity an objection is made against; its `stage`."""


def _only_in(*states: str) -> Callable[[Reasons], Reasons]:
    def decorate(reasons: Reasons) -> Reasons:
        @wraps(reasons)
        def checked(row: Project) -> list[Blocker]:
            return reasons(row) if row.state in states else [wrong_state(row)]

        return checked

    return decorate


@_only_in("reported")
def draft_candidates(row: Project) -> list[Blocker]:
    """R16 and the report."""
    return []


@_only_in("reported")
def publish_candidates(row: Project) -> list[Blocker]:
    """R07 and R16: no voided sheet in the report, a draft of it, in time (条例第五十四条第一款)."""
    profile, facts = binding(row)
    void = scores.void_counted(row)
    if found := composition.replaced_sheets_void(profile, facts, counted=void):
        return found
    draft = grounds.drafts(row, "candidates").last()
    if draft is None or trail.document(draft.body)["report"] != row.report:
        return [Blocker("notice_missing", "招标人尚未按本次评标报告拟定候选人公示")]
    return grounds.late(row, deadlines.PUBLISH_CANDIDATES, grounds.reported_on(row))


def object(row: Project) -> list[Blocker]:
    """R17: in the days of publicity, also while another objection has suspended the project."""
    stage = grounds.objection_stage(row)
    if stage not in OBJECTABLE:
        return [wrong_state(row)]
    profile, facts = binding(row)
    start, last = grounds.publicity_days(row, stage)
    return objections.objection_in_publicity(
        profile, facts, received_on=today(), start=start, last=last
    )


def review_objection(row: Project) -> list[Blocker]:
    """An objection waits for its review."""
    return grounds.objections_in(row, "submitted", "没有待审查的异议")


def answer_objection(row: Project) -> list[Blocker]:
    """An accepted objection waits for its answer."""
    return grounds.objections_in(row, "accepted", "没有待答复的异议")


def withdraw_objection(row: Project) -> list[Blocker]:
    """An accepted objection may be withdrawn until it is answered."""
    return grounds.objections_in(row, "accepted", "没有可以撤回的异议")


@_only_in(*ORDERABLE)
def order_suspension(row: Project) -> list[Blocker]:
    """From any state between the tender and the notice (条例第六十二条)."""
    return []


@_only_in("suspended")
def resume(row: Project) -> list[Blocker]:
    """R17: every objection is answered, and an upheld one has had its effect."""
    waiting = grounds.upheld_without_effect(row)
    return grounds.open_objections(row) + [
        Blocker("upheld_waiting", f"{code} 成立,应当先办理“异议、投诉成立的处理”")
        for code in waiting
    ]


@_only_in("suspended")
def uphold(row: Project) -> list[Blocker]:
    """R17: no other objection is open."""
    return grounds.open_objections(row)


@_only_in("candidates_public")
def begin_award(row: Project) -> list[Blocker]:
    """评定分离, publicity over, no objection, plan and members fixed, earlier lots decided."""
    if row.regime != "separated":
        return [Blocker("not_separated", "本项目不实行评定分离,由招标人依排名确定中标人")]
    plan = award.plan_of(row)
    if plan is None or not row.annex:
        return [Blocker("plan_missing", "定标方案或者定标成员名单没有在招标阶段固定")]
    return [
        *grounds.publicity_over(row, publicity.CANDIDATES),
        *grounds.open_objections(row),
        *grounds.earlier_lots(row, plan),
    ]


@_only_in("awarding")
def attend_award(row: Project) -> list[Blocker]:
    """The award meeting is called."""
    return []


@_only_in("awarding")
def replace_award_member(row: Project) -> list[Blocker]:
    """R06: somebody must not vote, and nobody has voted yet."""
    return recusal.to_replace(row)


@_only_in("awarding")
def open_ballot(row: Project) -> list[Blocker]:
    """R06 and R27: all are there and may vote; the last round is closed; the plan asks for one."""
    if running := grounds.running(row):
        return running
    step = award.next_step(row)
    return (
        recusal.open_hits(row)
        + grounds.absent(row)
        + (
            papers.before_round(row, step.method)
            if step.kind == "round"
            else [grounds.NEXT[step.kind]]
        )
    )


@_only_in("awarding")
def cast_ballot(row: Project) -> list[Blocker]:
    """A round takes ballots."""
    one = award.uncounted_round(row)
    if one is None:
        return [grounds.NO_ROUND]
    return [] if one.state == "open" else [grounds.ROUND_CLOSED]


@_only_in("awarding")
def close_ballot(row: Project) -> list[Blocker]:
    """R27: every member has voted; nobody abstains. A closed round only waits to be opened."""
    one = award.uncounted_round(row)
    if one is None:
        return [grounds.NO_ROUND]
    if one.state != "open":
        return []
    profile, facts = binding(row)
    return award_rules.quorum(
        profile,
        facts,
        members=award.committee(row).count(),
        ballots=len(envelopes.current(one.stream, one.kind)),
    )


@_only_in("awarding")
def call_lottery(row: Project) -> list[Blocker]:
    """The plan asks for a public draw, and nothing else is under way."""
    if running := grounds.running(row):
        return running
    step = award.next_step(row)
    return [] if step.kind == "lottery" else [grounds.NEXT[step.kind]]


@_only_in("awarding")
def decide(row: Project) -> list[Blocker]:
    """All are there, the rounds have a winner, no other lot is his; lateness is noted."""
    if running := grounds.running(row):
        return running
    step = award.next_step(row)
    if step.kind != "winner":
        return [grounds.NEXT[step.kind]]
    plan = award.plan(row)
    return [
        *grounds.absent(row),
        *grounds.earlier_lots(row, plan),
        *grounds.winner_elsewhere(row, plan, step.winner or ""),
        *papers.before_decision(row),
        *grounds.late(row, deadlines.DECIDE_AWARD, grounds.reported_on(row)),
    ]


@_only_in("awarding")
def fail(row: Project) -> list[Blocker]:
    """R20: nobody who may win is left, so the tender has failed."""
    if running := grounds.running(row):
        return running
    return [CANDIDATES_LEFT] if award.next_step(row).kind != "retender" else []


CANDIDATES_LEFT = Blocker("candidates_left", "还有可以确定为中标人的候选人")


@_only_in("candidates_public")
def confirm_first(row: Project) -> list[Blocker]:
    """Regimes that award by rank: publicity over, no objection (条例第五十五条)."""
    if row.regime == "separated":
        return [Blocker("separated", "本项目实行评定分离,应当召开定标会议")]
    return grounds.publicity_over(row, publicity.CANDIDATES) + grounds.open_objections(row)


@_only_in("awarded")
def publish_result(row: Project) -> list[Blocker]:
    """The result was drawn up at the decision and waits for another person."""
    return []


@_only_in("result_public")
def notify(row: Project) -> list[Blocker]:
    """The publicity of the result is over, no objection; R24's term is noted."""
    decided_on = local_day(award.active_award(row).decided_at)
    return [
        *grounds.publicity_over(row, publicity.RESULT),
        *grounds.open_objections(row),
        *grounds.late(row, deadlines.NOTIFY, decided_on),
    ]


@_only_in("result_public", "notified")
def lose_winner(row: Project) -> list[Blocker]:
    """There is a winner to lose, and no objection is open."""
    return grounds.open_objections(row)


@_only_in("candidates_public", "awarding", "result_public")
def reconfirm(row: Project) -> list[Blocker]:
    """R23: back to the original committee; not in the middle of a ballot."""
    return grounds.open_objections(row) + grounds.running(row)


@_only_in("notified")
def contract(row: Project) -> list[Blocker]:
    """R25: within the term from the notice, which is noted."""
    return grounds.late(row, deadlines.SIGN_CONTRACT, grounds.notified_on(row))
