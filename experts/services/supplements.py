"""The next round by itself: where answers have run out and nobody has opened it, due work does.

Nothing is chosen here either. The round waits for the parties as one that a person opens does
(R09), and what a person has opened is left to him.
"""

from audit_log.domain.entry import SYSTEM
from audit_log.services import clock
from experts.domain import draw_events as events
from experts.models import Draw
from experts.selectors import blockers, rules
from experts.selectors.course import Course, course
from experts.services import rounds
from rulebook.domain import inviting
from rulebook.domain.blockers import Refused, blocking


def run_due() -> int:
    """Due work: open and run the rounds whose time has come; return how many were run."""
    waiting = Draw.objects.filter(state="running").order_by("pk")
    return sum(_advance(code) for code in list(waiting.values_list("pk", flat=True)))


def _advance(code: str) -> bool:
    """Open a round that is due, run one that was opened here; somebody may come before us."""
    row = Draw.objects.get(pk=code)
    if row.is_listed:
        return False
    now = course(row)
    try:
        if now.pending is None and _is_due(row, now):
            rounds.open_round(actor=SYSTEM, draw=code)
        elif now.pending is None or now.pending.value["actor"]["id"] != SYSTEM.id:
            return False
        rounds.run_round(actor=SYSTEM, draw=code)
    except Refused:
        return False
    return True


def _is_due(row: Draw, now: Course) -> bool:
    """Everyone asked has answered or let his time pass, and nobody has gone on since."""
    wait = inviting.next_round_wait(rules.of_draw(row))
    answered = now.of(events.ANSWERED)
    if wait is None or not answered or row.seats.filter(state="selected").exists():
        return False
    return clock.now() - answered[-1].at >= wait and not blocking(blockers.open_round(row))
