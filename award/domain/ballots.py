"""What a ballot may say, per method (定标 ballots are named, reasoned and never abstain).

Contents, each with `"reason"`; lists, because keys are ASCII and bidders are not:
`{"chosen": [bidder…]}` for direct_vote, round_elimination, vote_lottery by names and deliberation
(its reason is the member's written opinion); `{"ranking": [bidder…]}` best first for rank_points;
`{"pairs": [{"preferred", "other"}…]}` or the shortcut `ranking` for pairwise and vote_lottery by
pairs; `{"points": [{"bidder", "points"}…]}` for cumulative; `{"scores": […]}`, a sheet, for
factor_scoring.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from award.domain.terms import MethodSpec
from evaluation.domain import scoring

MESSAGES = {
    "malformed_ballot": "选票格式不正确",
    "reason_too_short": "投票理由字数不足",
    "wrong_count": "推荐的名额数量与本轮要求不符",
    "duplicate_name": "同一候选人重复出现",
    "not_eligible": "选票中有不属于本轮候选范围的名称",
    "missing_name": "有候选人未列入排序",
    "duplicate_pair": "同一对候选人重复比较",
    "missing_pair": "有候选人之间尚未比较",
    "bad_points": "投票分值须为正整数",
    "points_over_cap": "给单个候选人的分值超过上限",
    "wrong_sum": "投票分值合计与规定不符",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a ballot, whom it is about ("" for the whole), and the Chinese text."""

    code: str
    subject: str = ""
    message: str = ""


Check = Callable[[MethodSpec, Sequence[str], int, Any], list[Problem]]


def validate_ballot(
    spec: MethodSpec,
    eligible: Sequence[str],
    seats: int,
    content: Mapping[str, Any],
    min_reason: int,
) -> list[Problem]:
    """Return all that is wrong with a ballot of a round for `seats` places among `eligible`.

    `min_reason` counts characters other than blanks.
    """
    key = _key(spec, content)
    reason = content.get("reason")
    if set(content) != {key, "reason"} or not isinstance(reason, str):
        return [_problem("malformed_ballot")]
    problems = _CHECKS[key](spec, eligible, seats, content[key])
    if len("".join(reason.split())) < min_reason:
        problems.append(_problem("reason_too_short"))
    return problems


def chosen(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ticked names of a valid ballot."""
    return tuple(content["chosen"])


def ranking(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ranking of a valid ballot, best first."""
    return tuple(content["ranking"])


def points(content: Mapping[str, Any]) -> dict[str, int]:
    """Return the points of a valid ballot."""
    return {row["bidder"]: row["points"] for row in content["points"]}


def preferences(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (preferred, other) for every pair of a valid ballot."""
    if "ranking" in content:
        return list(combinations(ranking(content), 2))
    return [(row["preferred"], row["other"]) for row in content["pairs"]]


def _key(spec: MethodSpec, content: Mapping[str, Any]) -> str:
    by_pairs = spec.name == "pairwise" or (spec.name == "vote_lottery" and spec.vote == "pairwise")
    if by_pairs:
        return "ranking" if "ranking" in content else "pairs"
    return {"cumulative": "points", "rank_points": "ranking", "factor_scoring": "scores"}.get(
        spec.name, "chosen"
    )


def _problem(code: str, subject: str = "") -> Problem:
    return Problem(code, subject, MESSAGES[code])


def _names(value: object) -> list[str] | None:
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return value
    return None


def _rows(value: object, keys: set[str]) -> list[dict[str, Any]] | None:
    rows = value if isinstance(value, list) else None
    if rows is None or not all(isinstance(row, dict) and set(row) == keys for row in rows):
        return None
    return rows


def _listed(listed: Sequence[str], eligible: Sequence[str]) -> list[Problem]:
    repeated = [name for name, times in Counter(listed).items() if times > 1]
    strangers = [name for name in dict.fromkeys(listed) if name not in eligible]
    return [_problem("duplicate_name", name) for name in repeated] + [
        _problem("not_eligible", name) for name in strangers
    ]


def _chosen(spec: MethodSpec, eligible: Sequence[str], seats: int, value: Any) -> list[Problem]:
    listed = _names(value)
    if listed is None:
        return [_problem("malformed_ballot")]
    problems = _listed(listed, eligible)
    return problems if len(listed) == seats else [_problem("wrong_count"), *problems]


def _ranking(spec: MethodSpec, eligible: Sequence[str], seats: int, value: Any) -> list[Problem]:
    listed = _names(value)
    if listed is None:
        return [_problem("malformed_ballot")]
    missing = [_problem("missing_name", name) for name in eligible if name not in listed]
    return _listed(listed, eligible) + missing


def _pairs(spec: MethodSpec, eligible: Sequence[str], seats: int, value: Any) -> list[Problem]:
    rows = _rows(value, {"preferred", "other"})
    if rows is None or any(_names(list(row.values())) is None for row in rows):
        return [_problem("malformed_ballot")]
    wanted = {frozenset(pair): "|".join(pair) for pair in combinations(sorted(eligible), 2)}
    seen = Counter(frozenset(row.values()) for row in rows)
    strange = [pair for pair in seen if pair not in wanted]
    return (
        [_problem("not_eligible", "|".join(sorted(pair))) for pair in strange]
        + [_problem("duplicate_pair", wanted[p]) for p in wanted if seen[p] > 1]
        + [_problem("missing_pair", wanted[p]) for p in wanted if p not in seen]
    )


def _points(spec: MethodSpec, eligible: Sequence[str], seats: int, value: Any) -> list[Problem]:
    rows = _rows(value, {"bidder", "points"})
    listed = _names([row["bidder"] for row in rows]) if rows is not None else None
    if rows is None or listed is None:
        return [_problem("malformed_ballot")]
    problems = _listed(listed, eligible)
    bad = [row for row in rows if type(row["points"]) is not int or row["points"] < 1]
    if bad:
        return problems + [_problem("bad_points", row["bidder"]) for row in bad]
    if spec.cap is not None:
        over = [row["bidder"] for row in rows if row["points"] > spec.cap]
        problems += [_problem("points_over_cap", bidder) for bidder in over]
    if sum(row["points"] for row in rows) != spec.budget(len(eligible)):
        problems.append(_problem("wrong_sum"))
    return problems


def _scores(spec: MethodSpec, eligible: Sequence[str], seats: int, value: Any) -> list[Problem]:
    found = scoring.validate_sheet(spec.factors, eligible, {"scores": value})
    return [Problem(p.code, f"{p.bidder}|{p.factor}".strip("|"), p.message) for p in found]


_CHECKS: dict[str, Check] = {
    "chosen": _chosen,
    "ranking": _ranking,
    "pairs": _pairs,
    "points": _points,
    "scores": _scores,
}
