"""From registration to the deadline: the profile itself, R19, R31–R33, the number of candidates."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from rulebook.domain.blockers import Blocker, blocker, collect
from rulebook.domain.calendar import chinese_date
from rulebook.domain.rules import Facts, Profile

PLAN_PARTS = {
    "mode": "定标模式",
    "method": "定标方法",
    "tie_rule": "平票处理规则",
    "withdrawal_rule": "中标人放弃后的处理规则",
    "members": "定标委员会成员名单",
}


def profile_fits(profile: Profile, facts: Facts, *, on: date) -> list[Blocker]:
    """A project is registered under a profile in force on that day, of its trade and of its kind.

    A compulsory tender may not use a profile for small works (《招标投标法》第三条、第四条).
    """
    found: list[Blocker] = []
    if not profile.effective_on(on):
        message = f"规则集“{profile.name}”在{chinese_date(on)}不施行"
        found.append(Blocker("profile_not_in_force", message))
    if profile.trade and profile.trade != facts["trade"]:
        message = f"规则集“{profile.name}”不适用于本项目所属行业"
        found.append(Blocker("profile_other_trade", message))
    if facts["compulsory"] and profile.flag("non_compulsory_only"):
        message = f"依法必须招标的项目不得适用规则集“{profile.name}”"
        rule = "non_compulsory_only"
        found += collect(blocker(profile, rule, "profile_compulsory", message, facts))
    return found


def regime_rule(regime: str) -> str:
    """The rule that allows a regime and bears its legal basis."""
    return f"regime_{regime}"


def regime_allowed(profile: Profile, facts: Facts) -> list[Blocker]:
    """Parameters regime_…: the profile allows this way of finding the winner, by its article."""
    rule = regime_rule(facts["regime"])
    if profile.flag(rule):
        return []
    message = f"规则集“{profile.name}”不允许本项目采用该定标方式"
    return collect(blocker(profile, rule, "regime_not_allowed", message, facts))


def plan_fixed(
    profile: Profile, facts: Facts, *, digest: str, public: Collection[str], sealed: Collection[str]
) -> list[Blocker]:
    """R19: the award plan is fixed by hash, its rules are public, only a listed part is sealed.

    `digest` is the plan's hash in hex, "" where there is none; `public` and `sealed` name the
    plan's parts by the keys of PLAN_PARTS or the plan's own.
    """
    missing = [name for name in profile.names("R19") if name not in public]
    hidden = [name for name in sealed if name not in profile.names("plan_sealed_parts")]
    unfixed = "定标方案尚未固定（没有摘要）"
    lacking = f"招标文件未载明{_parts(missing)}"
    secret = f"{_parts(hidden)}不得作为密封附件"
    return collect(
        None if digest else blocker(profile, "R19", "plan_not_fixed", unfixed, facts),
        blocker(profile, "R19", "plan_incomplete", lacking, facts) if missing else None,
        blocker(profile, "R19", "plan_part_sealed", secret, facts, param="plan_sealed_parts")
        if hidden
        else None,
    )


def plan_in_time(
    profile: Profile, facts: Facts, *, fixed_at: datetime, deadline_at: datetime
) -> list[Blocker]:
    """R19: a plan fixed at or after the deadline for bids cannot be used."""
    if fixed_at < deadline_at:
        return []
    message = "定标方案在投标截止后才固定，不得使用"
    return collect(blocker(profile, "R19", "plan_too_late", message, facts))


def policy_cited(profile: Profile, facts: Facts, *, document_number: str) -> list[Blocker]:
    """R31: unranked candidates depart from 条例第五十三条, so the policy document is named."""
    if document_number.strip() or not profile.flag("R31"):
        return []
    message = "评定分离项目未填写所依据的政策文件文号"
    return collect(blocker(profile, "R31", "policy_missing", message, facts))


def candidate_count(profile: Profile, facts: Facts, *, planned: int) -> list[Blocker]:
    """Parameter candidate_count: from one candidate up to this many (条例第五十三条第一款)."""
    most = profile.number("candidate_count")
    if 1 <= planned <= most:
        return []
    message = f"中标候选人应为 1 至 {most} 名，现为 {planned} 名"
    return collect(blocker(profile, "candidate_count", "candidate_count_wrong", message, facts))


def tender_period(
    profile: Profile, facts: Facts, *, issued_on: date, deadline_on: date
) -> list[Blocker]:
    """R32: at least this many days from documents to deadline (《招标投标法》第二十四条)."""
    least, days = profile.number("R32"), (deadline_on - issued_on).days
    if days >= least:
        return []
    message = f"自招标文件开始发出至投标截止不得少于 {least} 日，现为 {days} 日"
    return collect(blocker(profile, "R32", "tender_period_short", message, facts))


def clarified_in_time(
    profile: Profile, facts: Facts, *, issued_on: date, deadline_on: date
) -> list[Blocker]:
    """Parameter clarification_days: what may affect the bids leaves these days (条例第二十一条)."""
    param = "clarification_days"
    least, days = profile.number(param), (deadline_on - issued_on).days
    if days >= least:
        return []
    earliest = chinese_date(issued_on + timedelta(days=least))
    message = f"可能影响投标文件编制的,距投标截止不得少于 {least} 日,应当顺延至{earliest}或者以后"
    return collect(blocker(profile, param, "clarification_late", message, facts))


def enough_bidders(profile: Profile, facts: Facts, *, bidders: int) -> list[Blocker]:
    """R33: with fewer bidders the tender has failed (《招标投标法》第二十八条)."""
    least = profile.number("R33")
    if bidders >= least:
        return []
    message = f"投标人少于 {least} 个（现为 {bidders} 个），不得开标，应当重新招标"
    return collect(blocker(profile, "R33", "bidders_too_few", message, facts))


def _parts(names: Collection[str]) -> str:
    return "、".join(PLAN_PARTS.get(name, name) for name in names)
