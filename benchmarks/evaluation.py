"""Adding up a large evaluation against the same arithmetic as a bare loop over Decimals.

    python -m benchmarks.evaluation [--bidders 100] [--experts 11] [--factors 30]

Both start from the opened sheets and end with every bidder's trimmed mean and rank; the product
also checks every score, computes the price points exactly, and composes the result document.
Smallest of seven runs each, by processor time, one after the other.
"""

import argparse
import random
import time
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from evaluation.domain.outcome import Facts, conclude

RUNS = 7
CENT = Decimal("0.01")


def main() -> None:
    options = argparse.ArgumentParser()
    for name, usual in (("bidders", 100), ("experts", 11), ("factors", 30)):
        options.add_argument(f"--{name}", type=int, default=usual)
    given = options.parse_args()
    plan, facts = tender(given.bidders, given.experts, given.factors)
    ours = smallest(lambda: conclude(plan, facts))
    bare = smallest(lambda: loop(facts))
    document, values = conclude(plan, facts).document, loop(facts)
    shown = {line["bidder"]: Decimal(line["total"]) for line in document["totals"]}
    assert shown == {bidder: value.quantize(CENT, ROUND_HALF_UP) for bidder, value in values}
    print(f"bare loop {bare * 1000:.1f} ms, product {ours * 1000:.1f} ms, ratio {ours / bare:.2f}")


def tender(bidders: int, experts: int, factors: int) -> tuple[dict[str, Any], Facts]:
    """A plan with a price factor among so many, and sheets that score all others at random."""
    chance = random.Random(1)
    names = [f"B{n:03d}" for n in range(bidders)]
    scored = [f"f{n:02d}" for n in range(factors - 1)]
    prices = {name: chance.randint(90_000_00, 110_000_00) for name in names}
    sheets = {
        f"E{n:02d}": {
            "scores": [
                {"bidder": b, "factor": f, "score": f"{chance.randint(0, 300) / 100:.2f}"}
                for b in names
                for f in scored
            ]
        }
        for n in range(experts)
    }
    subjective = {"name": "评分项", "max": "3", "kind": "subjective"}
    plan = {
        "v": 2, "method": "comprehensive", "aggregation": "trimmed_mean", "trim_from": 5,
        "factors": [*({"factor": one, **subjective} for one in scored), PRICE],
        "candidates": {"count": 3, "ranked": True}, "tie_rule": ["lower_price"],
    }  # fmt: skip
    return plan, Facts(sheets, (), prices, 120_000_00)


PRICE = {
    "factor": "price", "name": "投标报价", "max": "30", "kind": "price",
    "formula": {
        "name": "linear_deduction", "benchmark": {"name": "mean", "coefficient": "1"},
        "per_percent_above": "1", "per_percent_below": "0.5",
        "floor": "0", "places": 2, "rounding": "half_up",
    },
}  # fmt: skip


def loop(facts: Facts) -> list[tuple[str, Decimal]]:
    """Every bidder's trimmed mean, best first."""
    base = Decimal(sum(facts.prices.values())) / len(facts.prices)
    totals: dict[str, dict[str, Decimal]] = {bidder: {} for bidder in facts.prices}
    for bidder, price in facts.prices.items():
        percent = (price - base) / base * 100
        off = percent if percent > 0 else -percent / 2
        points = max(Decimal(0), 30 - off).quantize(CENT, ROUND_HALF_UP)
        totals[bidder] = dict.fromkeys(facts.sheets, points)
    for member, sheet in facts.sheets.items():
        for row in sheet["scores"]:
            totals[row["bidder"]][member] += Decimal(row["score"])
    means = {
        bidder: sum(sorted(each.values())[1:-1], Decimal(0)) / (len(each) - 2)
        for bidder, each in totals.items()
    }
    return sorted(means.items(), key=lambda item: -item[1])


def smallest(work: Callable[[], object]) -> float:
    """Seconds of the processor that the quickest run took."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


if __name__ == "__main__":
    main()
