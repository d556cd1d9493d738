"""The award: R20–R22, R24, R27, R30 and the award committee; its terms are in deadlines.py."""

from collections.abc import Collection, Sequence

from rulebook.domain.blockers import Blocker, blocker, collect
from rulebook.domain.rules import Facts, Profile


def winner_in_candidates(
    profile: Profile, facts: Facts, *, winner: str, candidates: Collection[str]
) -> list[Blocker]:
    """R20: nobody outside the recommended candidates wins (《招标投标法》第五十七条)."""
    if winner in candidates:
        return []
    message = "不得在评标委员会推荐的中标候选人以外确定中标人"
    return collect(blocker(profile, "R20", "winner_not_candidate", message, facts))


def first_ranked(
    profile: Profile, facts: Facts, *, rank: int, skipped: Sequence[str]
) -> list[Blocker]:
    """R21: the first ranked wins unless each one before has a lawful reason (条例第五十五条).

    `rank` of the winner counts from 1; `skipped` holds a reason code for each better ranked one.
    """
    lawful = [reason for reason in skipped if reason in profile.names("R21")]
    lacking = rank - 1 - len(lawful)
    if lacking <= 0:
        return []
    message = f"应当确定排名第一的中标候选人为中标人，有 {lacking} 名排序在前的候选人未说明法定事由"
    return collect(blocker(profile, "R21", "first_not_awarded", message, facts))


def award_committee_size(profile: Profile, facts: Facts, *, members: int) -> list[Blocker]:
    """Parameter award_committee_size: an odd number, at least this many."""
    least = profile.number("award_committee_size")
    if members >= least and members % 2 == 1:
        return []
    message = f"定标委员会应为 {least} 人以上单数，现为 {members} 人"
    return collect(
        blocker(profile, "award_committee_size", "award_committee_size_wrong", message, facts)
    )


def decision_recorded(profile: Profile, facts: Facts, *, recorded: bool) -> list[Blocker]:
    """R22: the collective decision has its record."""
    if recorded or not profile.flag("R22"):
        return []
    return collect(blocker(profile, "R22", "decision_unrecorded", "缺少集体定标会议记录", facts))


def ballot_reason(profile: Profile, facts: Facts, *, reason: str) -> list[Blocker]:
    """R22: a ballot has a reason of at least `min_ballot_reason_chars` characters, no blanks."""
    least, length = profile.number("min_ballot_reason_chars"), len("".join(reason.split()))
    if length >= least:
        return []
    message = f"投票理由不得少于 {least} 字，现为 {length} 字"
    param = "min_ballot_reason_chars"
    return collect(blocker(profile, "R22", "ballot_reason_short", message, facts, param=param))


def quorum(
    profile: Profile, facts: Facts, *, members: int, ballots: int, abstentions: int = 0
) -> list[Blocker]:
    """R27: this share of the members has voted, and nobody abstained where that is not allowed."""
    share = profile.ratio("R27")
    missing = -(-share.numerator * members // share.denominator) - ballots
    absent = f"还差 {missing} 位定标委员未投票"
    silent = f"有 {abstentions} 位定标委员弃权，本项目不得弃权"
    forbidden = abstentions > 0 and not profile.flag("abstention_allowed")
    return collect(
        blocker(profile, "R27", "ballots_missing", absent, facts) if missing > 0 else None,
        blocker(profile, "R27", "abstention", silent, facts, param="abstention_allowed")
        if forbidden
        else None,
    )


def losers_notified(profile: Profile, facts: Facts, *, losers: int, notified: int) -> list[Blocker]:
    """R24: every bidder that did not win is told as well (《招标投标法》第四十五条)."""
    if notified >= losers:
        return []
    message = f"还有 {losers - notified} 家未中标的投标人未收到中标结果通知"
    return collect(blocker(profile, "R24", "losers_not_notified", message, facts))


def replay_equal(
    profile: Profile, facts: Facts, *, stored: bytes, replayed: bytes
) -> list[Blocker]:
    """R30: recomputing the result from its inputs gives the stored bytes."""
    if stored == replayed:
        return []
    message = "按留存的方案和选票重新计算，结果与已存结果不一致"
    return collect(blocker(profile, "R30", "replay_differs", message, facts))
