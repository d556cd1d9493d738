"""The committee's deliberation of the current round, as a project's page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.domain.scoring import rounded
from evaluation.models import Project
from evaluation.selectors import clarifications, deliberation

JUDGED = {True: "理由成立", False: "理由不成立"}


@dataclass(frozen=True)
class Questioned:
    """A score that stands out or is doubted: by how many, and how it was judged ("" if not yet)."""

    member: str
    bidder: str
    factor: str
    score: str
    mean: str
    doubting: int
    explained: bool
    judged: str


@dataclass(frozen=True)
class Shown:
    """Reviews as (member, [(bidder, item, reason)…]), who asks for time, scores in question."""

    reviews: Sequence[tuple[str, Sequence[tuple[str, str, str]]]]
    asking: Sequence[tuple[str, str]]
    questioned: Sequence[Questioned]


def shown(project: Project, *, sheets: bool) -> Shown:
    """Return what the committee said; scores only to who reads the opened sheets."""
    found, names = deliberation.said(project), _names(project)
    items = {one["item"]: one["name"] for one in project.evaluation_plan["review_items"]}
    reviews = [
        (member, [(names[row["bidder"]], items[row["item"]], row["reason"]) for row in rows])
        for member, rows in sorted(found.against.items())
    ]
    questioned = _questioned(project, found, names) if sheets else []
    return Shown(reviews, sorted(found.asking.items()), questioned)


@dataclass(frozen=True)
class Clarified:
    """A question to a bidder and his answer, in words; no answer while it is open."""

    code: str
    bidder: str
    question: str
    answer: str


def clarified(project: Project, bidder: str = "") -> list[Clarified]:
    """Return the clarifications, of one bidder where he is named."""
    names = _names(project)
    return [
        Clarified(
            one.code,
            names[one.bidder],
            clarifications.text(one.question),
            clarifications.text(one.answer),
        )
        for one in clarifications.of(project)
        if bidder in ("", one.bidder)
    ]


def _questioned(
    project: Project, found: deliberation.Said, names: dict[str, str]
) -> list[Questioned]:
    factors = {one["factor"]: one["name"] for one in project.evaluation_plan["factors"]}
    return [
        Questioned(
            one.member,
            names[one.bidder],
            factors[one.factor],
            one.score,
            rounded(one.mean),
            len(set(found.doubts.get(one.cell, ()))),
            one.cell in found.explained,
            _judged(found.judged.get(one.cell)),
        )
        for one in deliberation.questioned(project)
    ]


def _judged(data: dict[str, object] | None) -> str:
    if data is None:
        return ""
    return JUDGED[bool(data["accepted"])] + (",以其他成员平均分代替" if data["replaced"] else "")


def _names(project: Project) -> dict[str, str]:
    return {bid.bidder_id: bid.bidder.name for bid in project.bids.select_related("bidder")}
