"""Grounds of recusal on record: who recorded each, by what evidence, who confirmed or lifted it.

A conflict counts from its recording until it is lifted or has expired; while a release is asked for
it still counts. Nobody lifts his own: two persons of another body than his do, one asking, one
agreeing. To whom it ties him is sealed in his stream and opened by nobody but the logged reader.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from accounts.domain import credit_code
from accounts.models import User
from accounts.services.gate import BadInput, NotFound, permit
from audit_log.domain.entry import Actor, Ref
from audit_log.services import envelopes, trail
from experts.domain import grounds
from experts.domain.recusal import KINDS, RECORDABLE
from experts.models import AccountConflict, Expert, ExpertConflict
from experts.selectors import conflicts
from experts.selectors.conflicts import Recorded, Subject
from experts.services import inputs, lock
from rulebook.domain.blockers import refuse

SELF, SIGN_IN = "self", "sign_in"


@dataclass(frozen=True)
class Claim:
    """What is claimed: a kind of RECORDABLE, the party it ties him to, and for how long.

    `share` is the percentage held, as text; `party` a credit code, a person's code, or "".
    """

    kind: str
    party: str = ""
    share: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@transaction.atomic
def declare_expert(*, actor: Actor, expert: str, **claim: Any) -> Ref:
    """Declare a conflict of one's own (fields: `Claim`); no evidence is asked for."""
    row = lock.expert(expert)
    permit(actor, "expert.declare_conflict", row)
    return _record(row, actor, "expert.conflict_recorded", Claim(**claim), SELF)


@transaction.atomic
def declare_official(*, actor: Actor, account: str, **claim: Any) -> Ref:
    """The same of an official."""
    row = _official(account)
    permit(actor, "account.declare_conflict", row)
    return _record(row, actor, "account.conflict_recorded", Claim(**claim), SELF)


@transaction.atomic
def record_expert(*, actor: Actor, expert: str, evidence: str, source: str, **claim: Any) -> Ref:
    """Record an expert's conflict by a document (SHA-256) and one of `grounds.SOURCES`."""
    row = lock.expert(expert)
    permit(actor, "expert.record_conflict", row)
    _check_paper(evidence, source)
    return _record(row, actor, "expert.conflict_recorded", Claim(**claim), source, evidence)


@transaction.atomic
def record_official(*, actor: Actor, account: str, evidence: str, source: str, **claim: Any) -> Ref:
    """The same of an official."""
    row = _official(account)
    permit(actor, "account.record_conflict", row)
    _check_paper(evidence, source)
    return _record(row, actor, "account.conflict_recorded", Claim(**claim), source, evidence)


def declare_at_sign_in(actor: Actor, kind: str, bidder: str) -> Ref:
    """Put on record what a member declares against a bidder before the list of bidders.

    Called by the evaluation within its own transaction; the right is that of declaring one's own.
    """
    claim = Claim(kind, bidder)
    if actor.role == "expert":
        row: Subject = lock.expert(actor.id)
        permit(actor, "expert.declare_conflict", row)
        return _record(row, actor, "expert.conflict_recorded", claim, SIGN_IN)
    row = _official(actor.id)
    permit(actor, "account.declare_conflict", row)
    return _record(row, actor, "account.conflict_recorded", claim, SIGN_IN)


@transaction.atomic
def confirm_expert(*, actor: Actor, expert: str, conflict: str) -> Ref:
    """Confirm what another person has recorded."""
    row = lock.expert(expert)
    permit(actor, "expert.confirm_conflict", row)
    return _confirm(row, actor, conflict, "expert.conflict_confirmed")


@transaction.atomic
def confirm_official(*, actor: Actor, account: str, conflict: str) -> Ref:
    """The same of an official."""
    row = _official(account)
    permit(actor, "account.confirm_conflict", row)
    return _confirm(row, actor, conflict, "account.conflict_confirmed")


@transaction.atomic
def ask_release_of_expert(
    *, actor: Actor, expert: str, conflict: str, ground: str, decision: str
) -> Ref:
    """Ask that a conflict be lifted, on one of `grounds.RELEASE`; it counts until it is lifted.

    `decision` is the SHA-256 of the document that shows the ground. Raises Refused for the person
    himself and for anyone of his own body.
    """
    row = lock.expert(expert)
    permit(actor, "expert.ask_release", row)
    given = _release(ground, decision)
    return _ask_release(row, actor, conflict, "expert.conflict_release_asked", given)


@transaction.atomic
def ask_release_of_official(
    *, actor: Actor, account: str, conflict: str, ground: str, decision: str
) -> Ref:
    """The same of an official."""
    row = _official(account)
    permit(actor, "account.ask_release", row)
    given = _release(ground, decision)
    return _ask_release(row, actor, conflict, "account.conflict_release_asked", given)


@transaction.atomic
def lift_of_expert(*, actor: Actor, expert: str, conflict: str, approve: bool) -> Ref:
    """Agree to a release, as the second person, or refuse it."""
    row = lock.expert(expert)
    permit(actor, "expert.lift_conflict", row)
    if approve:
        return _lift(row, actor, conflict, "expert.conflict_lifted")
    return _refuse_release(row, actor, conflict, "expert.conflict_release_refused")


@transaction.atomic
def lift_of_official(*, actor: Actor, account: str, conflict: str, approve: bool) -> Ref:
    """The same of an official."""
    row = _official(account)
    permit(actor, "account.lift_conflict", row)
    if approve:
        return _lift(row, actor, conflict, "account.conflict_lifted")
    return _refuse_release(row, actor, conflict, "account.conflict_release_refused")


@transaction.atomic
def read_of_expert(*, actor: Actor, expert: str, conflict: str) -> tuple[Ref, dict[str, Any]]:
    """Read to whom a conflict ties him; the reading is an entry. Returns it and the content."""
    row = lock.expert(expert)
    permit(actor, "expert.read_conflict", row)
    return _read(row, actor, conflict, "expert.conflict_read")


@transaction.atomic
def read_of_official(*, actor: Actor, account: str, conflict: str) -> tuple[Ref, dict[str, Any]]:
    """The same of an official."""
    row = _official(account)
    permit(actor, "account.read_conflict", row)
    return _read(row, actor, conflict, "account.conflict_read")


def _confirm(row: Subject, actor: Actor, code: str, event: str) -> Ref:
    one = _conflict(row, code)
    refuse(conflicts.confirm(one, actor))
    one.confirm()
    one.confirmed_by = actor.id
    return _tell(row, one, actor, event, {})


def _ask_release(
    row: Subject, actor: Actor, code: str, event: str, given: Mapping[str, str]
) -> Ref:
    one = _conflict(row, code)
    refuse(conflicts.ask_release(one, actor))
    one.ask_release()
    one.release_by = actor.id
    return _tell(row, one, actor, event, given)


def _lift(row: Subject, actor: Actor, code: str, event: str) -> Ref:
    one = _conflict(row, code)
    refuse(conflicts.lift(one, actor))
    one.lift()
    one.lifted_by = actor.id
    return _tell(row, one, actor, event, {})


def _refuse_release(row: Subject, actor: Actor, code: str, event: str) -> Ref:
    one = _conflict(row, code)
    refuse(conflicts.lift(one, actor))
    one.refuse_release()
    one.release_by = ""
    return _tell(row, one, actor, event, {})


def _read(row: Subject, actor: Actor, code: str, event: str) -> tuple[Ref, dict[str, Any]]:
    one = _conflict(row, code)
    ref, opening = envelopes.read_one(
        row, event, actor, commitment=one.commitment, extra={"code": one.pk}
    )
    return ref, opening.content


def _record(
    row: Subject, actor: Actor, event: str, claim: Claim, source: str, evidence: str = ""
) -> Ref:
    _check(row, claim)
    model = _MODELS[row.STREAM_KIND]
    code = f"{row.pk}-H{model.objects.filter(person=row.pk).count() + 1}"
    commitment, _ = envelopes.keep(
        row, kind=conflicts.envelope_kind(code), author=actor.id, content={"party": claim.party}
    )
    told = {
        "kind": claim.kind,
        "commitment": commitment,
        "evidence": evidence,
        "source": source,
        "share": claim.share,
        "valid_from": claim.valid_from.isoformat() if claim.valid_from else None,
        "valid_to": claim.valid_to.isoformat() if claim.valid_to else None,
    }
    days = {"valid_from": claim.valid_from, "valid_to": claim.valid_to}
    one = model(
        code=code,
        person_id=row.pk,
        tag=conflicts.tag_of(claim.party),
        recorded_by=actor.id,
        **told | days,
    )
    step = {"conflict": {"code": code, "from": "", "to": one.state}}
    ref = trail.record(row, event, actor, step | told)
    trail.told_by(one, ref)
    one.save(force_insert=True)
    return ref


def _tell(row: Subject, one: Recorded, actor: Actor, event: str, data: Mapping[str, str]) -> Ref:
    before = type(one).objects.values_list("state", flat=True).get(pk=one.pk)
    step = {"conflict": {"code": one.pk, "from": before, "to": one.state}}
    ref = trail.record(row, event, actor, {**step, **data})
    trail.told_by(one, ref)
    one.save()
    return ref


_MODELS: dict[str, type[Recorded]] = {
    "expert": ExpertConflict,
    "account": AccountConflict,
}


def _official(account: str) -> User:
    row = User.locked(account)
    if row is None:
        raise NotFound
    return row


def _conflict(row: Subject, code: str) -> Recorded:
    found = _MODELS[row.STREAM_KIND].objects.filter(person=row.pk, pk=code).first()
    if found is None:
        message = "没有这一回避登记"
        raise BadInput("conflict_unknown", message, {"conflict": message})
    return found


def _check_paper(evidence: str, source: str) -> None:
    inputs.document(evidence, "evidence")
    inputs.listed(source, grounds.SOURCES, "source")


def _release(ground: str, decision: str) -> dict[str, str]:
    inputs.listed(ground, grounds.RELEASE)
    inputs.document(decision, "decision")
    return {"ground": ground, "decision": decision}


def _check(row: Subject, claim: Claim) -> None:
    """Raise BadInput where the claim does not fit its kind."""
    official = row.STREAM_KIND == "account"
    if claim.kind not in (conflicts.OF_OFFICIALS if official else RECORDABLE):
        raise BadInput("kind_unknown", "请选择列出的种类", {"kind": "请选择列出的种类"})
    wrong = {}
    if problem := _wrong_party(row, KINDS[claim.kind].to, claim.party):
        wrong["party"] = problem
    if claim.share and (claim.kind != "shareholder" or not conflicts.SHARE.fullmatch(claim.share)):
        wrong["share"] = "只有持股才填比例,应为不超过 100 的百分数,至多四位小数"
    if claim.valid_from and claim.valid_to and claim.valid_to < claim.valid_from:
        wrong["valid_to"] = "不能早于起始日"
    if wrong:
        raise BadInput("conflict_malformed", "回避登记有误", wrong)


def _wrong_party(row: Subject, to: str, party: str) -> str:
    if to == "body":
        return "" if credit_code.is_valid(party) else "应为单位的统一社会信用代码"
    if to == "person":
        known = Expert.objects.filter(pk=party).exists() or User.objects.filter(pk=party).exists()
        return "" if known and party != row.pk else "应为其他专家的编号或者人员的账号"
    return "这一种类不填对方" if party else ""
