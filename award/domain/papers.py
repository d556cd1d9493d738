"""Papers of an award (定标资料) that people bring, and which of them the vote may rest on."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper. `input`: it stands before the members before they vote.

    `asks`: candidates are visited or heard for it, so who did that and whom belongs to it.
    """

    name: str
    input: bool = False
    asks: bool = False


PAPERS = {
    "price_review": Paper("清标报告", input=True),
    "credit_check": Paper("信用、履约和处罚核查", input=True),
    "inspection": Paper("考察报告", input=True, asks=True),
    "interview": Paper("质询答辩记录", input=True, asks=True),
    "other_input": Paper("其他定标依据材料", input=True),
    "sign_in_sheet": Paper("签到表(扫描件)"),
    "vote_sheets": Paper("个人投票表(扫描件)"),
    "award_report": Paper("定标报告"),
    "other": Paper("其他定标资料"),
}
INPUTS = frozenset(kind for kind, paper in PAPERS.items() if paper.input)


def lacking(factors: Iterable[Any], filed: Collection[str]) -> dict[str, str]:
    """Factor's name → paper's name, for each factor of a plan that rests on a paper not filed.

    A factor whose evidence bidders handed in themselves needs no paper of the tenderer.
    """
    return {
        factor.name: PAPERS[factor.evidence].name
        for factor in factors
        if factor.evidence in INPUTS and factor.evidence not in filed
    }


def alike(ballots: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Groups of members whose reasons are the same text but for blanks, each in order of code."""
    by_text: dict[str, list[str]] = {}
    for member in sorted(ballots):
        by_text.setdefault("".join(ballots[member]["reason"].split()), []).append(member)
    return [members for members in by_text.values() if len(members) > 1]
