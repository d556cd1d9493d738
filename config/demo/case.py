"""A case file: lots, bidders, seven scores each, rejections; prices and ballots where it has them.

The shape is that of the bundled real case. What a file does not state is made by a stated rule:
a price from the bidder's name, a ballot from the score columns. Nothing reads its `winner`.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.demo import synthetic

DEFAULT = Path(__file__).parent / "case.json"
CEILING_YUAN = "30000000.00"


class CaseError(ValueError):
    """A case file that cannot be played; `str()` says where, in Chinese."""


@dataclass(frozen=True)
class Bidder:
    """One bid of a lot: its seven scores by column, or why it was rejected."""

    name: str
    org: str
    price_fen: int
    scores: tuple[str, ...]
    rejected_for: str = ""


@dataclass(frozen=True)
class Lot:
    """One lot; `ballots` holds per round each member's choices (names), or nothing."""

    name: str
    ceiling_fen: int
    bidders: tuple[Bidder, ...]
    ballots: tuple[tuple[tuple[str, ...], ...], ...] = ()

    @property
    def scored(self) -> list[Bidder]:
        return [bidder for bidder in self.bidders if not bidder.rejected_for]


@dataclass(frozen=True)
class Case:
    """A tender of one or more lots with one committee."""

    title: str
    lots: tuple[Lot, ...]
    experts: int
    representatives: int

    @property
    def members(self) -> int:
        return self.experts + self.representatives


def load(path: Path = DEFAULT) -> Case:
    """Read a case file; raise CaseError."""
    try:
        return parse(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, json.JSONDecodeError) as error:
        raise CaseError(f"读不出案例文件:{error}") from error


def parse(data: dict[str, Any]) -> Case:
    """Return the case of parsed JSON; raise CaseError."""
    try:
        panel = data["panel"]
        case = Case(
            data["title"],
            tuple(_lot(lot) for lot in data["lots"]),
            panel["experts"],
            panel["tenderer_representatives"],
        )
    except (KeyError, TypeError, ArithmeticError) as error:
        raise CaseError(f"案例文件缺少内容:{error}") from error
    for lot in case.lots:
        for bidder in lot.scored:
            if len(bidder.scores) != case.members:
                raise CaseError(f"{lot.name} 标段 {bidder.name} 应有 {case.members} 个评分")
    return case


def _lot(data: dict[str, Any]) -> Lot:
    ceiling = fen(data.get("ceiling_yuan", CEILING_YUAN))
    scored = [_bidder(data["lot"], row, ceiling) for row in data["bidders"]]
    rejected = [_bidder(data["lot"], row, ceiling) for row in data.get("rejected", [])]
    bidders = tuple(sorted((*scored, *rejected), key=lambda bidder: bidder.name))
    rounds = tuple(
        tuple(tuple(choices) for choices in ballots) for ballots in data.get("ballots", [])
    )
    return Lot(data["lot"], ceiling, bidders, rounds)


def _bidder(lot: str, row: dict[str, Any], ceiling: int) -> Bidder:
    name = row["bidder"]
    share = 9000 + synthetic.number(f"price/{lot}/{name}", 900)  # 90.00 % … 98.99 % of the ceiling
    price = fen(row["price_yuan"]) if "price_yuan" in row else ceiling * share // 10_000
    return Bidder(
        name,
        synthetic.credit_code(f"bidder/{name}"),
        price,
        tuple(row.get("scores", ())),
        row.get("reason", ""),
    )


def fen(yuan: str) -> int:
    """Return integer fen of an amount in yuan given as decimal text."""
    return int(Decimal(yuan) * 100)
