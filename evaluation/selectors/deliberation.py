"""What the committee said in its deliberation of the current round, read from the trail."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from audit_log.selectors import trail
from evaluation.domain import plan as plans
from evaluation.domain.deviation import Cell, Compared, compared
from evaluation.models import Project
from evaluation.selectors import committee, ruling, scores

_TELLING = (
    "project.bids_reviewed",
    "project.competition_judged",
    "project.time_asked",
    "project.time_extended",
    "project.score_doubted",
    "project.score_explained",
    "project.score_judged",
)


@dataclass
class Said:
    """The deliberation entry by entry; what is keyed by member is of present members only.

    `against` maps member → the rejections he is for; `doubts` cell → who finds it abnormal;
    `explained` cell → SHA-256 of the explanation; `judged` cell → data of the judgement.
    """

    against: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    competition: dict[str, Any] = field(default_factory=dict)
    asking: dict[str, str] = field(default_factory=dict)
    doubts: dict[Cell, list[str]] = field(default_factory=dict)
    explained: dict[Cell, str] = field(default_factory=dict)
    judged: dict[Cell, dict[str, Any]] = field(default_factory=dict)

    def take(self, kind: str, data: dict[str, Any]) -> None:
        match kind.partition(".")[2]:
            case "bids_reviewed":
                self.against[data["member"]] = data["against"]
            case "competition_judged":
                self.competition = data
            case "time_asked":
                self.asking[data["member"]] = data["reason"]
            case "time_extended":
                self.asking = {}
            case "score_doubted":
                self.doubts.setdefault(cell(data), []).append(data["member"])
            case "score_explained":
                self.explained[cell(data)] = data["answer"]
            case "score_judged":
                self.judged[cell(data)] = data


def cell(data: dict[str, Any]) -> Cell:
    """The score that an entry is about."""
    return data["about"], data["bidder"], data["factor"]


def said(row: Project) -> Said:
    """What has been said in the current round by those who sit now."""
    found = Said()
    seated = {part.person for part in committee.members(row)}
    for event in trail.events(row.stream, *_TELLING):
        data = event["data"]
        if data["round"] == row.evaluation_round and data.get("member") in {None, *seated}:
            found.take(event["type"], data)
    return found


def carried(row: Project, bidder: str) -> dict[str, list[str]]:
    """Review item → members for rejecting a bid under it, where they are more than half."""
    found: dict[str, list[str]] = {}
    for member, rows in sorted(said(row).against.items()):
        for one in rows:
            if one["bidder"] == bidder:
                found.setdefault(one["item"], []).append(member)
    members = len(committee.members(row))
    return {item: by for item, by in found.items() if 2 * len(by) > members}


def doubted(row: Project) -> list[Cell]:
    """Scores that enough members find abnormal and that are not judged yet (R14)."""
    found = said(row)
    members = len(committee.members(row))
    share = ruling.profile(row).ratio("R14")
    return [
        one
        for one, by in found.doubts.items()
        if len(set(by)) > share * members and one not in found.judged
    ]


def replaced(row: Project) -> list[Cell]:
    """Scores that the mean of the others stands for, in the order of their judgement."""
    return [one for one, data in said(row).judged.items() if data["replaced"]]


def questioned(row: Project) -> list[Compared]:
    """Opened scores far from the mean of their factor (W01: a question, no finding), or doubted."""
    sheets = scores.sheets(row)
    if not sheets or not plans.scored(row.evaluation_plan):
        return []
    profile, doubts = ruling.profile(row), said(row).doubts
    points, share = profile.number("abnormal_points"), Fraction(profile.ratio("abnormal_share"))
    return [one for one in compared(sheets) if one.cell in doubts or one.stands_out(points, share)]
