"""What can be done now, by whom, and what is missing for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts.acts import ACTS, Act
from accounts.domain import policy
from accounts.domain.roles import ROLES
from audit_log.domain.entry import Actor
from rulebook.domain.blockers import Blocker, blocking

IDLE = frozenset(
    {
        "contract_filed", "meeting_over", "report_handed_in",
        "wrong_state", "bidders_enough", "bids_left", "candidates_left", "deadline_passed",
        "appointed", "appointment_waiting", "draw_exists", "drawn", "drawn_elsewhere", "drawn_here",
        "is_calendar", "list_waiting", "no_appointment",
        "no_conflict", "no_list", "no_need", "no_objection", "no_open_round", "no_tie",
        "nobody_recused", "not_calendar", "not_separated", "report_signed", "separated",
        "sheets_opened", "no_appeal", "no_change", "no_leave", "appeal_open", "person_erased",
        "fees_fixed", "lot_sitting", "no_booking", "no_measure", "no_paper", "no_room",
        "not_evaluated", "committee_secret",
        "no_clarification", "no_complaint", "notice_released",
    }
)  # fmt: skip
"""Reasons that say "this is not due", as against "something is missing for it"."""
UNUSUAL = frozenset(
    {
        "project.file_paper", "project.speak",
        "project.appoint_representative", "project.ask_appointment", "project.complain",
        "project.object", "draw.refuse_appointment",
        "project.replace_award_member", "project.withdraw_objection", "project.fail",
        "project.lose_winner", "project.order_suspension", "project.recheck_recusal",
        "project.reconfirm", "project.enter_paper_sheet", "project.return_paper_sheet",
        "project.arrange_sites", "project.release_room", "room.shut",
        "project.request_recheck", "project.terminate", "draw.abandon", "draw.cancel",
        "draw.preview_recusal", "draw.record_answer", "draw.return_list", "draw.strike",
        "expert.appeal", "expert.assess", "expert.disqualify", "expert.exit", "expert.fail_test",
        "expert.renew", "expert.send_link", "expert.suspend", "expert.train", "intake.withdraw",
        "expert.declare_conflict", "expert.record_conflict", "account.declare_conflict",
        "account.record_conflict", "report.leave",
        "project.draft_clarification", "project.return_notice", "project.stop_complaint_clock",
        "project.withdraw_complaint",
    }
)  # fmt: skip
"""Acts that nobody waits for: they may be done, and mostly are not."""


@dataclass(frozen=True)
class Offer:
    """One act on one object: whether this actor may do it, and why it cannot be done yet."""

    act: Act
    thing: Any
    mine: bool
    reasons: list[Blocker]

    @property
    def blocking(self) -> list[Blocker]:
        return blocking(self.reasons)

    @property
    def notes(self) -> list[Blocker]:
        """Reasons that do not stop the act."""
        return [reason for reason in self.reasons if reason.level != "block"]

    @property
    def ready(self) -> bool:
        return self.mine and not self.blocking

    @property
    def timely(self) -> bool:
        """Whether the act is due in the state the object is in."""
        return not any(reason.code in IDLE for reason in self.blocking)

    @property
    def usual(self) -> bool:
        """Whether the act is a step of the ordinary course."""
        return self.act.name not in UNUSUAL

    @property
    def roles(self) -> str:
        """Who may do it."""
        return "、".join(ROLES[role] for role in policy.ACTS[self.act.name])


def acts_of(kind: str) -> list[Act]:
    """The acts done to existing objects of a kind, in the order of the policy's table."""
    order = list(policy.ACTS)
    found = [act for act in ACTS.values() if act.kind == kind and not act.creates]
    return sorted(found, key=lambda act: order.index(act.name))


def offers(actor: Actor, kind: str, thing: Any) -> list[Offer]:
    """Every act that belongs to the object's state, and the actor's own others, in policy order."""
    relations = policy.known(actor, thing)
    return list(_offers(actor, kind, thing, relations))


def mine(actor: Actor, kind: str, thing: Any) -> list[Offer]:
    """The acts of this actor that belong to the object's state: ready or waiting for something."""
    found = _offers(actor, kind, thing, policy.known(actor, thing), only_mine=True)
    return [offer for offer in found if offer.timely]


def grouped(found: list[Offer]) -> dict[str, list[Offer]]:
    """What a page shows of acts that are due: mine, mine out of the ordinary, those of others."""
    due = [offer for offer in found if offer.timely]
    return {
        "mine": [offer for offer in due if offer.mine and offer.usual],
        "unusual": [offer for offer in due if offer.mine and not offer.usual],
        "others": [offer for offer in due if not offer.mine and offer.usual],
    }


def creating(actor: Actor) -> list[Act]:
    """The acts by which the actor may make a new object in the ordinary course."""
    found = [act for act in ACTS.values() if act.creates and act.name not in UNUSUAL]
    return [act for act in found if policy.may(actor, act.name, None) and act.offered(actor, None)]


def may_do(actor: Actor, act: Act, thing: Any) -> bool:
    """Whether policy grants the act to the actor and it makes sense for him."""
    return _granted(actor, act, thing, policy.known(actor, thing))


def _offers(
    actor: Actor, kind: str, thing: Any, relations: policy.Known, *, only_mine: bool = False
) -> Iterator[Offer]:
    for act in acts_of(kind):
        own = _granted(actor, act, thing, relations)
        if own or not only_mine:
            yield Offer(act, thing, own, list(act.blockers(thing)))


def _granted(actor: Actor, act: Act, thing: Any, relations: policy.Known) -> bool:
    return policy.may(actor, act.name, relations) and act.offered(actor, thing)
