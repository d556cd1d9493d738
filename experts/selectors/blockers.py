"""Why an act of the draw cannot be done now: for the page beforehand and for the service."""

from django.utils import timezone
from django_fsm import can_proceed

from audit_log.domain.entry import parse_time
from audit_log.selectors import tree
from audit_log.services import clock
from experts.domain.lifecycle import DRAW
from experts.models import Draw, Seat
from experts.selectors import career, intakes, messages, pool, rules
from experts.selectors.course import Course, course, is_fixed
from rulebook.domain import composition
from rulebook.domain.blockers import Blocker, blocker

OPEN = ("committed", "running", "filled")
LISTED = ("approved", "running", "filled")
"""States of a draw made elsewhere in which its lists are kept."""


def wrong_state(draw: Draw) -> Blocker:
    """The draw is not where the act needs it."""
    return Blocker("wrong_state", f"抽取现为“{DRAW[draw.state]}”,不能办理这一事项")


def colleagues(draw: Draw) -> list[Blocker]:
    """Parameter one_per_employer: the request lets colleagues sit together (R03)."""
    profile = rules.of_draw(draw)
    if draw.request["one_per_group"] or not profile.flag("one_per_employer"):
        return []
    message = "本次抽取未限制同一单位的专家只能有一人"
    found = blocker(
        profile,
        "R03",
        "colleagues_allowed",
        message,
        rules.facts_of(draw),
        param="one_per_employer",
    )
    return [found] if found else []


def review(draw: Draw) -> list[Blocker]:
    """The request waits for its review; that experts may be chosen is not the centre's to say."""
    if draw.is_appointed:
        return elsewhere(draw)
    return _leaves(draw, "approve") or colleagues(draw)


def of_experts(draw: Draw) -> list[Blocker]:
    """Only a draw of experts has recusals to try out, seats, answers and strikes."""
    return [Blocker("public_list", "公开名单的抽签没有席位和应答")] if draw.is_public else []


def elsewhere(draw: Draw) -> list[Blocker]:
    """The draw was made elsewhere: its result is entered, nothing of it is done here.

    The same where nobody is drawn at all.
    """
    if draw.is_appointed:
        return [Blocker("appointed", "本项目的专家由招标人直接确定,不作随机抽取")]
    if not draw.is_external:
        return []
    return [Blocker("drawn_elsewhere", "本次抽取在省级系统进行,本机只录入结果")]


def preview(draw: Draw) -> list[Blocker]:
    """Recusal is tried out before the roster is frozen; afterwards it stands fixed."""
    if found := elsewhere(draw) or of_experts(draw):
        return found
    return [] if draw.state in ("requested", "approved") else [wrong_state(draw)]


def commit(draw: Draw) -> list[Blocker]:
    """Approved, and the pool is sealed as it stands; that every slot can be filled is found out by
    the freeze itself, which is told whether it succeeds or not (services.draws.commit).
    """
    if found := elsewhere(draw) or _leaves(draw, "commit"):
        return found
    if draw.is_public:
        unsealed = Blocker("list_unsealed", "抽签申请尚未封存,请待封存后再作出承诺")
        return [] if tree.covering(draw.stream) else [unsealed]
    if tree.covering("expert/") is None:
        return [Blocker("pool_unsealed", "专家库有变动尚未封存,请待封存后再冻结名册")]
    return [
        *_draw_time(draw),
        *_briefing(draw),
        *intakes.freshness(rules.of_draw(draw), rules.facts_of(draw)),
    ]


def contribute(draw: Draw) -> list[Blocker]:
    """A round is to come, and what it rests on is fixed."""
    if found := elsewhere(draw):
        return found
    if draw.state not in OPEN:
        return [wrong_state(draw)]
    now = course(draw)
    if not now.needs:
        return [_no_need()]
    witnessed = bool(now.data["mark_key"])
    if not is_fixed(now.committed, witnessed=witnessed):
        how = "封存并经纪检监察机关联署" if witnessed else "封存"
        return [Blocker("commitment_unsealed", f"抽取承诺尚未{how},请稍后再输入")]
    return pending(now)


def open_round(draw: Draw) -> list[Blocker]:
    """Seats are open, candidates are left, and supervision took part or was waited for (R09)."""
    if found := elsewhere(draw):
        return found
    if draw.state not in OPEN:
        return [wrong_state(draw)]
    now = course(draw)
    if found := pending(now):
        return found
    if not now.needs:
        return [_no_need()]
    if now.exhausted:
        return [Blocker("exhausted", "候选名册已经用尽,应由监督部门作废后扩大范围重新抽取")]
    if len(now.opened) + 1 >= draw.chain:
        return [Blocker("chain_spent", "承诺的随机码已经用尽,应由监督部门作废后重新抽取")]
    waited = clock.now() - parse_time(now.since.value["at"])
    return composition.witnessed(
        rules.of_draw(draw),
        rules.facts_of(draw),
        contributed="supervision" in now.parties,
        waited_minutes=int(waited.total_seconds() // 60),
    )


def run_round(draw: Draw) -> list[Blocker]:
    """A round is opened, and its opening is sealed."""
    if found := elsewhere(draw):
        return found
    if draw.state != "running":
        return [wrong_state(draw)]
    opening = course(draw).pending
    if opening is None:
        return [Blocker("round_not_opened", "本轮尚未开启")]
    if not is_fixed(opening, witnessed=False):
        return [Blocker("round_unsealed", "本轮开启记录尚未封存,请稍后再抽取")]
    return []


def answers(draw: Draw) -> list[Blocker]:
    """Answers, sign-ins and strikes are taken: committed, and no round hangs open."""
    if found := of_experts(draw):
        return found
    if draw.state not in ("running", "filled"):
        return [wrong_state(draw)]
    return pending(course(draw))


def contacted(row: Seat) -> list[Blocker]:
    """An answer is recorded for nobody whom no message has left for and nobody was let call."""
    sent = messages.of_seat(row)
    known = sent is not None and sent.status in ("handed", "delivered", "called")
    if known or row.draw.is_external:
        return []
    message = "尚未向该专家送出邀请,也没有打开过人工呼叫名单,不能代为记录答复"
    return [Blocker("not_contacted", message)]


def calls(draw: Draw) -> list[Blocker]:
    """Somebody has to be called whom no message reached; no round hangs open."""
    if found := answers(draw):
        return found
    if messages.to_call(draw):
        return []
    return [Blocker("nobody_to_call", "没有消息未送达而仍须联系的专家")]


def seat(row: Seat, edge: str) -> list[Blocker]:
    """The seat is where the act needs it."""
    if can_proceed(getattr(row, edge)):
        return []
    message = f"该席位现为“{row.get_state_display()}”,不能办理这一事项"
    return [Blocker("wrong_seat_state", message)]


def close(draw: Draw) -> list[Blocker]:
    """Filled, and everybody seated has signed in."""
    if found := _leaves(draw, "close"):
        return found
    waiting = draw.seats.filter(state="accepted").count()
    if waiting:
        return [Blocker("not_signed_in", f"还有 {waiting} 位专家未签到")]
    return pending(course(draw))


def cancel(draw: Draw) -> list[Blocker]:
    """Before the first round only."""
    return _leaves(draw, "cancel")


def abandon(draw: Draw) -> list[Blocker]:
    """After the first round only, and not while one hangs open (formats.md section 4)."""
    return _leaves(draw, "abandon") or pending(course(draw))


def pending(now: Course) -> list[Blocker]:
    """After a round is opened nothing but its result may follow."""
    if now.pending is None:
        return []
    return [Blocker("round_pending", "本轮已开启,请先执行抽取")]


def _leaves(draw: Draw, edge: str) -> list[Blocker]:
    return [] if can_proceed(getattr(draw, edge)) else [wrong_state(draw)]


def _no_need() -> Blocker:
    return Blocker("no_need", "各席位均已有人,不需要再抽取")


def _draw_time(draw: Draw) -> list[Blocker]:
    return composition.draw_time(
        rules.of_draw(draw), rules.facts_of(draw), draw_at=clock.now(), evaluation_at=draw.held_at
    )


def _briefing(draw: Draw) -> list[Blocker]:
    wanted = {slot.specialty for slot in pool.slots_of(draw)}
    day = timezone.localtime(draw.held_at).date()
    return career.unbriefed(rules.of_draw(draw), wanted, day)
