"""What can be chosen in an act's fields, so that nobody types a code that the page can offer."""

from collections.abc import Callable, Iterable
from typing import Any

from accounts.domain import roles as r
from accounts.models import User
from audit_log.domain.entry import Actor
from award.domain.lifecycle import OPEN_COMPLAINT
from award.models import Complaint, Objection
from award.selectors import award
from award.selectors import recusal as award_recusal
from desk.selectors import boards, careers, rated
from evaluation.domain import plan as plans
from evaluation.models import Bid, Project
from evaluation.selectors import bids, clarifications, committee
from experts.domain.recusal import KINDS
from experts.models import Draw, Expert, ExpertChange, Seat
from experts.selectors import career
from rulebook.domain.changes import by_id, written
from rulebook.models import RuleProfile
from rulebook.selectors import profiles

Choices = list[tuple[str, str]]


ORDERED = "ordered"
"""Under this name: the fields whose order of choices counts."""
RANKING = ("rank_points", "pairwise")


def hint(act: str, thing: Any) -> str:
    """What a form should say before its fields."""
    form = award.ballot_form(thing) if act == "project.cast_ballot" else None
    if form is None:
        return ""
    asked = f"本轮采用{form.title},名额 {form.seats} 个" if form.seats else f"本轮采用{form.title}"
    return f"{asked};投票理由不少于 {form.min_reason_chars} 字,截止后公开,不得写入个人信息。"


def choices(actor: Actor, act: str, thing: Any) -> dict[str, Choices]:
    """Field name → (code, words) for the fields of an act that name something known."""
    source = _SOURCES.get(act)
    return {} if source is None or thing is None else source(actor, thing)


def _valid_bids(_actor: Actor, row: Project) -> dict[str, Choices]:
    items = [(one["item"], one["name"]) for one in row.evaluation_plan["review_items"]]
    return {"bidder": _bidders(bids.valid(row)), "item": items}


def _doubtful(_actor: Actor, row: Project) -> dict[str, Choices]:
    factors = [(one["factor"], one["name"]) for one in plans.by_members(row.evaluation_plan)]
    return _committee(_actor, row) | {"bidder": _bidders(bids.valid(row)), "factor": factors}


def _asked(actor: Actor, row: Project) -> dict[str, Choices]:
    waiting = clarifications.open_for(row, actor.org)
    words = [(one.code, f"{one.code} {clarifications.text(one.question)}") for one in waiting]
    return {"clarification": words}


def _candidates(_actor: Actor, row: Project) -> dict[str, Choices]:
    rows = row.candidates.filter(left_for="").select_related("bid__bidder")
    found = _bidders(one.bid for one in rows.order_by("rank", "bid__bidder_id"))
    return {"bidder": found, "order": found, ORDERED: [("order", "")]}


def _ballot(actor: Actor, row: Project) -> dict[str, Choices]:
    form = award.ballot_form(row)
    eligible = {bidder for bidder, _ in form.eligible} if form else set()
    names = _candidates(actor, row)["bidder"]
    found = [choice for choice in names if choice[0] in eligible]
    plan = award.plan_of(row)
    factors = [(one.factor, one.name) for one in plan.factors] if plan else []
    ordered = [("choices", "")] if form and form.method in RANKING else []
    return {"bidder": found, "choices": found, "factor": factors, ORDERED: ordered}


def _representatives(actor: Actor, row: Project) -> dict[str, Choices]:
    return {"member": _users(r.TENDERER_REP, row.tenderer_id)}


def _committee(_actor: Actor, row: Project) -> dict[str, Choices]:
    seated = [part for part in committee.members(row) if part.signed_in_at]
    return {"member": [(part.person, part.person) for part in seated]}


def _award_members(_actor: Actor, row: Project) -> dict[str, Choices]:
    members = _users(r.AWARD_MEMBER, row.tenderer_id)
    observers = _users(r.OBSERVER, row.tenderer_id)
    return {"members": members, "leader": members, "observers": observers}


def _objections(*states: str, own: bool = False) -> Callable[[Actor, Project], dict[str, Choices]]:
    def found(actor: Actor, row: Project) -> dict[str, Choices]:
        rows = Objection.objects.filter(project=row, state__in=states).order_by("received_at")
        rows = rows.filter(bidder=actor.org) if own else rows
        codes = [(code, code) for code in rows.values_list("code", flat=True)]
        return {"objection": codes, "because": codes}

    return found


def _complaints(*states: str, own: bool = False) -> Callable[[Actor, Project], dict[str, Choices]]:
    def found(actor: Actor, row: Project) -> dict[str, Choices]:
        rows = Complaint.objects.filter(project=row, state__in=states).order_by("filed_at")
        rows = rows.filter(bidder=actor.org) if own else rows
        return {"complaint": [(one.code, one.code) for one in rows]}

    return found


def _rules(_actor: Actor, row: RuleProfile) -> dict[str, Choices]:
    """The rules with their values of today, the numbered ones first."""
    known = by_id(profiles.whole(row.pk, row.version)).values()
    return {"rule": [(one.id, f"{one.id} {one.title}(现为 {written(one.value)})") for one in known]}


def _seats(*states: str) -> Callable[[Actor, Draw], dict[str, Choices]]:
    def found(_actor: Actor, row: Draw) -> dict[str, Choices]:
        rows = Seat.objects.filter(draw=row, state__in=states).order_by("slot", "candidate")
        return {"candidate": [(one.candidate, f"{one.candidate}(席位 {one.slot})") for one in rows]}

    return found


def _changes(_actor: Actor, row: Expert) -> dict[str, Choices]:
    rows = row.changes.filter(state="reported").order_by("audit_n")
    return {"change": [(one.pk, f"{one.pk}:{_told(one)}") for one in rows]}


def _told(change: ExpertChange) -> str:
    facts = careers.told(change.facts, phone=change.phone)
    return ";".join(f"{name} {words}" for name, words in facts)


def _leaves(_actor: Actor, row: Expert) -> dict[str, Choices]:
    rows = row.leaves.filter(last__gte=career.today()).order_by("first")
    return {"leave": [(one.code, f"{one.first} 至 {one.last}") for one in rows]}


def _appeals(state: str) -> Callable[[Actor, Expert], dict[str, Choices]]:
    def found(_actor: Actor, row: Expert) -> dict[str, Choices]:
        codes = row.appeals.filter(state=state).order_by("audit_n").values_list("pk", flat=True)
        return {"appeal": [(code, code) for code in codes]}

    return found


def _conflicts(*states: str) -> Callable[[Actor, Any], dict[str, Choices]]:
    def found(_actor: Actor, row: Any) -> dict[str, Choices]:
        rows = row.conflicts.filter(state__in=states).order_by("pk")
        return {"conflict": [(one.pk, f"{one.pk} {KINDS[one.kind].name}") for one in rows]}

    return found


def _paper(_actor: Actor, row: Project) -> dict[str, Choices]:
    rows = User.objects.filter(org_id=row.tenderer_id, is_active=True).order_by("code")
    own = [(one.code, f"{one.title}({one.code})") for one in rows]
    standing = _bidders(one.bid for one in award.standing(row))
    return {"persons": own, "bidders": standing, "absent": standing}


def _bidders_of(_actor: Actor, row: Project) -> dict[str, Choices]:
    return {"bidder": _bidders(row.bids.select_related("bidder").order_by("bidder_id"))}


def _recused(_actor: Actor, row: Project) -> dict[str, Choices]:
    gone = [(code, code) for code in award_recusal.recused(row)]
    return {"member": gone, "replacement": _users(r.AWARD_MEMBER, row.tenderer_id)}


def _users(role: str, org: str) -> Choices:
    rows = User.objects.filter(role=role, org_id=org, is_active=True).order_by("code")
    return [(row.code, f"{row.title}({row.code})") for row in rows]


def _bidders(rows: Iterable[Bid]) -> Choices:
    return [(bid.bidder_id, bid.bidder.name) for bid in rows]


_SOURCES: dict[str, Callable[[Actor, Any], dict[str, Choices]]] = {
    "project.reject_bid": _valid_bids,
    "project.review": _valid_bids,
    "project.ask_clarification": _valid_bids,
    "project.answer_clarification": _asked,
    "project.doubt": _doubtful,
    "project.explain": _doubtful,
    "project.judge_score": _doubtful,
    "project.deem_consent": _committee,
    "project.seal_sheet": _valid_bids,
    "project.settle_tie": _candidates,
    "project.remark_candidates": _candidates,
    "project.confirm_first": _candidates,
    "project.cast_ballot": _ballot,
    "project.file_paper": _paper,
    "project.appoint_representative": _representatives,
    "project.elect_leader": _committee,
    "project.seal_award_members": _award_members,
    "project.review_objection": _objections("submitted"),
    "project.answer_objection": _objections("accepted"),
    "project.withdraw_objection": _objections("accepted", own=True),
    "project.complain": _objections("submitted", "accepted", "refused", "not_upheld", own=True),
    "project.withdraw_complaint": _complaints(*OPEN_COMPLAINT, own=True),
    "project.review_complaint": _complaints("filed"),
    "project.stop_complaint_clock": _complaints("accepted"),
    "project.resume_complaint_clock": _complaints("examining"),
    "project.decide_complaint": _complaints("accepted"),
    "rules.propose": _rules,
    "project.declare": _bidders_of,
    "project.replace_award_member": _recused,
    **{
        f"{kind}.{act}": _conflicts(*states)
        for kind in ("expert", "account")
        for act, states in (
            ("confirm_conflict", ("recorded",)),
            ("ask_release", ("recorded", "confirmed")),
            ("lift_conflict", ("release_asked",)),
        )
    },
    "draw.record_answer": _seats("selected", "accepted"),
    "expert.confirm_change": _changes,
    "expert.appeal": rated.contested,
    "expert.decide_measure": rated.measures,
    "project.rate_expert": rated.rate_expert,
    "project.book_room": boards.free_rooms,
    "project.release_room": boards.bookings,
    "project.arrange_sites": boards.centres,
    "project.enter_paper_sheet": boards.without_sheet,
    "project.confirm_paper_sheet": boards.papers(confirmed=False),
    "project.return_paper_sheet": boards.papers(),
    "expert.end_leave": _leaves,
    "expert.review_appeal": _appeals("filed"),
    "expert.draft_appeal": _appeals("accepted"),
    "expert.decide_appeal": _appeals("drafted"),
    "draw.strike": _seats("selected", "accepted", "signed_in"),
}
