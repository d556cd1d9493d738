"""What stands sealed in a project and who may have it: objections, complaints, own envelopes."""

from collections.abc import Iterator

from accounts.domain import roles as r
from accounts.services.gate import NotFound
from audit_log.domain.entry import Actor
from audit_log.services import envelopes
from award.models import BallotRound, Complaint, Objection
from desk.domain import audience
from evaluation.models import Project
from evaluation.selectors import bids, scores
from evaluation.services import bidding

READ = "project.read_objection"
READ_COMPLAINT = "project.read_complaint"


def objection(project: Project, code: str) -> Objection:
    """An objection of the project; raise NotFound."""
    found = Objection.objects.filter(project=project, pk=code).first()
    if found is None:
        raise NotFound
    return found


def complaint(project: Project, code: str) -> Complaint:
    """A complaint of the project; raise NotFound."""
    found = Complaint.objects.filter(project=project, pk=code).first()
    if found is None:
        raise NotFound
    return found


def own(actor: Actor, project: Project) -> dict[str, str]:
    """Kind → title of the actor's own envelopes that are sealed and not opened yet."""
    found = {
        kind: title
        for kind, title in _kinds(actor, project)
        if actor.id in envelopes.current(project.stream, kind)
    }
    return found | _bid(actor, project)


def _kinds(actor: Actor, project: Project) -> Iterator[tuple[str, str]]:
    """The kinds that someone of this role may have sealed and that nobody has opened."""
    match actor.role:
        case r.EXPERT | r.TENDERER_REP if project.evaluation_round and not scores.opened(project):
            yield scores.kind(project), "评分表"
        case r.AWARD_MEMBER:
            voting = BallotRound.objects.filter(project=project, state__in=("open", "closed"))
            yield from ((one.kind, f"第 {one.number} 轮选票") for one in voting)
        case r.BIDDER:
            handed_in = Objection.objects.filter(project=project, bidder=actor.org)
            yield from ((f"objection/{one.pk}", f"异议 {one.pk}") for one in handed_in)
            filed = Complaint.objects.filter(project=project, bidder=actor.org)
            yield from ((f"complaint/{one.pk}", f"投诉 {one.pk}") for one in filed)


def _bid(actor: Actor, project: Project) -> dict[str, str]:
    """The bid stands under its receipt number, not under the bidder's account."""
    if not audience.before_opening(project.state, project.suspended_from):
        return {}
    return {bids.KIND: "投标"} if bidding.own_receipt(actor, project) else {}
