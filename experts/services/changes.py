"""Reports that facts have changed: told, confirmed by a second body, in force from their day.

The row of an expert holds the facts of today. A change that begins later takes effect when its day
has come (`settle_due`); a draw for a later day looks ahead by itself (experts.selectors.pool).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from accounts.domain import credit_code
from accounts.services import vault
from accounts.services.gate import BadInput, NotFound, permit
from audit_log.domain.entry import SYSTEM, Actor, Ref
from audit_log.selectors import trail as entries
from audit_log.services import trail
from experts.domain import grounds, history
from experts.models import Expert, ExpertChange, ExpertSpecialty
from experts.selectors import career
from experts.services import inputs, lock, papers
from experts.services.applications import PHONE, REGION, SPECIALTY
from rulebook.domain.blockers import Blocker, Refused, refuse

PLAIN = ("employer", "region", "title")
"""Facts that are columns of the expert's row."""


@transaction.atomic
def report_change(
    *,
    actor: Actor,
    expert: str,
    valid_from: date,
    employer: str = "",
    region: str = "",
    title: str = "",
    specialties: Sequence[str] = (),
    documents: Sequence[papers.Paper] = (),
    phone: str = "",
) -> Ref:
    """Report what has changed or will change on `valid_from`; what is empty stays as it is.

    A new phone goes into the vault and waits there; the trail says only that there is one.
    """
    row = lock.expert(expert)
    permit(actor, "expert.report_change", row)
    refuse(career.living(row))
    facts = _stated(employer=employer, region=region, title=title, specialties=list(specialties))
    held = specialties or row.specialties.values_list("code", flat=True)
    wrong = _mistakes(facts, phone) | papers.mistakes(documents, held)
    if not (facts or documents or phone):
        wrong["valid_from"] = "请至少填写一项变更"
    if wrong:
        raise BadInput("change_incomplete", "变更内容有误", wrong)
    sealed = papers.seal(row.pk, actor, documents)
    facts |= {"documents": sealed.told} if sealed.told else {}
    code = f"{row.pk}-c{row.changes.count() + 1}"
    part = ExpertChange(
        expert=row,
        code=code,
        facts=facts,
        phone=bool(phone),
        valid_from=valid_from,
        reported_by=actor.id,
    )
    told = {"code": code, "to": "reported", "facts": facts, "phone": part.phone}
    told["valid_from"] = valid_from.isoformat()
    ref = trail.record(row, "expert.change_reported", actor, {"change": told})
    trail.told_by(part, ref)
    part.save()
    papers.keep(row.pk, sealed)
    if phone:
        vault.amend(row.pk, lambda person: {"phones": person.get("phones", {}) | {code: phone}})
    return ref


@transaction.atomic
def confirm_change(
    *, actor: Actor, expert: str, change: str, approve: bool, ground: str = ""
) -> Ref:
    """Confirm a report, or refuse it on one of `grounds.REFUSED_CHANGE`.

    Never by the body, or the person, that reported it. What has begun takes effect at once.
    """
    row = lock.expert(expert)
    permit(actor, "expert.confirm_change", row)
    part = _part(row, change)
    refuse(career.living(row) + _second_body(row, part, actor))
    if part.state != "reported":
        raise Refused([career.wrong_part(part)])
    told: dict[str, Any] = {"code": part.pk, "from": part.state}
    if not approve:
        inputs.listed(ground, grounds.REFUSED_CHANGE)
        part.refuse()
        ref = _tell(row, part, actor, "expert.change_refused", told | {"ground": ground})
        _drop_phone(part)
        return ref
    part.confirm()
    told |= {"facts": part.facts, "valid_from": part.valid_from.isoformat()}
    ref = _tell(row, part, actor, "expert.change_confirmed", told)
    _settle(row)
    return ref


def settle_due(*, limit: int = 100) -> int:
    """Due work: let changes whose day has come take effect; returns how many."""
    due = ExpertChange.objects.filter(state="confirmed", valid_from__lte=career.today())
    codes = due.order_by("expert_id").values_list("expert_id", flat=True).distinct()
    return sum(_settle_locked(code) for code in codes[:limit])


@transaction.atomic
def _settle_locked(code: str) -> int:
    return _settle(lock.expert(code))


def _settle(row: Expert) -> int:
    """Let the row follow the facts that hold today; one entry for each change that began."""
    today = career.today()
    due = list(
        row.changes.filter(state="confirmed", valid_from__lte=today).order_by(
            "valid_from", "audit_n"
        )
    )
    if not due:
        return 0
    facts = history.holding(history.facts_of(entries.events(row.stream)), today)
    for part in due:
        told: dict[str, Any] = {"code": part.pk, "from": part.state}
        part.take_effect()
        mine = {kind for kind, fact in facts.items() if fact.change == part.pk}
        values = _values(part.facts, mine)
        for column in set(PLAIN) & values.keys():
            setattr(row, column, values[column])
        _tell(row, part, SYSTEM, history.CHANGED, told, values)
        _store(row, part, values)
    return len(due)


def _values(facts: dict[str, Any], mine: set[str]) -> dict[str, Any]:
    """Those of a change's facts that hold: another one may have begun later."""
    values = {kind: facts[kind] for kind in (*PLAIN, "specialties") if kind in mine}
    told = [one for one in facts.get("documents", ()) if history.document_kind(one) in mine]
    return values | ({"documents": told} if told else {})


def _store(row: Expert, part: ExpertChange, values: dict[str, Any]) -> None:
    if "specialties" in values:
        row.specialties.all().delete()
        ExpertSpecialty.objects.bulk_create(
            ExpertSpecialty(expert=row, code=code, main=place == 0)
            for place, code in enumerate(values["specialties"])
        )
    papers.replace(row, values.get("documents", ()))
    if part.phone:
        vault.amend(part.expert_id, lambda person: _new_phone(person, part.pk))


def _new_phone(person: dict[str, Any], code: str) -> dict[str, Any]:
    waiting = dict(person["phones"])
    phone = waiting.pop(code)
    return {"phone": phone, "phones": waiting or None}


def _drop_phone(part: ExpertChange) -> None:
    if part.phone:
        vault.amend(
            part.expert_id,
            lambda person: {"phones": _new_phone(person, part.pk)["phones"]},
        )


def _tell(
    row: Expert,
    part: ExpertChange,
    actor: Actor,
    type: str,
    told: dict[str, Any],
    values: dict[str, Any] | None = None,
) -> Ref:
    """Write one entry of a report that has moved, and save it with the entry's place."""
    data = {"change": told | {"to": part.state}} | (values or {})
    ref = trail.record(row, type, actor, data)
    trail.told_by(part, ref)
    part.save()
    return ref


def _part(row: Expert, code: str) -> ExpertChange:
    part = row.changes.filter(pk=code).first()
    if part is None:
        raise NotFound
    return part


def _second_body(row: Expert, part: ExpertChange, actor: Actor) -> list[Blocker]:
    """Whoever reported does not confirm, nor a colleague of his."""
    [told] = [
        one
        for one in entries.events(row.stream, "expert.change_reported")
        if one["data"]["change"]["code"] == part.pk
    ]
    by = told["actor"]
    if by["id"] != actor.id and (not by["org"] or by["org"] != actor.org):
        return []
    return [Blocker("same_body", "变更报告应由报告单位以外的单位确认")]


def _stated(**facts: Any) -> dict[str, Any]:
    return {kind: value for kind, value in facts.items() if value}


def _mistakes(facts: dict[str, Any], phone: str) -> dict[str, str]:
    codes = facts.get("specialties", [])
    sound = {
        "employer": (
            "employer" not in facts or credit_code.is_valid(facts["employer"]),
            "统一社会信用代码有误",
        ),
        "region": (REGION.fullmatch(facts.get("region", "000000")), "应为 6 位行政区划代码"),
        "specialties": (
            len(set(codes)) == len(codes) and all(map(SPECIALTY.fullmatch, codes)),
            "应为互不相同的 5 位或 7 位专业代码",
        ),
        "phone": (not phone or PHONE.fullmatch(phone), "应为电话号码"),
    }
    return {field: message for field, (good, message) in sound.items() if not good}
