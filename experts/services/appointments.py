"""Experts of a special project: the tenderer chooses, supervision approves (条例第四十七条).

Two persons of two bodies stand behind every appointment. It is held to what a draw is held to
(pool, recusal, composition), and marked wherever it is shown (experts.domain.modes.NOT_DRAWN).
Who was chosen is sealed until he signs in; he answers for himself like one who was drawn.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref, format_time
from audit_log.services import clock, trail
from experts.domain import appointments as rules
from experts.domain import drawn_lists as lists
from experts.domain.drawn_lists import Drawn
from experts.models import Draw, DrawnList, Expert
from experts.selectors import appointments as reading
from experts.selectors import drawn_lists as listing
from experts.services import answers, drawn_lists, drawn_rows, inputs, lock, rosters, rounds
from rulebook.domain.blockers import Blocker, Refused, refuse


@transaction.atomic
def ask(
    *,
    actor: Actor,
    draw: str,
    ground: str,
    document: str,
    experts: Sequence[Mapping[str, str]],
) -> Ref:
    """Propose `{"slot","expert"}` for every open seat, with a ground and a document's SHA-256.

    Raises Refused where seats and persons differ in number or someone may not sit (R01–R03, R06).
    """
    row = lock.draw(draw)
    permit(actor, "draw.ask_appointment", row)
    refuse(reading.asking(row))
    inputs.listed(ground, rules.GROUNDS)
    inputs.document(document, "document")
    chosen = _chosen(row, experts)
    number, now = row.lists.count() + 1, clock.now()
    one = drawn_lists.sealed(row, number, _in_random_order(number, chosen))
    one.sheet, one.drawn_at, one.entered_by = document, now, actor.id
    data = {"number": number, "sheet": document, "manifest": one.manifest, "ground": ground}
    ref = trail.record(row, rules.ASKED, actor, data | {"asked_at": format_time(now)})
    trail.told_by(one, ref)
    one.save()
    return ref


@transaction.atomic
def approve(*, actor: Actor, draw: str) -> Ref:
    """Approve whom the tenderer proposed: supervision, and another person; they are invited.

    Called by the evaluation alone, which tells the lots in the same transaction.
    """
    row = lock.draw(draw)
    permit(actor, "draw.appoint", row)
    one = _proposed(row, actor)
    people = rosters.listed(row, one)
    refuse(_unfit(row, {person.expert: person.slot for person in people}))
    selected = [{"slot": person.slot, "candidate": person.candidate} for person in people]
    row.manifest = one.manifest
    if row.state == "requested":
        row.appoint()
    data = {"number": one.number, "sheet": one.sheet, "manifest": one.manifest}
    ref = trail.record(row, rules.APPOINTED, actor, data | {"selected": selected})
    one.confirm()
    trail.told_by(one, ref)
    one.save()
    rounds.invite(row, selected, one.number, ref)
    answers.strike_recused(row, actor)
    return ref


@transaction.atomic
def decline(*, actor: Actor, draw: str, ground: str) -> Ref:
    """Refuse to let experts be chosen; before anyone was appointed the request goes back whole."""
    row = lock.draw(draw)
    permit(actor, "draw.refuse_appointment", row)
    inputs.listed(ground, rules.REFUSALS)
    one = _proposed(row, actor)
    if row.state == "requested":
        lock.fire(row, "reject")
    data = {"number": one.number, "sheet": one.sheet, "ground": ground}
    ref = trail.record(row, rules.REFUSED, actor, data)
    one.send_back()
    one.blob = None
    trail.told_by(one, ref)
    one.save()
    return ref


def _proposed(row: Draw, actor: Actor) -> DrawnList:
    refuse(reading.approving(row))
    one: DrawnList = row.lists.get(state="entered")
    if one.entered_by == actor.id:
        raise Refused([Blocker("same_person", "应由申请人以外的人员批准")])
    return one


def _chosen(row: Draw, experts: Sequence[Mapping[str, str]]) -> list[tuple[str, Expert]]:
    """Slot and person of every open seat, checked like candidates."""
    slots = {one["expert"]: one["slot"] for one in experts}
    known = Expert.objects.in_bulk(list(slots))
    before = {person.expert for person in rosters.listed_before(row)}
    wrong = [f"{code}不在专家库" for code in sorted(slots.keys() - known.keys())]
    wrong += [f"{code}已经确定过" for code in sorted(slots.keys() & before)]
    if len(slots) != len(experts):
        wrong.append("同一专家填写了两次")
    if wrong:
        raise BadInput("experts_malformed", "所提专家有误", {"experts": ";".join(wrong)})
    refuse(_miscounted(row, [one["slot"] for one in experts]))
    refuse(_unfit(row, slots))
    refuse(drawn_rows.colleagues(row, [{"employer": one.employer} for one in known.values()]))
    return [(slots[code], one) for code, one in known.items()]


def _unfit(row: Draw, chosen: dict[str, str]) -> list[Blocker]:
    secret = not row.bidders and clock.now() < row.held_at
    return reading.unfit(row, chosen, bids_may_be_secret=secret)


def _miscounted(row: Draw, slots: Sequence[str]) -> list[Blocker]:
    counted = lists.miscounted(slots, listing.open_seats(row))
    return [
        Blocker("appointment_miscounted", f"席位 {slot} 应提出 {wanted} 人,提出了 {given} 人")
        for slot, (wanted, given) in counted.items()
    ]


def _in_random_order(number: int, chosen: Iterable[tuple[str, Expert]]) -> list[Drawn]:
    """Give everyone a handle that tells nothing of his place in the request."""
    shuffled = sorted(chosen, key=lambda _: secrets.token_bytes(16))
    return [
        Drawn(
            candidate=lists.handle(number, place),
            slot=slot,
            expert=one.pk,
            org=one.employer,
            title=one.title,
            specialty="",
            region=one.region,
            person={},
        )
        for place, (slot, one) in enumerate(shuffled, start=1)
    ]
