"""The whole award replayed from the plan and plain data: what is decided, and what comes next.

One engine serves three readers: the service asks `next_step` after every closed round, the page
shows the counts, and the recount replays a finished award. Nothing is remembered between calls, so
the same plan and the same record give the same answer on any machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from award.domain.ballots import validate_ballot
from award.domain.methods import count
from award.domain.outcome import Count, Outcome, Step
from award.domain.plan import AwardPlan, stages
from award.domain.state import AwardState, ClosedRound, parse_state
from award.domain.terms import (
    Ballot,
    MethodSpec,
    Order,
    Question,
    RoundResult,
    StateError,
    TieStep,
    cut,
    names,
    ranked,
    without,
)

Placing = tuple[tuple[str, ...], Order]
"""Who has the places, by name, and the others in order behind them."""


def next_step(plan: AwardPlan, state: AwardState) -> Step:
    """Return what comes next; raise StateError where the record breaks the plan."""
    return replay(plan, state).next


def recount(
    plan: AwardPlan,
    candidates: Sequence[str],
    prices: Mapping[str, int],
    rounds: Sequence[Mapping[str, Any]],
    **more: Any,
) -> Outcome:
    """Replay an award from plain data; `more` are the optional parts of a state (see `state`).

    Prices in fen; each round is `{"eligible", "seats", "ballots": [{"member", "content"}…]}`.
    """
    rows = [{"bidder": bidder, "value": fen} for bidder, fen in prices.items()]
    data = {"candidates": list(candidates), "prices": rows, "rounds": list(rounds), **more}
    return replay(plan, parse_state(data))


def replay(plan: AwardPlan, state: AwardState) -> Outcome:
    """Replay all that has happened; raise StateError where it could not happen under the plan."""
    run = _Run(plan, state)
    standing: Order = ()
    try:
        standing = run.award()
        step = Step("winner", winner=standing[0][0], basis=run.basis)
    except _Pause as pause:
        step = pause.step
    run.refuse_leftovers()
    return Outcome(tuple(run.counts), tuple(run.ties), standing, step)


class _Pause(Exception):
    """The record ends here: `step` is what has to happen next."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.kind)
        self.step = step


class _Run:
    """Walks the plan from the first round, taking rounds, draws and losses from the record."""

    def __init__(self, plan: AwardPlan, state: AwardState) -> None:
        if len(state.candidates) > plan.candidate_count:
            raise StateError("too_many_candidates", "候选人数量超过定标方案的约定")
        if not {loss.bidder for loss in state.losses} <= set(state.candidates):
            raise StateError("not_a_candidate", "退出的单位不是候选人")
        self.plan = plan
        self.state = state
        self.counts: list[Count] = []
        self.ties: list[TieStep] = []
        self.rounds = 0
        self.draws = 0
        self.basis = ""

    def award(self) -> Order:
        """Return the final order, after as many losses of a winner as the record holds (条例55)."""
        order = self._decide(self.state.candidates)
        while order[0][0] in self._gone():
            order = self._after_loss(order)
        return order

    def refuse_leftovers(self) -> None:
        """Raise StateError where the record holds more than the plan ever asked for."""
        late = any(loss.after > self.rounds + self.draws for loss in self.state.losses)
        if late or self.rounds < len(self.state.rounds) or self.draws < len(self.state.draws):
            raise StateError("extra_record", "定标记录中有定标方案没有要求的投票、抽签或者退出")

    def _gone(self) -> set[str]:
        taken = self.rounds + self.draws
        return {loss.bidder for loss in self.state.losses if loss.after <= taken}

    def _after_loss(self, order: Order) -> Order:
        left = without(order, self._gone())
        if self.plan.withdrawal == "RETENDER" or not left:
            raise _Pause(Step("retender", basis="no_candidate_left" if not left else "plan"))
        if self.plan.withdrawal == "REVOTE_REMAINING":
            return self._decide(names(left))
        # The committee has spoken; equals behind the winner are separated without it.
        first, behind = self._break_tie(left[0], 1) if len(left[0]) > 1 else (left[0], ())
        self.basis = "next_by_result"
        return (first, *behind, *left[1:])

    def _decide(self, candidates: tuple[str, ...]) -> Order:
        if self.plan.regime != "separated":
            self.basis = "rank"
            return tuple((bidder,) for bidder in candidates)
        if len(candidates) == 1:
            self.basis = "only_candidate"
            return (candidates,)
        remaining: tuple[str, ...] = tuple(sorted(candidates))
        behind: Order = ()
        for spec in self.plan.methods:
            if len(remaining) > spec.keep:
                remaining, out = self._method(spec, remaining)
                behind = out + behind
        return (remaining, *behind)

    def _method(self, spec: MethodSpec, remaining: tuple[str, ...]) -> Placing:
        if len(remaining) <= spec.finalists:
            return self._draw(remaining, 1)
        behind: Order = ()
        for stage, seats in enumerate(stages(self.plan, spec, len(remaining)), 1):
            ask = Step("round", method=spec.name, among=remaining, seats=seats, stage=stage)
            remaining, out = self._settle(spec, ask)
            behind = out + behind
        return remaining, behind

    def _settle(self, spec: MethodSpec, ask: Step) -> Placing:
        """Hold one ballot and whatever it takes until its places are filled.

        The last run-off the plan allows is decided by most votes, so that the award ends.
        """
        result = self._count(spec, ask)
        again = spec.takes_ballots and ask.revote < self.plan.max_revotes
        if result.lottery:
            drawn, out = self._draw(result.lottery, 1)
            return drawn, out + result.order[1:]
        if result.runoff and again:
            runoff = replace(ask, among=result.runoff, revote=ask.revote + 1)
            kept, out = self._settle(spec, runoff)
            return kept, out + without(result.order, result.runoff)
        line = cut(result.order, ask.seats)
        if not line.tie:
            return line.kept, line.out
        if again:
            self.ties.append(TieStep("revote", line.tie, line.seats_left))
            safe = tuple(sorted(ask.already_in + line.kept))
            tied = replace(ask, among=line.tie, seats=line.seats_left, already_in=safe)
            kept, out = self._settle(spec, replace(tied, revote=ask.revote + 1))
        else:
            kept, out = self._break_tie(line.tie, line.seats_left)
        return tuple(sorted(line.kept + kept)), out + line.out

    def _count(self, spec: MethodSpec, ask: Step) -> RoundResult:
        ballots: tuple[Ballot, ...] = ()
        if spec.takes_ballots:
            ask = replace(ask, round_no=self.rounds + 1)
            ballots = self._take(spec, ask)
        question = Question(spec, ask.among, ask.seats, self.state.prices, self.state.chair)
        result = count(question, ballots)
        self.counts.append(Count(ask, result))
        self.basis = spec.name
        return result

    def _take(self, spec: MethodSpec, ask: Step) -> tuple[Ballot, ...]:
        if self.rounds == len(self.state.rounds):
            raise _Pause(ask)
        closed = self.state.rounds[self.rounds]
        if tuple(sorted(closed.eligible)) != ask.among or closed.seats != ask.seats:
            raise StateError(
                "round_mismatch", f"第{ask.round_no}轮的候选范围或者名额与定标方案不符"
            )
        self._check_members(closed)
        for ballot in closed.ballots:
            if problems := validate_ballot(
                spec, ask.among, ask.seats, ballot.content, self.plan.min_reason_chars
            ):
                raise StateError("invalid_ballot", f"{ballot.member}：{problems[0].message}")
        self.rounds += 1
        return closed.ballots

    def _check_members(self, closed: ClosedRound) -> None:
        members = {ballot.member for ballot in closed.ballots}
        first = {ballot.member for ballot in self.state.rounds[0].ballots}
        if not len(members) == len(closed.ballots) == self.plan.committee.size:
            raise StateError("quorum_missing", "定标委员应当全部投票，每人一票")
        if members != first:
            raise StateError("members_changed", "各轮投票的定标委员不一致")

    def _break_tie(self, tie: tuple[str, ...], seats: int) -> Placing:
        """Go down the tie chain without the committee; every rule used is recorded."""
        kept: tuple[str, ...] = ()
        behind: Order = ()
        for rule in self.plan.tie_chain:
            if rule in ("revote", "lottery"):
                continue
            values = self.state.facts.get(rule, {})
            if not set(tie) <= set(values):
                raise _Pause(Step("input_required", among=tie, seats=seats, rule=rule))
            inputs = {bidder: values[bidder] for bidder in tie}
            line = cut(ranked(inputs, lowest_first=rule == "lower_price"), seats)
            self.ties.append(TieStep(rule, tie, seats, tuple(inputs.items()), line.kept, line.tie))
            self.basis = rule
            kept, behind = kept + line.kept, line.out + behind
            tie, seats = line.tie, line.seats_left
            if not tie:
                return tuple(sorted(kept)), behind
        drawn, rest = self._draw(tie, seats)
        return tuple(sorted(kept + drawn)), rest + behind

    def _draw(self, among: tuple[str, ...], seats: int) -> Placing:
        """Take the result of the next public draw, or ask for it."""
        if self.draws == len(self.state.draws):
            raise _Pause(Step("lottery", among=among, seats=seats, rule="lottery"))
        draw = self.state.draws[self.draws]
        drawn = tuple(sorted(set(draw.drawn)))
        fits = set(drawn) < set(among) and len(drawn) == len(draw.drawn) == seats
        if tuple(sorted(draw.among)) != among or draw.seats != seats or not fits:
            raise StateError("draw_mismatch", "抽签的范围、名额或者结果与定标方案不符")
        self.draws += 1
        self.basis = "lottery"
        self.ties.append(TieStep("lottery", among, seats, kept=drawn))
        return drawn, (tuple(bidder for bidder in among if bidder not in drawn),)
