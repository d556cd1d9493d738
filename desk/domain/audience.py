"""Who reads what of a project in which phase: one table, for page, trail and API alike.

The project page shows that something happened (title, time, hash) to everyone who may see the
project; what an entry says is read by its circle only, and from its phase on.
"""

from accounts.domain import roles as r
from evaluation.domain.lifecycle import MAIN_LINE

BIDS = "bids"
"""Names and prices of bidders; not before the opening (招标投标法第三十六条)."""
COMMITTEE = "committee"
"""Who sits, by code; secret until there is a winner (招标投标法第三十七条)."""
SCORES = "scores"
"""Sheets, totals, remarks; the tenderer reads them with the report."""
CANDIDATES = "candidates"
"""The recommended candidates; public with their publication."""
AWARD = "award"
"""Attendance and ballots of the award, after their opening."""
RESULT = "result"
"""The winner; public with the publication of the result."""
COMPLAINTS = "complaints"
"""Who complains, and of what; whether one was decided everyone may know."""
OPEN = "open"
"""What everyone who sees the project may read."""

CIRCLES: dict[str, str] = {
    "project.bid_sealed": BIDS,
    "project.bids_closed": BIDS,
    "project.bid_opened": BIDS,
    "project.draw_started": COMMITTEE,
    "project.draw_committed": COMMITTEE,
    "project.draw_entered": COMMITTEE,
    "project.recusal_rechecked": COMMITTEE,
    "project.representative_appointed": COMMITTEE,
    "project.member_signed_in": COMMITTEE,
    "project.member_promised": COMMITTEE,
    "project.member_briefed": COMMITTEE,
    "project.member_declared": COMMITTEE,
    "project.member_left": COMMITTEE,
    "project.sheet_voided": SCORES,
    "project.score_sheet_not_opened": SCORES,
    "project.leader_elected": COMMITTEE,
    "project.own_envelope_read": COMMITTEE,
    "project.evaluation_started": COMMITTEE,
    "project.report_signed": COMMITTEE,
    "project.room_booked": COMMITTEE,
    "project.room_released": COMMITTEE,
    "project.sites_arranged": COMMITTEE,
    "project.fees_fixed": COMMITTEE,
    "project.paper_sheet_entered": SCORES,
    "project.paper_sheet_confirmed": SCORES,
    "project.paper_sheet_returned": SCORES,
    "project.bid_rejected": SCORES,
    "project.bids_reviewed": COMMITTEE,
    "project.competition_judged": SCORES,
    "project.clarification_asked": SCORES,
    "project.clarification_answered": SCORES,
    "project.time_asked": COMMITTEE,
    "project.time_extended": SCORES,
    "project.score_doubted": COMMITTEE,
    "project.score_explained": COMMITTEE,
    "project.score_judged": COMMITTEE,
    "project.consent_deemed": COMMITTEE,
    "project.factors_established": SCORES,
    "project.score_sheet_sealed": SCORES,
    "project.score_sheets_closed": SCORES,
    "project.score_sheet_opened": SCORES,
    "project.totals_computed": SCORES,
    "project.candidates_remarked": SCORES,
    "project.report_submitted": SCORES,
    "project.recheck_requested": SCORES,
    "project.candidates_drafted": SCORES,
    "project.candidates_published": CANDIDATES,
    "project.complaint_filed": COMPLAINTS,
    "project.complaint_read": COMPLAINTS,
    "project.complaint_withdrawn": COMPLAINTS,
    "project.award_members_sealed": AWARD,
    "project.award_members_closed": AWARD,
    "project.award_members_opened": AWARD,
    "project.award_begun": AWARD,
    "project.award_member_replaced": AWARD,
    "project.candidate_left": AWARD,
    "project.member_attended": AWARD,
    "project.award_paper_filed": AWARD,
    "project.member_spoke": AWARD,
    "project.award_meeting_ended": AWARD,
    "project.round_opened": AWARD,
    "project.ballot_sealed": AWARD,
    "project.ballots_closed": AWARD,
    "project.ballot_opened": AWARD,
    "project.round_counted": AWARD,
    "project.lottery_called": AWARD,
    "project.lottery_committed": AWARD,
    "project.lottery_drawn": AWARD,
    "project.awarded": RESULT,
    "project.winner_lost": RESULT,
    "project.reconfirmed": RESULT,
}
"""Event type → circle; what is not listed is open."""

ROWS: dict[str, str] = {
    "evaluation_project": OPEN,
    "evaluation_project.winner": RESULT,
    "evaluation_part seated": COMMITTEE,
    "evaluation_part ballot": AWARD,
    "evaluation_part watch": AWARD,
    "evaluation_bid": BIDS,
    "evaluation_bid.rejected_for": SCORES,
    "evaluation_candidate": CANDIDATES,
    "evaluation_candidate.remarks": SCORES,
    "evaluation_booking": COMMITTEE,
    "evaluation_roomslot": COMMITTEE,
    "evaluation_site": COMMITTEE,
    "award_notice": CANDIDATES,
    "award_notice.to": RESULT,
    "award_objection": OPEN,
    "award_complaint": OPEN,
    "award_complaint.bidder": COMPLAINTS,
    "award_complaint.text": COMPLAINTS,
    "award_ballotround": AWARD,
    "award_award": RESULT,
    "experts_draw": OPEN,
    "experts_drawnlist": OPEN,
    "experts_seat": OPEN,
    "experts_seat.expert": COMMITTEE,
    "experts_expert": OPEN,
    "experts_expertspecialty": OPEN,
    "experts_expertdocument": OPEN,
    "experts_experttraining": OPEN,
    "experts_expertassessment": OPEN,
    "experts_expertleave": OPEN,
    "experts_expertchange": OPEN,
    "experts_expertappeal": OPEN,
    "experts_expertrating": OPEN,
    "experts_expertmeasure": OPEN,
    "experts_expertconflict": OPEN,
    "accounts_person": OPEN,
}
"""Table, `table.column` or `table <first word of the row's key>` → circle, where a stream's state
is replayed; a table that is not listed is shown to nobody. People stand in all of them as codes."""

_ALWAYS = frozenset({r.SYSTEM})
_STAFF = frozenset({r.TRADING_CENTER, r.REGULATOR, r.COMMISSION})
PANEL = frozenset({r.EXPERT, r.TENDERER_REP})
SHEETS = (
    "project.score_sheet_opened",
    "project.totals_computed",
    "project.candidates_remarked",
)
"""Entries that tell what members gave; a member who is still to score does not read them."""
AUTHORED = frozenset(
    {"project.score_sheet_opened", "project.score_sheet_not_opened", "project.sheet_voided"}
)
"""Entries that say whose sheet it is, whoever wrote them."""
_BUYER = frozenset({r.TENDERER, r.AWARD_MEMBER, r.OBSERVER})
_EVERY = frozenset(r.ROLES)
_READS_FROM: dict[str, tuple[tuple[frozenset[str], str], ...]] = {
    OPEN: ((_EVERY, "registered"),),
    BIDS: ((_EVERY - {r.AUDIT_ADMIN}, "opened"),),
    COMMITTEE: ((_STAFF | PANEL, "registered"), (_BUYER, "awarded")),
    SCORES: ((_STAFF | PANEL, "registered"), (_BUYER, "reported")),
    CANDIDATES: ((_STAFF | PANEL | _BUYER, "reported"), (_EVERY, "candidates_public")),
    AWARD: ((_STAFF | _BUYER, "registered"),),
    COMPLAINTS: ((_STAFF, "registered"),),
    RESULT: ((_STAFF | _BUYER, "registered"), (_EVERY, "result_public")),
}
COUNTING = ("project.bid_sealed", "project.own_envelope_read")
"""From these the number of bids could be guessed: a bidder reads his own, too."""
_ENDED = {"failed": "opened", "terminated": "registered"}
"""What ended early is read as if it stood at this state."""


def may_read(circle: str, role: str, state: str, suspended_from: str = "") -> bool:
    """Whether a role that sees the project reads a circle's contents now."""
    place = _place(suspended_from or state)
    return role in _ALWAYS or any(
        role in readers and place >= _place(phase) for readers, phase in _READS_FROM[circle]
    )


def reads_everything(role: str) -> bool:
    """Whether a role reads every circle once a project is over: it may carry the evidence away."""
    return all(may_read(circle, role, MAIN_LINE[-1]) for circle in _READS_FROM)


def row_circle(table: str, key: str, column: str) -> str | None:
    """The circle that reads a column of a replayed row; None where nobody does."""
    named = (f"{table}.{column}", f"{table} {key.partition(' ')[0]}", table)
    return next((ROWS[name] for name in named if name in ROWS), None)


def names_member(kind: str, role: str) -> bool:
    """Whether an entry of this type by this role names a member of the evaluation committee.

    Such a one is read by nobody who may not know yet who sits (招标投标法第三十七条第五款).
    """
    return role in PANEL or kind in AUTHORED


def before_opening(state: str, suspended_from: str = "") -> bool:
    """Whether the number of bids is still secret (招标投标法第二十二条)."""
    return _place(suspended_from or state) < _place("opened")


def is_told(kind: str, state: str, suspended_from: str = "") -> bool:
    """Whether a timeline may even tell that an event of this type happened."""
    return kind not in COUNTING or not before_opening(state, suspended_from)


def _place(state: str) -> int:
    return MAIN_LINE.index(_ENDED.get(state, state))
