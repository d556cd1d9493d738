"""Sheets the scoring tests begin with; the real case is a published result without names."""

import json
from pathlib import Path

from evaluation.domain.totals import totals

CASE = json.loads(
    (Path(__file__).parents[1] / "data" / "campus_renovation_lots_a_b.json").read_text("utf-8")
)
LOTS = {lot["lot"]: lot for lot in CASE["lots"]}
ONE_FACTOR = [{"factor": "total", "name": "总分", "max": "100.00", "kind": "subjective"}]
TWO_FACTORS = [
    {"factor": "tech", "name": "技术方案", "max": "60.00", "kind": "subjective"},
    {"factor": "price", "name": "报价", "max": "40.00", "kind": "price"},
]


def rows(*found):
    return {"scores": [{"bidder": b, "factor": f, "score": s} for b, f, s in found]}


def sheets_of(lot):
    """Take the n-th published total as member n's: a stated convention of the case, not a fact."""
    return {
        f"e{n + 1}": rows(*((row["bidder"], "total", row["scores"][n]) for row in lot["bidders"]))
        for n in range(7)
    }


def results_of(*values):
    """Give bidders A, B, C … these totals as seen by a single member."""
    sheet = rows(*((chr(65 + n), "total", value) for n, value in enumerate(values)))
    return totals(ONE_FACTOR, "mean", {"e1": sheet})
