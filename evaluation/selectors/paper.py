"""Where the paper sheets of a round stand, read from the project's stream."""

from dataclasses import dataclass

from audit_log.domain.entry import Actor, Ref
from audit_log.selectors import trail
from evaluation.models import Project
from evaluation.selectors import blockers, committee, ruling, scores
from rulebook.domain.blockers import Blocker, blocker, collect

ENTERED = "project.paper_sheet_entered"
CONFIRMED = "project.paper_sheet_confirmed"
RETURNED = "project.paper_sheet_returned"


@dataclass(frozen=True)
class Paper:
    """One member's sheet as entered from paper: the scan's SHA-256, who typed it and confirmed it.

    `ref` is the entry of the confirmation, before it that of the entering.
    """

    member: str
    sheet: str
    commitment: str
    entered_by: str
    confirmed_by: str
    ref: Ref


def of(row: Project) -> dict[str, Paper]:
    """Member → his paper sheet of the current round that is not yet sealed by himself."""
    found: dict[str, Paper] = {}
    for line in trail.lines(row.stream):
        kind, data = line.value["type"], line.value["data"]
        ref = Ref(row.stream, line.value["n"], line.hash)
        actor = line.value["actor"]["id"]
        if kind == ENTERED and data["round"] == row.evaluation_round:
            found[data["member"]] = Paper(
                data["member"], data["sheet"], data["commitment"], actor, "", ref
            )
        elif kind == CONFIRMED and data["member"] in found:
            one = found[data["member"]]
            found[one.member] = Paper(
                one.member, one.sheet, one.commitment, one.entered_by, actor, ref
            )
        elif kind == RETURNED:
            found.pop(data["member"], None)
        elif kind == "project.score_sheet_sealed" and data["kind"] == scores.kind(row):
            found.pop(data["author"], None)
        elif kind == "project.bid_rejected":
            found.clear()  # they scored a bid that counts no more
    return found


def enter(row: Project) -> list[Blocker]:
    """Sheets are filled in now, and the rules let them be entered from paper."""
    profile, facts = ruling.profile(row), ruling.facts(row)
    if profile.flag("paper_sheets"):
        return blockers.seal_sheet(row)
    message = "本项目不允许录入纸质评分表"
    refusal = blocker(profile, "paper_sheets", "paper_refused", message, facts)
    return blockers.seal_sheet(row) + collect(refusal)


def confirm(row: Project) -> list[Blocker]:
    """One waits for the second person."""
    return enter(row) or _some(row, confirmed=False, message="没有待复核的纸质评分表")


def send_back(row: Project) -> list[Blocker]:
    """One has been entered and is not sealed."""
    if of(row):
        return []
    return [Blocker("no_paper", "没有已录入的纸质评分表")]


def adopt(row: Project) -> list[Blocker]:
    """One waits for the member it is of."""
    return enter(row) or _some(row, confirmed=True, message="没有已复核的纸质评分表")


def adopts(actor: Actor, row: Project) -> bool:
    """Offered to the member whose sheet was confirmed."""
    one = of(row).get(actor.id)
    return one is not None and bool(one.confirmed_by)


def members(row: Project) -> list[str]:
    """Who may hand in on paper: members who have signed in and have not sealed a sheet."""
    entered = of(row)
    return [
        part.person
        for part in committee.members(row)
        if part.signed_in_at and not part.sealed_at and part.person not in entered
    ]


def _some(row: Project, *, confirmed: bool, message: str) -> list[Blocker]:
    if any(bool(one.confirmed_by) == confirmed for one in of(row).values()):
        return []
    return [Blocker("no_paper", message)]
