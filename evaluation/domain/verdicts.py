"""Review without scores: every member says of every bid whether it passes, and why.

A sheet is `{"verdicts": [{"bidder", "verdict": "pass" | "fail", "opinion"}, …]}`, a row for each
valid bid. Where members differ the simple majority decides, so a bid passes with more than half.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evaluation.domain.plan import VERDICTS
from evaluation.domain.scoring import Problem, ScoreError

OPINION_CHARS = 500
_ROW = {"bidder", "verdict", "opinion"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the committee said of a bid: (member, verdict) by member, and how many are for it."""

    bidder: str
    by_member: tuple[tuple[str, str], ...]
    votes: int

    @property
    def passed(self) -> bool:
        """Whether more than half of the members are for it."""
        return 2 * self.votes > len(self.by_member)


def check_verdicts(bidders: Iterable[str], content: Mapping[str, Any]) -> list[Problem]:
    """Return all that is wrong with a sheet: faulty rows in their order, then what is missing."""
    expected, rows = list(bidders), content.get("verdicts")
    if set(content) != {"verdicts"} or not isinstance(rows, list):
        return [Problem("malformed_sheet")]
    problems: list[Problem] = []
    seen: set[str] = set()
    for row in rows:
        if not (isinstance(row, dict) and set(row) == _ROW and isinstance(row["bidder"], str)):
            problems.append(Problem("malformed_row"))
            continue
        if code := _fault(row, expected, row["bidder"] in seen):
            problems.append(Problem(code, row["bidder"]))
        seen.add(row["bidder"])
    return problems + [Problem("missing_verdict", one) for one in expected if one not in seen]


def _fault(row: Mapping[str, Any], bidders: list[str], repeated: bool) -> str | None:
    if row["bidder"] not in bidders:
        return "unknown_bidder"
    if repeated:
        return "duplicate_verdict"
    if not isinstance(row["verdict"], str) or row["verdict"] not in VERDICTS:
        return "unknown_verdict"
    opinion = row["opinion"]
    whole = isinstance(opinion, str) and 1 <= len(opinion.strip()) <= OPINION_CHARS
    return None if whole else "opinion_missing"


def verdicts(bidders: Iterable[str], sheets: Mapping[str, Mapping[str, Any]]) -> list[Verdict]:
    """Return the committee's verdict on every bid, by bidder; raise ScoreError for a bad sheet."""
    expected = sorted(bidders)
    if not sheets or not expected:
        raise ScoreError("nothing_to_aggregate", "没有可汇总的评审意见")
    given: dict[str, dict[str, str]] = {}
    for member in sorted(sheets):
        if problems := check_verdicts(expected, sheets[member]):
            raise ScoreError("invalid_sheet", f"{member}：{problems[0].message}")
        given[member] = {row["bidder"]: row["verdict"] for row in sheets[member]["verdicts"]}
    return [
        Verdict(
            bidder,
            tuple((member, rows[bidder]) for member, rows in given.items()),
            sum(rows[bidder] == "pass" for rows in given.values()),
        )
        for bidder in expected
    ]
