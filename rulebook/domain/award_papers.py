"""What the award meeting needs beside the ballots: papers, who asks candidates, who speaks last."""

from collections.abc import Collection, Mapping

from rulebook.domain.blockers import Blocker, blocker, collect
from rulebook.domain.rules import Facts, Profile


def inquiry(
    profile: Profile,
    facts: Facts,
    *,
    persons: int,
    asked: Collection[str],
    candidates: Collection[str],
    recorded: bool,
) -> list[Blocker]:
    """Rows award_inquiry_…: enough persons visit or hear all candidates alike, on record."""
    least = profile.number("award_inquiry_persons")
    few = f"考察、质询应当由 {least} 人以上进行，现为 {persons} 人"
    some = "考察、质询应当对全体候选人以同样的问题进行"
    equal = not profile.flag("award_inquiry_equal") or set(asked) == set(candidates)
    kept = recorded or not profile.flag("award_inquiry_recorded")
    return collect(
        blocker(profile, "award_inquiry_persons", "inquiry_persons_few", few, facts)
        if persons < least
        else None,
        None if equal else blocker(profile, "award_inquiry_equal", "inquiry_unequal", some, facts),
        None
        if kept
        else blocker(
            profile, "award_inquiry_recorded", "inquiry_unrecorded", "考察、质询没有录音录像", facts
        ),
    )


def evidence(profile: Profile, facts: Facts, *, lacking: Mapping[str, str]) -> list[Blocker]:
    """Row award_evidence: the papers on which the plan's factors rest are filed before the vote."""
    if not lacking or not profile.flag("award_evidence"):
        return []
    found = "、".join(f"{factor}（{paper}）" for factor, paper in lacking.items())
    message = f"定标要素的依据材料尚未提交：{found}"
    return collect(blocker(profile, "award_evidence", "factor_evidence_missing", message, facts))


def leader_last(profile: Profile, facts: Facts, *, waiting: int) -> list[Blocker]:
    """Row award_leader_last: the leader speaks after the `waiting` others have spoken."""
    if not waiting or not profile.flag("award_leader_last"):
        return []
    message = f"组长应当最后发言，还有 {waiting} 位委员没有发言"
    return collect(blocker(profile, "award_leader_last", "leader_speaks_last", message, facts))


def all_spoke(profile: Profile, facts: Facts, *, waiting: int) -> list[Blocker]:
    """R22: where the committee deliberates, every member states his opinion before the vote."""
    if not waiting:
        return []
    message = f"集体议事应当由全体委员发表意见，还有 {waiting} 位没有发言"
    return collect(blocker(profile, "R22", "opinions_missing", message, facts))


def meeting_ended(profile: Profile, facts: Facts, *, ended: bool) -> list[Blocker]:
    """Row award_minutes: the meeting was ended with its minutes before the decision is recorded."""
    if ended or not profile.flag("award_minutes"):
        return []
    message = "定标会议尚未宣布结束并提交会议记录"
    return collect(blocker(profile, "award_minutes", "meeting_not_ended", message, facts))
