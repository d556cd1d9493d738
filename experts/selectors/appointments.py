"""Reading a case whose experts are chosen: what may be asked for, approved or refused now."""

from experts.domain.eligibility import REASONS, fitting, omission, shown
from experts.models import Draw
from experts.selectors import blockers, modes, pool
from rulebook.domain.blockers import Blocker

OPEN = ("requested", "running")


def asking(draw: Draw) -> list[Blocker]:
    """Experts are chosen here, for seats that are open, and nobody is proposed already."""
    if found := _drawn(draw) or modes.with_pool():
        return found
    if draw.state not in OPEN:
        return [blockers.wrong_state(draw)]
    if draw.lists.filter(state="entered").exists():
        return [Blocker("appointment_waiting", "已有直接确定专家的申请待批准")]
    return []


def approving(draw: Draw) -> list[Blocker]:
    """Somebody is proposed."""
    if found := _drawn(draw):
        return found
    if not draw.lists.filter(state="entered").exists():
        return [Blocker("no_appointment", "没有待批准的直接确定专家的申请")]
    return [] if draw.state in OPEN else [blockers.wrong_state(draw)]


def unfit(draw: Draw, chosen: dict[str, str], *, bids_may_be_secret: bool) -> list[Blocker]:
    """Who of the chosen (expert → slot) would be left out of a draw for his seat, and why (R06).

    A reason that would tell who is bidding is given as recusal. Whether he is taken elsewhere is
    not asked: he answers for himself.
    """
    members, asked = pool.members_of(draw)
    known = {one.expert: one for one in members if one.expert in chosen}
    found = []
    for expert, slot in sorted(chosen.items()):
        member = known.get(expert)
        reason = omission(member, asked) if member else "specialty"
        if member and not reason and slot not in fitting(member, asked):
            reason = "specialty"
        if reason:
            told = shown(reason, bids_may_be_secret=bids_may_be_secret)
            name = {"specialty": "不具备席位所需的专业", "recused": "应当回避"} | REASONS
            message = f"专家 {expert} 不能参加:{name[told]}"
            found.append(Blocker("appointee_unfit", message, "R06"))
    return found


def _drawn(draw: Draw) -> list[Blocker]:
    return [] if draw.is_appointed else [Blocker("drawn", "本项目的专家随机抽取产生,不直接确定")]
