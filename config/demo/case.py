"""A case file: lots, bidders, a score per member, rejections; prices and ballots where it has them.

The shape is that of the bundled real case. What a file does not state is made by a stated rule:
a price from the bidder's name, a ballot from the score columns. Nothing reads its `winner`.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.demo import synthetic
from config.demo.cast import MEMBERS, REPRESENTATIVES
from evaluation.domain.scoring import ScoreError, parse_score

DEFAULT = Path(__file__).parent / "case.json"
CEILING_YUAN = "30000000.00"
MAX_SCORE = "100"
REASON_CHARS = 100
_YUAN = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?")


class CaseError(ValueError):
    """A case file that cannot be played; `str()` says where and why, in Chinese."""


@dataclass(frozen=True)
class Bidder:
    """One bid of a lot: a score per member by column, or why it was rejected."""

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
    """Read a case file; raise CaseError. Numbers are taken as they are written, digit for digit."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"), parse_float=str)
    except OSError as error:
        raise CaseError(f"读不出案例文件 {path}") from error
    except json.JSONDecodeError as error:
        raise CaseError(f"案例文件不是 JSON:第 {error.lineno} 行第 {error.colno} 列有误") from error
    except (ValueError, RecursionError) as error:
        raise CaseError("案例文件不是 UTF-8 编码的 JSON") from error
    return parse(data)


def parse(data: Any) -> Case:
    """Return the case of parsed JSON; raise CaseError."""
    _require(isinstance(data, dict), "案例文件应为一个 JSON 对象")
    panel = data.get("panel")
    _require(isinstance(panel, dict), "案例文件缺少评标委员会人数 panel")
    experts = _number(panel, "experts", 1, 99)
    representatives = _number(panel, "tenderer_representatives", 0, REPRESENTATIVES)
    rows = _rows(data, "lots", "案例文件")
    lots = tuple(_lot(row, experts + representatives) for row in rows)
    _require(bool(lots), "案例文件没有标段")
    _unique("案例文件", [lot.name for lot in lots])
    return Case(_text(data, "title", "案例文件", 200), lots, experts, representatives)


def fen(yuan: str) -> int:
    """Return integer fen of an amount in yuan given as decimal text."""
    return int(Decimal(yuan) * 100)


def _lot(data: dict[str, Any], members: int) -> Lot:
    name = _text(data, "lot", "标段", 20)
    where = f"{name} 标段"
    ceiling = _yuan(data.get("ceiling_yuan", CEILING_YUAN), f"{where}最高投标限价")
    scored = [_scored(name, row, ceiling, members) for row in _rows(data, "bidders", where)]
    rejected = [
        _bidder(name, row, ceiling, rejected_for=_text(row, "reason", where, REASON_CHARS))
        for row in _rows(data, "rejected", where, optional=True)
    ]
    bidders = tuple(sorted((*scored, *rejected), key=lambda bidder: bidder.name))
    _require(bool(bidders), f"{where}没有投标人")
    _unique(where, [bidder.name for bidder in bidders])
    known = {bidder.name for bidder in scored}
    ballots = data.get("ballots", [])
    _require(isinstance(ballots, list), f"{where}的选票 ballots 应为列表")
    rounds = (_round(one, known, f"{where}第 {n} 轮") for n, one in enumerate(ballots, start=1))
    return Lot(name, ceiling, bidders, tuple(rounds))


def _scored(lot: str, row: dict[str, Any], ceiling: int, members: int) -> Bidder:
    where = f"{lot} 标段{_text(row, 'bidder', f'{lot} 标段', 100)}"
    scores = row.get("scores")
    given = len(scores) if isinstance(scores, list) else 0
    _require(given == members, f"{where}应有 {members} 个评分,现有 {given} 个")
    bidder = _bidder(lot, row, ceiling, scores=tuple(_score(one, where) for one in scores or ()))
    _require(bidder.price_fen <= ceiling, f"{where}的报价高于最高投标限价,应列入 rejected")
    return bidder


def _bidder(
    lot: str,
    row: dict[str, Any],
    ceiling: int,
    *,
    scores: tuple[str, ...] = (),
    rejected_for: str = "",
) -> Bidder:
    name = _text(row, "bidder", f"{lot} 标段", 100)
    share = 9000 + synthetic.number(f"price/{lot}/{name}", 900)  # 90.00 % … 98.99 % of the ceiling
    stated = "price_yuan" in row
    price = (
        _yuan(row["price_yuan"], f"{lot} 标段{name}报价") if stated else ceiling * share // 10_000
    )
    return Bidder(name, synthetic.credit_code(f"bidder/{name}"), price, scores, rejected_for)


def _score(value: Any, where: str) -> str:
    """A score as it is written; a JSON integer counts as written too."""
    text = _written(value)
    try:
        points = parse_score(text)
    except ScoreError as error:
        raise CaseError(f"{where}的评分“{value}”不是最多四位小数的数字") from error
    _require(points <= Decimal(MAX_SCORE), f"{where}的评分“{value}”超过满分 {MAX_SCORE}")
    return text


def _yuan(value: Any, where: str) -> int:
    text = _written(value)
    _require(_YUAN.fullmatch(text) is not None, f"{where}“{value}”不是以元为单位的金额")
    _require(fen(text) > 0, f"{where}应大于零")
    return fen(text)


def _round(ballots: Any, known: set[str], where: str) -> tuple[tuple[str, ...], ...]:
    rows = ballots if isinstance(ballots, list) else []
    _require(len(rows) == MEMBERS, f"{where}应有 {MEMBERS} 位定标委员的选票,现有 {len(rows)} 张")
    for choices in rows:
        named = isinstance(choices, list) and all(isinstance(name, str) for name in choices)
        _require(named, f"{where}的选票应为投标人名称的列表")
        strange = sorted(set(choices) - known)
        _require(not strange, f"{where}的选票中有不是有效投标人的名称:{'、'.join(strange)}")
    return tuple(tuple(choices) for choices in rows)


def _rows(
    data: dict[str, Any], key: str, where: str, *, optional: bool = False
) -> list[dict[str, Any]]:
    rows = data.get(key, [] if optional else None)
    sound = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    if not isinstance(rows, list) or not sound:
        raise CaseError(f"{where}缺少 {key},或者它不是对象的列表")
    return rows


def _text(row: dict[str, Any], key: str, where: str, most: int) -> str:
    text = _written(row.get(key)).strip()
    _require(0 < len(text) <= most, f"{where}缺少 {key},或者超过 {most} 字")
    _require("".join(text.split()).isprintable(), f"{where}的 {key} 含有不能显示的字符")
    return text


def _number(row: dict[str, Any], key: str, least: int, most: int) -> int:
    value = row.get(key)
    if type(value) is not int or not least <= value <= most:
        raise CaseError(f"评标委员会人数 panel.{key} 应为 {least} 至 {most} 的整数")
    return value


def _written(value: Any) -> str:
    """Text or integer as it is written; nothing for any other value."""
    return str(value) if isinstance(value, str) or type(value) is int else ""


def _unique(where: str, names: list[str]) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    _require(not twice, f"{where}中名称重复:{'、'.join(twice)}")


def _require(sound: bool, message: str) -> None:
    if not sound:
        raise CaseError(message)
