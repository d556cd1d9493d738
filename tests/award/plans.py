"""Plans and records the award tests begin with; every test names only what it changes."""

from typing import Any

import pytest

from award.domain.plan import AwardPlan, parse_plan
from award.domain.plan_fields import PlanError
from award.domain.recount import recount
from award.domain.terms import Ballot, StateError

REASON = "履约评价优，技术方案针对性强"
PRICES = {name: 100 + place for place, name in enumerate("ABCDEFG")}

SEPARATED: dict[str, Any] = {
    "regime": "separated",
    "candidate_count": 5,
    "ranked": False,
    "methods": [{"method": "round_elimination"}],
    "rounds": {"by_candidates": {"5": [3, 1], "4": [2, 1], "3": [2, 1], "2": [1]}},
    "tie_chain": ["revote", "lower_price", "lottery"],
    "max_revotes": 2,
    "quorum": "all",
    "abstention": False,
    "min_reason_chars": 10,
    "factors": [
        {
            "factor": "performance",
            "name": "标后履约",
            "group": "capability",
            "evidence": "contract_record",
        }
    ],
    "withdrawal": "NEXT_BY_RESULT",
    "publicity_days": 3,
    "decision_days": 10,
    "committee": {"size": 5, "origin": "mixed"},
    "lots": {"no_double_award": True},
}
RANKED_FIRST: dict[str, Any] = {
    "regime": "ranked_first",
    "candidate_count": 3,
    "ranked": True,
    "withdrawal": "NEXT_BY_RESULT",
    "publicity_days": 3,
    "decision_days": 15,
    "lots": {"no_double_award": False},
}

SCALE = (
    {"factor": "tech", "name": "技术方案", "max": "10", "kind": "subjective"},
    {"factor": "credit", "name": "信用", "max": "5", "kind": "subjective"},
)


def plan_content(**changes):
    """Return the content of a separated plan with some fields changed; None takes a field away."""
    content = {**SEPARATED, **changes}
    return {key: value for key, value in content.items() if value is not None}


def plan_for(method, **changes) -> AwardPlan:
    """Return a separated plan of one method given as its row, or by name."""
    row = {"method": method} if isinstance(method, str) else method
    rounds = SEPARATED["rounds"] if row["method"] == "round_elimination" else None
    return parse_plan(plan_content(**{"methods": [row], "rounds": rounds, **changes}))


def voted(contents):
    """Return the ballots of members m1, m2 …, each with a reason."""
    return [
        {"member": f"m{place}", "content": {**content, "reason": REASON}}
        for place, content in enumerate(contents, 1)
    ]


def names_round(eligible, seats, *ticks):
    """Return a closed round in which each member ticked the letters of one text."""
    ballots = voted({"chosen": list(names)} for names in ticks)
    return {"eligible": list(eligible), "seats": seats, "ballots": ballots}


def content_round(eligible, contents, seats=1):
    """Return a closed round of ballots with these contents."""
    return {"eligible": list(eligible), "seats": seats, "ballots": voted(contents)}


def rankings_round(eligible, *rankings):
    """Return a closed round in which each member ranked the names as the letters of one text."""
    return content_round(eligible, [{"ranking": list(text)} for text in rankings])


def play(plan, candidates, *rounds, **more):
    """Return the outcome of an award with the usual prices."""
    return recount(plan, list(candidates), {b: PRICES[b] for b in candidates}, rounds, **more)


def ballots_of(contents):
    """Return these contents as the opened ballots of m1, m2 …"""
    return [Ballot(row["member"], row["content"]) for row in voted(contents)]


def scores(**rows):
    """Return the content of a scoring ballot: per bidder the points for tech and credit."""
    return {
        "scores": [
            {"bidder": bidder, "factor": factor, "score": score}
            for bidder, (tech, credit) in rows.items()
            for factor, score in (("tech", tech), ("credit", credit))
        ]
    }


def refused(content):
    """Return the code with which a plan of this content is refused."""
    with pytest.raises(PlanError) as refusal:
        parse_plan(content)
    assert refusal.value.message_zh
    return refusal.value.code


FIRST = names_round("ABCDE", 3, "ABC", "ABC", "BCD", "ABC", "BDE")
SECOND = names_round("ABC", 1, *"ABBAB")


def code_of(*args, **kwargs):
    """Return the code with which a record is refused."""
    with pytest.raises(StateError) as refusal:
        play(*args, **kwargs)
    assert refusal.value.message
    return refusal.value.code
