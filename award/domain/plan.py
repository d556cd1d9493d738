"""The award plan (定标方案): what the tender document fixes before bids are due (ZJ 18).

The content is a JSON object with ASCII keys, integers and strings only; `parse_plan` takes it apart
strictly, since whatever is not read here could not decide the award either. Under `separated` the
committee decides by ballot; under `ranked_first` (条例55) and `authorised` the ranked first wins,
and the fields of the committee and its votes are absent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from award.domain import plan_fields as read
from award.domain.plan_fields import PlanError
from award.domain.plan_methods import AwardFactor, award_factors, methods_of
from award.domain.terms import MethodSpec

REGIMES = {"separated": "评定分离", "ranked_first": "确定第一名", "authorised": "授权评标委员会"}
WITHDRAWALS = {
    "NEXT_BY_RESULT": "按定标结果依次递补",
    "REVOTE_REMAINING": "在其余候选人中重新定标",
    "RETENDER": "重新招标",
}
TIE_RULES = {
    "revote": "对同票者重新投票",
    "lower_price": "投标报价低者优先",
    "evaluation_result": "评标结果优者优先",
    "credit": "信用评价优者优先",
    "lottery": "公开抽签",
}
ORIGINS = {"appointed": "招标人确定", "drawn": "随机抽取", "mixed": "确定与抽取结合"}
MAX_RANKED = 3
MAX_CANDIDATES = 99

_ALWAYS = {
    "regime",
    "candidate_count",
    "ranked",
    "withdrawal",
    "publicity_days",
    "decision_days",
    "lots",
}
_BALLOT = {
    "methods",
    "tie_chain",
    "max_revotes",
    "quorum",
    "abstention",
    "min_reason_chars",
    "factors",
    "committee",
}


@dataclass(frozen=True, slots=True)
class Committee:
    """The award committee: an odd number of members, and where they come from."""

    size: int
    origin: str


@dataclass(frozen=True, slots=True)
class AwardPlan:
    """A parsed plan; the fields after `no_double_award` mean something under `separated` only.

    `rounds` gives the falling list of places by number of candidates for 逐轮票决. `tie_chain` ends
    in a lottery, so that an award always ends; `max_revotes` is 0 where it has no re-vote.
    """

    regime: str
    candidate_count: int
    ranked: bool
    withdrawal: str
    publicity_days: int
    decision_days: int
    no_double_award: bool
    methods: tuple[MethodSpec, ...] = ()
    rounds: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    tie_chain: tuple[str, ...] = ()
    max_revotes: int = 0
    min_reason_chars: int = 0
    factors: tuple[AwardFactor, ...] = ()
    committee: Committee = Committee(0, "")


def parse_plan(content: Mapping[str, Any]) -> AwardPlan:
    """Return the plan of a parsed JSON object; raise PlanError(code, Chinese message)."""
    regime = read.choice(content, "regime", REGIMES)
    separated = regime == "separated"
    required = _ALWAYS | _BALLOT if separated else _ALWAYS
    read.exact_keys(content, required, {"rounds"} if separated else set())
    candidates = read.integer(content, "candidate_count", 1, MAX_CANDIDATES)
    is_ranked = read.flag(content, "ranked")
    lots = read.part(content, "lots")
    read.exact_keys(lots, {"no_double_award"})
    head: dict[str, Any] = {
        "regime": regime,
        "candidate_count": candidates,
        "ranked": is_ranked,
        "withdrawal": read.choice(content, "withdrawal", WITHDRAWALS),
        "publicity_days": read.integer(content, "publicity_days", 1, 60),
        "decision_days": read.integer(content, "decision_days", 1, 180),
        "no_double_award": read.flag(lots, "no_double_award"),
    }
    if separated:
        return AwardPlan(**head, **_ballot_part(content, candidates))
    if not is_ranked or candidates > MAX_RANKED:
        raise PlanError("ranked_required", "该模式下候选人应当排序，且不超过3名（条例第五十三条）")
    if head["withdrawal"] == "REVOTE_REMAINING":
        raise PlanError("no_ballot_regime", "该模式下没有定标投票，不能约定重新定标")
    return AwardPlan(**head)


def _ballot_part(content: Mapping[str, Any], candidates: int) -> dict[str, Any]:
    if candidates < 2:
        raise PlanError("too_few_candidates", "评定分离的候选人不得少于2名")
    read.choice(content, "quorum", ("all",))
    if read.flag(content, "abstention"):
        raise PlanError("abstention_refused", "定标委员应当全部投票，不得弃权")
    factors = award_factors(content)
    methods = methods_of(content, factors, candidates)
    chain, revotes = _tie_chain(content)
    if not revotes and any(_majority(spec) for spec in methods):
        raise PlanError("majority_needs_revote", "要求过半数的方法须约定重新投票")
    return {
        "methods": methods,
        "rounds": _rounds(content, methods, candidates),
        "tie_chain": chain,
        "max_revotes": revotes,
        "min_reason_chars": read.integer(content, "min_reason_chars", 1, 500),
        "factors": factors,
        "committee": _committee(content, methods),
    }


def _majority(spec: MethodSpec) -> bool:
    by_members = spec.name == "deliberation" and spec.decided_by == "majority"
    return spec.majority or by_members


def _committee(content: Mapping[str, Any], methods: Sequence[MethodSpec]) -> Committee:
    row = read.part(content, "committee")
    read.exact_keys(row, {"size", "origin"})
    size = read.integer(row, "size", 3, 99)
    if size % 2 == 0:
        raise PlanError("even_committee", "定标委员会人数应当为单数")
    if size < 5 and any(spec.scoring == "trimmed_mean" for spec in methods):
        raise PlanError("trim_needs_five", "去掉最高分和最低分须有5名以上委员")
    return Committee(size, read.choice(row, "origin", ORIGINS))


def _tie_chain(content: Mapping[str, Any]) -> tuple[tuple[str, ...], int]:
    chain = read.texts(content, "tie_chain")
    if not set(chain) <= set(TIE_RULES) or len(set(chain)) != len(chain):
        raise PlanError("unknown_tie_rule", "平票处理规则不在规定范围内或者重复")
    if chain[-1:] != ("lottery",):
        raise PlanError("tie_chain_open", "平票处理规则的最后一步应当是公开抽签")
    if "revote" in chain[1:]:
        raise PlanError("revote_not_first", "重新投票应当是平票处理的第一步")
    votes = chain[0] == "revote"
    return chain, read.integer(content, "max_revotes", int(votes), 2 * votes)


def _rounds(
    content: Mapping[str, Any], methods: Sequence[MethodSpec], candidates: int
) -> dict[int, tuple[int, ...]]:
    spec = next((spec for spec in methods if spec.name == "round_elimination"), None)
    if spec is None:
        if "rounds" in content:
            raise PlanError("rounds_without_elimination", "只有逐轮票决才约定各轮名额")
        return {}
    row = read.part(content, "rounds")
    read.exact_keys(row, {"by_candidates"})
    table = read.falling_lists(row, "by_candidates", spec.keep)
    if missing := [n for n in range(spec.keep + 1, candidates + 1) if n not in table]:
        raise PlanError("rounds_missing", f"缺少{missing[0]}名候选人时的各轮名额")
    return table


def stages(plan: AwardPlan, spec: MethodSpec, number_of_candidates: int) -> tuple[int, ...]:
    """Return the places of each round of one method, re-votes and run-offs not counted.

    Raise PlanError where the plan has no list for that number.
    """
    if spec.name == "vote_lottery":
        return (spec.finalists,)
    if spec.name != "round_elimination":
        return (spec.keep,)
    if number_of_candidates not in plan.rounds:
        raise PlanError("rounds_missing", f"缺少{number_of_candidates}名候选人时的各轮名额")
    return plan.rounds[number_of_candidates]


def seats_for(plan: AwardPlan, number_of_candidates: int, round_no: int) -> int:
    """Return the places of a round of the plan's first method; rounds count from 1.

    `number_of_candidates` is that of the first round. Raise PlanError where there is no such round.
    """
    lists = stages(plan, plan.methods[0], number_of_candidates) if plan.methods else ()
    if not 1 <= round_no <= len(lists):
        raise PlanError("no_such_round", "定标方案没有约定该轮投票")
    return lists[round_no - 1]


def standing_candidates(
    plan: AwardPlan, candidates: Sequence[str], winners: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return who still stands in this lot, and who left it with the lot he has won (兼投不兼中).

    `winners` names the winner of each lot decided before, in the document's order.
    """
    if not plan.no_double_award:
        return tuple(candidates), ()
    won = {winner: lot for lot, winner in winners.items()}
    staying = tuple(bidder for bidder in candidates if bidder not in won)
    return staying, tuple((bidder, won[bidder]) for bidder in candidates if bidder in won)
