"""The evaluation committee and its draw: R01–R03, R06–R09, R11 and the draw window."""

from datetime import datetime, timedelta

from rulebook.domain.blockers import Blocker, blocker, collect
from rulebook.domain.rules import Facts, Profile, ProfileError


def committee_size(profile: Profile, facts: Facts, *, members: int) -> list[Blocker]:
    """R01: an odd number, at least `committee_size` (《招标投标法》第三十七条)."""
    least = profile.number("committee_size")
    few = f"评标委员会应为 {least} 人以上，现为 {members} 人"
    even = f"评标委员会人数应为单数，现为 {members} 人"
    return collect(
        blocker(profile, "R01", "committee_too_small", few, facts, param="committee_size")
        if members < least
        else None,
        blocker(profile, "R01", "committee_even", even, facts)
        if profile.flag("R01") and members % 2 == 0
        else None,
    )


def expert_share(profile: Profile, facts: Facts, *, members: int, experts: int) -> list[Blocker]:
    """R02: experts make up at least this share of the members (《招标投标法》第三十七条)."""
    share = profile.ratio("R02")
    if experts >= share * members:
        return []
    least = -(-share.numerator * members // share.denominator)
    message = f"{members} 人的评标委员会中专家不得少于 {least} 人，现为 {experts} 人"
    return collect(blocker(profile, "R02", "experts_too_few", message, facts))


def drawn_at_random(
    profile: Profile, facts: Facts, *, direct: int, special: bool, approved: bool
) -> list[Blocker]:
    """R03: experts are drawn, chosen only for a special project (条例第四十六条、第四十七条).

    `direct` counts those who were chosen; the profile says whether that needs an approval.
    """
    if direct and not special:
        message = f"有 {direct} 位专家未经随机抽取，非特殊招标项目不得直接确定专家"
        return collect(blocker(profile, "R03", "direct_choice_not_special", message, facts))
    if direct and not approved and profile.flag("direct_choice_approval"):
        message = f"直接确定 {direct} 位专家未经行政监督部门批准"
        param = "direct_choice_approval"
        return collect(
            blocker(profile, "R03", "direct_choice_unapproved", message, facts, param=param)
        )
    return []


def recusals_clear(profile: Profile, facts: Facts, *, hits: int) -> list[Blocker]:
    """R06: nobody with a ground of recusal stays; `hits` are those not yet struck out."""
    if not hits:
        return []
    message = f"有 {hits} 位成员应当回避而未回避"
    return collect(blocker(profile, "R06", "recusal_open", message, facts))


def replaced_sheets_void(profile: Profile, facts: Facts, *, counted: int) -> list[Blocker]:
    """R07: no sheet of a replaced member counts; `counted` still do (条例第四十八条第三款)."""
    if not counted:
        return []
    message = f"有 {counted} 份已更换成员的评分尚未作废并由更换后的成员重新评审"
    return collect(blocker(profile, "R07", "replaced_sheets_counted", message, facts))


def draw_time(
    profile: Profile, facts: Facts, *, draw_at: datetime, evaluation_at: datetime
) -> list[Blocker]:
    """R08: the draw is held at most this many hours before evaluation, and not after its start."""
    hours = profile.number("R08")
    if timedelta(0) <= evaluation_at - draw_at <= timedelta(hours=hours):
        return []
    message = f"专家应在评标前 {hours} 小时内抽取"
    return collect(blocker(profile, "R08", "draw_time_unusual", message, facts))


def pool_list(profile: Profile, facts: Facts, *, days: int | None) -> list[Blocker]:
    """Parameter pool_list_days: how old the owner's list may be that a draw terminal draws from.

    `days` None: no list has been taken over at all. Rules pinned before there was such a parameter
    say nothing of it.
    """
    if "pool_list_days" not in profile.rules:
        return []
    most = profile.number("pool_list_days")
    if days is not None and days <= most:
        return []
    message = f"库主的名单已是 {days} 天前的,超过 {most} 天,请先导入新的名单"
    if days is None:
        message = "尚未导入库主的名单"
    return collect(blocker(profile, "pool_list_days", "pool_list_old", message, facts))


def planned_hours(profile: Profile, otherwise: int) -> int:
    """Parameter evaluation_hours: how long an evaluation is planned to take.

    Rules pinned before there was such a parameter say nothing of it: `otherwise`.
    """
    known = "evaluation_hours" in profile.rules
    return profile.number("evaluation_hours") if known else otherwise


def draw_window(profile: Profile, facts: Facts, *, opened: bool) -> list[Blocker]:
    """Parameter draw_window: round 1 runs `before_opening` or `after_opening` of the bids."""
    match profile.text("draw_window"), opened:
        case ("before_opening", False) | ("after_opening", True):
            return []
        case "before_opening", True:
            message = "已经开标，专家一般应在开标前抽取"
        case "after_opening", False:
            message = "尚未开标，专家应在开标后抽取"
        case _:
            raise ProfileError(
                f"规则集 {profile.label} 的 draw_window 应为 before_opening 或 after_opening"
            )
    return collect(blocker(profile, "draw_window", "draw_outside_window", message, facts))


def witnessed(
    profile: Profile, facts: Facts, *, contributed: bool, waited_minutes: int
) -> list[Blocker]:
    """R09: supervision takes part; after the profile's wait a round runs without, and is noted."""
    if contributed:
        return []
    wait = profile.number("witness_wait_minutes")
    if waited_minutes < wait:
        message = f"行政监督部门尚未参与见证，还需等候 {wait - waited_minutes} 分钟"
        return collect(blocker(profile, "R09", "witness_awaited", message, facts))
    message = f"等候 {wait} 分钟后行政监督部门仍未参与，本轮抽取无人见证"
    return collect(
        blocker(profile, "R09", "draw_unwitnessed", message, facts, param="witness_wait_minutes")
    )


def briefed(profile: Profile, facts: Facts, *, seats: int, receipts: int) -> list[Blocker]:
    """R11: everyone has a receipt of study and discipline briefing before taking a seat."""
    if receipts >= seats or not profile.flag("briefing_required"):
        return []
    message = f"还差 {seats - receipts} 位专家未完成标前业务学习和纪律宣贯"
    return collect(blocker(profile, "R11", "briefing_missing", message, facts))
