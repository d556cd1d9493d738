"""The evaluation itself: R12–R15 and complete score sheets. Most are noted, not refused."""

from collections.abc import Collection

from rulebook.domain.blockers import Blocker, blocker, collect
from rulebook.domain.rules import Facts, Profile


def sheets_submitted(profile: Profile, facts: Facts, *, members: int, sheets: int) -> list[Blocker]:
    """Parameter sheets_complete: every member has submitted (条例第五十三条第二款)."""
    if sheets >= members or not profile.flag("sheets_complete"):
        return []
    message = f"还差 {members - sheets} 位专家未提交评分"
    return collect(blocker(profile, "sheets_complete", "sheets_missing", message, facts))


def stamps_complete(profile: Profile, facts: Facts, *, stamps: Collection[str]) -> list[Blocker]:
    """R12: one expert's time stamps, by the codes the rule lists."""
    missing = [name for name in profile.names("R12") if name not in stamps]
    if not missing:
        return []
    message = f"评标过程时点缺 {len(missing)} 项"
    return collect(blocker(profile, "R12", "stamps_missing", message, facts))


def time_extension(profile: Profile, facts: Facts, *, members: int, asking: int) -> list[Blocker]:
    """R13: more than this share say the time is short, so it is extended (条例第四十八条第二款)."""
    if asking <= profile.ratio("R13") * members:
        return []
    message = f"{members} 位成员中有 {asking} 位认为评标时间不够，招标人应当适当延长"
    return collect(blocker(profile, "R13", "time_extension_due", message, facts))


def abnormal_score(profile: Profile, facts: Facts, *, members: int, doubting: int) -> list[Blocker]:
    """R14: more than this share find one member's scores abnormal, so he explains in writing."""
    if doubting <= profile.ratio("R14") * members:
        return []
    message = f"{members} 位成员中有 {doubting} 位认为该评分异常，评分人应书面说明理由"
    return collect(blocker(profile, "R14", "score_abnormal", message, facts))


def deemed_agreement(
    profile: Profile, facts: Facts, *, members: int, signed: int, dissents: int
) -> list[Blocker]:
    """R15: who neither signs nor dissents in writing is deemed to agree (条例第五十三条第二款).

    `dissents` are written dissents of members who did not sign.
    """
    silent = members - signed - dissents
    if silent <= 0:
        return []
    message = f"{silent} 位成员拒绝签字又未书面说明不同意见和理由，视为同意评标结果"
    return collect(blocker(profile, "R15", "agreement_deemed", message, facts))
