"""A draw that was made elsewhere: one enters who was drawn, another confirms it from the sheet.

Who was drawn is sealed at once, person by person, and shown to nobody: the second person types the
numbers again and the two are compared. How it was drawn cannot be checked here, and whatever shows
such a draw says so (experts.domain.modes.UNVERIFIABLE).
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.services.gate import BadInput, permit
from audit_log.domain.entry import Actor, Ref, format_time
from audit_log.services import attachments, clock, envelopes, sealer, trail
from experts.domain import drawn_lists as lists
from experts.domain.draw import Standing, needs
from experts.domain.drawn_lists import Drawn
from experts.domain.freeze import AUTHOR, CANDIDATE_KIND
from experts.domain.manifest import Manifest
from experts.models import Draw, DrawnList, Seat
from experts.selectors import drawn_lists as reading
from experts.selectors import pool
from experts.services import drawn_rows, engagements, inputs, invitations, lock, rosters
from rulebook.domain.blockers import Blocker, Refused, refuse


@sealer.ceremony
def enter(
    *, actor: Actor, draw: str, sheet: str, drawn_at: datetime, drawn: Sequence[Mapping[str, Any]]
) -> Ref:
    """Enter who was drawn, from the record sheet (its SHA-256), for every seat that is open.

    `drawn` are `{"slot","name","id_number","phone","employer","title","specialty","region"}`.
    Raises Refused where seats and persons differ in number or someone must not sit (R01, R02, R06).
    """
    row = lock.draw(draw)
    permit(actor, "draw.enter_list", row)
    refuse(reading.entering(row))
    inputs.document(sheet, "sheet")
    if drawn_at > clock.now():
        message = "抽取时间不能晚于现在"
        raise BadInput("drawn_later", message, {"drawn_at": message})
    read = drawn_rows.check(row, drawn)
    number = row.lists.count() + 1
    one = sealed(row, number, _in_random_order(row, number, read))
    one.sheet, one.drawn_at, one.entered_by = sheet, drawn_at, actor.id
    data = {"number": number, "sheet": sheet, "manifest": one.manifest}
    ref = trail.record(row, lists.ENTERED, actor, data | {"drawn_at": format_time(drawn_at)})
    trail.told_by(one, ref)
    one.save()
    return ref


@transaction.atomic
def confirm(*, actor: Actor, draw: str, sheet: str, drawn: Sequence[Mapping[str, Any]]) -> Ref:
    """Confirm a list from the record sheet: another person types `{"slot","id_number","employer"}`.

    With the list everyone in it holds his seat, since the record sheet names those who accepted.
    Called by the evaluation alone, which tells the lots in the same transaction.
    """
    row = lock.draw(draw)
    permit(actor, "draw.confirm_list", row)
    refuse(reading.confirming(row))
    one = row.lists.get(state="entered")
    if one.entered_by == actor.id:
        raise Refused([Blocker("same_person", "应由录入人以外的人员对照记录表复核")])
    people = rosters.listed(row, one)
    _compare(one, sheet, people, drawn)
    selected = [{"slot": p.slot, "candidate": p.candidate} for p in people]
    data = {"number": one.number, "sheet": sheet, "manifest": one.manifest, "selected": selected}
    _move(row, one, selected)
    ref = trail.record(row, lists.CONFIRMED, actor, data)
    one.confirm()
    trail.told_by(one, ref)
    one.save()
    _seat(row, one, people, ref)
    return ref


@transaction.atomic
def send_back(*, actor: Actor, draw: str, ground: str) -> Ref:
    """Send a list that was entered wrongly back; it is entered anew."""
    row = lock.draw(draw)
    permit(actor, "draw.return_list", row)
    refuse(reading.confirming(row))
    inputs.listed(ground, lists.RETURNS)
    one = row.lists.get(state="entered")
    data = {"number": one.number, "sheet": one.sheet, "ground": ground}
    ref = trail.record(row, lists.RETURNED, actor, data)
    one.send_back()
    one.blob = None
    trail.told_by(one, ref)
    one.save()
    return ref


def _in_random_order(row: Draw, number: int, drawn: list[dict[str, Any]]) -> list[Drawn]:
    """Give everyone a handle that tells nothing of his place on the sheet, and a code."""
    codes = drawn_rows.codes(row, [one["id_number"] for one in drawn])
    shuffled = sorted(drawn, key=lambda _: secrets.token_bytes(16))
    return [
        Drawn(
            candidate=lists.handle(number, place),
            slot=one["slot"],
            expert=codes[one["id_number"]],
            org=one["employer"],
            title=one["title"],
            specialty=one["specialty"],
            region=one["region"],
            person={key: one[key] for key in ("name", "id_number", "phone")},
        )
        for place, one in enumerate(shuffled, start=1)
    ]


def sealed(row: Draw, number: int, people: Iterable[Drawn]) -> DrawnList:
    """The list of these persons, whose identities and manifest are kept; not saved yet."""
    known = _sealed(row, people)
    manifest = attachments.keep_document(_manifest(row, known))
    blob = rosters.lock_list(row, number, known)
    return DrawnList(draw=row, number=number, manifest=manifest, blob=blob)


def _sealed(row: Draw, people: Iterable[Drawn]) -> list[Drawn]:
    """Seal everyone's identity in an envelope of the draw's stream (formats.md section 3)."""
    found = []
    for one in people:
        content = {"candidate": one.candidate, "expert": one.expert, "org": one.org}
        commitment, salt = envelopes.keep(row, kind=CANDIDATE_KIND, author=AUTHOR, content=content)
        known = one.as_data() | {"salt": salt, "commitment": commitment}
        found.append(Drawn(**known))
    return found


def _manifest(row: Draw, people: list[Drawn]) -> Manifest:
    about = {
        "draw": row.pk,
        "project": row.case,
        "attempt": row.attempt,
        "one_per_group": row.request["one_per_group"],
    }
    earlier = rosters.listed_before(row)
    groups = _groups(reading.manifest(row), earlier, people)
    return lists.manifest_of(about, pool.slots_of(row), reading.manifest(row), people, groups)


def _groups(before: Manifest | None, earlier: list[Drawn], people: list[Drawn]) -> dict[str, str]:
    """Employer → group number: those of earlier lists keep theirs, the others are numbered anew."""
    numbers = {
        one["candidate"]: one["group"]
        for slot in (before["slots"] if before else ())
        for one in slot["candidates"]
    }
    groups = {one.org: numbers[one.candidate] for one in earlier}
    fresh = sorted(
        {one.org for one in people} - groups.keys(), key=lambda _: secrets.token_bytes(16)
    )
    start = len(set(groups.values())) + 1
    return groups | {org: f"g{place}" for place, org in enumerate(fresh, start=start)}


def _compare(
    one: DrawnList, sheet: str, people: list[Drawn], drawn: Sequence[Mapping[str, Any]]
) -> None:
    """Hold what the second person typed against what the first did; say no more than how many."""
    if sheet != one.sheet:
        message = "与录入时的记录表不是同一份"
        raise BadInput("sheet_differs", message, {"sheet": message})
    first = sorted((p.slot, p.person["id_number"], p.org) for p in people)
    second = sorted((d["slot"], d["id_number"].upper(), d["employer"].upper()) for d in drawn)
    if first != second:
        differing = len(first) - len(set(first) & set(second))
        message = f"有 {differing} 人与首次录入不一致,请对照记录表核对;首次录入有误的,退回重新录入"
        raise Refused([Blocker("list_differs", message)])


def _move(row: Draw, one: DrawnList, selected: list[dict[str, str]]) -> None:
    """A list fills every seat that was open when it was entered; others may have opened since."""
    row.manifest = one.manifest
    if row.state == "approved":
        row.take_over()
        return
    standing = Standing.of(reading.events(row)).after(lists.CONFIRMED, {"selected": selected})
    if not needs(reading.document(one.manifest), standing):
        lock.fire(row, "fill")


def _seat(row: Draw, one: DrawnList, people: list[Drawn], ref: Ref) -> None:
    """Make the seats, and put what each needs to sign in into the outbox, by handle."""
    seats = [
        Seat(draw=row, candidate=p.candidate, slot=p.slot, round=one.number, answer_by=row.held_at)
        for p in people
    ]
    for seat in seats:
        seat.accept()
        trail.told_by(seat, ref)
    Seat.objects.bulk_create(seats)
    engagements.begin(row, seats)
    invitations.confirm(seats)
