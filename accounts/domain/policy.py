"""Who may do what to which object: the one table of acts, and what follows from it.

An act is allowed where the actor's role is listed and the object says that the actor stands to it
in the listed relation. Whoever may not even see the object gets "not found", as a stranger does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from accounts.domain import roles as r
from audit_log.domain.entry import Actor


class Related(Protocol):
    """An object that knows in which relations an actor stands to it."""

    def relations(self, actor: Actor) -> frozenset[str]: ...


@dataclass(frozen=True)
class Known:
    """The relations of an actor to an object, looked up once."""

    found: frozenset[str]

    def relations(self, actor: Actor) -> frozenset[str]:
        """The relations that were looked up."""
        return self.found


def known(actor: Actor, thing: Any) -> Known:
    """Look up how the actor stands to the object (in no way to what has no relations)."""
    found = thing.relations(actor) if hasattr(thing, "relations") else frozenset()
    return Known(frozenset(found))


OWNER = "owner"
"""招标人 of the project."""
DISTRICT = "district"
"""Same administrative district (a body of a city covers its districts)."""
TRADE = "trade"
"""The regulator of the project's trade in its district."""
SEATED = "seated"
"""A member of the evaluation committee who has signed in."""
INVITED = "invited"
"""The drawn expert to whom an invitation was sent."""
BALLOT = "ballot"
"""A member of the award committee."""
WATCH = "watch"
"""A member of the award's supervision group."""
BIDDING = "bidding"
"""The organisation has a bid in the project."""
SELF = "self"
"""The actor himself."""
ANY = "any"
"""No relation is asked; for objects that do not exist yet."""

OFFICIALS = (
    r.TRADING_CENTER,
    r.TENDERER,
    r.TENDERER_REP,
    r.AWARD_MEMBER,
    r.OBSERVER,
    r.REGULATOR,
    r.POOL_OWNER,
)
"""Roles whose holders act on a case for a body, and whom a conflict of their own locks out."""

Grants = Mapping[str, str]

SEE: dict[str, Grants] = {
    "project": {
        r.TRADING_CENTER: DISTRICT,
        r.TENDERER: OWNER,
        r.REGULATOR: TRADE,
        r.COMMISSION: DISTRICT,
        r.EXPERT: SEATED,
        r.TENDERER_REP: SEATED,
        r.AWARD_MEMBER: BALLOT,
        r.OBSERVER: WATCH,
        r.BIDDER: BIDDING,
        r.AUDIT_ADMIN: DISTRICT,
    },
    "draw": {
        r.TRADING_CENTER: DISTRICT,
        r.TENDERER: OWNER,
        r.REGULATOR: TRADE,
        r.COMMISSION: DISTRICT,
        r.EXPERT: INVITED,
    },
    "expert": {
        r.POOL_OWNER: DISTRICT,
        r.REGULATOR: DISTRICT,
        r.COMMISSION: DISTRICT,
        r.EXPERT: SELF,
    },
    "room": {
        r.TRADING_CENTER: DISTRICT,
        r.REGULATOR: DISTRICT,
        r.COMMISSION: DISTRICT,
    },
    "intake": {
        r.POOL_OWNER: DISTRICT,
        r.REGULATOR: DISTRICT,
        r.COMMISSION: DISTRICT,
    },
    "account": {
        r.SYSTEM_ADMIN: DISTRICT,
        r.TRADING_CENTER: DISTRICT,
        r.REGULATOR: DISTRICT,
        r.COMMISSION: DISTRICT,
        **dict.fromkeys((r.TENDERER, r.TENDERER_REP, r.AWARD_MEMBER, r.OBSERVER), SELF),
        r.POOL_OWNER: SELF,
    },
    "trail": {r.COMMISSION: DISTRICT, r.AUDIT_ADMIN: DISTRICT},
}
"""Kind of object → who may see it."""

ACTS: dict[str, Grants] = {
    # experts: 入库 · 在库 · 出库
    "expert.apply": {r.POOL_OWNER: ANY},
    "expert.review": {r.REGULATOR: DISTRICT},
    "expert.pass_test": {r.POOL_OWNER: DISTRICT},
    "expert.import": {r.POOL_OWNER: ANY},
    "expert.suspend": {r.REGULATOR: DISTRICT},
    "expert.resume": {r.REGULATOR: DISTRICT},
    "expert.exit": {r.POOL_OWNER: DISTRICT},
    "expert.reapply": {r.POOL_OWNER: DISTRICT},
    "expert.disqualify": {r.REGULATOR: DISTRICT},
    "expert.fail_test": {r.POOL_OWNER: DISTRICT},
    "expert.renew": {r.POOL_OWNER: DISTRICT},
    "expert.train": {r.POOL_OWNER: DISTRICT},
    "expert.assess": {r.POOL_OWNER: DISTRICT},
    "expert.report_change": {r.POOL_OWNER: DISTRICT, r.EXPERT: SELF},
    "expert.confirm_change": {r.REGULATOR: DISTRICT},
    "expert.declare_leave": {r.EXPERT: SELF},
    "expert.end_leave": {r.EXPERT: SELF},
    "expert.appeal": {r.POOL_OWNER: DISTRICT, r.EXPERT: SELF},
    "expert.review_appeal": {r.REGULATOR: DISTRICT},
    "expert.draft_appeal": {r.REGULATOR: DISTRICT},
    "expert.decide_appeal": {r.REGULATOR: DISTRICT},
    "expert.decide_measure": {r.REGULATOR: DISTRICT, r.POOL_OWNER: DISTRICT},
    "expert.read_person": {
        r.POOL_OWNER: DISTRICT,
        r.REGULATOR: DISTRICT,
        r.COMMISSION: DISTRICT,
    },
    "expert.send_link": {r.POOL_OWNER: DISTRICT},
    "expert.erase": {r.POOL_OWNER: DISTRICT},
    # lists of experts taken in from a file, and whose pool this installation works with
    "intake.receive": {r.POOL_OWNER: ANY},
    "intake.approve": {r.REGULATOR: DISTRICT, r.POOL_OWNER: DISTRICT},
    "intake.withdraw": {r.POOL_OWNER: DISTRICT},
    "mode.propose": {r.SYSTEM_ADMIN: ANY},
    "mode.confirm": {r.SECURITY_ADMIN: ANY},
    "expert.declare_conflict": {r.EXPERT: SELF},
    "expert.record_conflict": {r.POOL_OWNER: DISTRICT, r.REGULATOR: DISTRICT},
    "expert.confirm_conflict": {r.POOL_OWNER: DISTRICT, r.REGULATOR: DISTRICT},
    "expert.ask_release": {r.POOL_OWNER: DISTRICT, r.REGULATOR: DISTRICT},
    "expert.lift_conflict": {r.POOL_OWNER: DISTRICT, r.REGULATOR: DISTRICT},
    "expert.read_conflict": {
        r.POOL_OWNER: DISTRICT,
        r.REGULATOR: DISTRICT,
        r.COMMISSION: DISTRICT,
        r.EXPERT: SELF,
    },
    # the draw
    "draw.request": {r.TENDERER: OWNER, r.TRADING_CENTER: DISTRICT},
    "draw.review": {r.TRADING_CENTER: DISTRICT},
    "draw.preview_recusal": {r.TRADING_CENTER: DISTRICT},
    "draw.read_recusals": {r.COMMISSION: DISTRICT},
    "draw.commit": {r.TRADING_CENTER: DISTRICT},
    "draw.contribute": {r.REGULATOR: TRADE, r.TENDERER: OWNER},
    "draw.open_round": {r.TRADING_CENTER: DISTRICT},
    "draw.run_round": {r.TRADING_CENTER: DISTRICT},
    "draw.answer": {r.EXPERT: INVITED},
    "draw.record_answer": {r.TRADING_CENTER: DISTRICT},
    "draw.open_calls": {r.REGULATOR: TRADE},
    "draw.sign_in": {r.EXPERT: INVITED},
    "draw.strike": {r.TRADING_CENTER: DISTRICT},
    "draw.enter_list": {r.TRADING_CENTER: DISTRICT},
    "draw.confirm_list": {r.TRADING_CENTER: DISTRICT},
    "draw.return_list": {r.TRADING_CENTER: DISTRICT},
    "draw.ask_appointment": {r.TENDERER: OWNER},
    "draw.appoint": {r.REGULATOR: TRADE},
    "draw.refuse_appointment": {r.REGULATOR: TRADE},
    "draw.cancel": {r.TRADING_CENTER: DISTRICT},
    "draw.abandon": {r.REGULATOR: TRADE},
    "draw.compare_pool": {r.COMMISSION: DISTRICT},
    # evaluation rooms
    "room.register": {r.TRADING_CENTER: ANY},
    "room.shut": {r.TRADING_CENTER: DISTRICT},
    "room.reopen": {r.TRADING_CENTER: DISTRICT},
    # the project up to the evaluation report
    "project.register": {r.TENDERER: ANY},
    "project.fix_award_plan": {r.TENDERER: OWNER},
    "project.seal_award_members": {r.TENDERER: OWNER},
    "project.publish_tender": {r.TENDERER: OWNER},
    "project.submit_bid": {r.BIDDER: ANY, r.TRADING_CENTER: DISTRICT},
    "project.start_draw": {r.TENDERER: OWNER, r.TRADING_CENTER: DISTRICT},
    "project.ask_appointment": {r.TENDERER: OWNER},
    "project.book_room": {r.TRADING_CENTER: DISTRICT},
    "project.release_room": {r.TRADING_CENTER: DISTRICT},
    "project.arrange_sites": {r.TRADING_CENTER: DISTRICT},
    "project.open_bids": {r.TRADING_CENTER: DISTRICT},
    "project.appoint_representative": {r.TENDERER: OWNER},
    "project.sign_in_representative": {r.TENDERER_REP: SEATED},
    "project.promise": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.brief": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.declare": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.recheck_recusal": {r.TRADING_CENTER: DISTRICT},
    "project.elect_leader": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.start_evaluation": {r.TRADING_CENTER: DISTRICT},
    "project.review": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.judge_competition": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.ask_clarification": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.answer_clarification": {r.BIDDER: BIDDING},
    "project.ask_time": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.extend_time": {r.TENDERER: OWNER},
    "project.establish": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.reject_bid": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.seal_sheet": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.enter_paper_sheet": {r.TRADING_CENTER: DISTRICT},
    "project.confirm_paper_sheet": {r.TRADING_CENTER: DISTRICT},
    "project.return_paper_sheet": {r.TRADING_CENTER: DISTRICT},
    "project.adopt_paper_sheet": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.open_sheets": {r.TRADING_CENTER: DISTRICT},
    "project.settle_tie": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.remark_candidates": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.doubt": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.explain": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.judge_score": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.deem_consent": {r.TRADING_CENTER: DISTRICT},
    "project.sign_report": {r.EXPERT: SEATED, r.TENDERER_REP: SEATED},
    "project.submit_report": {r.TRADING_CENTER: DISTRICT},
    "project.request_recheck": {r.TENDERER: OWNER},
    "project.fix_fees": {r.TRADING_CENTER: DISTRICT},
    "project.rate_expert": {
        r.TENDERER: OWNER,
        r.TRADING_CENTER: DISTRICT,
        r.REGULATOR: TRADE,
    },
    "project.fail": {r.TENDERER: OWNER},
    "project.terminate": {r.TENDERER: OWNER},
    "project.archive": {r.TRADING_CENTER: DISTRICT},
    # candidates, objections, award
    "project.draft_notice": {r.TENDERER: OWNER},
    "project.release_notice": {r.TRADING_CENTER: DISTRICT},
    "project.draft_clarification": {r.TENDERER: OWNER},
    "project.release_clarification": {r.TRADING_CENTER: DISTRICT},
    "project.return_notice": {r.TRADING_CENTER: DISTRICT},
    "project.draft_candidates": {r.TENDERER: OWNER},
    "project.publish_candidates": {r.TRADING_CENTER: DISTRICT},
    "project.object": {r.BIDDER: BIDDING},
    "project.review_objection": {r.TENDERER: OWNER},
    "project.read_objection": {r.TENDERER: OWNER, r.REGULATOR: TRADE, r.COMMISSION: DISTRICT},
    "project.answer_objection": {r.TENDERER: OWNER},
    "project.withdraw_objection": {r.BIDDER: BIDDING},
    "project.complain": {r.BIDDER: BIDDING},
    "project.withdraw_complaint": {r.BIDDER: BIDDING},
    "project.review_complaint": {r.REGULATOR: TRADE},
    "project.read_complaint": {r.REGULATOR: TRADE, r.COMMISSION: DISTRICT},
    "project.stop_complaint_clock": {r.REGULATOR: TRADE},
    "project.resume_complaint_clock": {r.REGULATOR: TRADE},
    "project.decide_complaint": {r.REGULATOR: TRADE},
    "project.order_suspension": {r.REGULATOR: TRADE},
    "project.resume": {r.TENDERER: OWNER, r.REGULATOR: TRADE},
    "project.uphold": {r.TENDERER: OWNER, r.REGULATOR: TRADE},
    "project.begin_award": {r.TENDERER: OWNER},
    "project.file_paper": {r.TENDERER: OWNER},
    "project.attend_award": {r.AWARD_MEMBER: BALLOT, r.OBSERVER: WATCH},
    "project.replace_award_member": {r.TENDERER: OWNER},
    "project.speak": {r.AWARD_MEMBER: BALLOT},
    "project.open_ballot": {r.TENDERER: OWNER},
    "project.cast_ballot": {r.AWARD_MEMBER: BALLOT},
    "project.close_ballot": {r.TENDERER: OWNER},
    "project.call_lottery": {r.TENDERER: OWNER},
    "project.end_award_meeting": {r.AWARD_MEMBER: BALLOT},
    "project.decide": {r.TENDERER: OWNER},
    "project.confirm_first": {r.TENDERER: OWNER},
    "project.reconfirm": {r.TENDERER: OWNER},
    "project.publish_result": {r.TRADING_CENTER: DISTRICT},
    "project.notify": {r.TENDERER: OWNER},
    "project.lose_winner": {r.TENDERER: OWNER},
    "project.submit_written_report": {r.TENDERER: OWNER},
    "project.contract": {r.TENDERER: OWNER},
    "project.file_contract": {r.TENDERER: OWNER},
    # rules and accounts
    "rules.publish": {},
    "rules.propose": {r.SECURITY_ADMIN: ANY},
    "rules.propose_calendar": {r.SECURITY_ADMIN: ANY},
    "rules.approve": {r.COORDINATOR: ANY},
    "rules.reject": {r.COORDINATOR: ANY},
    "account.create": {r.SYSTEM_ADMIN: ANY},
    "account.set_active": {r.SYSTEM_ADMIN: ANY},
    "account.declare_conflict": dict.fromkeys(OFFICIALS, SELF),
    "account.record_conflict": {r.TRADING_CENTER: DISTRICT, r.REGULATOR: DISTRICT},
    "account.confirm_conflict": {r.TRADING_CENTER: DISTRICT, r.REGULATOR: DISTRICT},
    "account.ask_release": {r.TRADING_CENTER: DISTRICT, r.REGULATOR: DISTRICT},
    "account.lift_conflict": {r.TRADING_CENTER: DISTRICT, r.REGULATOR: DISTRICT},
    "account.read_conflict": {
        r.TRADING_CENTER: DISTRICT,
        r.REGULATOR: DISTRICT,
        r.COMMISSION: DISTRICT,
    },
    "account.relate_bodies": {r.POOL_OWNER: ANY, r.REGULATOR: ANY},
    # interference reports: everyone leaves them, nobody but the commission takes them along
    "report.leave": dict.fromkeys(r.ROLES, ANY),
    "report.take": {r.COMMISSION: ANY},
    "demo.jump": dict.fromkeys(r.ROLES, ANY),
}
"""Act → role → the relation that must hold. What is not listed is not allowed."""


def may_see(actor: Actor, kind: str, thing: Related) -> bool:
    """Whether the actor may know that the object exists."""
    return _granted(SEE[kind], actor, thing) or actor == _SYSTEM


def may(actor: Actor, act: str, thing: Related | None) -> bool:
    """Whether the actor may do the act to the object (None: one that does not exist yet)."""
    return _granted(ACTS[act], actor, thing) or actor == _SYSTEM


def covers(org_region: str, region: str) -> bool:
    """Whether a body of `org_region` covers `region` (33 and 3304 cover 330402)."""
    return region.startswith(org_region.rstrip("0") if len(org_region) == 6 else org_region)


def outside(actor: Actor) -> bool:
    """Whether an expert comes from his own page or an invitation, and so is in no committee's room.

    One who has signed in at the place bears his employer.
    """
    return actor.role == r.EXPERT and not actor.org


_SYSTEM = Actor("system", "system", "")


def _granted(grants: Grants, actor: Actor, thing: Related | None) -> bool:
    relation = grants.get(actor.role)
    if relation is None:
        return False
    if relation == ANY:
        return True
    return thing is not None and relation in thing.relations(actor)
