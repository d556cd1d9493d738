"""The award meeting beside its ballots: papers filed, who has spoken, whether it is over."""

from typing import Any

from audit_log.selectors import trail
from award.domain.papers import INPUTS, lacking
from award.models import BallotRound
from award.selectors import award
from award.selectors.rules import binding
from evaluation.models import Project
from evaluation.selectors.states import wrong_state
from rulebook.domain import award_papers as rules
from rulebook.domain.blockers import Blocker

FILED, SPOKE = "project.award_paper_filed", "project.member_spoke"
ENDED = "project.award_meeting_ended"
BEFORE_VOTE = ("reported", "candidates_public", "awarding")
OPEN = (*BEFORE_VOTE, "awarded", "result_public", "notified", "contracted")
"""States in which papers of the award are filed."""
OVER = Blocker("meeting_over", "本次定标会议已宣布结束")


def filed(row: Project) -> list[dict[str, Any]]:
    """The entries of all papers since the present evaluation report, oldest first."""
    found: list[dict[str, Any]] = []
    for event in trail.events(row.stream, "project.report_submitted", FILED):
        found = [*found, event] if event["type"] == FILED else []
    return found


def inputs(row: Project) -> list[dict[str, str]]:
    """`{"paper","evidence"}` of what stands before the members when they vote."""
    papers = [event["data"] for event in filed(row) if event["data"]["paper"] in INPUTS]
    return [{"paper": one["paper"], "evidence": one["evidence"]} for one in papers]


def spoken(row: Project) -> list[dict[str, Any]]:
    """The entries of those who spoke in the present session, in their order."""
    return _in_session(row, SPOKE)


def is_over(row: Project) -> bool:
    """Whether the present session was ended."""
    return bool(_in_session(row, ENDED))


def waiting(row: Project, *, besides: str = "") -> int:
    """How many members have not spoken in the present session, one left out of account."""
    heard = {one["data"]["member"] for one in spoken(row)}
    members = award.committee(row).values_list("person", flat=True)
    return len(set(members) - heard - {besides})


def voting_begun(row: Project) -> bool:
    """Whether a round was opened in the present session."""
    return BallotRound.objects.filter(project=row, session=row.award_session).exists()


def file_paper(row: Project) -> list[Blocker]:
    """Of an award under 评定分离, from the report on."""
    if row.state not in OPEN:
        return [wrong_state(row)]
    if row.regime != "separated":
        return [Blocker("not_separated", "本项目不实行评定分离,没有定标会议")]
    return []


def speak(row: Project) -> list[Blocker]:
    """While the meeting is held and no ballot is under way."""
    if row.state != "awarding":
        return [wrong_state(row)]
    if award.uncounted_round(row) is not None:
        return [Blocker("round_open", "本轮投票尚未截止")]
    return [OVER] if is_over(row) else []


def end_meeting(row: Project) -> list[Blocker]:
    """Once the plan asks for no further round."""
    if found := speak(row):
        return found
    if award.next_step(row).kind == "round":
        return [Blocker("round_needed", "按定标方案还应当进行下一轮投票")]
    return []


def before_round(row: Project, method: str) -> list[Blocker]:
    """What a new round waits for, or notes: the evidence of the factors, the members' opinions."""
    profile, facts = binding(row)
    papers = {one["paper"] for one in inputs(row)}
    missing = lacking(award.plan(row).factors, papers)
    found = rules.evidence(profile, facts, lacking=missing)
    if method == "deliberation":
        found += rules.all_spoke(profile, facts, waiting=waiting(row))
    return found


def before_decision(row: Project) -> list[Blocker]:
    """The meeting was ended with its minutes."""
    profile, facts = binding(row)
    return rules.meeting_ended(profile, facts, ended=is_over(row))


def _in_session(row: Project, type: str) -> list[dict[str, Any]]:
    """Entries of the present session; sessions of a project are numbered on and on."""
    found = trail.events(row.stream, type)
    return [event for event in found if event["data"]["session"] == row.award_session]
