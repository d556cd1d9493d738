"""Messages to drawn experts: what they say, when they may go, to which number.

The only place where the phone of a drawn expert is read. A message tells time and place, never the
project. It carries a one-time link, made at sending; in a call he answers by a key instead, and
what is of no use without the link is not spoken at all.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.services import links, outbox, vault
from accounts.services.outbox import Letter, Template
from audit_log.services import clock
from experts.domain import grounds, roster
from experts.domain.quiet import first_moment
from experts.models import Draw, Seat
from experts.selectors import draws, rules
from experts.services import rosters
from rulebook.domain import inviting

PURPOSE = "invitation"
STAY = timedelta(days=1)
"""How long after the time of the evaluation its link still lets him in."""
TOKEN = "\n一次性登录口令:"  # noqa: S105
"""What stands before the token in every message."""
KEYS = {
    "1": ("accepted", ""),
    **{str(n): ("declined", reason) for n, reason in enumerate(grounds.DECLINED, start=2)},
}
"""Key pressed in a call → answer and reason."""


def invite(seats: list[Seat]) -> None:
    """Put the invitations to these seats into the outbox, by handle."""
    outbox.put("invitation", [seat.actor.id for seat in seats])


def confirm(seats: list[Seat]) -> None:
    """Put the confirmations, with which they sign in, into the outbox, by handle."""
    outbox.put("confirmation", [seat.actor.id for seat in seats])


def answer_by(draw: Draw, number: int, at: datetime) -> datetime:
    """Until when he answers who was drawn in this round and asked at `at`, or after the night."""
    return _first_moment(draw, at) + inviting.time_to_answer(rules.of_draw(draw), number)


def said(template: str, recipient: str) -> str:
    """What a person who calls may say: an invitation without its link, a confirmation with it."""
    if template == "confirmation":
        return _write_confirmation(recipient).text
    return f"{_question(_asked_now(recipient))};谢绝的,请说明原因。"


def room_code(draw: str, site: int = 0) -> str:
    """The six digits shown in the evaluation room of a committed draw, or at one of its sites."""
    return roster.room_code(rosters.secret_of(draws.get(draw)), site)


def _invitation_due(recipient: str, at: datetime) -> datetime | None:
    seat = _seat(recipient, "selected")
    return _first_moment(seat.draw, at) if seat else None


def _write_invitation(recipient: str) -> Letter:
    seat = _asked_now(recipient)
    asked, lifetime = _question(seat), seat.answer_by - clock.now()
    token = links.issue(purpose=PURPOSE, subject=recipient, lifetime=lifetime)
    return Letter(f"{asked}{_where(token)}。{TOKEN}{token}", f"{asked}。{_keys()}")


def _keys() -> str:
    """How he answers in a call."""
    declined = ",".join(
        f"{grounds.DECLINED[reason]}请按{key}" for key, (answer, reason) in KEYS.items() if reason
    )
    return f"确认参加请按1。不能参加的,{declined}。"


def _asked_now(recipient: str) -> Seat:
    """His time to answer runs from now, where it would have been over sooner."""
    seat = _found(recipient)
    seat.answer_by = max(seat.answer_by, answer_by(seat.draw, seat.round, clock.now()))
    Seat.objects.filter(pk=seat.pk, state="selected").update(answer_by=seat.answer_by)
    return seat


def _question(seat: Seat) -> str:
    draw = seat.draw
    chosen = "确定" if draw.is_appointed else "随机抽取"
    return (
        f"您被{chosen}为评标专家。评标时间:{_minute(draw.held_at)},地点:{draw.place}。"
        f"请在 {_minute(seat.answer_by)} 前答复是否参加"
    )


def _confirmation_due(recipient: str, at: datetime) -> datetime | None:
    seat = _seat(recipient, "accepted")
    if seat is None or seat.draw.held_at + STAY <= at:
        return None
    return _first_moment(seat.draw, at)


def _write_confirmation(recipient: str) -> Letter:
    seat = _found(recipient)
    lifetime = seat.draw.held_at + STAY - clock.now()
    token = links.issue(purpose=PURPOSE, subject=recipient, lifetime=lifetime)
    told = (
        f"您已答复参加 {_minute(seat.draw.held_at)} 在 {seat.draw.place} 的评标。"
        "请准时到场签到,并对评标信息保密。"
    )
    return Letter(f"{told}{TOKEN}{token}", "")


def person(recipient: str) -> Mapping[str, Any]:
    """From the vault; of someone drawn elsewhere, from the list until he has signed in."""
    seat = _found(recipient)
    if seat.draw.is_external:
        listed = rosters.listed_before(seat.draw)
        return next(one.person for one in listed if one.candidate == seat.candidate)
    return vault.reveal(rosters.identity_of(seat.draw, seat.candidate).expert)


TEMPLATES = {
    "invitation": Template(_invitation_due, _write_invitation, person),
    "confirmation": Template(_confirmation_due, _write_confirmation, person),
}


def _seat(recipient: str, state: str) -> Seat | None:
    """The seat of a draw that is under way, while it stands where the message needs it."""
    draw, _, candidate = recipient.rpartition("/")
    rows = Seat.objects.select_related("draw").filter(draw=draw, candidate=candidate, state=state)
    return rows.filter(draw__state__in=("running", "filled")).first()


def _found(recipient: str) -> Seat:
    draw, _, candidate = recipient.rpartition("/")
    return Seat.objects.select_related("draw").get(draw=draw, candidate=candidate)


def _first_moment(draw: Draw, at: datetime) -> datetime:
    hours = inviting.quiet_hours(rules.of_draw(draw))
    return first_moment(timezone.localtime(at), hours, before=draw.held_at)


def _where(token: str) -> str:
    """The link itself, where the site's address is known."""
    if not settings.SITE_URL:
        return ""
    return f":{settings.SITE_URL}{reverse('invitation', args=[token])} "


def _minute(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.month}月{local.day}日{local:%H:%M}"
