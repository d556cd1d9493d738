"""What the tests of recusal do to a tender: put a tie on record, find out who is behind a seat."""

from audit_log.domain.entry import Actor
from audit_log.selectors import trail
from audit_log.services import reconciling, sealer
from audit_log.verifier import verify
from config.demo import job as steps
from config.demo.job import Job
from desk.services import bundle
from evaluation.services import committee, drawing, scoring
from experts.models import Draw, Seat
from experts.services import conflicts, rosters
from tests.evaluation.tender import lot, play
from tests.evaluation.test_committee import MATERIAL

DOCUMENT = "ab" * 32


def tie(job: Job, expert: str, kind: str = "kin", party: str = "") -> None:
    """Put a tie of an expert on record; the pool keeper does it, with a document."""
    given = {"kind": kind, "party": party, "source": "register", "evidence": DOCUMENT}
    conflicts.record_expert(actor=job.cast["zjk"], expert=expert, **given)
    sealer.seal()


def seats(job: Job, *states: str) -> list[Seat]:
    return list(Seat.objects.filter(draw=job.draw, state__in=states).order_by("candidate"))


def behind(job: Job, seat: Seat) -> str:
    """The expert behind a handle, whom nobody may know before he signs in."""
    return rosters.identity_of(Draw.objects.get(pk=job.draw), seat.candidate).expert


def bidder(job: Job) -> str:
    return min(one.org for one in job.case.lots[0].bidders)


def recheck(job: Job) -> None:
    drawing.recheck_recusal(actor=job.cast["jyzx1"], project=lot(job).pk)


def kinds(stream: str, since: int) -> list[str]:
    """The types of the entries of a stream behind a position."""
    return [line.value["type"].partition(".")[2] for line in trail.lines(stream, since=since + 1)]


def end(stream: str) -> int:
    return trail.events(stream)[-1]["n"]


def seat_next(job: Job, code: str = "") -> Actor:
    """Hold another round; take the one who accepted through every step, in each lot at work."""
    steps.draw_experts(job)
    (seat,) = seats(job, "accepted")
    _, member = committee.sign_in_expert(actor=seat.actor, group=job.code)
    swear_in(member, code or lot(job).pk)
    return member


def swear_in(member: Actor, code: str) -> None:
    row = {"actor": member, "project": code}
    committee.promise(**row)
    committee.brief(**row, material=MATERIAL, minutes=10)
    committee.declare(**row, conflict=False)


def go_on(job: Job) -> None:
    scoring.start_evaluation(actor=job.cast["jyzx1"], project=lot(job).pk)


def report_and_verify(job: Job, path, after) -> None:
    """Play the rest up to the report; nothing differs, and the case verifies offline."""
    play(job, steps.report, after=after)
    verified(job, path)


def verified(job: Job, path) -> None:
    sealer.seal()
    written = bundle.write(path / "case.zip", project=lot(job).pk)
    found = verify.verify(str(written), None, False)
    assert found.ok, "\n".join(found.lines())
    assert reconciling.reconcile().faults == []
