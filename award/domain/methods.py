"""The award methods A to J as pure functions of a question and its ballots.

Every function has the same shape, takes only valid ballots (see `ballots.validate_ballot`) and
gives the same result for any order of candidates and ballots. `count` finds the function by name.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Any

from award.domain import ballots as read
from award.domain.terms import (
    Ballot,
    Order,
    Question,
    RoundResult,
    StateError,
    TieStep,
    Value,
    cut,
    names,
    ranked,
)
from evaluation.domain.totals import totals

Pairs = tuple[tuple[str, str, int, int], ...]


def count(question: Question, ballots: Sequence[Ballot]) -> RoundResult:
    """Return the result of a round under the question's method."""
    return _FUNCTIONS[question.spec.name](question, ballots)


def direct_vote(question: Question, ballots: Sequence[Ballot]) -> RoundResult:
    """A 直接票决 / 简单多数法: one name each, the most votes win.

    With `majority` more than half is needed; else a run-off of the first two, where all who tie
    for second place go on.
    """
    tally = _votes(question, ballots)
    order = ranked(tally)
    if not question.spec.majority or 2 * tally[order[0][0]] > len(ballots):
        return _result(question, tally, order)
    leaders = order[:1] if len(order[0]) > 1 else order[:2]
    return _result(question, tally, order, runoff=names(leaders))


def pairwise(question: Question, ballots: Sequence[Ballot]) -> RoundResult:
    """B 一对一比较法: every two names compared, the most pairs won wins.

    The committee is odd and nobody abstains, so no pair ends level. Equal wins are first compared
    by the table among the tied alone, as long as that separates any of them.
    """
    pairs = _table(question, ballots)
    tally = _wins(question.eligible, pairs)
    order, steps = _head_to_head(ranked(tally), question.seats, pairs)
    return _result(question, tally, order, pairs=pairs, steps=tuple(steps))


def round_elimination(question: Question, ballots: Sequence[Ballot]) -> RoundResult:
    """C 逐轮票决: as many names each as there are places, the most votes stay."""
    tally = _votes(question, ballots)
    return _result(question, tally, ranked(tally))


def cumulative(question: Question, ballots: Sequence[Ballot]) -> RoundResult:
    """D 累积投票法: each member spends the same points freely, the highest sum wins."""
    tally: dict[str, Value] = dict.fromkeys(question.eligible, 0)
    for ballot in ballots:
        for bidder, points in read.points(ballot.content).items():
            tally[bidder] += points
    return _result(question, tally, ranked(tally))


def rank_points(question: Question, ballots: Sequence[Ballot]) -> RoundResult:
    """E 排序计分: of m names the first gets m points, the last one; the highest sum wins."""
    tally: dict[str, Value] = dict.fromkeys(question.eligible, 0)
    for ballot in ballots:
        for place, bidder in enumerate(read.ranking(ballot.content)):
            tally[bidder] += len(question.eligible) - place
    return _result(question, tally, ranked(tally))


def factor_scoring(question: Question, ballots: Sequence[Ballot]) -> RoundResult:
    """F 定标评分: published factors scored by each member, the highest sum or mean wins.

    The tally is the sum that counts; for a mean the divisor is how many members count.
    """
    spec = question.spec
    formula = "mean" if spec.scoring == "sum" else spec.scoring
    sheets = {b.member: {"scores": b.content["scores"]} for b in ballots}
    results = totals(spec.factors, formula, sheets)
    tally: dict[str, Value] = {total.bidder: total.sum for total in results}
    divisor = 1 if spec.scoring == "sum" else results[0].count
    return _result(question, tally, ranked(tally), divisor=divisor)


def vote_lottery(question: Question, ballots: Sequence[Ballot]) -> RoundResult:
    """G 票决抽签法: a vote (by names or by pairs) for the finalists of a draw.

    All who tie on the line are finalists, so the vote needs no tie rule.
    """
    by_pairs = question.spec.vote == "pairwise"
    pairs = _table(question, ballots) if by_pairs else ()
    tally = _wins(question.eligible, pairs) if by_pairs else _votes(question, ballots)
    line = cut(ranked(tally), question.seats)
    finalists = tuple(sorted(line.kept + line.tie))
    return RoundResult(
        question.spec.name,
        question.eligible,
        question.seats,
        tally,
        (finalists, *line.out),
        kept=finalists,
        lottery=finalists,
        pairs=pairs,
    )


def price_competition(question: Question, ballots: Sequence[Ballot]) -> RoundResult:
    """H 价格竞争法: the lowest, second-lowest or n-th distinct price, or the nearest to the mean.

    The tally is fen; for the mean it is the distance in fen times the number of names. Where there
    are fewer distinct prices than the rule names, no price is named and all are tied.
    """
    fen = {bidder: _price(question, bidder) for bidder in question.eligible}
    rule = question.spec.price_rule
    if rule == "closest_to_mean":
        size, total = len(fen), sum(fen.values())
        distance: dict[str, Value] = {b: abs(size * price - total) for b, price in fen.items()}
        return _result(question, distance, ranked(distance, lowest_first=True), divisor=size)
    prices: dict[str, Value] = dict(fen)
    order = ranked(prices, lowest_first=True)
    place = {"lowest": 1, "second_lowest": 2, "nth_lowest": question.spec.nth}[rule]
    if place > len(order):
        return _result(question, prices, (names(order),))
    named = order[place - 1]
    return _result(question, prices, (named, *order[: place - 1], *order[place:]))


def deliberation(question: Question, ballots: Sequence[Ballot]) -> RoundResult:
    """I 集体议事法: a written opinion and a preferred name each.

    Decided by the chair's preference or by more than half of the members; without a majority all
    names are discussed again.
    """
    tally = _votes(question, ballots)
    if question.spec.decided_by == "majority":
        order = ranked(tally)
        reached = 2 * tally[order[0][0]] > len(ballots)
        return _result(question, tally, order, runoff=() if reached else question.eligible)
    preferred = [read.chosen(b.content)[0] for b in ballots if b.member == question.chair]
    if len(preferred) != 1:
        raise StateError("chair_missing", "缺少定标组长的意见，不能形成结果")
    others = {bidder: votes for bidder, votes in tally.items() if bidder != preferred[0]}
    return _result(question, tally, ((preferred[0],), *ranked(others)))


def direct_lottery(question: Question, ballots: Sequence[Ballot]) -> RoundResult:
    """J 直接抽签法: nothing is counted, all names go into the draw."""
    eligible = question.eligible
    nothing: dict[str, Value] = {}
    return RoundResult(
        question.spec.name, eligible, question.seats, nothing, (eligible,), lottery=eligible
    )


Method = Callable[[Question, Sequence[Ballot]], RoundResult]
_FUNCTIONS: dict[str, Method] = {
    method.__name__: method
    for method in (
        direct_vote,
        pairwise,
        round_elimination,
        cumulative,
        rank_points,
        factor_scoring,
        vote_lottery,
        price_competition,
        deliberation,
        direct_lottery,
    )
}


def _result(
    question: Question,
    tally: dict[str, Value],
    order: Order,
    *,
    runoff: tuple[str, ...] = (),
    **extra: Any,
) -> RoundResult:
    line = cut(order, question.seats)
    kept, tie, left = (
        (line.kept, line.tie, line.seats_left) if not runoff else ((), (), question.seats)
    )
    return RoundResult(
        question.spec.name,
        question.eligible,
        question.seats,
        tally,
        order,
        kept=kept,
        tie=tie,
        seats_left=left,
        runoff=runoff,
        **extra,
    )


def _votes(question: Question, ballots: Iterable[Ballot]) -> dict[str, Value]:
    votes = Counter(bidder for ballot in ballots for bidder in read.chosen(ballot.content))
    return {bidder: votes[bidder] for bidder in question.eligible}


def _table(question: Question, ballots: Iterable[Ballot]) -> Pairs:
    votes = Counter(pair for ballot in ballots for pair in read.preferences(ballot.content))
    return tuple(
        (a, b, votes[a, b], votes[b, a]) for a, b in combinations(sorted(question.eligible), 2)
    )


def _wins(among: Sequence[str], pairs: Pairs) -> dict[str, Value]:
    wins: dict[str, Value] = dict.fromkeys(among, 0)
    for a, b, votes_a, votes_b in pairs:
        if a in wins and b in wins and votes_a != votes_b:
            wins[a if votes_a > votes_b else b] += 1
    return wins


def _head_to_head(order: Order, seats: int, pairs: Pairs) -> tuple[Order, list[TieStep]]:
    """Refine the group on the line by its own table until that separates nobody further."""
    steps: list[TieStep] = []
    while tie := cut(order, seats).tie:
        wins = _wins(tie, pairs)
        groups = ranked(wins)
        at = order.index(tie)
        before = sum(len(group) for group in order[:at])
        inner = cut(groups, seats - before)
        inputs = tuple(wins.items())
        steps.append(TieStep("head_to_head", tie, seats - before, inputs, inner.kept, inner.tie))
        if len(groups) == 1:
            break
        order = (*order[:at], *groups, *order[at + 1 :])
    return order, steps


def _price(question: Question, bidder: str) -> int:
    if bidder not in question.prices:
        raise StateError("price_missing", "缺少候选人的投标报价")
    return question.prices[bidder]
