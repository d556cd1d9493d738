"""Which members of the award committee must not vote: ties to bidders, or to who evaluated."""

from audit_log.selectors import trail
from award.selectors import award
from award.selectors.rules import binding, today
from evaluation.models import Project
from evaluation.selectors import committee
from experts.domain.recusal import Check, Hit, Party, Person
from experts.models import Expert
from experts.selectors import recusal
from rulebook.domain.blockers import Blocker


def hits(row: Project, member: str) -> list[Hit]:
    """Every tie of one member to the bidders and to the members of the evaluation committee."""
    check = check_of(row)
    seated = [part.person for part in committee.members(row)]
    person = recusal.official(member, "", [*check.bodies, *seated])
    beside = _evaluators(check, seated, member)
    found = check.hits(person)
    found += [hit for other in beside for hit in check.between(person, other)]
    return list(dict.fromkeys(found))


def must_not_vote(row: Project, member: str) -> bool:
    """Whether a tie of the member blocks under the pinned rules."""
    return any(hit.blocks for hit in hits(row, member))


def recused(row: Project) -> list[str]:
    """The members of the award committee who must not vote, by code."""
    codes = award.committee(row).values_list("person", flat=True)
    return [code for code in codes if must_not_vote(row, code)]


def check_of(row: Project) -> Check:
    """The check of today against every bidder."""
    profile, _ = binding(row)
    codes = row.bids.order_by("bidder_id").values_list("bidder_id", flat=True)
    return recusal.check([Party(code, "bidder") for code in codes], profile, today())


def to_replace(row: Project) -> list[Blocker]:
    """A recused member is replaced while nobody has voted in this award."""
    if award.rounds(row).exists():
        return [Blocker("voting_begun", "已经开始投票,不能再更换定标委员")]
    if not recused(row):
        return [Blocker("nobody_recused", "没有应当回避的定标委员")]
    return []


def open_hits(row: Project) -> list[Blocker]:
    """R06: nobody with a ground of recusal votes; he is to be replaced first."""
    number = len(recused(row)) if trail.last_event(row.stream, _OPENED) else 0
    if not number:
        return []
    message = f"有 {number} 位定标委员应当回避,应由招标人更换"
    return [Blocker("award_member_recused", message, "R06")]


_OPENED = "project.award_members_opened"


def _evaluators(check: Check, seated: list[str], member: str) -> list[Person]:
    employers = dict(Expert.objects.filter(pk__in=seated).values_list("pk", "employer"))
    experts = recusal.persons(check, employers, [member])
    others = [code for code in seated if code not in employers]
    return [*experts.values(), *(recusal.official(code, "", [member]) for code in others)]
