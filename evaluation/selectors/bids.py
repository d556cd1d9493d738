"""Bids after their opening; before it there are sealed envelopes and nothing to read."""

from dataclasses import dataclass

from evaluation.models import Bid, Project

KIND = "bid/1"
"""Envelope kind of bids (formats.md section 3)."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground of rejection that can be read off the opened bid; the committee decides."""

    bidder: str
    reason: str


def valid(row: Project) -> list[Bid]:
    """The bids the committee has not rejected, by bidder."""
    return list(row.bids.filter(rejected_for="").select_related("bidder").order_by("bidder_id"))


def grounds(row: Project) -> list[Ground]:
    """Bids above the published ceiling that are not rejected yet (条例第五十一条第五项)."""
    over = row.bids.filter(rejected_for="", price_fen__gt=row.ceiling_fen).order_by("bidder_id")
    return [Ground(bid.bidder_id, "投标报价高于最高投标限价") for bid in over]
